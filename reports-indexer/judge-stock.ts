import { oversoldBy } from '#model/folds/oversold-fold.ts';
import type { StoreId, RegisterId } from '#model/ids/register-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { lastFall, soldBy, type StockMove } from '#model/stock/oversold.ts';
import type { StockEntry } from '#model/stock/stock-entry.ts';
import { allRows, oneRow } from './database.ts';
import type { ExceptionList } from './exceptions.ts';
import { findingOf } from './found-exceptions.ts';
import { toThousandths } from './quantities.ts';
import type { Statements } from './statements.ts';

type Sale = RecordOf<'sale'>;
type Entry = Pick<StockEntry, 'id' | 'at' | 'quantity'>;
type StockSale = {
  hash: string;
  at: string;
  store: StoreId;
  register: RegisterId;
  session: number;
  seq: number;
  receipt: string;
};

/** Where overselling is listed. */
export type StockWriting = { readonly statements: Statements; readonly exceptions: ExceptionList };

/** Looks again at what sales that came or went took of products that a stock book of the store knows (rule F4). */
export function judgeStockSales(writing: StockWriting, organization: string, sales: readonly Sale[]): void {
  const { statements } = writing;
  const kept = new Map<string, boolean>();
  for (const sale of sales) {
    const { store, register, seq, hash, body } = sale;
    const hasStock = kept.get(store) ?? oneRow(statements.hasStock, store) !== undefined;
    kept.set(store, hasStock);
    if (!hasStock) continue;
    const isHere = oneRow(statements.signedAt, store, register, seq, hash) !== undefined;
    const products = [...soldBy(body.lines).keys()].filter(
      (product) => oneRow(statements.knowsProduct, store, product) !== undefined,
    );
    for (const product of products)
      if (isHere) putSale(statements, sale, product);
      else statements.deleteStockSale.run(store, product, hash);
    judgeProducts(writing, organization, store, products);
  }
}

/**
 * Looks again at products whose entries came or went. What was sold of one that no book knew before is counted now, in one pass over
 * the store's sales.
 */
export function judgeStockEntries(
  writing: StockWriting,
  organization: string,
  store: StoreId,
  products: readonly string[],
): void {
  const { statements } = writing;
  const known = (product: string) => oneRow(statements.knowsProduct, store, product) !== undefined;
  const fresh = new Set(
    products.filter(
      (product) => known(product) && oneRow(statements.hasStockSales, store, product) === undefined,
    ),
  );
  for (const product of products) if (!known(product)) statements.deleteStockSales.run(store, product);
  if (fresh.size > 0)
    for (const { json } of allRows<{ json: string }>(statements.salesOfStore, store)) {
      const sale = JSON.parse(json) as Sale;
      for (const product of soldBy(sale.body.lines).keys())
        if (fresh.has(product)) putSale(statements, sale, product);
    }
  judgeProducts(writing, organization, store, products);
}

function putSale(
  statements: Statements,
  { store, register, session, seq, hash, at, body }: Sale,
  product: string,
): void {
  const change = -(soldBy(body.lines).get(product) ?? 0);
  statements.putStockSale.run(store, product, hash, at, change, register, session, seq, body.receipt);
}

function judgeProducts(
  { statements, exceptions }: StockWriting,
  organization: string,
  store: StoreId,
  products: readonly string[],
): void {
  const hashes = new Set<string>();
  for (const product of products) {
    const before = oneRow<{ hash: string }>(statements.stockFall, store, product)?.hash;
    const after = fallOf(statements, store, product);
    if (before === after) continue;
    for (const hash of [before, after]) if (hash !== undefined) hashes.add(hash);
    if (after === undefined) statements.deleteStockFall.run(store, product);
    else statements.putStockFall.run(store, product, after);
  }
  for (const hash of hashes) {
    const sale = oneRow<StockSale>(statements.stockSaleByHash, hash);
    const fallen = allRows<{ product: string }>(statements.productsOfFall, store, hash).map(
      ({ product }) => product,
    );
    const source = `oversold:${store}:${hash}`;
    if (!sale || fallen.length === 0) exceptions.replace(source, []);
    else {
      const found = oversoldBy(sale, fallen);
      const detail = `${sale.receipt} sold more than there was of ${found.products.join(', ')}`;
      const listed = findingOf(found, detail, { ...sale, org: organization });
      // The products may have changed while the sale stayed the same.
      exceptions.replace(source, []);
      exceptions.replace(source, [listed]);
    }
  }
}

function fallOf(statements: Statements, store: string, product: string): string | undefined {
  const entries = new Map(
    allRows<Entry>(statements.stockOfProduct, store, product).map((entry) => [entry.id, entry]),
  );
  const moves: StockMove[] = [...entries.values()].map(({ id, at, quantity }) => ({
    at,
    by: id,
    change: toThousandths(quantity),
    sale: false,
  }));
  const sales = allRows<{ hash: string; at: string; change: number }>(statements.stockSales, store, product);
  for (const { hash, at, change } of sales) moves.push({ at, by: hash, change, sale: true });
  const left = moves.reduce((sum, { change }) => sum + change, 0);
  return left < 0 ? lastFall(moves)?.by : undefined;
}
