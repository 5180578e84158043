import type { Page } from 'playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import { storeId } from '#model/ids/register-id.ts';
import type { Entries } from '#model/documents/entries.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { monthNumber, stockSummaryChanges, stockSummaryShard } from '#model/stock/stock-summary.ts';
import type { TillPage } from '../pages/till-page.ts';
import { eachWithOwnTill } from './own-till.ts';
import { salesAt, type TillOrigin } from './till-origin.ts';
import { PATIENCE } from '../../support/patience.ts';

/** A busy machine may take its time; what must not happen is checked without waiting. */

const own = eachWithOwnTill();
let origin: TillOrigin;
let page: Page;
let till: TillPage;
beforeEach(() => {
  ({ origin, page, till } = own);
});

const soldLines = () => salesAt(origin)[0]?.body.lines ?? [];

const tile = (sku: string) => page.locator(`[data-testid="article-tile"][data-sku="${sku}"]`);

describe('articles on the selling screen', { timeout: 120_000 }, () => {
  it('sells from favourites by piece, weight, variant, serial number and kit, and the record says so', async () => {
    await expect.poll(() => page.getByTestId('favourites').locator('.tile').count(), PATIENCE).toBe(12);
    expect(await tile('71053').locator('img').getAttribute('src')).toMatch(/^data:image\/webp;base64,/);
    await tile('71053').click();
    await tile('demo-cheddar').click();
    await page.getByTestId('weight').fill('0.45');
    await page.getByTestId('tare').fill('0.05');
    expect(await page.getByTestId('net-amount').textContent()).toContain('£4.80');
    await page.getByTestId('sell-measured').click();
    await till.scan('2112345004501');
    await tile('demo-shirt').click();
    expect(await page.locator('[data-testid="variant"]:disabled').count()).toBe(1);
    await page.locator('[data-variant="demo-shirt-blue-m"]').click();
    await tile('demo-player').click();
    await till.scan('RP-0815');
    await tile('demo-hamper').click();
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(6);
    await till.line('demo-player').click();
    await page.getByTestId('line-representative').selectOption('luis');
    await page.getByTestId('apply-quantity').click();
    await till.sellForCash('200');
    await expect
      .poll(soldLines, PATIENCE)
      .toMatchObject([
        { product: '71053', quantity: '1' },
        { product: 'demo-cheddar', quantity: '0.4', unit: 'kg' },
        { product: 'demo-cheddar', quantity: '0.45', unit: 'kg' },
        { product: 'demo-shirt-blue-m' },
        { product: 'demo-player', serial: 'RP-0815', representative: 'luis' },
        { product: 'demo-hamper', components: [{ product: '21066' }, { product: '22960' }, {}] },
      ]);
  });

  it('takes a coupon, sells an unknown code with an approval, and shows stock less the basket', async () => {
    await tile('71053').click();
    await page.getByTestId('coupon-button').click();
    await page.getByTestId('coupon-code').fill('nope');
    await page.getByTestId('take-coupon').click();
    expect(await page.getByTestId('coupon-dialog').getByTestId('error-message').textContent()).toContain(
      'nope',
    );
    await page.getByTestId('coupon-code').fill('welcome10');
    await page.getByTestId('take-coupon').click();
    expect(await page.getByTestId('coupon-chip').textContent()).toContain('£0.34');
    await page.getByTestId('remove-coupon').click();
    await expect.poll(() => till.total.textContent(), PATIENCE).toBe('£3.39');
    await till.scan('4012345678901');
    await page.getByTestId('quick-add-scanned').click();
    await page.getByTestId('quick-name').fill('Odd teapot');
    await page.getByTestId('quick-price').fill('4.50');
    await page.getByTestId('quick-sell').click();
    await till.approve('sam', '4321');
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(2);
    await till.scan('2000000015064');
    await page.keyboard.press('Control+i');
    await expect.poll(() => page.getByTestId('info-stock').textContent(), PATIENCE).toContain('22');
    await page.keyboard.press('Escape');
    await till.sellForCash('50');
    await expect.poll(soldLines, PATIENCE).toMatchObject([
      { product: '71053', quantity: '2' },
      { name: 'Odd teapot', quick: { barcode: '4012345678901', by: 'ana', approvedBy: 'sam' } },
    ]);
  });
});

it(
  '[K8] the details of an article say what the other stores have, also with no link',
  { timeout: 120_000 },
  async () => {
    const soho = {
      id: 'S02',
      name: 'Soho',
      timeZone: 'Europe/London',
      locale: 'en-GB',
      header: [],
      footer: [],
    };
    origin.write({ class: 'organization' }, { 'store:S02': canonicalJson(soho) });
    const now = new Date().toISOString();
    const heard = `${now.slice(0, 10)}T00:05:00.000Z`;
    const shard = stockSummaryShard('71053');
    origin.write(
      { class: 'stock-summary', store: storeId(2), month: monthNumber(now), shard },
      stockSummaryChanges({}, { store: storeId(2), heard, stock: [['71053', '12']] }, shard) as Entries,
    );
    const elsewhere = () => page.getByTestId('info-stock-S02').innerText();
    const look = async () => {
      await till.scan('2000000015064');
      await page.keyboard.press('Control+i');
    };
    await look();
    await expect.poll(elsewhere, PATIENCE).toMatch(/^12\s+· as of /);
    await page.keyboard.press('Escape');
    await origin.relay.cut();
    await page.getByTestId('article-info').waitFor({ state: 'detached' });
    await look();
    await expect.poll(elsewhere, PATIENCE).toMatch(/^12\s+· as of /);
  },
);
