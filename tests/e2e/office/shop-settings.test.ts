import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';
import { pinOf, type TestShop } from '../../support/shop.ts';
import { TillPage } from '../pages/till-page.ts';
import { tillUrl, withShop } from '../shop-tills.ts';

let shop: TestShop;
let office: Page;
let till: TillPage;
let sku: string;

const officeUrl = (path: string) => `http://localhost:${shop.hq.spec.ports.app}/office/${path}`;

withShop(async (started, openBrowser) => {
  shop = started;
  const browsers = await Promise.all([openBrowser(), openBrowser()]);
  const [one, two] = await Promise.all(browsers.map((browser) => browser.context.newPage()));
  if (!one || !two) throw new Error('two pages are needed');
  office = one;
  await office.setViewportSize({ width: 1366, height: 768 });
  till = new TillPage(two);
  await till.visit(tillUrl(shop, 0));
  await till.signIn('mia', pinOf('mia'));
  await till.openSession('50');
  await office.goto(officeUrl('catalog'));
  await office.getByTestId('office-person-mia').click();
  await office.getByTestId('pin-input').fill(pinOf('mia'));
  await office.getByTestId('office-enter').click();
  await office.getByTestId('products-table').waitFor();
});

/** What the basket comes to, in pence, as the till shows it. */
async function total(): Promise<number> {
  return Number((await till.total.innerText()).replaceAll(/[^\d]/g, ''));
}

describe('what the office changes reaches a till', { timeout: 120_000 }, () => {
  test('[O6] a new price is the one the till sells at, and a code of another article is refused', async () => {
    await office.getByTestId('product-search').fill('2000000000015');
    await office.getByTestId('products-table-row').nth(1).waitFor({ state: 'detached' });
    const row = office.getByTestId('products-table-row').first();
    sku = (await row.getAttribute('data-key')) ?? '';
    await office.getByTestId(`product-edit-${sku}`).click();
    await office.getByTestId('product-barcodes').fill('2000000000015\n2000000000022');
    await office.getByTestId('product-save').click();
    await office.getByTestId('product-trouble').waitFor();
    await office.getByTestId('product-barcodes').fill('2000000000015');
    await office.getByTestId('product-price').fill('1,03');
    await office.getByTestId('product-save').click();
    await office.getByTestId('edit-outcome').waitFor();
    await expect
      .poll(async () => {
        await till.addBySearch('2000000000015');
        await till.lines.first().waitFor();
        const price = await total();
        await till.line(sku).first().click();
        await till.page.getByTestId('remove-line').click();
        await till.lines.first().waitFor({ state: 'detached' });
        return price;
      }, PATIENCE)
      .toBe(103);
  });

  test('[O3, O4, Y6] the Swiss preset rounds the cash of a basket that is open already', async () => {
    await till.addBySearch('2000000000015');
    await expect.poll(total, PATIENCE).toBe(103);
    await office.goto(officeUrl('settings'));
    await office.getByTestId('preset-country').selectOption('CH');
    const change = office.locator('[data-testid="preset-change"][data-key="cashRounding"]');
    await change.waitFor();
    expect(await office.getByTestId('cash-examples').innerText()).toContain('£1.03\t£1.03');
    await office.getByTestId('preset-apply').click();
    await office.getByTestId('edit-outcome').waitFor();
    await change.waitFor({ state: 'detached' });
    expect(await office.getByTestId('cash-examples').innerText()).toContain('£1.03\t£1.05');
    await till.page.getByTestId('pay-button').click();
    await expect
      .poll(() => till.page.getByTestId('quick-cash').first().innerText(), PATIENCE)
      .toContain('1.05');
    await till.page.keyboard.press('Escape');
  });

  test('[O1] a store with its own rounding pays to the penny again', async () => {
    await office.goto(officeUrl('settings?store=S01'));
    await office.getByTestId('whose-cashRounding').selectOption('own');
    await office.getByTestId('cash-step').fill('');
    await office.getByTestId('cash-save').click();
    await expect.poll(() => office.getByTestId('said-cashRounding').innerText(), PATIENCE).toContain('Saved');
    await till.page.getByTestId('pay-button').click();
    await expect
      .poll(() => till.page.getByTestId('quick-cash').first().innerText(), PATIENCE)
      .toContain('1.03');
    await till.page.keyboard.press('Escape');
  });

  test('[O7] a special made in the office counts at once, and not any more once it is switched off', async () => {
    await office.goto(officeUrl('catalog/specials'));
    await office.getByTestId('special-add').click();
    await office.getByTestId('special-name').fill('Half of it');
    await office.getByTestId('special-value').fill('50');
    await office.getByTestId('special-scope-all').uncheck();
    await office.getByTestId('special-scope-search').fill('2000000000015');
    await office.getByTestId('special-scope-hit').first().click();
    await expect.poll(() => office.getByTestId('trial-total').innerText(), PATIENCE).toBe('£0.51');
    await office.getByTestId('special-save').click();
    await office.getByTestId('special-toggle-half-of-it').waitFor();
    // Half of 1.03 is 0.515, which is taken off as 0.52.
    await expect.poll(total, PATIENCE).toBe(51);
    await office.getByTestId('special-toggle-half-of-it').click();
    await expect
      .poll(() => office.getByTestId('special-standing-half-of-it').innerText(), PATIENCE)
      .toBe('Off');
    await expect.poll(total, PATIENCE).toBe(103);
  });

  test('[A4] the audit tells of all of it', async () => {
    await office.goto(officeUrl('audit'));
    await expect
      .poll(
        () =>
          office
            .getByTestId('audit-row')
            .allInnerTexts()
            .then((rows) => rows.join('\n')),
        PATIENCE,
      )
      .toMatch(
        /Special changed[\s\S]*Special added[\s\S]*Setting changed[\s\S]*Country preset applied[\s\S]*Article changed/,
      );
  });

  test('[O10, U8] a loyalty set in the office says what it is worth, and holds after a reload', async () => {
    await office.goto(officeUrl('settings'));
    await office.getByTestId('loyalty-on').check();
    await office.getByTestId('loyalty-redeem').fill('0.02');
    expect(await office.getByTestId('loyalty-example').innerText()).toContain('50 points, worth £1.00');
    await office.getByTestId('loyalty-save').click();
    await expect.poll(() => office.getByTestId('said-loyalty').innerText(), PATIENCE).toContain('Saved');
    await office.reload();
    await expect.poll(() => office.getByTestId('loyalty-redeem').inputValue(), PATIENCE).toBe('0.02');
  });

  test('[O11] a mapping of taxes is listed by what it charges instead', async () => {
    await office.goto(officeUrl('catalog/taxes'));
    await office.getByTestId('mapping-add').click();
    await office.getByTestId('mapping-name').fill('Embassies');
    await office.getByTestId('mapping-save').click();
    await office.getByTestId('mapping-trouble').waitFor();
    await office.getByTestId('mapping-exempt').selectOption('true');
    await office.getByTestId('mapping-save').click();
    await expect
      .poll(() => office.getByTestId('mappings-table').innerText(), PATIENCE)
      .toContain('No tax at all');
  });

  test('[C10] an article sold before it was in the catalog is completed from the list of those, once', async () => {
    await till.scan('4012345678901');
    await till.page.getByTestId('quick-add-scanned').click();
    await till.page.getByTestId('quick-name').fill('Odd teapot');
    await till.page.getByTestId('quick-price').fill('4.50');
    await till.page.getByTestId('quick-sell').click();
    await till.sellForCash('50');
    const list = officeUrl('reports?kind=quick');
    await office.goto(list);
    await office.getByTestId('report-row-edit').click();
    await office.getByTestId('product-dialog').waitFor();
    expect(await office.getByTestId('product-name').inputValue()).toBe('Odd teapot');
    expect(await office.getByTestId('product-price').inputValue()).toBe('4.50');
    expect(await office.getByTestId('product-barcodes').inputValue()).toBe('4012345678901');
    await office.getByTestId('product-price').fill('4.80');
    await office.getByTestId('product-save').click();
    await office.getByTestId('product-edit-4012345678901').waitFor();
    await office.goto(list);
    await office.getByTestId('report-row-edit').click();
    await expect.poll(() => office.getByTestId('product-price').inputValue(), PATIENCE).toBe('4.80');
    await office.keyboard.press('Escape');
    await expect.poll(() => office.url(), PATIENCE).toContain('search=4012345678901');
  });

  test('receipts about a customer say so, and one click shows all again', async () => {
    await office.goto(officeUrl('reports?kind=receipts&about=customer:joan'));
    await expect.poll(() => office.getByTestId('report-subject-name').innerText(), PATIENCE).toBe('joan');
    await office.getByTestId('report-subject-clear').click();
    await office.getByTestId('report-subject').waitFor({ state: 'detached' });
  });
});
