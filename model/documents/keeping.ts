import type { DocumentKey } from '../ids/document-id.ts';
import type { RegisterId, StoreId } from '../ids/register-id.ts';
import type { JournalRecord } from '../journal/record.ts';
import type { CountersignedHead } from './acknowledgements.ts';
import { monthNumber } from '../stock/stock-summary.ts';
import { readOpenSale } from './basket.ts';
import type { Entries } from './entries.ts';

/** So many of a register's latest sessions a till always holds: no fewer than a relay sends it unasked. */
export const SESSIONS_KEPT = 3;

const DAY_MS = 86_400_000;

/**
 * What the rule of what a till holds (rule D8) needs to know: where the till stands, the business day, for how many days it keeps
 * sessions, and the latest session of each register of its store that it knows.
 */
export type Keeping = {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly today: string;
  readonly days: number;
  readonly latest: ReadonlyMap<string, number>;
};

/** Whether a document may leave a till as far as its id tells (rule D8); sessions and baskets are asked for what is in them as well. */
export function mayLeaveByKey(key: DocumentKey, { store, today, days, latest }: Keeping): boolean {
  switch (key.class) {
    case 'session':
      return key.store === store && key.session <= (latest.get(key.register) ?? 0) - SESSIONS_KEPT;
    case 'basket':
      return key.store === store && key.session <= (latest.get(key.register) ?? 0) - SESSIONS_KEPT;
    case 'parked':
      return key.store === store && key.day <= dayNumber(today) - days;
    case 'stock-summary':
      // The month before counts until this one is told (rule K8).
      return key.month < monthNumber(today) - 1;
    default:
      return false;
  }
}

/**
 * Whether a session may leave a till (rule D8). `records` are all of its document, in any order, and none was unreadable; `head` is head
 * office's word for how far it holds the register's journal.
 */
export function sessionMayLeave(
  records: readonly JournalRecord[],
  { today, days }: Pick<Keeping, 'today' | 'days'>,
  head: CountersignedHead | undefined,
  isDoubted: (record: JournalRecord) => boolean,
): boolean {
  const sorted = [...records].sort((a, b) => a.seq - b.seq);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first?.kind !== 'opened' || !last || !head) return false;
  const isWhole = sorted.every(
    ({ seq, prev }, i) => i === 0 || (seq === first.seq + i && prev === sorted[i - 1]?.hash),
  );
  return (
    isWhole &&
    sorted.some(({ kind }) => kind === 'closed') &&
    dayNumber(first.body.day) <= dayNumber(today) - days &&
    reaches(head, last) &&
    !sorted.some(isDoubted)
  );
}

/** Whether a basket document holds nothing anybody waits for: no line, no payment, no card that is not decided. */
export function basketMayLeave(entries: Entries): boolean {
  const read = readOpenSale(entries);
  if (!read.ok) return false;
  const { value: sale } = read;
  return !sale || (sale.basket.lines.length === 0 && sale.payments.length === 0 && !sale.card);
}

function reaches(head: CountersignedHead, last: JournalRecord): boolean {
  if (head.org !== last.org || head.store !== last.store || head.register !== last.register) return false;
  return head.seq === last.seq ? head.hash === last.hash : head.seq > last.seq;
}

/** Days since 1970-01-01 of a calendar day. */
function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}
