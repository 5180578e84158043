import { doubleRefunds, movesOf, overspent, serialsTwice, soldTwice } from '#model/folds/sale-exceptions.ts';
import type { ShopException } from '#model/folds/shop-exception.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { ledgerMoves, type BookedMove } from '#model/ledger/ledger.ts';
import { allRows } from './database.ts';
import type { ExceptionList } from './exceptions.ts';
import type { FoundAt } from './found-exceptions.ts';
import { findingOf, latestOf } from './found-exceptions.ts';
import { SaleFacts } from './sale-facts.ts';
import type { Statements } from './statements.ts';

type Sale = RecordOf<'sale'>;
type PlacedMove = BookedMove & FoundAt;
type StoredMove = BookedMove & Omit<FoundAt, 'org'>;

/** What records that came or went are looked at for again: receipts, baskets, serials and accounts they name. */
type Topics = {
  readonly receipts: Set<string>;
  readonly baskets: Set<string>;
  readonly serials: Map<string, { readonly product: string; readonly serial: string }>;
  readonly accounts: Map<string, { readonly ledger: string; readonly account: string }>;
};

/**
 * Looks again, by the model's own folds, at everything these sales take part in, once they are in the tables or out of them: so the
 * exceptions are those every replica finds (rule F1).
 */
export function judgeSales(
  statements: Statements,
  exceptions: ExceptionList,
  organization: string,
  sales: readonly Sale[],
): void {
  if (sales.length === 0) return;
  const facts = new SaleFacts(statements);
  const { receipts, baskets, serials, accounts } = topicsOf(facts, sales);
  const list = (source: string, found: readonly ShopException[], known: readonly Sale[]) =>
    exceptions.replace(
      source,
      found.flatMap((one) => {
        const where = latestOf(one, known);
        return where ? [findingOf(one, detailOf(one), where)] : [];
      }),
    );
  for (const receipt of receipts) {
    const known = facts.aroundReceipt(receipt);
    const found = doubleRefunds(known).filter(({ lines }) => lines[0]?.receipt === receipt);
    list(`refunds:${receipt}`, found, known);
  }
  for (const basket of baskets) {
    const known = facts.aroundBasket(basket);
    const found = soldTwice(known).filter((one) => one.basket === basket);
    list(`basket:${basket}`, found, known);
  }
  for (const [name, { product, serial }] of serials) {
    const known = facts.ofSerial(product, serial);
    const found = serialsTwice(known).filter((one) => one.product === product && one.serial === serial);
    list(`serial:${name}`, found, known);
  }
  for (const [name, { ledger, account }] of accounts) {
    const stored = allRows<StoredMove>(statements.movesOfAccount, ledger, account);
    const moves: PlacedMove[] = [
      ...stored.map((move) => ({ ...move, org: organization })),
      ...facts.aside.flatMap((sale) => movesOf([sale]).map((move) => ({ ...placeOf(sale), ...move }))),
    ].filter((move) => move.ledger === ledger && move.account === account);
    exceptions.replace(
      `ledger:${name}`,
      overspent(moves).flatMap((one) => {
        const where = moves.find((move) => move.at === one.at && one.receipts.includes(move.receipt));
        return where ? [findingOf(one, detailOf(one), where)] : [];
      }),
    );
  }
}

function placeOf({ org, store, register, session, seq }: Sale): FoundAt {
  return { org, store, register, session, seq };
}

function topicsOf(facts: SaleFacts, sales: readonly Sale[]): Topics {
  const topics: Topics = {
    receipts: new Set(),
    baskets: new Set(),
    serials: new Map(),
    accounts: new Map(),
  };
  for (const { body } of sales) {
    topics.receipts.add(body.receipt);
    topics.baskets.add(body.basket);
    if (body.voids) for (const basket of facts.basketsOf(body.voids.receipt)) topics.baskets.add(basket);
    for (const { refundOf, product, serial } of body.lines) {
      if (refundOf) topics.receipts.add(refundOf.receipt);
      if (serial !== undefined) topics.serials.set(`${product} ${serial}`, { product, serial });
    }
    for (const { ledger, account } of ledgerMoves(body))
      topics.accounts.set(`${ledger}:${account}`, { ledger, account });
  }
  return topics;
}

function detailOf(found: ShopException): string {
  const receipts = found.receipts.join(', ');
  switch (found.kind) {
    case 'double-refund':
      return `more came back than was sold, on ${receipts}`;
    case 'sold-twice':
      return `one basket was sold as ${receipts}; all of them are counted`;
    case 'serial-twice':
      return `${found.name} ${found.serial} went out more than once, on ${receipts}`;
    case 'overspent':
      return `${found.ledger} ${found.account} paid ${-found.balance} minor units more than it held, on ${receipts}`;
    default:
      return receipts;
  }
}
