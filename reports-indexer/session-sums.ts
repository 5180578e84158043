import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { BuyerDelta } from './buyer-sums.ts';
import { toThousandths } from './quantities.ts';
import { addSums, type LineSums, type RollupBatch } from './rollup-sums.ts';
import { SESSION_SUMS, type SessionSums } from './schema.ts';
import type { Statements } from './statements.ts';

/** A session of one register on one business day. */
export type SessionPlace = {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly session: number;
  readonly day: string;
};

type LineRow = LineSums & { last: SaleBody };
type TaxSums = {
  tax: string;
  rate: string;
  included: number;
  name: string;
  rows: number;
  base: number;
  amount: number;
};
type TenderSums = {
  tender: string;
  name: string;
  kind: string;
  rows: number;
  receipts: number;
  amount: number;
  last: SaleBody;
};

/**
 * What records add to the sums of one session, or take away from them. Everything is a sum of whole numbers, so a record
 * taken away leaves no trace and the order does not matter.
 */
export class SessionDelta {
  readonly #place: SessionPlace;
  readonly #sums = Object.fromEntries(SESSION_SUMS.map((name) => [name, 0])) as SessionSums;
  readonly #taxes = new Map<string, TaxSums>();
  readonly #tenders = new Map<string, TenderSums>();
  readonly #departments = new Map<string, LineRow>();
  readonly #products = new Map<string, LineRow>();
  readonly #names = new Map<string, Map<string, number>>();
  readonly #buyers = new BuyerDelta();
  #tookAway = false;

  constructor(place: SessionPlace) {
    this.#place = place;
  }

  /** Adds a counted record (`sign` 1) or takes one away that no longer counts (-1). */
  add(record: JournalRecord, sign: 1 | -1): void {
    this.#sums.records += sign;
    if (sign < 0) this.#tookAway = true;
    if (record.kind === 'sale') this.#addSale(record.body, sign);
    else if (record.kind === 'cash') this.#addCash(record.body, sign);
    else if (record.kind === 'drawer') this.#sums.drawer_openings += sign;
    else if (record.kind === 'reprint') this.#sums.reprints += sign;
    else if (record.kind === 'clock') this.#sums.clock_moves += sign;
    else if (record.kind === 'handover') this.#addHandover(record.body, sign);
  }

  /** Writes the sums of the session and passes on what is rolled up further; inside the batch's transaction. */
  flush(statements: Statements, rollup: RollupBatch): void {
    const { store, register, session, day } = this.#place;
    const sums = SESSION_SUMS.map((name) => this.#sums[name]);
    statements.addSession.run(store, register, session, day, '', '', '', 0, ...sums);
    for (const { tax, rate, included, name, rows, base, amount } of this.#taxes.values())
      statements.addTax.run(day, store, register, session, tax, rate, included, name, rows, base, amount);
    for (const { tender, name, kind, rows, receipts, amount } of this.#tenders.values())
      statements.addTender.run(day, store, register, session, tender, name, kind, rows, receipts, amount);
    for (const [department, sums] of this.#departments) {
      const { rows, receipts, quantity, amount } = sums;
      statements.addDepartment.run(
        day,
        store,
        register,
        session,
        department,
        rows,
        receipts,
        quantity,
        amount,
      );
      rollup.add('department', this.#place, department, lineSums(sums));
    }
    for (const [product, sums] of this.#products) rollup.add('product', this.#place, product, lineSums(sums));
    for (const [product, names] of this.#names)
      for (const [name, rows] of names) rollup.addName(product, name, rows);
    this.#buyers.flush(rollup.buyers, this.#place);
    if (this.#tookAway) this.#dropEmpty(statements);
  }

  #dropEmpty(statements: Statements): void {
    const { store, register, session, day } = this.#place;
    for (const drop of [statements.dropTaxes, statements.dropTenders, statements.dropDepartments])
      drop.run(day, store, register, session);
  }

  #addSale(sale: SaleBody, sign: 1 | -1): void {
    const sums = this.#sums;
    const kind = sale.type === 'sale' ? 'sales' : sale.type === 'refund' ? 'refunds' : 'exchanges';
    sums[kind] += sign;
    sums[`${kind}_amount`] += sign * sale.total;
    sums.gross += sign * sale.total;
    sums.net += sign * sale.net;
    sums.tax += sign * sale.tax;
    sums.lines += sign * sale.lines.length;
    this.#buyers.add(sale, sign);
    // Value put into an account is no article and no turnover (rule G4).
    for (const line of sale.lines) if (!line.account) this.#addLine(sale, line, sign);
    for (const row of sale.taxes) this.#addTax(row, sign);
    for (const row of sale.tenders) this.#addTender(sale, row, sign);
  }

  #addLine(sale: SaleBody, line: SaleBody['lines'][number], sign: 1 | -1): void {
    const quantity = sign * toThousandths(line.quantity);
    const amount = sign * line.amount;
    this.#sums.units += quantity;
    addLine(this.#departments, line.department ?? '', sale, sign, quantity, amount);
    addLine(this.#products, line.product, sale, sign, quantity, amount);
    const names = this.#names.get(line.product);
    if (names) names.set(line.name, (names.get(line.name) ?? 0) + sign);
    else this.#names.set(line.product, new Map([[line.name, sign]]));
  }

  #addTax(row: SaleBody['taxes'][number], sign: 1 | -1): void {
    const { id: tax, rate, name } = row;
    const included = row.included ? 1 : 0;
    const key = `${tax}\n${rate}\n${included}\n${name}`;
    let sums = this.#taxes.get(key);
    if (!sums) this.#taxes.set(key, (sums = { tax, rate, included, name, rows: 0, base: 0, amount: 0 }));
    sums.rows += sign;
    sums.base += sign * row.base;
    sums.amount += sign * row.amount;
  }

  #addTender(sale: SaleBody, row: SaleBody['tenders'][number], sign: 1 | -1): void {
    const { tender, name, kind } = row;
    const amount = sign * row.amount;
    const key = `${tender}\n${kind}\n${name}`;
    const sums = this.#tenders.get(key);
    if (sums) {
      sums.rows += sign;
      if (sums.last !== sale) sums.receipts += sign;
      sums.amount += amount;
      sums.last = sale;
    } else {
      this.#tenders.set(key, { tender, name, kind, rows: sign, receipts: sign, amount, last: sale });
    }
    if (kind !== 'cash') return;
    if (row.amount >= 0) this.#sums.cash_sales += amount;
    else this.#sums.cash_refunds -= amount;
  }

  #addCash(body: RecordOf<'cash'>['body'], sign: 1 | -1): void {
    this.#sums[body.direction === 'in' ? 'paid_in' : 'paid_out'] += sign * body.amount;
    if (body.bag === undefined) return;
    this.#sums.safe_drops += sign;
    this.#sums.safe_drop_amount += sign * body.amount;
  }

  #addHandover({ difference }: RecordOf<'handover'>['body'], sign: 1 | -1): void {
    this.#sums.handovers += sign;
    this.#sums.handover_difference += sign * difference;
  }
}

function addLine(
  rows: Map<string, LineRow>,
  key: string,
  sale: SaleBody,
  sign: 1 | -1,
  quantity: number,
  amount: number,
): void {
  const row = rows.get(key);
  if (!row) {
    rows.set(key, { rows: sign, receipts: sign, quantity, amount, last: sale });
    return;
  }
  addSums(row, { rows: sign, receipts: row.last === sale ? 0 : sign, quantity, amount });
  row.last = sale;
}

function lineSums({ rows, receipts, quantity, amount }: LineRow): LineSums {
  return { rows, receipts, quantity, amount };
}
