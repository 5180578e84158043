import { COUNTERSIGNED_HEAD } from '#model/documents/acknowledgements.ts';
import type { RegisterId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { stockEntryKey, type StockEntry } from '#model/stock/stock-entry.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { makeShop, type RegisterJournal } from '../../support/journal-fixture.ts';
import { R1, R2, S01, seedShop, startTill, type TillBench } from './till-fixture.ts';

const DAY_MS = 86_400_000;
/** One session a day on two registers until this morning, where each has one open. */
export const DAYS = 30;
/** Of the articles the journals sell. */
export const GOODS = Array.from({ length: 40 }, (_, i) => `P${i + 1}`);

/** The journals of the store, the same in every test: making them costs more than most tests. */
export const JOURNALS: readonly RegisterJournal[] = makeShop(3, {
  stores: 1,
  registers: 2,
  sessions: DAYS,
  salesPerSession: 5,
  before: Date.UTC(2026, 10, 21) - DAYS * DAY_MS,
});

/** Writes head office's word that it holds a register's journal up to a record, the last one unless told. */
export function acknowledge(documents: MemoryDocuments, register: RegisterId, seq?: number): void {
  const records = JOURNALS.find((journal) => journal.register === register)?.records ?? [];
  const last = records.find((record) => record.seq === (seq ?? records.length));
  if (!last) throw new Error(`${register} has no such record`);
  const { org, store, session, hash, at } = last;
  const head = { org, store, register, session, seq: last.seq, hash, at };
  documents.receive(
    { class: 'acknowledgements', store, register },
    {
      [COUNTERSIGNED_HEAD]: canonicalJson({ ...head, device: '00000000000000aa', sig: 'A'.repeat(86) }),
    },
  );
}

/** Books a hundred of each article in. */
export function bookStock(documents: MemoryDocuments): void {
  const entry = (product: string): StockEntry => ({
    id: `in-${product}`,
    product,
    quantity: '100',
    kind: 'receipt',
    at: '2026-10-01T08:00:00.000Z',
    by: 'mia',
    reason: '',
  });
  documents.receive(
    { class: 'stock-book', store: S01, month: 681 },
    Object.fromEntries(GOODS.map(entry).map((one) => [stockEntryKey(one), canonicalJson(one)])),
  );
}

/** Documents of the store that hold every session, acknowledged, or only the latest `held` of each register. */
export function storeDocuments(held = DAYS): MemoryDocuments {
  const documents = new MemoryDocuments();
  seedShop(documents);
  for (const { sessions } of JOURNALS)
    for (const { key, entries } of sessions)
      if (key.session > DAYS - held) documents.receive(key, entries);
      else documents.holdElsewhere(key, entries);
  for (const register of [R1, R2]) acknowledge(documents, register);
  bookStock(documents);
  return documents;
}

/** A till at R1 with these documents, its stock counted. */
export async function startLongTill(
  documents: MemoryDocuments,
  given: Parameters<typeof startTill>[0] = {},
): Promise<TillBench> {
  const bench = await startTill({ ...given, documents });
  await bench.till.stock.counted();
  return bench;
}

/** The sessions the documents hold, as `R1#30`. */
export async function sessionsHeld(documents: MemoryDocuments): Promise<readonly string[]> {
  return (await documents.known())
    .flatMap((key) => (key.class === 'session' ? [`${key.register}#${key.session}`] : []))
    .sort();
}
