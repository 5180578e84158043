import { registerName } from '../ids/register-id.ts';
import type { JournalRecord } from '../journal/record.ts';
import type { BookedMove } from '../ledger/ledger.ts';
import type { StockEntry } from '../stock/stock-entry.ts';
import { closingExceptions } from './closing-exceptions.ts';
import { doubleRefunds, movesOf, oversold, overspent, serialsTwice, soldTwice } from './sale-exceptions.ts';
import { groups, involved, type ExceptionOf, type ShopException } from './shop-exception.ts';

/**
 * What exceptions are found in: records whose signatures count (rule E10), each store's stock book as far as it is here, and the
 * moves of accounts where more of them are known than the records make (rule G7).
 */
export type ExceptionFacts = {
  readonly records: Iterable<JournalRecord>;
  readonly stock?: ReadonlyMap<string, Iterable<StockEntry>>;
  readonly moves?: Iterable<BookedMove>;
};

/** Every exception in these facts, by kind and id: the same list in whatever order and however often the facts came (rule F1). */
export function findExceptions({
  records,
  stock = new Map(),
  moves,
}: ExceptionFacts): readonly ShopException[] {
  const known = [...new Map([...records].map((record) => [record.hash, record])).values()].sort(byHash);
  const sales = known.filter((record) => record.kind === 'sale');
  return [
    ...doubleRefunds(sales),
    ...soldTwice(sales),
    ...serialsTwice(sales),
    ...overspent(moves ?? movesOf(sales)),
    ...oversold(sales, stock),
    ...forks(known),
    ...closingExceptions(known),
  ].sort((a, b) => compare(`${a.kind} ${a.id}`, `${b.kind} ${b.id}`));
}

/** Two records with one number where the chain parts; what follows on both branches is the same fork (rule F5). */
function forks(records: readonly JournalRecord[]): ExceptionOf<'fork'>[] {
  const byNumber = groups(records, (record) => numberOf(record, record.seq));
  return [...byNumber.values()].flatMap((here) => {
    const [first] = here;
    if (!first || here.length < 2) return [];
    const before = byNumber.get(numberOf(first, first.seq - 1)) ?? [];
    return partings(here, before).map((part) => {
      const register = registerName(first.store, first.register);
      return { kind: 'fork' as const, ...involved(part), register, seq: first.seq };
    });
  });
}

/**
 * Where a register's chain parts at one number (rule F5): the groups of different records `here` that go on from one record, or from
 * none that is known where there is at most one `before`.
 */
export function partings<Link extends { readonly hash: string; readonly prev: string }>(
  here: readonly Link[],
  before: readonly { readonly hash: string }[],
): Link[][] {
  const parts = before.length > 1 ? [...groups(here, ({ prev }) => prev).values()] : [[...here]];
  return parts.filter((part) => part.length > 1);
}

function numberOf({ org, store, register }: JournalRecord, seq: number): string {
  return `${org} ${store}-${register} ${seq}`;
}

function byHash(a: JournalRecord, b: JournalRecord): number {
  return compare(a.hash, b.hash);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
