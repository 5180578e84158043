import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecord } from '#model/journal/record.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { DEMO_GIFT_CARD, foundSecondStore } from '../../app/server/demo-second-store.ts';
import { StockTeller, countsOverHttp } from '../../app/server/stock-teller.ts';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { pinOf, startShop, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };
// An article of the demo: a lantern of 3.39. The second store had 60 and sold 2.
const LANTERN = '71053';
const SESSION = { class: 'session', store: storeId(2), register: registerId(1), session: 1 } as const;

let folder: string;
let shop: TestShop;
let browser: TestBrowser;
let till: TillPage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillmesh-second-store-'));
  shop = await startShop(join(folder, 'data'), { hasSecondStore: true });
  browser = await launchBrowser(join(folder, 'till'));
  till = new TillPage(await browser.context.newPage());
  await till.visit(`http://localhost:${shop.tills[0].spec.ports.app}/`);
  await till.signIn('ana', pinOf('ana'));
  await till.openSession('100');
}, 180_000);

afterAll(async () => {
  await browser.kill();
  await shop.stop();
  await removeProfile(folder);
  await rm(folder, { recursive: true, force: true });
});

/** What a report of head office says. */
async function report(path: string): Promise<unknown> {
  return (await fetch(`${shop.hq.reportsUrl}${path}`)).json();
}

async function records() {
  const entries = Object.values(await shop.headOffice.open(SESSION));
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
    const { organization = '' } = shop.hq.spec;
    const catalog = { source: '', departments: [], products: [], pictures: new Map() };
    const now = '2030-01-01T00:00:00.000Z';
    expect(await foundSecondStore(shop.headOffice, { organization, catalog, now })).toBeUndefined();
    expect(await records()).toEqual(before);
  });

  test('[G9] its gift card pays a part at a till of the first store, typed by touch alone', async () => {
    await till.addBySearch(LANTERN);
    await till.setQuantity(LANTERN, '2');
    await till.startPaying();
    await till.page.getByTestId('gift-card-payment').click();
    const pad = till.page.getByRole('group', { name: 'Number pad' });
    for (const digit of DEMO_GIFT_CARD.number)
      await pad.getByRole('button', { name: digit, exact: true }).click();
    await expect
      .poll(() => till.page.getByTestId('account-card').textContent(), PATIENCE)
      .toContain('£25.00');
    // From here on the pad types how much of it is taken.
    await pad.getByRole('button', { name: '5', exact: true }).click();
    await till.page.getByTestId('add-payment').click();
    await expect.poll(() => till.due.textContent(), PATIENCE).toContain('1.78');
    await till.page.getByTestId('cash-payment').click();
    await till.payCash();
    await till.complete();
    expect(await till.receipt.textContent()).toMatch(/Gift card.*5\.00.*\*\*\*\* 2500/s);
    await till.newSale();
  });

  test('[K7] [K8] its stock is told by head office and stands in the details of an article', async () => {
    const { reportsUrl = '' } = shop.hq;
    const teller = new StockTeller({
      documents: shop.headOffice,
      counts: countsOverHttp(reportsUrl),
      now: () => new Date().toISOString(),
      log: () => undefined,
    });
    await till.addBySearch(LANTERN);
    await till.lines.first().waitFor();
    await till.page.keyboard.press('Control+i');
    await expect
      .poll(async () => {
        await teller.tell();
        return till.page.getByTestId('article-info').textContent();
      }, PATIENCE)
      .toMatch(/Soho.*58/s);
    await till.page.keyboard.press('Escape');
  });
});
