import type { JournalRecord, RecordKind, RecordOf } from '../journal/record.ts';
import { sumMinor, type Minor } from '../money/money.ts';
import type { SaleBody } from '../sale/sale-body.ts';

/** The kinds of sensitive acts a journal tells of (rule A1), in the order they are offered to filter by. */
export const ACT_KINDS = [
  'void',
  'refund',
  'refund-without-receipt',
  'exchange',
  'price-override',
  'discount',
  'drawer',
  'paid-in',
  'paid-out',
  'safe-drop',
  'reprint',
  'handover-difference',
  'close-difference',
  'clock',
  'training',
  'approved',
] as const;

/** A kind of sensitive act. */
export type ActKind = (typeof ACT_KINDS)[number];

/** What a record tells an auditor besides who, when and where: `subject` is the receipt it is about, `amount` minor units. `approvedBy` approved a part of it before the record was made. */
export type SensitiveAct = {
  readonly kind: ActKind;
  readonly subject?: string;
  readonly amount?: Minor;
  readonly reason?: string;
  readonly approvedBy?: string;
};

/** What is sensitive about the records of each kind: a new kind of record is added here and nowhere else. */
const READERS: { [Kind in RecordKind]: (body: RecordOf<Kind>['body']) => SensitiveAct | undefined } = {
  opened: () => undefined,
  sale: saleAct,
  cash: ({ direction, amount, reason, bag }) => {
    if (direction === 'in') return { kind: 'paid-in', amount, reason };
    if (bag === undefined) return { kind: 'paid-out', amount: -amount, reason };
    return { kind: 'safe-drop', subject: bag, amount: -amount, reason };
  },
  drawer: ({ reason }) => ({ kind: 'drawer', reason }),
  reprint: ({ receipt }) => ({ kind: 'reprint', subject: receipt }),
  clock: ({ expected }) => ({ kind: 'clock', reason: expected }),
  training: ({ change }) => (change === 'entered' ? { kind: 'training' } : undefined),
  handover: (body) => differenceAct('handover-difference', body),
  closed: (body) => differenceAct('close-difference', body, body.drawers),
  zz: () => undefined,
  period: () => undefined,
};

function differenceAct(
  kind: 'handover-difference' | 'close-difference',
  { difference, reason }: { readonly difference: Minor; readonly reason?: string | undefined },
  drawers: readonly { readonly difference: Minor }[] = [],
): SensitiveAct | undefined {
  if (difference === 0 && drawers.every((drawer) => drawer.difference === 0)) return undefined;
  return { kind, amount: difference, ...(reason === undefined ? {} : { reason }) };
}

/** What is sensitive about a record (rule A1); undefined for everyday work that nobody had to approve. */
export function sensitiveAct(record: JournalRecord): SensitiveAct | undefined {
  const read = READERS[record.kind] as (body: JournalRecord['body']) => SensitiveAct | undefined;
  const act = read(record.body);
  if (act !== undefined || record.approvedBy === undefined) return act;
  if (record.kind !== 'sale') return { kind: 'approved' };
  return { kind: 'approved', subject: record.body.receipt, amount: record.body.total };
}

function saleAct(sale: SaleBody): SensitiveAct | undefined {
  const { receipt, type, total, lines, voids } = sale;
  if (voids)
    return { kind: 'void', subject: receipt, amount: total, reason: `${voids.receipt}: ${voids.reason}` };
  if (type === 'sale') return priceAct(sale) ?? valueAct(sale) ?? quickAct(sale);
  const blind = lines.some(({ quantity, refundOf }) => quantity.startsWith('-') && refundOf === undefined);
  return {
    ...priceAct(sale),
    kind: blind ? 'refund-without-receipt' : type,
    subject: receipt,
    amount: total,
  };
}

/** What somebody approved to be paid out of an account without a connection (rule G9). */
function valueAct({ receipt, tenders }: SaleBody): SensitiveAct | undefined {
  const approved = tenders.filter((tender) => tender.approvedBy !== undefined);
  const [first] = approved;
  if (first?.approvedBy === undefined) return undefined;
  const amount = sumMinor(approved.map((tender) => tender.amount));
  return { kind: 'approved', subject: receipt, amount, reason: first.name, approvedBy: first.approvedBy };
}

/** What somebody approved to be sold that the catalog does not know (rule C10). */
function quickAct({ receipt, lines }: SaleBody): SensitiveAct | undefined {
  const approved = lines.filter(({ quick }) => quick?.approvedBy !== undefined);
  const approvedBy = approved[0]?.quick?.approvedBy;
  if (approvedBy === undefined) return undefined;
  const amount = sumMinor(approved.map((line) => line.amount));
  const reason = [...new Set(approved.map(({ name }) => name))].join(', ');
  return { kind: 'approved', subject: receipt, amount, reason, approvedBy };
}

/** What people did to the prices of a sale: `amount` is what they took off, or what the receipt with a price of their own comes to. */
function priceAct({ receipt, total, lines }: SaleBody): SensitiveAct | undefined {
  const overrides = lines.flatMap(({ override }) => (override ? [override] : []));
  const offs = lines.flatMap(({ discounts = [] }) =>
    discounts.filter(({ special }) => special === undefined),
  );
  if (overrides.length + offs.length === 0) return undefined;
  const reasons = [...overrides.map(({ reason }) => reason), ...offs.map(({ name }) => name)];
  const approvedBy = [...overrides, ...offs].find((one) => one.approvedBy)?.approvedBy;
  return {
    kind: overrides.length > 0 ? 'price-override' : 'discount',
    subject: receipt,
    amount: overrides.length > 0 ? total : -sumMinor(offs.map(({ amount }) => amount)),
    reason: [...new Set(reasons)].join(', '),
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
}
