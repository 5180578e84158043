import { receiptSpan, sessionOfReceipt, type ReceiptSpan } from '#model/folds/session-digest.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { SessionKey } from './past-sessions.svelte.ts';

/** A session of the store: held here or not. */
export type ListedSession = { readonly key: SessionKey; readonly held: boolean };

/** What a receipt is looked for in; `listed` are the sessions of its register. */
export type ReceiptSearchParts = {
  readonly listed: readonly ListedSession[];
  /** The records of a session that is open already. */
  readonly opened: (key: SessionKey) => Iterable<JournalRecord> | undefined;
  /** The records of any session in `seq` order; undefined where it could not be fetched. */
  readonly recordsOf: (one: ListedSession) => Promise<readonly JournalRecord[] | undefined>;
  /** Where a session that is not held begins and ends, if that is remembered. */
  readonly remembered: (key: SessionKey) => Promise<ReceiptSpan | undefined>;
  /** Money is given back for what is found, so a record that nobody vouches for is none. */
  readonly isSale: (record: JournalRecord) => record is RecordOf<'sale'>;
};

/** A receipt's sale, and the session it is in. */
export type FoundReceipt = { readonly sale: RecordOf<'sale'>; readonly session: ListedSession };

/** A search that ended: with the sale, without one, or before a session that could not be fetched. */
type Searched = Result<FoundReceipt | undefined, { readonly code: 'out-of-reach' }>;

/**
 * Looks for a receipt in what is open, then in the session whose receipts it is among, of those that are held and of those that are not,
 * and last in every session that is held: a copied register gave numbers out of their order, and one whose beginning is not here has none.
 * Refused where the session it should be in could not be fetched.
 */
export async function searchReceipt(receipt: string, parts: ReceiptSearchParts): Promise<Searched> {
  const search = { ...parts, recordsOf: eachOnce(parts.recordsOf) };
  const saleIn = (session: ListedSession, records: Iterable<JournalRecord>): FoundReceipt | undefined => {
    for (const sale of records)
      if (parts.isSale(sale) && sale.body.receipt === receipt) return { sale, session };
    return undefined;
  };
  const closed: ListedSession[] = [];
  for (const one of parts.listed) {
    const records = parts.opened(one.key);
    const found = records && saleIn(one, records);
    if (found) return ok(found);
    if (!records) closed.push(one);
  }
  const among = async (sessions: readonly ListedSession[]): Promise<Searched> => {
    const session = await sessionAmong(Number(receipt.split('-').at(-1)), sessions, search);
    if (!session.ok) return err({ code: 'out-of-reach' });
    if (session.value === undefined) return ok(undefined);
    const records = await search.recordsOf(session.value);
    return records ? ok(saleIn(session.value, records)) : err({ code: 'out-of-reach' });
  };
  const { held = [], far = [] } = Object.groupBy(closed, (one) => (one.held ? 'held' : 'far'));
  const here = await among(held);
  if (here.ok && here.value) return here;
  const there = await among(far);
  if (there.ok && there.value) return there;
  for (const one of held) {
    const found = saleIn(one, (await search.recordsOf(one)) ?? []);
    if (found) return ok(found);
  }
  return there;
}

/** Reads each session at most once, however often it is asked for. */
function eachOnce(recordsOf: ReceiptSearchParts['recordsOf']): ReceiptSearchParts['recordsOf'] {
  const read = new Map<ListedSession, ReturnType<typeof recordsOf>>();
  return (one) => {
    const records = read.get(one) ?? recordsOf(one);
    read.set(one, records);
    return records;
  };
}

/** The session whose receipts a number is among; they are numbered on from session to session. */
async function sessionAmong(
  count: number,
  sessions: readonly ListedSession[],
  { recordsOf, remembered }: ReceiptSearchParts,
): Promise<Result<ListedSession | undefined, unknown>> {
  const ascending = sessions.toSorted((a, b) => a.key.session - b.key.session);
  const among = await sessionOfReceipt(count, 0, ascending.length - 1, async (at) => {
    const one = ascending[at];
    const span = one && !one.held ? await remembered(one.key) : undefined;
    const records = one && !span ? await recordsOf(one) : undefined;
    return span ?? (records && receiptSpan(records));
  });
  return among.ok ? ok(among.value === undefined ? undefined : ascending[among.value]) : among;
}
