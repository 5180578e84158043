import { describe, expect, test } from 'vitest';
import { parseRecord } from '#model/journal/record.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { DEMO_GIFT_CARD, foundSecondStore } from '../../app/server/demo-second-store.ts';
import { StockTeller, countsOverHttp } from '../../app/server/stock-teller.ts';
import { withOneTill } from './shop-tills.ts';
import { PATIENCE } from '../support/patience.ts';

// An article of the demo: a lantern of 3.39. The second store had 60 and sold 2.
const LANTERN = '71053';
const SESSION = { class: 'session', store: storeId(2), register: registerId(1), session: 1 } as const;

const one = withOneTill({ hasSecondStore: true });

/** What a report of head office says. */
async function report(path: string): Promise<unknown> {
  return (await fetch(`${one.shop.hq.reportsUrl}${path}`)).json();
}

async function records() {
  const entries = Object.values(await one.shop.headOffice.open(SESSION));
  return entries
    .map((text) => {
      const record = parseRecord(text);
      if (!record.ok) throw new Error(record.error.detail);
      return record.value;
    })
    .sort((a, b) => a.seq - b.seq);
}

describe('the second store of the demo', { timeout: 120_000 }, () => {
  test('[G1] sold the gift card on a day that is over, and head office finds nothing wrong with it', async () => {
    const session = await records();
    expect(session.at(-1)).toMatchObject({ kind: 'closed', body: { difference: 0 } });
    await expect
      .poll(() => report(`/reports/ledgers?ledger=gift-card&account=${DEMO_GIFT_CARD.number}`), PATIENCE)
      .toMatchObject({ balance: DEMO_GIFT_CARD.amount });
    expect(await report('/reports/exceptions')).toMatchObject({ rows: [] });
  });

  test('is founded once: a second founding changes nothing', async () => {
    const before = await records();
    const { organization = '' } = one.shop.hq.spec;
    const catalog = { source: '', departments: [], products: [], pictures: new Map() };
    const now = '2030-01-01T00:00:00.000Z';
    expect(await foundSecondStore(one.shop.headOffice, { organization, catalog, now })).toBeUndefined();
    expect(await records()).toEqual(before);
  });

  test('[G9] its gift card pays a part at a till of the first store, typed by touch alone', async () => {
    await one.till.addBySearch(LANTERN);
    await one.till.setQuantity(LANTERN, '2');
    await one.till.startPaying();
    await one.till.page.getByTestId('gift-card-payment').click();
    const pad = one.till.page.getByRole('group', { name: 'Number pad' });
    for (const digit of DEMO_GIFT_CARD.number)
      await pad.getByRole('button', { name: digit, exact: true }).click();
    await expect
      .poll(() => one.till.page.getByTestId('account-card').textContent(), PATIENCE)
      .toContain('£25.00');
    // From here on the pad types how much of it is taken.
    await pad.getByRole('button', { name: '5', exact: true }).click();
    await one.till.page.getByTestId('add-payment').click();
    await expect.poll(() => one.till.due.textContent(), PATIENCE).toContain('1.78');
    await one.till.page.getByTestId('cash-payment').click();
    await one.till.payCash();
    await one.till.complete();
    expect(await one.till.receipt.textContent()).toMatch(/Gift card.*5\.00.*\*\*\*\* 2500/s);
    await one.till.newSale();
  });

  test('[K7] [K8] its stock is told by head office and stands in the details of an article', async () => {
    const { reportsUrl = '' } = one.shop.hq;
    const teller = new StockTeller({
      documents: one.shop.headOffice,
      counts: countsOverHttp(reportsUrl),
      now: () => new Date().toISOString(),
      log: () => undefined,
    });
    await one.till.addBySearch(LANTERN);
    await one.till.lines.first().waitFor();
    await one.till.page.keyboard.press('Control+i');
    await expect
      .poll(async () => {
        await teller.tell();
        return one.till.page.getByTestId('article-info').textContent();
      }, PATIENCE)
      .toMatch(/Soho.*58/s);
    await one.till.page.keyboard.press('Escape');
  });
});
