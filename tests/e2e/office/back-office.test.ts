import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';
import { pinOf, type TestShop } from '../../support/shop.ts';
import { TillPage } from '../pages/till-page.ts';
import { tillUrl, withShop } from '../shop-tills.ts';

let shop: TestShop;
let office: Page;
let till: TillPage;

const officeUrl = (path: string) => `http://localhost:${shop.hq.spec.ports.app}/office/${path}`;
const texts = (testid: string, column: string) =>
  office.getByTestId(testid).locator(`[data-column="${column}"]`).allInnerTexts();

withShop(async (started, openBrowser) => {
  shop = started;
  const browsers = await Promise.all([openBrowser(), openBrowser()]);
  const [one, two] = await Promise.all(browsers.map((browser) => browser.context.newPage()));
  if (!one || !two) throw new Error('two pages are needed');
  office = one;
  await office.setViewportSize({ width: 1366, height: 768 });
  till = new TillPage(two);
  await till.visit(tillUrl(shop, 0));
});

async function enter(person: 'mia' | 'ana'): Promise<void> {
  await office.getByTestId(`office-person-${person}`).click();
  await office.getByTestId('pin-input').fill(pinOf(person));
  await office.getByTestId('office-enter').click();
}

describe('the back office of a real shop', () => {
  test('[S11] lets nobody see the staff whose role does not say so', async () => {
    await office.goto(officeUrl('staff'));
    await enter('ana');
    await office.getByTestId('office-not-permitted').waitFor();
    expect(await office.getByTestId('people-table').count()).toBe(0);
    await office.getByTestId('office-sign-out').click();
    await enter('mia');
    await office.getByTestId('people-table').waitFor();
  });

  test('shows on a phone in the row of pages which one is open', async () => {
    await office.setViewportSize({ width: 390, height: 844 });
    await office.goto(officeUrl('staff'));
    const here = office.locator('nav a[aria-current="page"]');
    await here.waitFor();
    const inSight = () =>
      here.evaluate((link) => {
        const { left, right } = link.getBoundingClientRect();
        return left >= 0 && right <= innerWidth;
      });
    await expect.poll(inSight, PATIENCE).toBe(true);
    await office.setViewportSize({ width: 1366, height: 768 });
  });

  test('[S8] signs a deactivated person out at the till, and undo lets them come back', async () => {
    await till.signIn('luis', pinOf('luis'));
    await till.page.getByTestId('open-session').waitFor();
    await office.getByTestId('person-toggle-luis').click();
    await till.page.getByTestId('farewell').waitFor();
    expect(await till.page.getByTestId('person-luis').count()).toBe(0);
    await office.getByTestId('edit-undo').click();
    await till.page.getByTestId('person-luis').waitFor();
  });

  test('[E2] revokes a till, which stops where it stands', async () => {
    await office.goto(officeUrl('devices'));
    const row = office.getByTestId('device-row').filter({ hasText: /Terminal/ });
    await expect.poll(() => row.count(), PATIENCE).toBe(1);
    await row.locator('a').click();
    await office.getByTestId('device-revoke').click();
    await office.getByTestId('revoke-confirm').click();
    await till.page.getByTestId('excluded').waitFor();
    await expect
      .poll(() => row.getByTestId('device-standing').getAttribute('data-meaning'), PATIENCE)
      .toBe('danger');
  });

  test('[E11] makes a code that is shown once, and takes it back', async () => {
    await office.getByTestId('detail-close').click();
    await office.getByTestId('device-add').click();
    await office.getByTestId('invite-kind').selectOption('till');
    await office.getByTestId('invite-register').selectOption('R1');
    await office.getByTestId('invite-name').fill('Front again');
    await office.getByTestId('invite-make').click();
    const code = await office.getByTestId('invitation-code').innerText();
    expect(code).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    await expect.poll(() => office.getByTestId('invitation-countdown').innerText(), PATIENCE).toContain('9:');
    await office.getByTestId('invitation-cancel').click();
    await expect.poll(() => office.getByTestId('invitation-row').count(), PATIENCE).toBe(0);
  });

  test('[A2] tells all of it in the audit, with who did it', async () => {
    await office.goto(officeUrl('audit'));
    await expect
      .poll(() => texts('audit-row', 'kind'), PATIENCE)
      .toEqual([
        'Invitation taken back',
        'Device invited',
        'Device revoked',
        'Person activated',
        'Person deactivated',
      ]);
    expect(new Set(await texts('audit-row', 'by'))).toEqual(new Set(['Mia']));
    await office.getByTestId('audit-kind').selectOption('device.revoke');
    await expect.poll(() => office.getByTestId('audit-row').count(), PATIENCE).toBe(1);
    expect(office.url()).toContain('kind=device.revoke');
    await office.getByTestId('audit-row').locator('a').click();
    await office.getByTestId('audit-detail').waitFor();
  });
});
