import { fault, type Fault } from './fault.ts';
import {
  LEDGERS,
  type ClosedBody,
  type DrawerCount,
  type JournalRecord,
  type OpenedBody,
  type SaleBody,
  type Totals,
} from './record.ts';

/** What a session adds up to while its records pass (rules R6, Z2 and Z3). */
export type SessionSums = {
  expected: number;
  /** What each drawer should hold, where there are several (rule R14). */
  readonly drawers: number[];
  /** What its handovers had over or short (rule R10). */
  handedOver: number;
  sales: number;
  refunds: number;
  gross: number;
  tax: number;
};

/** An exact sum, NaN where it leaves the safe integers: NaN equals nothing, so it can never pass a check. */
function sum(values: readonly number[]): number {
  return values.reduce((total, value) => (Number.isSafeInteger(total + value) ? total + value : NaN), 0);
}

const amounts = (rows: readonly { readonly amount: number }[]) => rows.map((row) => row.amount);

/** Checks that a receipt adds up (rule J13). */
export function saleFault(sale: SaleBody): Fault | undefined {
  const { lines, taxes, tenders, net, tax, total, type, rounding = 0 } = sale;
  const onTop = taxes.filter((row) => !row.included);
  const paid = sum(amounts(tenders));
  const back = lines.filter(({ quantity }) => quantity.startsWith('-')).length;
  const signs = back === 0 ? 'sale' : back === lines.length ? 'refund' : 'exchange';
  if (sum([...amounts(lines), ...amounts(onTop)]) !== total)
    return fault('wrong-sums', `the lines and the tax on top do not add up to the total ${total}`);
  if (sum(amounts(taxes)) !== tax)
    return fault('wrong-sums', `the tax table does not add up to the tax ${tax}`);
  if (sum([total, -tax]) !== net)
    return fault('wrong-sums', `the net ${net} is not the total ${total} without the tax ${tax}`);
  if (paid !== sum([total, rounding]))
    return fault('wrong-sums', `the tenders add up to ${paid} and the total is ${total}`);
  const shares = lineTaxFault(sale);
  if (shares !== undefined) return fault('wrong-sums', shares);
  const value = valueFault(sale);
  if (value !== undefined) return fault('wrong-value', value);
  const points = pointsFault(sale);
  if (points !== undefined) return fault('wrong-value', points);
  if (signs !== type) return fault('wrong-sums', `a ${type} is recorded, but its lines make it a ${signs}`);
  const odd = tenders.find(
    ({ received, change, amount }) =>
      (received !== undefined || change !== undefined) && sum([received ?? NaN, -(change ?? NaN)]) !== amount,
  );
  return odd && fault('wrong-sums', `cash received less change is not the ${odd.amount} that counted`);
}

/** Value moves by lines of one untaxed piece and by tenders of a ledger's kind, which name their account (rules G1, G3 and J13). */
function valueFault({ lines, tenders }: SaleBody): string | undefined {
  const isPlain = (line: SaleBody['lines'][number]) =>
    (line.quantity === '1' || line.quantity === '-1') &&
    line.taxes.length === 0 &&
    line.discounts === undefined;
  const odd = lines.findIndex((line) => line.account !== undefined && !isPlain(line));
  if (odd >= 0) return `line ${odd + 1} moves value and is not one piece without tax and discount`;
  const kinds: readonly string[] = LEDGERS;
  const tender = tenders.find(({ kind, account }) => kinds.includes(kind) !== (account !== undefined));
  return tender && `a tender of the kind ${tender.kind} names ${tender.account ?? 'no account'}`;
}

/** Points stand on tenders of that kind alone and have the amount's sign; a receipt with points names whose they are (rules U8, U10 and J13). */
function pointsFault({ tenders, points, customer }: SaleBody): string | undefined {
  if (points !== undefined && customer === undefined)
    return 'points are recorded and no customer to have them';
  const odd = tenders.find(
    ({ kind, amount, points }) =>
      (kind === 'points') !== (points !== undefined) ||
      (points !== undefined && Math.sign(points) !== Math.sign(amount)),
  );
  return odd && `a tender of the kind ${odd.kind} over ${odd.amount} says ${odd.points ?? 'no'} points`;
}

/** Lines that say their taxes say one for each, and where all do, these add up to the receipt's tax (rules L9 and J13). */
function lineTaxFault({ lines, tax }: SaleBody): string | undefined {
  const odd = lines.findIndex(
    ({ taxes, taxAmounts }) => taxAmounts !== undefined && taxAmounts.length !== taxes.length,
  );
  if (odd >= 0) return `line ${odd + 1} says ${lines[odd]?.taxAmounts?.length} amounts for its taxes`;
  if (lines.some(({ taxAmounts }) => taxAmounts === undefined)) return undefined;
  const added = sum(lines.flatMap(({ taxAmounts = [] }) => taxAmounts));
  return added === tax ? undefined : `the taxes of the lines add up to ${added} and the tax is ${tax}`;
}

/** Checks that a void reverses a sale of its own session exactly, and the first time (rules H6 and J13). */
export function voidFault(body: SaleBody, session: readonly SaleBody[]): Fault | undefined {
  const { receipt } = body.voids ?? {};
  if (receipt === undefined) return undefined;
  const sale = session.find((other) => other.receipt === receipt);
  if (sale?.type !== 'sale')
    return fault('wrong-void', `${receipt} is no sale of this session and is voided`);
  const takesBack = (line: SaleBody['lines'][number]) => line.refundOf?.receipt === receipt;
  if (session.some(({ lines }) => lines.some(takesBack)))
    return fault('wrong-void', `${receipt} is voided after something of it came back`);
  const isExact =
    sale.lines.length === body.lines.length &&
    sale.lines.every((line, index) => {
      const back = body.lines[index];
      return (
        back?.quantity === `-${line.quantity}` &&
        isOpposite(back.amount, line.amount) &&
        takesBack(back) &&
        back.refundOf?.line === index
      );
    }) &&
    isOpposite(body.total, sale.total) &&
    isOpposite(body.tax, sale.tax) &&
    isOpposite(body.rounding ?? 0, sale.rounding ?? 0) &&
    sale.tenders.length === body.tenders.length &&
    sale.tenders.every(
      ({ amount, points = 0 }, index) =>
        isOpposite(body.tenders[index]?.amount ?? NaN, amount) &&
        isOpposite(body.tenders[index]?.points ?? 0, points),
    ) &&
    (body.points?.earned ?? 0) === 0 &&
    (body.points?.back ?? 0) === (sale.points?.earned ?? 0);
  return isExact ? undefined : fault('wrong-void', `the void of ${receipt} is not exactly its opposite`);
}

function isOpposite(a: number, b: number): boolean {
  return a + b === 0;
}

/** The perpetual totals after a record (rule J5). */
export function totalsAfter({ receipts, signed, absolute }: Totals, record: JournalRecord): Totals {
  if (record.kind !== 'sale') return { receipts, signed, absolute };
  const { total } = record.body;
  return {
    receipts: receipts + 1,
    signed: sum([signed, total]),
    absolute: sum([absolute, Math.abs(total)]),
  };
}

/** The sums of a session that opens with cash in its drawers. */
export function openedSums({ float, drawers = [] }: OpenedBody): SessionSums {
  const floats = drawers.map((drawer) => drawer.float);
  return { expected: float, drawers: floats, handedOver: 0, sales: 0, refunds: 0, gross: 0, tax: 0 };
}

/** What a record puts into a drawer, below zero where it takes out. */
function cashOf(record: JournalRecord): number {
  if (record.kind === 'cash')
    return record.body.direction === 'in' ? record.body.amount : -record.body.amount;
  if (record.kind === 'handover') return record.body.difference;
  if (record.kind !== 'sale') return 0;
  return sum(amounts(record.body.tenders.filter(({ kind }) => kind === 'cash')));
}

/** The number of the drawer a record is about, from 1 (rule R14). */
function drawerOf(record: JournalRecord): number {
  const { kind } = record;
  if (kind !== 'sale' && kind !== 'cash' && kind !== 'drawer' && kind !== 'handover') return 1;
  return record.body.drawer ?? 1;
}

/** Checks that a record is about a drawer its session has (rule R14). */
export function drawerFault({ drawers }: SessionSums, record: JournalRecord): Fault | undefined {
  const drawer = drawerOf(record);
  return drawer <= Math.max(1, drawers.length)
    ? undefined
    : fault('wrong-figures', `the record is about drawer ${drawer} and its session has no such drawer`);
}

/** Checks what a session opens with: its drawers make its float (rules R8 and R14). */
export function openedFault({ float, denominations, drawers }: OpenedBody): Fault | undefined {
  const pieces = piecesFault(float, denominations);
  if (pieces || !drawers) return pieces;
  if (sum(drawers.map((drawer) => drawer.float)) !== float)
    return fault('wrong-figures', `the drawers do not add up to the float ${float}`);
  return drawers.map((drawer) => piecesFault(drawer.float, drawer.denominations)).find(Boolean);
}

/** Adds a record to its session's sums. */
export function addToSums(sums: SessionSums, record: JournalRecord): void {
  const cash = cashOf(record);
  const at = drawerOf(record) - 1;
  sums.expected = sum([sums.expected, cash]);
  const held = sums.drawers[at];
  if (held !== undefined) sums.drawers[at] = sum([held, cash]);
  if (record.kind === 'handover') sums.handedOver = sum([sums.handedOver, record.body.difference]);
  if (record.kind !== 'sale') return;
  const { type, total, tax } = record.body;
  if (type === 'refund') sums.refunds += 1;
  else sums.sales += 1;
  sums.gross = sum([sums.gross, total]);
  sums.tax = sum([sums.tax, tax]);
}

/** Checks the figures of a Z against the records of its session (rule J13). */
export function closedFault(sums: SessionSums, body: ClosedBody): Fault | undefined {
  for (const name of ['sales', 'refunds', 'gross', 'tax'] as const) {
    if (sums[name] !== body[name])
      return fault('wrong-figures', `the Z says ${name} ${body[name]}, its session's records ${sums[name]}`);
  }
  return countFault(sums.expected, body, 'Z') ?? drawersFault(sums, body);
}

/** Checks the count of each of several drawers, and that they make the closing's own (rules J13 and R14). */
function drawersFault({ drawers: held }: SessionSums, body: ClosedBody): Fault | undefined {
  const { drawers = [], reason } = body;
  if (drawers.length !== held.length)
    return fault(
      'wrong-figures',
      `the Z counts ${drawers.length} drawers and its session has ${held.length}`,
    );
  for (const [i, drawer] of drawers.entries()) {
    const why = reason === undefined ? {} : { reason };
    const found = countFault(held[i] ?? NaN, { ...drawer, ...why }, `Z of drawer ${i + 1}`);
    if (found) return found;
  }
  const together = sum(drawers.map((drawer) => drawer.counted));
  return drawers.length === 0 || together === body.counted
    ? undefined
    : fault('wrong-figures', `the drawers add up to ${together} and ${body.counted} was counted`);
}

/** Checks a handover's count of the drawer it is about (rules R10 and R14). */
export function handoverFault({ expected, drawers }: SessionSums, body: DrawerCount): Fault | undefined {
  return countFault(drawers[(body.drawer ?? 1) - 1] ?? expected, body, 'handover');
}

/** Checks a count of the drawer, at a handover or a closing (rules J13, R8 and R10). */
function countFault(expected: number, body: DrawerCount, what: string): Fault | undefined {
  if (expected !== body.expected)
    return fault(
      'wrong-figures',
      `the ${what} says expected ${body.expected}, its session's records ${expected}`,
    );
  if (sum([body.counted, -body.expected]) !== body.difference)
    return fault('wrong-figures', `the difference ${body.difference} is not counted less expected`);
  if (body.difference !== 0 && body.reason === undefined)
    return fault('wrong-figures', `the ${what} has a difference and no reason`);
  return piecesFault(body.counted, body.denominations);
}

/** Checks that the pieces of a count make what was counted (rule R8). */
function piecesFault(
  counted: number,
  pieces: Readonly<Record<string, number>> | undefined,
): Fault | undefined {
  if (pieces === undefined) return undefined;
  const made = sum(Object.entries(pieces).map(([value, count]) => Number(value) * count));
  return made === counted
    ? undefined
    : fault('wrong-figures', `pieces of ${made} were counted as ${counted}`);
}
