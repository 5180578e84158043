import type { JournalRecord, RecordOf } from '../journal/record.ts';
import { bookedMoves, ledgerExceptions, type BookedMove } from '../ledger/ledger.ts';
import { Exact, sumMinor } from '../money/money.ts';
import type { RefundOf } from '../sale/sale-body.ts';
import type { StockEntry } from '../stock/stock-entry.ts';
import { OversoldFold } from './oversold-fold.ts';
import { groups, involved, type ExceptionOf } from './shop-exception.ts';

type Sale = RecordOf<'sale'>;
type Line = Sale['body']['lines'][number];
type TakenBack = { readonly of: RefundOf; readonly refunds: Sale[]; readonly lines: Line[] };

/**
 * More of a line came back than was sold of it (rule F2). Lines that the same receipts took back are one exception. `sales` hold the
 * sale and all that took something of it back, each record once.
 */
export function doubleRefunds(sales: readonly Sale[]): ExceptionOf<'double-refund'>[] {
  const sold = groups(sales, ({ body }) => body.receipt);
  const found = new Map<string, { records: Sale[]; lines: RefundOf[]; amount: number }>();
  for (const { of, refunds, lines } of takenBack(sales)) {
    const from = sold.get(of.receipt) ?? [];
    const there = from.flatMap((sale) => soldLine(sale, of.line));
    const left = [...there, ...lines].reduce((sum, line) => sum.plus(line.quantity), new Exact(0));
    // Of a sale that is not here nobody can say how much of it may come back.
    if (from.length === 0 || !left.isNegative() || left.isZero()) continue;
    const records = [...from, ...refunds];
    const { id } = involved(records);
    const one = found.get(id) ?? { records, lines: [], amount: 0 };
    one.lines.push(of);
    one.amount += Math.max(0, -sumMinor([...there, ...lines].map(({ amount }) => amount)));
    found.set(id, one);
  }
  return [...found.values()].map(({ records, lines, amount }) => ({
    kind: 'double-refund',
    ...involved(records),
    ...(amount > 0 ? { amount } : {}),
    lines: lines.sort((a, b) => compare(a.receipt, b.receipt) || a.line - b.line),
  }));
}

function takenBack(sales: readonly Sale[]): Iterable<TakenBack> {
  const back = new Map<string, TakenBack>();
  for (const refund of sales)
    for (const line of refund.body.lines) {
      const { refundOf: of } = line;
      if (!of) continue;
      const key = `${of.receipt} ${of.line}`;
      const found = back.get(key) ?? { of, refunds: [], lines: [] };
      found.refunds.push(refund);
      found.lines.push(line);
      back.set(key, found);
    }
  return back.values();
}

/** After a fork two sales may have one number: what either sold may come back. */
function soldLine({ body }: Sale, line: number): Line[] {
  const sold = body.lines[line];
  return sold && sold.refundOf === undefined && !sold.quantity.startsWith('-') ? [sold] : [];
}

/** One basket on two receipts, neither of which is voided (rule F3). What it comes to is all of them but the largest. */
export function soldTwice(sales: readonly Sale[]): ExceptionOf<'sold-twice'>[] {
  const voided = new Set(sales.map(({ body }) => body.voids?.receipt));
  return [...groups(sales, ({ body }) => body.basket)].flatMap(([basket, twins]) => {
    const standing = twins.filter(({ body }) => !voided.has(body.receipt));
    // Two records of one number are a fork and not two receipts.
    if (new Set(standing.map(({ body }) => body.receipt)).size < 2) return [];
    const totals = standing.map(({ body }) => body.total);
    const amount = sumMinor(totals) - Math.max(...totals);
    return [
      { kind: 'sold-twice' as const, ...involved(standing), ...(amount > 0 ? { amount } : {}), basket },
    ];
  });
}

/** A piece with a number of its own that left the shop more than once without coming back (rule F6). */
export function serialsTwice(sales: readonly Sale[]): ExceptionOf<'serial-twice'>[] {
  const moved = sales.flatMap((sale) =>
    sale.body.lines.flatMap((line) =>
      line.serial === undefined ? [] : [{ sale, line, serial: line.serial }],
    ),
  );
  const pieces = groups(moved, ({ line, serial }) => `${line.product}\n${serial}`);
  return [...pieces.values()].flatMap((moves) => {
    const out = moves.reduce((sum, { line }) => sum.plus(line.quantity), new Exact(0));
    const [first] = moves;
    if (!first || out.lte(1)) return [];
    const { product, name } = first.line;
    const all = involved(moves.map(({ sale }) => sale));
    return [{ kind: 'serial-twice' as const, ...all, product, name, serial: first.serial }];
  });
}

/** The sale with which a product that is counted fell below zero, where it is below zero still (rule F4). */
export function oversold(
  sales: readonly Sale[],
  stock: ReadonlyMap<string, Iterable<StockEntry>>,
): ExceptionOf<'oversold'>[] {
  return [...stock].flatMap(([store, entries]) => {
    const fold = new OversoldFold();
    for (const entry of entries) fold.takeEntry(entry);
    for (const sale of sales) if (sale.store === store) fold.takeSale(sale);
    return fold.find();
  });
}

/**
 * Accounts that gave more than they had (rules G5 and F7), seen to where value was taken out last. Points come to no figure: they are
 * no money.
 */
export function overspent(moves: Iterable<BookedMove>): ExceptionOf<'overspent'>[] {
  const all = [...moves];
  return ledgerExceptions(all).map(({ id, ledger, account, balance, receipts }) => {
    const taken = new Set<string>(receipts);
    const last = all
      .filter((move) => move.ledger === ledger && move.account === account && taken.has(move.receipt))
      .reduce((a, b) => (`${a.at} ${a.receipt}` < `${b.at} ${b.receipt}` ? b : a));
    const store = last.receipt.split('-')[0] ?? '';
    const amount = ledger === 'points' ? {} : { amount: -balance };
    return { kind: 'overspent', id, store, at: last.at, receipts, ...amount, ledger, account, balance };
  });
}

/** The moves of these records (rule G1). */
export function movesOf(records: Iterable<JournalRecord>): BookedMove[] {
  return [...records].flatMap((record) =>
    record.kind === 'sale' ? bookedMoves(record.body, record.at) : [],
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
