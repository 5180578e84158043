import { documentId } from '#model/ids/document-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { allRows, oneRow } from './database.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import type { SessionAddress } from './read-record.ts';
import type { Statements } from './statements.ts';

type Found = { seq: number; json: string; at: string; by: string };
type Sums = {
  sales: number;
  refunds: number;
  exchanges: number;
  gross: number;
  tax: number;
  float: number;
  cash_sales: number;
  cash_refunds: number;
  paid_in: number;
  paid_out: number;
  handover_difference: number;
};

/** What the first counted records say about a session: its business day, or the date of its first record without one. */
export function sessionDay(
  opened: RecordOf<'opened'> | undefined,
  firstAt: string | undefined,
): string | undefined {
  return opened?.body.day ?? firstAt?.slice(0, 10);
}

/** The counted record that opened a session, if it is here. */
export function openedRecord(
  statements: Statements,
  { store, register, session }: SessionAddress,
): RecordOf<'opened'> | undefined {
  const row = oneRow<Found>(statements.firstOfKind, store, register, session, 'opened');
  return row && (JSON.parse(row.json) as RecordOf<'opened'>);
}

/** The earliest counted record of a session, if there is one. */
export function firstRecord(
  statements: Statements,
  { store, register, session }: SessionAddress,
): { readonly seq: number; readonly at: string; readonly by: string } | undefined {
  return oneRow(statements.firstOfSession, store, register, session);
}

/**
 * Fills in what is not a sum: who opened and closed the session, its first and last receipt. Takes a session without
 * records out. Reports a closing record whose figures are not those of the records.
 */
export function describeSession(
  statements: Statements,
  exceptions: ExceptionList,
  address: SessionAddress,
): void {
  const { store, register, session } = address;
  const key = [store, register, session] as const;
  const first = firstRecord(statements, address);
  const source = `session:${store}-${register}:${session}`;
  if (!first) {
    statements.dropSession.run(...key);
    exceptions.replace(source, []);
    return;
  }
  const opened = openedRecord(statements, address);
  const closedRow = oneRow<Found>(statements.lastOfKind, ...key, 'closed');
  const closed = closedRow && (JSON.parse(closedRow.json) as RecordOf<'closed'>);
  const receiptOf = (row: Found | undefined) =>
    row === undefined ? null : (JSON.parse(row.json) as RecordOf<'sale'>).body.receipt;
  const sums = oneRow<Sums>(
    statements.describeSession,
    sessionDay(opened, first.at) ?? '',
    opened?.body.currency ?? '',
    opened?.at ?? first.at,
    opened?.by ?? first.by,
    opened?.body.float ?? 0,
    closed?.seq ?? null,
    closed?.at ?? null,
    closed?.body.counted ?? null,
    closed?.body.difference ?? null,
    receiptOf(oneRow<Found>(statements.firstOfKind, ...key, 'sale')),
    receiptOf(oneRow<Found>(statements.lastOfKind, ...key, 'sale')),
    ...key,
  );
  exceptions.replace(source, closed && sums ? closeFindings(address, closed, sums) : []);
}

function closeFindings(address: SessionAddress, closed: RecordOf<'closed'>, sums: Sums): Finding[] {
  const { body } = closed;
  const expected =
    sums.float +
    sums.cash_sales -
    sums.cash_refunds +
    sums.paid_in -
    sums.paid_out +
    sums.handover_difference;
  const pairs = [
    ['gross', body.gross, sums.gross],
    ['tax', body.tax, sums.tax],
    ['expected cash', body.expected, expected],
    ['sales', body.sales, sums.sales + sums.exchanges],
    ['refunds', body.refunds, sums.refunds],
  ] as const;
  const wrong = pairs.filter(([, written, found]) => written !== found);
  if (wrong.length === 0) return [];
  const { organization, store, register, session } = address;
  const figures = wrong
    .map(([name, written, found]) => `${name} ${written}, records make ${found}`)
    .join('; ');
  const key = { class: 'session' as const, store, register, session };
  const id = documentId({ organization, key });
  const detail = `the closing record of session ${session} says ${figures}`;
  return [{ code: 'close-mismatch', detail, documentId: id, store, register, session, seq: closed.seq }];
}

/** The texts and days of the counted records of a session. */
export function countedTexts(
  statements: Statements,
  { store, register, session }: SessionAddress,
): { seq: number; hash: string; json: string; day: string }[] {
  return allRows(statements.recordsOfSession, store, register, session);
}
