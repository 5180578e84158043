import { sha256Text } from '../journal/canonical.ts';
import { sumMinor, type Minor } from '../money/money.ts';
import type { SaleBody } from '../sale/sale-body.ts';
import { isLedger, mayOwe, type Ledger } from './account.ts';

/** How long a hold counts, in milliseconds (rule G8): a till that went down must not keep a card for ever. */
export const HOLD_MS = 15 * 60_000;

/** What a receipt puts into an account (above zero) or takes out of it (below zero), in minor units; points in the ledger of points (rule U11). */
export type LedgerMove = { readonly ledger: Ledger; readonly account: string; readonly amount: Minor };

/** A move with where it stands: the receipt, the `index` among the receipt's moves, and when (UTC with milliseconds). */
export type BookedMove = LedgerMove & {
  readonly receipt: string;
  readonly index: number;
  readonly at: string;
};

/** A line as far as value goes. */
type ValueLine = Pick<SaleBody['lines'][number], 'account' | 'amount'>;
/** A tender as far as value goes. */
type ValueTender = Pick<SaleBody['tenders'][number], 'kind' | 'account' | 'amount' | 'points'>;

/**
 * The moves of value on a receipt (rule G1), lines first: a line puts its amount into its account, a tender takes what it paid out of its
 * own. What goes the other way has the other sign, so a void moves exactly the opposite.
 */
export function ledgerMoves(sale: {
  readonly lines: readonly ValueLine[];
  readonly tenders: readonly ValueTender[];
  readonly customer?: SaleBody['customer'];
  readonly points?: SaleBody['points'];
}): readonly LedgerMove[] {
  const moves: LedgerMove[] = [];
  for (const { account, amount } of sale.lines)
    if (account && amount !== 0) moves.push({ ledger: account.ledger, account: account.id, amount });
  for (const { kind, account, amount, points = 0 } of sale.tenders)
    if (account !== undefined && isLedger(kind) && amount !== 0)
      moves.push({ ledger: kind, account, amount: kind === 'points' ? -points : -amount });
  const { earned = 0, back = 0 } = sale.points ?? {};
  if (sale.customer !== undefined && earned !== back)
    moves.push({ ledger: 'points', account: sale.customer, amount: earned - back });
  return moves;
}

/** The moves of a receipt with where they stand. */
export function bookedMoves(sale: SaleBody, at: string): readonly BookedMove[] {
  return ledgerMoves(sale).map((move, index) => ({ ...move, receipt: sale.receipt, index, at }));
}

/** What an account holds (rule G2): the sum of its moves, each place on a receipt once, in any order. */
export function balanceOf(
  moves: Iterable<BookedMove>,
  account: { readonly ledger: Ledger; readonly id: string },
): Minor {
  const own = [...moves].filter((move) => move.ledger === account.ledger && move.account === account.id);
  return sumMinor([...once(own).values()].map(({ amount }) => amount));
}

/** An account that gave more than it had (rule G5). `receipts` are those that took value out, `balance` is below zero. */
export type LedgerException = {
  readonly id: string;
  readonly ledger: Ledger;
  readonly account: string;
  readonly balance: Minor;
  readonly receipts: readonly string[];
};

/**
 * The accounts that gave more than they had (rule G5), by id. Two tills that were apart have both taken the value: nothing is taken
 * back, everybody who has the same receipts finds the same exceptions.
 */
export function ledgerExceptions(moves: Iterable<BookedMove>): readonly LedgerException[] {
  const byAccount = new Map<string, BookedMove[]>();
  for (const move of once(moves).values()) {
    const key = `${move.ledger}\n${move.account}`;
    const others = byAccount.get(key);
    if (others) others.push(move);
    else byAccount.set(key, [move]);
  }
  const found = [...byAccount.values()].flatMap((own) => overspent(own));
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function overspent(moves: readonly BookedMove[]): LedgerException[] {
  const [first] = moves;
  const balance = sumMinor(moves.map(({ amount }) => amount));
  if (!first || balance >= 0 || mayOwe(first.ledger)) return [];
  const { ledger, account } = first;
  const takers = moves.filter(({ amount }) => amount < 0).map(({ receipt }) => receipt);
  const receipts = [...new Set(takers)].sort();
  return [{ id: sha256Text([ledger, account, ...receipts].join('\n')), ledger, account, balance, receipts }];
}

/** One move of each place: of two that differ, which only damage can make, the smaller text counts everywhere. */
function once(moves: Iterable<BookedMove>): ReadonlyMap<string, BookedMove> {
  const byPlace = new Map<string, BookedMove>();
  for (const move of moves) {
    const place = `${move.receipt}:${move.index}`;
    const other = byPlace.get(place);
    if (!other || textOf(move) < textOf(other)) byPlace.set(place, move);
  }
  return byPlace;
}

function textOf({ ledger, account, amount }: BookedMove): string {
  return `${ledger}\n${account}\n${amount}`;
}
