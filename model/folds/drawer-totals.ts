import type { JournalRecord, RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { drawerOf } from '../register/drawer-number.ts';
import type { SaleBody } from '../sale/sale-body.ts';

/**
 * The cash a drawer should hold and why (rule Z3). `expected` = float + sales − refunds + paid in − paid out + what handovers
 * found over or short.
 */
export type DrawerTotal = {
  readonly float: Minor;
  readonly cashSales: Minor;
  readonly cashRefunds: Minor;
  readonly paidIn: Minor;
  readonly paidOut: Minor;
  readonly expected: Minor;
};

/** One of several drawers with its name; `handedOver` is what its handovers had over or short (rules Z10 and R10). */
export type OneDrawerTotal = DrawerTotal & { readonly name: string; readonly handedOver: Minor };

/** A drawer that begins with `float`. */
export function openDrawerTotal(float: Minor): DrawerTotal {
  return { float, cashSales: 0, cashRefunds: 0, paidIn: 0, paidOut: 0, expected: float };
}

/** The drawers a session opened with; undefined for the one drawer every register has. */
export function openDrawers({ body }: RecordOf<'opened'>): readonly OneDrawerTotal[] | undefined {
  return body.drawers?.map(({ name, float }) => ({ ...openDrawerTotal(float), name, handedOver: 0 }));
}

/** The drawers after one more record of their session: it is about one of them (rules R14 and Z10). */
export function addToDrawers(
  drawers: readonly OneDrawerTotal[],
  record: JournalRecord,
): readonly OneDrawerTotal[] {
  if (record.kind !== 'sale' && record.kind !== 'cash' && record.kind !== 'handover') return drawers;
  const at = drawerOf(record.body) - 1;
  return drawers.map((drawer, index) => (index === at ? addTo(drawer, record) : drawer));
}

function addTo(
  drawer: OneDrawerTotal,
  record: RecordOf<'sale'> | RecordOf<'cash'> | RecordOf<'handover'>,
): OneDrawerTotal {
  if (record.kind === 'sale') return addCashTenders(drawer, record.body);
  if (record.kind === 'cash') return moveCashOf(drawer, record.body);
  const { difference } = record.body;
  return {
    ...drawer,
    expected: drawer.expected + difference,
    handedOver: drawer.handedOver + difference,
  };
}

/** A drawer after the cash of a receipt went in or out. */
export function addCashTenders<Drawer extends DrawerTotal>(drawer: Drawer, sale: SaleBody): Drawer {
  let { cashSales, cashRefunds, expected } = drawer;
  for (const tender of sale.tenders) {
    if (tender.kind !== 'cash') continue;
    if (tender.amount >= 0) cashSales += tender.amount;
    else cashRefunds -= tender.amount;
    expected += tender.amount;
  }
  return { ...drawer, cashSales, cashRefunds, expected };
}

/** A drawer after cash was put in or taken out without a sale. */
export function moveCashOf<Drawer extends DrawerTotal>(
  drawer: Drawer,
  { direction, amount }: Pick<RecordOf<'cash'>['body'], 'direction' | 'amount'>,
): Drawer {
  return direction === 'in'
    ? { ...drawer, paidIn: drawer.paidIn + amount, expected: drawer.expected + amount }
    : { ...drawer, paidOut: drawer.paidOut + amount, expected: drawer.expected - amount };
}
