import { describe, expect, test } from 'vitest';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Person } from '#model/staff/pin.ts';
import { PATIENCE } from '../support/patience.ts';
import { pinOf, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';
import { tillUrl, withShop } from './shop-tills.ts';

let shop: TestShop;
let till: TillPage;

withShop(async (started, openBrowser) => {
  shop = started;
  const browser = await openBrowser();
  till = new TillPage(await browser.context.newPage());
  await till.visit(tillUrl(shop, 1));
});

/** Changes a person at head office; resolves when the change is on its relay's disk. */
async function changePerson(id: string, change: Partial<Person>): Promise<void> {
  const key = { class: 'staff' } as const;
  const entries = await shop.headOffice.open(key);
  const person = { ...(JSON.parse(entries[`person:${id}`] ?? '{}') as Person), ...change };
  const text = canonicalJson(person as CanonicalValue);
  const { relay } = await shop.headOffice.writeDurably(key, { [`person:${id}`]: text }, PATIENCE.timeout);
  expect(relay).toBe('saved');
}

describe('people at a till that head office does not reach', { timeout: 120_000 }, () => {
  test('[S8] a deactivation comes from the next till, with no head office, and holds over a reload', async () => {
    await till.signIn('luis', pinOf('luis'));
    await till.openSession('50');
    await till.addBySearch('2000000000015');
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(1);
    await shop.hqCables[1].cut();
    await changePerson('luis', { active: false });
    await till.farewell.waitFor();
    await till.page.reload();
    await till.page.getByTestId('person-ana').waitFor();
    expect(await till.page.getByTestId('person-luis').count()).toBe(0);
  });

  test('[S6] who signs in next finds the sale, and has an act approved without head office', async () => {
    await till.signIn('ana', pinOf('ana'));
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(1);
    await till.openDrawer('give change');
    await till.approve('sam', pinOf('sam'));
    await till.menu('journal');
    await expect
      .poll(() => till.page.getByTestId('journal-approved').textContent(), PATIENCE)
      .toContain('Sam');
  });

  test('[S4] a role for this store, given at the next till, is asked for a new sign-in and then holds', async () => {
    await changePerson('ana', {
      roles: { S01: 'supervisor' } as Person['roles'],
    });
    await till.farewell.waitFor();
    await till.signIn('ana', pinOf('ana'));
    await till.openDrawer('look');
    await till.page.getByTestId('drawer-reason').waitFor({ state: 'detached' });
    expect(await till.approval.count()).toBe(0);
  });
});
