import type { RecordOf } from '#model/journal/record.ts';
import { allRows } from './database.ts';
import type { Statements } from './statements.ts';

type Sale = RecordOf<'sale'>;
type Stored = { json: string };

/**
 * The sales in which exceptions are found: those that count and those that a fork set aside (rule F1), each once and in the order of
 * their hashes, as the fold has them. What was set aside is read once, when it is first asked for.
 */
export class SaleFacts {
  readonly #statements: Statements;
  #aside: readonly Sale[] | undefined;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Sales that were set aside and whose signatures count. */
  get aside(): readonly Sale[] {
    this.#aside ??= read(allRows<Stored>(this.#statements.asideSales));
    return this.#aside;
  }

  /** The sales under a receipt number, two after a fork, and everything that took something of it back. */
  aroundReceipt(receipt: string): readonly Sale[] {
    const { salesOfReceipt, takersOf } = this.#statements;
    const takers = this.#with(allRows<Stored>(takersOf, receipt), takes(receipt));
    if (takers.length === 0) return [];
    return unique([...this.#sold(allRows<Stored>(salesOfReceipt, receipt), receipt), ...takers]);
  }

  /** The baskets sold under a receipt number. */
  basketsOf(receipt: string): readonly string[] {
    const sold = this.#sold(allRows<Stored>(this.#statements.salesOfReceipt, receipt), receipt);
    return sold.map(({ body }) => body.basket);
  }

  /** The sales of a basket, and what voids one of them. */
  aroundBasket(basket: string): readonly Sale[] {
    const sold = this.#with(
      allRows<Stored>(this.#statements.salesOfBasket, basket),
      ({ body }) => body.basket === basket,
    );
    if (sold.length < 2) return [];
    const voids = sold.flatMap(({ body }) =>
      this.#with(allRows<Stored>(this.#statements.takersOf, body.receipt), takes(body.receipt)).filter(
        (taker) => taker.body.voids?.receipt === body.receipt,
      ),
    );
    return unique([...sold, ...voids]);
  }

  /** The receipts that name a serial of an article. */
  ofSerial(product: string, serial: string): readonly Sale[] {
    const rows = allRows<Stored>(this.#statements.salesOfSerial, product, serial);
    return this.#with(rows, ({ body }) =>
      body.lines.some((line) => line.product === product && line.serial === serial),
    );
  }

  #sold(rows: readonly Stored[], receipt: string): readonly Sale[] {
    return this.#with(rows, ({ body }) => body.receipt === receipt);
  }

  #with(rows: readonly Stored[], fits: (sale: Sale) => boolean): readonly Sale[] {
    return unique([...read(rows), ...this.aside.filter(fits)]);
  }
}

function takes(receipt: string): (sale: Sale) => boolean {
  return ({ body }) => body.lines.some(({ refundOf }) => refundOf?.receipt === receipt);
}

function read(rows: readonly Stored[]): Sale[] {
  return rows.map(({ json }) => JSON.parse(json) as Sale);
}

function unique(sales: readonly Sale[]): Sale[] {
  const byHash = new Map(sales.map((sale) => [sale.hash, sale]));
  return [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
}
