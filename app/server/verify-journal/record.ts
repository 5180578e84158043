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
  }[];
  /** What cash rounding added to the total (rule Y6). */
  readonly rounding?: number;
  /** The sale of the same session that this refund voids (rule H6). */
  readonly voids?: { readonly receipt: string };
};

/** The figures of a Z (rule R6). */
export type ClosedBody = {
  readonly expected: number;
  readonly counted: number;
  readonly difference: number;
  readonly reason?: string;
  readonly sales: number;
  readonly refunds: number;
  readonly gross: number;
  readonly tax: number;
};

/** A kind of record with what its body holds. */
type Content =
  | {
      readonly kind: 'opened';
      readonly body: { readonly day: string; readonly currency: string; readonly float: number };
    }
  | { readonly kind: 'sale'; readonly body: SaleBody }
  | { readonly kind: 'cash'; readonly body: { readonly direction: 'in' | 'out'; readonly amount: number } }
  | { readonly kind: 'drawer' | 'reprint' | 'clock' | 'training' }
  | { readonly kind: 'closed'; readonly body: ClosedBody };

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

const unitPrice = pattern(/^(?:0|[1-9]\d{0,6})(?:\.\d{1,4})?$/, 'a unit price');
const line = object(
  {
    product: id,
    sku: id,
    name: label,
    quantity: pattern(/^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d{0,4})(?:\.\d{1,3})?$/, 'a quantity'),
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
    note: label,
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
  { tender: id, name: label, kind: oneOf('cash', 'card', 'voucher', 'other'), amount },
  {
    received: amount,
    change: amount,
    reference: text(0, 64),
    cardBrand: text(1, 40),
    cardTail: pattern(/^\d{4}$/, 'the last four digits of a card'),
    cardReference: id,
  },
);

const BODIES = new Map<string, Form>([
  ['opened', object({ day, currency: pattern(/^[A-Z]{3}$/, 'a currency'), float: amount })],
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
      { customer: id, rounding: amount, voids: object({ receipt, reason: label }) },
    ),
  ],
  ['cash', object({ direction: oneOf('in', 'out'), amount: fromOne, reason: label })],
  ['drawer', object({ reason: label })],
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
      { denominations: dictionary(count), reason: label },
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
