import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findExceptions } from '#model/folds/exceptions.ts';
import { isExceptionKind } from '#model/folds/shop-exception.ts';
import { heldSession, storeDay, type HeldSession } from '#model/folds/store-day.ts';
import { documentId } from '#model/ids/document-id.ts';
import { registerId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import { resolveAtTill } from '#model/audit/resolve-exception.ts';
import { closeDay } from '#model/register/closings.ts';
import { historyActor } from '#model/register/actor.ts';
import { newRegister } from '#model/register/register-state.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { refundLine, type BasketLine } from '#model/sale/basket.ts';
import { stockEntryKey, type StockEntry } from '#model/stock/stock-entry.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import { close, open, play, salesOf, sellExactly, type Played } from '../model/support/played-register.ts';
import { STORE_ID, basket, line } from '../model/support/shop.ts';
import { ORGANIZATION, seeded, signed, terminals } from '../support/journal-fixture.ts';
import { dump, freshReports, partialUpdate, wholeUpdate } from './flatten-fixture.ts';

const BOOK = documentId({
  organization: ORGANIZATION,
  key: { class: 'stock-book', store: STORE_ID, month: 680 },
});
const RESOLUTIONS = documentId({ organization: ORGANIZATION, key: { class: 'exceptions', store: STORE_ID } });

const fresh = (n: number): Played => ({
  state: newRegister(ORGANIZATION, STORE_ID, registerId(n)),
  records: [],
});

/** Tills that were apart: each sells, takes back and voids by what it knew; one may have gone on on two machines. */
function makeShop(seed: number): {
  readonly records: readonly JournalRecord[];
  readonly stock: readonly StockEntry[];
} {
  const random = seeded(seed);
  const upTo = (n: number) => Math.floor(random() * n);
  const line0 = (): BasketLine => {
    const serial = upTo(3) === 0 ? { serial: `SN-${upTo(3)}` } : {};
    const id = ['apple', 'bread', 'drill'][upTo(3)] ?? 'apple';
    return { ...line({ id }, 'serial' in serial ? '1' : String(1 + upTo(3))), ...serial };
  };
  const first = play(
    [open(), ...[0, 1, 2].map((n) => sellExactly(basket([line0(), line0()], `first-${seed}-${n}`), 'cash'))],
    fresh(1),
  );
  const takeBack = (sale: RecordOf<'sale'>): BasketLine[] =>
    sale.body.lines.flatMap((_, i) => {
      const made = refundLine(sale.body, i, '1', { quantity: '0', amount: 0 });
      return made.ok && upTo(2) === 0 ? [made.value] : [];
    });
  const apart = (n: number, from: Played): Played => {
    const steps = Array.from({ length: 1 + upTo(4) }, (_, i) => {
      const sale = salesOf(first.records)[upTo(3)];
      const back = sale && upTo(2) === 0 ? takeBack(sale) : [];
      if (back.length > 0) return sellExactly(basket(back, `back-${seed}-${n}-${i}-${random()}`), 'cash');
      const id = upTo(4) === 0 ? `parked-${upTo(2)}` : `own-${seed}-${n}-${i}-${random()}`;
      return sellExactly(basket([line0()], id), 'cash');
    });
    return play([...steps, ...(upTo(2) === 0 ? [close()] : [])], from);
  };
  const tills = [2, 3].map((n) => apart(n, play([open()], fresh(n))));
  const branches = upTo(3) === 0 ? [apart(1, first), apart(1, first)] : [apart(1, first)];
  const [sale] = salesOf(first.records);
  const [branch] = branches;
  const voided =
    sale && branch?.state.report?.closed === undefined && branch && upTo(3) === 0
      ? [
          play(
            [
              (state, act) =>
                voidSale(state, { sale, later: [], reason: 'wrong', basket: `void-${seed}` }, act),
            ],
            branch,
          ),
        ]
      : [];
  const all = [...tills, ...branches, ...voided];
  const zz = tills.flatMap((till, i) => {
    const held = all
      .filter((_, other) => other === i || upTo(2) === 0)
      .map(({ records }) => heldSession(records))
      .filter((one): one is HeldSession => one !== undefined);
    const day = storeDay(
      { store: STORE_ID, day: '2026-11-21' },
      { sessions: held, closings: [], registers: [] },
    );
    if (till.records.at(-1)?.kind !== 'closed') return [];
    return play([(state, act) => closeDay(state, day, act)], till).records.slice(-1);
  });
  const records = [...all.flatMap((till) => till.records), ...zz].map(signed);
  const stock = Array.from({ length: 1 + upTo(4) }, (_, i) => ({
    id: `e${seed}-${i}`,
    product: ['apple', 'bread'][upTo(2)] ?? 'apple',
    kind: 'receipt' as const,
    quantity: String(1 + upTo(6)),
    at: `2026-11-21T0${7 + upTo(3)}:00:00.000Z`,
    by: 'ann',
    reason: '',
  }));
  return { records: [...new Map(records.map((one) => [one.hash, one])).values()], stock };
}

/** What brings one record, or one entry of the stock book, to the indexer: with all the document says of its key. */
function updatesOf({ records, stock }: ReturnType<typeof makeShop>) {
  const documents = Map.groupBy(records, ({ store, register, session }) =>
    documentId({ organization: ORGANIZATION, key: { class: 'session', store, register, session } }),
  );
  const sessions = [...documents].flatMap(([id, own]) => {
    const values = Map.groupBy(own, ({ seq }) => recordKey(seq));
    const entries = Object.fromEntries([...values].map(([key, all]) => [key, all.map(recordText)]));
    return [...values.keys()].flatMap((key) => {
      const texts = entries[key] ?? [];
      // One of two values of a key may arrive long before the other.
      return texts.map((_, n) =>
        partialUpdate(id, { [key]: texts.slice(0, n + 1) }, { ...entries, [`${key}#${n}`]: texts }),
      );
    });
  });
  const entries = Object.fromEntries(stock.map((entry) => [stockEntryKey(entry), canonicalJson(entry)]));
  const book = Object.entries(entries).map(([key, text]) => partialUpdate(BOOK, { [key]: text }, entries));
  const whole = [...documents].map(([id, own]) =>
    wholeUpdate(
      id,
      Object.fromEntries(
        [...Map.groupBy(own, ({ seq }) => recordKey(seq))].map(([key, all]) => [key, all.map(recordText)]),
      ),
    ),
  );
  return { parts: [...sessions, ...book], whole: [...whole, wholeUpdate(BOOK, entries)] };
}

/** The exceptions a database lists, as the fold names them. */
async function listed(query: Parameters<typeof exceptionsReport>[0]) {
  const { rows } = await exceptionsReport(query);
  return rows
    .filter(({ code }) => isExceptionKind(String(code)))
    .map(({ code, id, store, at, receipts = [], amount = 0 }) => ({ code, id, store, at, receipts, amount }))
    .toSorted((a, b) => (`${String(a.code)} ${String(a.id)}` < `${String(b.code)} ${String(b.id)}` ? -1 : 1));
}

/** The same from the model's fold. */
function folded({ records, stock }: ReturnType<typeof makeShop>) {
  return findExceptions({ records, stock: new Map([[STORE_ID, stock]]) }).map(
    ({ kind: code, id, store, at, receipts, amount = 0 }) => ({ code, id, store, at, receipts, amount }),
  );
}

describe('[F1] exceptions of the model and of the reports', () => {
  test('[F1] are the very same of any shop, whatever came late, twice or out of order', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10_000 }),
        fc.infiniteStream(fc.nat()),
        async (seed, dice) => {
          const shop = makeShop(seed);
          const { parts, whole } = updatesOf(shop);
          const { writer, query } = freshReports(terminals(1, 4));
          const order = parts
            .map((part) => ({ part, place: dice.next().value }))
            .toSorted((a, b) => a.place - b.place);
          for (const { part } of order) await writer.write([part]);
          for (const update of whole) await writer.write([update]);
          const found = folded(shop);
          found.forEach(({ code }) => seen.add(code));
          expect(await listed(query)).toStrictEqual(found);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
    const kinds = ['double-refund', 'fork', 'late-session', 'oversold', 'serial-twice', 'sold-twice'];
    expect([...seen].toSorted()).toStrictEqual(kinds);
  });

  test('[F1, F4] [D2] leave the same tables behind in whatever order the documents came', async () => {
    const shop = makeShop(3);
    const { parts, whole } = updatesOf(shop);
    const straight = freshReports(terminals(1, 4));
    await straight.writer.write(whole);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(parts, { minLength: parts.length }), async (order) => {
        const { writer, database } = freshReports(terminals(1, 4));
        for (const part of order) await writer.write([part]);
        for (const update of whole) await writer.write([update]);
        expect(dump(database)).toStrictEqual(dump(straight.database));
      }),
      { numRuns: 10, seed: 11 },
    );
  });
});

describe('[F10, F11] resolutions in the reports', () => {
  const sold = (n: number) => play([open(), sellExactly(basket([line()], 'parked'), 'cash')], fresh(n));
  const shop = { records: [sold(1), sold(2)].flatMap(({ records }) => records).map(signed), stock: [] };

  async function reportsWith(...entries: readonly Readonly<Record<string, string>>[]) {
    const reports = freshReports(terminals(1, 4));
    await reports.writer.write(updatesOf(shop).whole);
    const [found] = (await exceptionsReport(reports.query)).rows;
    const all: Record<string, string> = {};
    for (const entry of entries) {
      Object.assign(all, entry);
      await reports.writer.write([partialUpdate(RESOLUTIONS, entry, all)]);
    }
    return { ...reports, id: String(found?.['id']) };
  }

  function resolution(id: string, minute: number, by: string, amount: number) {
    const wish = {
      exception: { kind: 'sold-twice', id },
      about: 'S01-R1-000001',
      outcome: 'loss' as const,
      reason: 'gone',
      amount,
    };
    const at = `2026-11-21T12:0${minute}:00.000Z`;
    const auditId = minute.toString().padStart(16, '0');
    const made = resolveAtTill(wish, undefined, auditId, { at, actor: historyActor(by) });
    if (!made.ok) throw new Error(made.error.code);
    return made.value;
  }

  test('[F10] stand beside what they resolve, the earliest of two, and are counted with what was lost', async () => {
    const { id } = await reportsWith();
    const { query, database } = await reportsWith(
      resolution(id, 5, 'bob', 90),
      resolution(id, 2, 'ann', 120),
    );
    const { rows, figures } = await exceptionsReport(query);
    expect(rows).toMatchObject([
      { id, amount: 120, resolution: { outcome: 'loss', by: 'ann', reason: 'gone', amount: 120 } },
    ]);
    expect(figures).toStrictEqual([{ code: 'sold-twice', open: 0, amount: 0, resolved: 1, lost: 120 }]);
    const acts = database.prepare(`SELECT by FROM act WHERE kind = 'exception.resolve' ORDER BY at`).all();
    expect(acts.map(({ by }) => by)).toStrictEqual(['ann', 'bob']);
  });

  test('[F10] are filtered by state, store and code, while figures count all of the store', async () => {
    const { id, query } = await reportsWith();
    const open1 = { code: 'sold-twice', open: 1, amount: 120, resolved: 0, lost: 0 };
    expect(await exceptionsReport(query, { state: 'resolved' })).toStrictEqual({
      rows: [],
      figures: [open1],
    });
    expect((await exceptionsReport(query, { state: 'open', store: 'S01' })).rows).toHaveLength(1);
    expect((await exceptionsReport(query, { code: 'fork' })).rows).toStrictEqual([]);
    expect(await exceptionsReport(query, { store: 'S02' })).toStrictEqual({ rows: [], figures: [] });
    const after = await reportsWith(resolution(id, 1, 'ann', 5));
    expect((await exceptionsReport(after.query, { state: 'open' })).rows).toStrictEqual([]);
  });

  test('[F10] [A3] one that was taken out is told, and its exception is open again', async () => {
    const { id } = await reportsWith();
    const entry = resolution(id, 1, 'ann', 5);
    const { writer, query } = await reportsWith(entry);
    const gone = partialUpdate(RESOLUTIONS, {}, {});
    const key = Object.keys(entry)[0] ?? '';
    await writer.write([{ ...gone, entries: new Map([[key, []]]) }]);
    const { rows } = await exceptionsReport(query, { state: 'open' });
    expect(rows.map(({ code }) => code).toSorted()).toStrictEqual(['audit-removed', 'sold-twice']);
  });
});
