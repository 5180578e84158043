import * as v from 'valibot';
import { closedBodySchema } from '#model/journal/record.ts';
import { minorSchema } from '#model/money/money.ts';
import { ledgerSchema } from '#model/ledger/account.ts';
import { saleBodySchema, taxTotalSchema, tenderKindSchema } from '#model/sale/sale-body.ts';

// The shapes of the reports program's answers. Objects are open: a newer program may say more than this page shows.

const count = v.pipe(v.number(), v.safeInteger());
const counted = v.object({ count, amount: minorSchema });

/** Is the reports program well, and how fresh is what it knows. */
export const healthSchema = v.object({
  status: v.string(),
  connected: v.boolean(),
  documents: count,
  records: count,
  indexedAt: v.nullish(v.string()),
});

/** The organization as reports need it: names for ids, currency, time zones. */
export const organizationAnswerSchema = v.object({
  name: v.string(),
  currency: v.string(),
  language: v.string(),
  stores: v.array(v.object({ id: v.string(), name: v.string(), timeZone: v.string(), locale: v.string() })),
  registers: v.array(v.object({ store: v.string(), register: v.string(), name: v.string() })),
  people: v.array(v.object({ id: v.string(), name: v.string() })),
});

const sessionRowSchema = v.object({
  store: v.string(),
  register: v.string(),
  session: count,
  day: v.string(),
  openedAt: v.string(),
  closedAt: v.nullish(v.string()),
  openedBy: v.string(),
  sales: count,
  refunds: count,
  gross: minorSchema,
  tax: minorSchema,
  net: minorSchema,
  expected: minorSchema,
  counted: v.nullish(minorSchema),
  difference: v.nullish(minorSchema),
  firstReceipt: v.nullish(v.string()),
  lastReceipt: v.nullish(v.string()),
});

/** Register sessions, open ones without `closedAt`. */
export const sessionsSchema = v.object({ rows: v.array(sessionRowSchema) });

const drawerFigures = {
  float: minorSchema,
  cashSales: minorSchema,
  cashRefunds: minorSchema,
  paidIn: minorSchema,
  paidOut: minorSchema,
  expected: minorSchema,
};

/** An X or Z report, as model/folds/session-report.ts makes it. */
export const sessionReportSchema = v.object({
  store: v.string(),
  register: v.string(),
  session: count,
  day: v.string(),
  currency: v.string(),
  openedAt: v.string(),
  openedBy: v.string(),
  sales: counted,
  refunds: counted,
  exchanges: counted,
  discounts: v.optional(counted),
  voids: v.optional(counted),
  liabilities: v.optional(v.record(ledgerSchema, counted)),
  gross: minorSchema,
  net: minorSchema,
  tax: minorSchema,
  units: v.string(),
  taxes: v.record(v.string(), taxTotalSchema),
  tenders: v.record(v.string(), v.object({ ...counted.entries, name: v.string(), kind: tenderKindSchema })),
  departments: v.record(v.string(), v.object({ amount: minorSchema, quantity: v.string() })),
  drawer: v.object(drawerFigures),
  drawers: v.optional(v.array(v.object({ ...drawerFigures, name: v.string(), handedOver: minorSchema }))),
  drawerOpenings: count,
  reprints: count,
  clockMoves: count,
  firstReceipt: v.optional(v.string()),
  lastReceipt: v.optional(v.string()),
  closed: v.optional(v.object({ at: v.string(), by: v.string(), body: closedBodySchema })),
});

/** Tax by rate over a period. `base` is without the tax, `gross` with it. */
export const taxSchema = v.object({
  rows: v.array(
    v.object({
      tax: v.string(),
      name: v.string(),
      rate: v.string(),
      included: v.boolean(),
      base: minorSchema,
      amount: minorSchema,
      gross: minorSchema,
    }),
  ),
  total: v.object({ base: minorSchema, amount: minorSchema, gross: minorSchema }),
});

const salesFigures = {
  receipts: count,
  /** Decimal text; a program that sums whole units may send a number. */
  quantity: v.pipe(
    v.union([v.string(), v.number()]),
    v.transform((quantity) => String(quantity)),
  ),
  gross: minorSchema,
  net: v.nullish(minorSchema),
  tax: v.nullish(minorSchema),
};

/** Sales by day, tender, department, store, register, product, customer or tier. */
export const salesSchema = v.object({
  rows: v.array(
    v.object({
      key: v.string(),
      name: v.nullish(v.string()),
      kind: v.optional(tenderKindSchema),
      ...salesFigures,
    }),
  ),
  total: v.object(salesFigures),
});

/** One page of receipts; `count` is how many there are in all. */
export const receiptsSchema = v.object({
  rows: v.array(
    v.object({
      receipt: v.string(),
      at: v.string(),
      day: v.string(),
      store: v.string(),
      register: v.string(),
      by: v.string(),
      type: v.picklist(['sale', 'refund', 'exchange']),
      total: minorSchema,
      lines: count,
    }),
  ),
  count,
  /** Whom or what they were narrowed to, by its name. */
  about: v.optional(v.object({ by: v.string(), key: v.string(), name: v.string() })),
});

/** A sale record; the chain fields that a reader does not need are left out. */
export const saleRecordSchema = v.object({
  kind: v.literal('sale'),
  store: v.string(),
  register: v.string(),
  session: count,
  seq: count,
  at: v.string(),
  by: v.string(),
  approvedBy: v.optional(v.string()),
  hash: v.string(),
  body: saleBodySchema,
});

/** What merging or checking found and a person has to look at. */
export const exceptionsSchema = v.object({
  rows: v.array(
    v.object({
      id: v.pipe(
        v.union([v.string(), v.number()]),
        v.transform((id) => String(id)),
      ),
      code: v.string(),
      store: v.nullish(v.string()),
      register: v.nullish(v.string()),
      session: v.nullish(count),
      seq: v.nullish(count),
      detail: v.string(),
      documentId: v.string(),
      seenAt: v.string(),
      at: v.optional(v.string()),
      receipts: v.optional(v.array(v.string())),
      amount: v.optional(minorSchema),
      resolution: v.optional(
        v.object({
          outcome: v.string(),
          reason: v.string(),
          at: v.string(),
          by: v.string(),
          approvedBy: v.optional(v.string()),
          amount: v.optional(minorSchema),
        }),
      ),
    }),
  ),
  /** How many of each code there are and what they come to, in minor units; of all, whatever is listed. */
  figures: v.optional(
    v.array(
      v.object({ code: v.string(), open: count, amount: minorSchema, resolved: count, lost: minorSchema }),
    ),
    [],
  ),
});

const actFields = {
  id: v.string(),
  day: v.string(),
  at: v.string(),
  /** `journal`, or the class of the document an act of the office stands in. */
  source: v.string(),
  kind: v.string(),
  store: v.optional(v.string()),
  register: v.optional(v.string()),
  session: v.optional(count),
  seq: v.optional(count),
  by: v.string(),
  approvedBy: v.optional(v.string()),
  subject: v.string(),
  amount: v.optional(minorSchema),
  detail: v.string(),
  /** The entry was changed or removed afterwards. */
  gone: v.boolean(),
};

/** One page of sensitive acts; `next` asks for the page after it. */
export const auditSchema = v.object({ rows: v.array(v.object(actFields)), next: v.nullable(v.string()) });

/** One act with the record or the entry it was made of. */
export const auditActSchema = v.object({ ...actFields, content: v.optional(v.unknown()) });

/** The relay's view of its links. */
export const relayStatusSchema = v.object({
  device: v.string(),
  role: v.string(),
  documents: count,
  peers: v.array(
    v.object({
      device: v.string(),
      role: v.string(),
      store: v.nullish(v.string()),
      register: v.nullish(v.string()),
      direction: v.picklist(['in', 'out']),
      since: v.string(),
    }),
  ),
  targets: v.array(
    v.object({
      url: v.string(),
      kind: v.picklist(['hq', 'peer']),
      state: v.picklist(['connected', 'connecting', 'away']),
      since: v.string(),
    }),
  ),
  disk: v.picklist(['ok', 'failed']),
});

/** Is the reports program well. */
export type Health = v.InferOutput<typeof healthSchema>;
/** The organization as reports need it. */
export type OrganizationAnswer = v.InferOutput<typeof organizationAnswerSchema>;
/** One register session. */
export type SessionRow = v.InferOutput<typeof sessionRowSchema>;
/** An X or Z report as it came over the wire. */
export type SessionReportAnswer = v.InferOutput<typeof sessionReportSchema>;
/** Tax by rate over a period. */
export type TaxAnswer = v.InferOutput<typeof taxSchema>;
/** Sales by one grouping. */
export type SalesAnswer = v.InferOutput<typeof salesSchema>;
/** One page of receipts. */
export type ReceiptsAnswer = v.InferOutput<typeof receiptsSchema>;
/** A sale record. */
export type SaleRecordAnswer = v.InferOutput<typeof saleRecordSchema>;
/** One page of sensitive acts. */
export type AuditAnswer = v.InferOutput<typeof auditSchema>;
/** One act with what it was made of. */
export type AuditActAnswer = v.InferOutput<typeof auditActSchema>;
/** One exception. */
export type ExceptionRow = v.InferOutput<typeof exceptionsSchema>['rows'][number];
/** Exceptions with their figures. */
export type ExceptionsAnswer = v.InferOutput<typeof exceptionsSchema>;
/** How many exceptions of one code there are, and what they come to. */
export type ExceptionFigures = ExceptionsAnswer['figures'][number];
/** The relay's view of its links. */
export type RelayStatus = v.InferOutput<typeof relayStatusSchema>;
