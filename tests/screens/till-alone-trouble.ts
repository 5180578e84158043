import { ledgerShard, moveEntry } from '#model/documents/ledger.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import type { BookedMove } from '#model/ledger/ledger.ts';
import type { PrintJobStatus, PrinterStatus } from '#model/receipt/print-job.ts';
import { historyActor } from '#model/register/actor.ts';
import { completeSale, openSession } from '#model/register/commands.ts';
import { addRecord, newRegister } from '#model/register/register-state.ts';
import { assert, type Result } from '#model/result.ts';
import type { TillPage } from '../e2e/pages/till-page.ts';
import { ORGANIZATION, type TillOrigin } from '../e2e/till/till-origin.ts';
import { askForNewVersion, publishNewVersion } from '../support/new-version.ts';
import { RULES, signed } from '../support/journal-fixture.ts';
import { lead, leave, reached, touch, type Walk } from './screen.ts';
import { LANTERN } from './till/tour.ts';

const STORE = storeId(1);

/** A paper of which the printer did not say whether it came out. The printer program is this walk. */
export async function* doubtfulPaperWalk(till: TillPage): Walk {
  const { page } = till;
  const sold = Promise.withResolvers<string>();
  const statusOf = async (jobId: string, resolved: boolean): Promise<PrintJobStatus> => {
    // What waited from before is printed; it asks while the sale is not made yet.
    const isDoubtful = !resolved && jobId.startsWith(await sold.promise);
    const at = new Date().toISOString();
    return {
      jobId,
      device: 'receipt',
      kind: 'receipt',
      state: isDoubtful ? 'unknown' : 'printed',
      ...(isDoubtful ? { cause: 'no-confirmation' } : {}),
      acceptedAt: at,
      updatedAt: at,
    };
  };
  const ready: PrinterStatus = { device: 'receipt', state: 'ready', paperNearEnd: false, waiting: 0 };
  await page.route('**/bridge/v1/devices/**', (route) => route.fulfill({ json: ready }));
  await page.route('**/bridge/v1/jobs**', async (route) => {
    const request = route.request();
    const [, named, action] = /\/jobs\/([^/]+)(\/resolve)?$/.exec(request.url()) ?? [];
    const { jobId = '' } = (named === undefined ? request.postDataJSON() : {}) as { jobId?: string };
    await route.fulfill({ json: await statusOf(decodeURIComponent(named ?? jobId), action !== undefined) });
  });
  await till.addBySearch(LANTERN);
  sold.resolve(await till.sellForCash('5'));
  await reached(page, 'paper-question');
  yield 'till-paper-doubtful';
  await till.newSale();
  await touch(page, 'paper-came-out');
  await page.getByTestId('paper-question').waitFor({ state: 'detached' });
  await page.unroute('**/bridge/v1/jobs**');
  await page.unroute('**/bridge/v1/devices/**');
}

/** A change of this till that nobody takes: its copy of the document is put aside. */
export async function* healedWalk(till: TillPage, { relay }: TillOrigin): Walk {
  const { page } = till;
  // The business day of London, as the till counts it.
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format();
  const day = Date.parse(`${today}T00:00:00Z`) / 86_400_000;
  const key: DocumentKey = { class: 'parked', store: STORE, day };
  relay.forbid(documentId({ organization: ORGANIZATION, key }));
  await till.addBySearch(LANTERN);
  await till.lines.first().waitFor();
  await lead(page, 'parked-button', 'parked-dialog');
  await touch(page, 'park-basket');
  await reached(page, 'healed');
  yield 'till-healed';
  // Where the refusal came before the parking was done, the dialog still says so, and the basket is as it was.
  const dialog = page.getByTestId('parked-dialog');
  if (await dialog.isVisible()) await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await touch(page, 'healed-hide');
  await page.getByTestId('healed').waitFor({ state: 'detached' });
  if (await till.lines.first().isVisible()) await touch(page, 'clear-basket');
}

/** A newer version of the app, which `build` gets while the till runs: offered between sales, taken by a touch. */
export async function* versionWalk({ page, search }: TillPage, build: string): Walk {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await publishNewVersion(build);
  await askForNewVersion(page);
  await reached(page, 'new-version');
  yield 'till-new-version';
  const loaded = page.waitForEvent('load');
  await touch(page, 'take-version');
  await loaded;
  await search.waitFor();
}

/** What tills did while they were apart: one basket sold by two of them, a gift card that paid twice. */
export async function* apartWalk({ page }: TillPage, origin: TillOrigin): Walk {
  for (const number of [2, 3]) {
    const key = { class: 'session', store: STORE, register: registerId(number), session: 1 } as const;
    origin.write(key, soldAt(number));
  }
  for (const move of OVERSPENT) {
    const { key, text } = moveEntry(move);
    origin.write({ class: 'ledger', shard: ledgerShard(move.account) }, { [key]: text });
  }
  await reached(page, 'banner-exceptions');
  await touch(page, 'show-exceptions');
  await page.getByTestId('exception').nth(1).waitFor();
  yield 'till-exceptions-apart';
  await leave(page, 'exceptions-dialog');
}

const CARD = { ledger: 'gift-card', account: '6006491234567890' } as const;
const OVERSPENT: readonly BookedMove[] = [
  { ...CARD, amount: 2000, receipt: 'S01-R2-000007', index: 0, at: '2026-01-05T09:10:00.000Z' },
  { ...CARD, amount: -2000, receipt: 'S01-R2-000009', index: 0, at: '2026-01-05T10:30:00.000Z' },
  { ...CARD, amount: -1500, receipt: 'S01-R3-000004', index: 0, at: '2026-01-05T10:41:00.000Z' },
];

/** The session of another register that sold a parked basket, as its terminal wrote it. */
function soldAt(number: number): Record<string, string> {
  let state = newRegister(ORGANIZATION, STORE, registerId(number));
  const records: JournalRecord[] = [];
  const act = (minute: number) => ({
    at: `2026-01-05T09:${String(minute + number).padStart(2, '0')}:00.000Z`,
    actor: historyActor('luis'),
  });
  const take = (made: Result<JournalRecord, { readonly code: string }>) => {
    assert(made.ok, () => 'the register does what a till does');
    const next = addRecord(state, made.value);
    assert(next.ok, () => 'a record continues its journal');
    state = next.value;
    records.push(signed(made.value));
  };
  const line = {
    product: LANTERN,
    sku: LANTERN,
    name: 'White metal lantern',
    quantity: '2',
    price: '3.39',
    taxes: [],
  };
  const payments = [{ tender: 'cash', name: 'Cash', kind: 'cash' as const, given: 678 }];
  take(openSession(state, { day: '2026-01-05', currency: 'GBP', float: 10_000 }, act(0)));
  take(
    completeSale(state, { basket: { id: 'blue-jacket', lines: [line] }, payments, rules: RULES }, act(20)),
  );
  return Object.fromEntries(records.map((record) => [recordKey(record.seq), recordText(record)]));
}
