import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { registerName } from '#model/ids/register-id.ts';
import { recordKey, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import { bookedMoves } from '#model/ledger/ledger.ts';
import { unitsOf } from './buyer-sums.ts';
import { toThousandths } from './quantities.ts';
import type { WholeRecord } from './read-record.ts';
import type { Candidate } from './settle.ts';
import type { Signature } from './signatures.ts';
import type { Statements } from './statements.ts';

/** The record as far as its place in the chain is judged. */
export function candidateOf(record: JournalRecord, signature: Signature): Candidate {
  const { seq, hash, prev, session, kind, totals } = record;
  return { seq, hash, prev, session, kind, amount: amountOf(record), totals, signature };
}

function amountOf(record: JournalRecord): number | null {
  if (record.kind === 'sale') return record.body.total;
  if (record.kind === 'cash')
    return record.body.direction === 'in' ? record.body.amount : -record.body.amount;
  return null;
}

/** Writes a record that counts, with the rows it is made of, under the business day `day`. */
export function insertRecord(statements: Statements, { record, text }: WholeRecord, day: string): void {
  const { store, register, seq, session, at, by } = record;
  statements.insertRecord.run(...chainColumns(record, text), at, by, record.approvedBy ?? null, day);
  if (record.kind === 'sale') insertSale(statements, record, day);
  insertAct(statements, record, day);
  if (record.kind !== 'cash') return;
  const { direction, amount, reason } = record.body;
  statements.insertCash.run(store, register, seq, session, day, at, by, direction, amount, reason);
}

/** Keeps a record that does not count, with the reason. */
export function insertAside(statements: Statements, { record, text }: WholeRecord, reason: string): void {
  statements.insertAside.run(...chainColumns(record, text), reason);
}

/** Takes a record and its rows out. */
export function deleteRecord(
  statements: Statements,
  store: string,
  register: string,
  record: JournalRecord,
): void {
  const { seq } = record;
  statements.deleteRecord.run(store, register, seq);
  if (sensitiveAct(record)) statements.deleteAct.run(actId(record));
  if (record.kind === 'cash') statements.deleteCash.run(store, register, seq);
  if (record.kind !== 'sale') return;
  for (const statement of [
    statements.deleteSale,
    statements.deleteLines,
    statements.deleteTaxes,
    statements.deleteTenders,
    statements.deleteMoves,
  ])
    statement.run(store, register, seq);
  for (const { refundOf, product, serial } of record.body.lines) {
    if (refundOf) statements.deleteTakenBack.run(refundOf.receipt, store, register, seq);
    if (serial !== undefined) statements.deleteSerial.run(product, serial, store, register, seq);
  }
}

/** Puts a record and its rows under another business day. */
export function moveRecord(statements: Statements, record: JournalRecord, day: string): void {
  const { store, register, seq } = record;
  for (const statement of [statements.moveRecord, statements.moveSale, statements.moveCash])
    statement.run(day, store, register, seq);
  if (sensitiveAct(record)) statements.moveAct.run(day, actId(record));
}

/** The id of a record's act: where the record is. */
function actId({ store, register, seq }: JournalRecord): string {
  return `${registerName(store, register)}-${recordKey(seq)}`;
}

function insertAct(statements: Statements, record: JournalRecord, day: string): void {
  const act = sensitiveAct(record);
  if (act === undefined) return;
  const { at, store, register, session, seq, by } = record;
  const approvedBy = record.approvedBy ?? act.approvedBy ?? null;
  const { kind, subject = '', amount = null, reason = '' } = act;
  const place = [store, register, session, seq] as const;
  const id = actId(record);
  statements.insertAct.run(
    day,
    at,
    id,
    'journal',
    kind,
    ...place,
    by,
    approvedBy,
    subject,
    amount,
    reason,
    0,
  );
}

function chainColumns(record: JournalRecord, text: string) {
  const { store, register, seq, hash, prev, session, kind, totals } = record;
  const { receipts, signed, absolute } = totals;
  const amount = amountOf(record);
  return [store, register, seq, hash, prev, session, kind, amount, receipts, signed, absolute, text] as const;
}

/** What a receipt moved of accounts (rule G1). */
function insertMoves(
  statements: Statements,
  { store, register, seq, session, at, body }: RecordOf<'sale'>,
): void {
  const byLine = body.lines.filter(({ account, amount }) => account && amount !== 0).length;
  for (const { ledger, account, amount, receipt, index } of bookedMoves(body, at)) {
    const line = index < byLine ? 1 : 0;
    statements.insertMove.run(
      store,
      register,
      seq,
      index,
      session,
      receipt,
      at,
      ledger,
      account,
      line,
      amount,
    );
  }
}

function insertSale(statements: Statements, record: RecordOf<'sale'>, day: string): void {
  const { store, register, seq, session, at, by, body } = record;
  body.lines.forEach((line, i) => {
    const quantity = toThousandths(line.quantity);
    const { product, sku, name, department, price, amount, representative, quick } = line;
    statements.insertLine.run(
      store,
      register,
      seq,
      i,
      product,
      sku,
      name,
      department ?? null,
      quantity,
      price,
      amount,
      representative ?? null,
      quick?.barcode ?? null,
      quick?.by ?? null,
      quick?.approvedBy ?? null,
    );
    if (line.refundOf) statements.insertTakenBack.run(line.refundOf.receipt, store, register, seq);
    if (line.serial !== undefined) statements.insertSerial.run(product, line.serial, store, register, seq);
  });
  body.taxes.forEach(({ id, name, rate, included, base, amount }, i) => {
    statements.insertTax.run(store, register, seq, i, id, name, rate, included ? 1 : 0, base, amount);
  });
  body.tenders.forEach(({ tender, name, kind, amount }, i) => {
    statements.insertTender.run(store, register, seq, i, tender, name, kind, amount);
  });
  insertMoves(statements, record);
  const { receipt, basket, type, total, net, tax, customer, terms, points } = body;
  statements.insertSale.run(
    store,
    register,
    seq,
    session,
    receipt,
    basket,
    type,
    day,
    at,
    by,
    total,
    net,
    tax,
    body.lines.length,
    unitsOf(body),
    customer ?? null,
    terms?.tier ?? null,
    terms?.certificate ?? null,
    points?.earned ?? 0,
    points?.back ?? 0,
  );
}
