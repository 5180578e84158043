import { fault, type Fault } from './fault.ts';
import { canonical, hashOf, type JsonObject, type ReadLine } from './canonical.ts';
import { dictionary, list, object, oneOf, pattern, text, whole, type Form } from './form.ts';

/** The record format this verifier knows. */
const VERSION = 1;

/** Perpetual totals after a record (rule J5). */
export type Totals = { readonly receipts: number; readonly signed: number; readonly absolute: number };

/** A sale, refund or exchange, as far as it is added up. */
export type SaleBody = {
  readonly receipt: string;
  readonly type: 'sale' | 'refund' | 'exchange';
  readonly lines: readonly {
    readonly quantity: string;
    readonly amount: number;
    readonly taxes: readonly string[];
    readonly taxAmounts?: readonly number[];
    readonly refundOf?: { readonly receipt: string; readonly line: number };
    /** The account of value the line puts its amount into (rule G1). */
    readonly account?: { readonly ledger: string; readonly id: string };
    readonly discounts?: readonly unknown[];
  }[];
  readonly taxes: readonly { readonly included: boolean; readonly amount: number }[];
  readonly net: number;
  readonly tax: number;
  readonly total: number;
  readonly tenders: readonly {
    readonly kind: string;
    readonly amount: number;
    readonly received?: number;
    readonly change?: number;
    readonly account?: string;
    readonly points?: number;
  }[];
  readonly customer?: string;
  readonly points?: { readonly earned: number; readonly back?: number };
  /** What cash rounding added to the total (rule Y6). */
  readonly rounding?: number;
  /** The sale of the same session that this refund voids (rule H6). */
  readonly voids?: { readonly receipt: string };
  /** The drawer its cash moved, where there are several (rule R14). */
  readonly drawer?: number;
};

/** The figures of a Z (rule R6). */
export type ClosedBody = DrawerCount & Figures & { readonly drawers?: readonly DrawerCount[] };

/** A count of the drawer: at a handover, and among the figures of a Z. */
export type DrawerCount = {
  readonly expected: number;
  readonly counted: number;
  readonly difference: number;
  readonly reason?: string;
  readonly denominations?: Readonly<Record<string, number>>;
  readonly drawer?: number;
};

/** The opening of a session, with its drawers where there are several (rule R14). */
export type OpenedBody = Float & {
  readonly day: string;
  readonly currency: string;
  readonly drawers?: readonly Float[];
};

type Float = { readonly float: number; readonly denominations?: Readonly<Record<string, number>> };

/** Figures of a session, a day or a period. */
export type Figures = {
  readonly sales: number;
  readonly refunds: number;
  readonly gross: number;
  readonly tax: number;
};

/** A store's day (rule R11). */
export type ZzBody = Figures & {
  readonly day: string;
  readonly sessions: readonly (Figures & {
    readonly register: string;
    readonly session: number;
    readonly seq: number;
    readonly open?: true;
    readonly difference?: number;
  })[];
  readonly silent: readonly string[];
  readonly difference: number;
};

/** A month or a year of the register (rule R12). */
export type PeriodBody = Figures & {
  readonly period: string;
  readonly from: number;
  readonly to: number;
  readonly year?: Figures & { readonly from: number };
};

/** A kind of record with what its body holds. */
type Content =
  | { readonly kind: 'opened'; readonly body: OpenedBody }
  | { readonly kind: 'sale'; readonly body: SaleBody }
  | {
      readonly kind: 'cash';
      readonly body: { readonly direction: 'in' | 'out'; readonly amount: number; readonly drawer?: number };
    }
  | { readonly kind: 'drawer'; readonly body: { readonly drawer?: number } }
  | { readonly kind: 'reprint' | 'clock' | 'training' }
  | { readonly kind: 'handover'; readonly body: DrawerCount }
  | { readonly kind: 'closed'; readonly body: ClosedBody }
  | { readonly kind: 'zz'; readonly body: ZzBody }
  | { readonly kind: 'period'; readonly body: PeriodBody };

/** A record whose form is right. */
export type JournalRecord = Content & {
  readonly org: string;
  readonly store: string;
  readonly register: string;
  readonly session: number;
  readonly seq: number;
  readonly at: string;
  readonly totals: Totals;
  readonly prev: string;
  readonly hash: string;
  readonly sig: string;
};

const amount = whole();
const count = whole(0);
const fromOne = whole(1);
const id = text(1, 64);
const label = text(1, 200);
const drawer = whole(2, 9);
/** A store `S01`. */
export const store: Form = pattern(/^S(?:0[1-9]|[1-9]\d{1,3})$/, 'a store like S01');
/** A register `R1`. */
export const register: Form = pattern(/^R[1-9]\d{0,2}$/, 'a register like R1');
const receipt = pattern(
  /^S(?:0[1-9]|[1-9]\d{1,3})-R[1-9]\d{0,2}-(?!000000)(?:\d{6}|[1-9]\d{6,8})$/,
  'a receipt number like S01-R2-000123',
);
const hash = pattern(/^[A-Za-z0-9_-]{43}$/, 'a hash of 43 base64url characters');

/** A business day `2026-11-21`. */
export const day: Form = pattern(
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  'a day like 2026-11-21',
);

/** The tag of an organization (rule N3). */
export const organization: Form = pattern(/^[0-9a-f]{12}$/, 'an organization tag of 12 hex digits');

/** A register's name `S01-R2`. */
export const registerName: Form = pattern(
  /^S(?:0[1-9]|[1-9]\d{1,3})-R[1-9]\d{0,2}$/,
  'a register like S01-R2',
);

/** A moment in UTC with milliseconds that exists in the calendar. */
export const moment: Form = (value, path) => {
  const looks = pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a time in UTC with milliseconds');
  const time = new Date(String(value));
  const exists = !Number.isNaN(time.getTime()) && time.toISOString() === value;
  return looks(value, path) ?? (exists ? undefined : `${path} is not a time of the calendar`);
};

/** The ledgers of value, which are kinds of tenders as well (rule G1). */
export const LEDGERS = ['gift-card', 'store-credit', 'deposit', 'account', 'points'] as const;

const unitPrice = pattern(/^(?:0|[1-9]\d{0,6})(?:\.\d{1,4})?$/, 'a unit price');
const quantity = pattern(/^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d{0,4})(?:\.\d{1,3})?$/, 'a quantity');
const aboveZero = pattern(/^(?!0(?:\.0+)?$)(?:0|[1-9]\d{0,4})(?:\.\d{1,3})?$/, 'a quantity above zero');
const line = object(
  {
    product: id,
    sku: id,
    name: label,
    quantity,
    price: unitPrice,
    amount,
    taxes: list(id),
  },
  {
    department: id,
    refundOf: object({ receipt, line: count }),
    taxAmounts: list(amount),
    discounts: list(object({ name: label, amount: fromOne }, { special: id, by: id, approvedBy: id })),
    override: object({ from: unitPrice, reason: label, by: id }, { approvedBy: id }),
    priced: object({ rule: id, from: unitPrice }),
    note: label,
    reason: label,
    unit: oneOf('kg', 'g', 'lb', 'l', 'm'),
    serial: text(1, 40),
    lot: text(1, 40),
    representative: id,
    components: list(object({ product: id, quantity: aboveZero }), 1, 50),
    quick: object({ barcode: text(1, 48), by: id }, { approvedBy: id }),
    weighed: object({ from: oneOf('scale', 'hand') }, { tare: aboveZero }),
    account: object({ ledger: oneOf(...LEDGERS), id }),
  },
);
const yesOrNo = oneOf(true, false);
const taxRow = object(
  {
    id: text(1, 40),
    name: text(1, 40),
    rate: pattern(/^(?:0|[1-9]\d{0,2})(?:\.\d{1,4})?$/, 'a tax rate'),
    included: yesOrNo,
    base: amount,
    amount,
  },
  {
    kind: oneOf('percent', 'division', 'fixed'),
    compounds: yesOrNo,
    onNet: yesOrNo,
    reverseCharge: yesOrNo,
  },
);
const tender = object(
  { tender: id, name: label, kind: oneOf('cash', 'card', 'voucher', 'other', ...LEDGERS), amount },
  {
    received: amount,
    change: amount,
    reference: text(0, 64),
    account: id,
    approvedBy: id,
    points: amount,
    cardBrand: text(1, 40),
    cardTail: pattern(/^\d{4}$/, 'the last four digits of a card'),
    cardReference: id,
    givenBack: oneOf('terminal', 'hand'),
  },
);

const earlier = list(whole(0), 1, 20);
/** One of several drawers at a closing (rule R14). */
const counted = object(
  { expected: amount, counted: amount, difference: amount },
  { denominations: dictionary(count), earlier },
);

const FIGURES = { sales: count, refunds: count, gross: amount, tax: amount };

const BODIES = new Map<string, Form>([
  [
    'opened',
    object(
      { day, currency: pattern(/^[A-Z]{3}$/, 'a currency'), float: amount },
      {
        denominations: dictionary(count),
        drawers: list(
          object({ name: text(1, 40), float: amount }, { denominations: dictionary(count) }),
          2,
          9,
        ),
      },
    ),
  ],
  [
    'sale',
    object(
      {
        receipt,
        basket: id,
        type: oneOf('sale', 'refund', 'exchange'),
        lines: list(line, 1, 2000),
        taxes: list(taxRow),
        net: amount,
        tax: amount,
        total: amount,
        tenders: list(tender),
      },
      {
        customer: id,
        terms: object({}, { tier: id, certificate: id, mapping: id }),
        points: object({ earned: count }, { back: fromOne, balance: amount }),
        rounding: amount,
        voids: object({ receipt, reason: label }),
        drawer,
      },
    ),
  ],
  [
    'cash',
    object({ direction: oneOf('in', 'out'), amount: fromOne, reason: label }, { bag: text(1, 40), drawer }),
  ],
  ['drawer', object({ reason: label }, { drawer })],
  ['reprint', object({ receipt, copy: fromOne })],
  ['clock', object({ expected: moment })],
  ['training', object({ change: oneOf('entered', 'left') }, { receipts: count })],
  [
    'closed',
    object(
      {
        expected: amount,
        counted: amount,
        difference: amount,
        sales: count,
        refunds: count,
        gross: amount,
        tax: amount,
      },
      { denominations: dictionary(count), reason: label, earlier, drawers: list(counted, 2, 9) },
    ),
  ],
  [
    'handover',
    object(
      { from: id, to: id, expected: amount, counted: amount, difference: amount },
      { denominations: dictionary(count), reason: label, drawer },
    ),
  ],
  [
    'zz',
    object({
      day,
      sessions: list(
        object(
          { register, session: fromOne, seq: fromOne, ...FIGURES },
          { open: oneOf(true), difference: amount },
        ),
      ),
      silent: list(register),
      ...FIGURES,
      difference: amount,
    }),
  ],
  [
    'period',
    object(
      {
        period: pattern(/^\d{4}(?:-(?:0[1-9]|1[0-2]))?$/, 'a month like 2026-11 or a year'),
        from: fromOne,
        to: fromOne,
        ...FIGURES,
      },
      { year: object({ from: fromOne, ...FIGURES }) },
    ),
  ],
]);

const ENVELOPE = object(
  {
    v: oneOf(VERSION),
    org: organization,
    store,
    register,
    session: fromOne,
    seq: fromOne,
    at: moment,
    by: id,
    kind: oneOf(...BODIES.keys()),
    body: () => undefined,
    totals: object({ receipts: count, signed: amount, absolute: amount }),
    prev: (value, path) => (value === '' ? undefined : hash(value, path)),
    hash,
    sig: pattern(/^(?:|[A-Za-z0-9_-]{86})$/, 'empty or a signature of 86 base64url characters'),
  },
  { approvedBy: id },
);

/** The record of a line whose spelling, form and hash are right (rules J1 to J3), or what is wrong with it. */
export function readRecord({ text: spelled, object: value }: ReadLine): JournalRecord | Fault {
  if (typeof value['v'] === 'number' && value['v'] > VERSION)
    return fault(
      'newer-version',
      `the record has version ${value['v']} and this verifier knows ${VERSION}: take a newer verifier`,
    );
  if (canonical(value) !== spelled)
    return fault('not-canonical', 'the line is not canonical JSON, so it is not the record as it was stored');
  const bad = ENVELOPE(value, 'the record') ?? BODIES.get(String(value['kind']))?.(value['body'], 'the body');
  if (bad !== undefined) return fault('bad-shape', bad);
  if (hashOf(value) !== value['hash'])
    return fault('altered', 'the record was changed: its content does not give its hash');
  return value as JsonObject & JournalRecord;
}
