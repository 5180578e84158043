import type {
  ExceptionTable,
  ResolutionTable,
  SoldSerialTable,
  StockEntryTable,
  StockFallTable,
  StockSaleTable,
  TakenBackTable,
} from './exception-schema.ts';

/** Counts the shapes of the tables below. The database is a copy of the documents: another version means drop and replay. */
export const SCHEMA_VERSION = 5;

/** What this database is and whose documents it holds; keys `schemaVersion` and `organization`. */
export type MetaTable = { key: string; value: string };

/** Every document ever offered. `heads` are those that are flattened, sorted and joined; null for classes without reports. */
export type DocumentTable = { id: string; class: string; heads: string | null };

export type OrganizationTable = { tag: string; name: string; currency: string; language: string };
export type StoreTable = { id: string; name: string; time_zone: string; locale: string };
export type RegisterTable = { store: string; register: string; name: string };
export type PersonTable = { id: string; name: string; role: string; active: number };
/** An enrolled device; `json` is its entry in the organization document. */
export type DeviceTable = {
  id: string;
  role: string;
  store: string | null;
  register: string | null;
  json: string;
};
/** Registers whose devices changed and whose records were not all judged again yet. */
export type ToJudgeTable = { store: string; register: string };
/** The head of a register that head office countersigned; `json` is its entry. */
export type HeadTable = { store: string; register: string; org: string; json: string };
export type DepartmentTable = { id: string; name: string };
export type ProductTable = {
  shard: number;
  id: string;
  sku: string;
  name: string;
  department: string | null;
  active: number;
};

/** Who a customer is (rule U2). */
export type CustomerTable = {
  shard: number;
  id: string;
  name: string;
  company: string | null;
  phone: string | null;
  email: string | null;
};
/** On what terms a customer buys (rule U2); `account_limit` in minor units. */
export type CustomerTermsTable = {
  shard: number;
  id: string;
  tier: string | null;
  certificate: string | null;
  account_limit: number | null;
  active: number;
};
export type TierTable = { id: string; name: string };

/** A record that counts: one for each (store, register, seq). Amounts in minor units; `json` is the stored text. */
export type RecordTable = {
  store: string;
  register: string;
  seq: number;
  hash: string;
  prev: string;
  session: number;
  kind: string;
  at: string;
  by: string;
  approved_by: string | null;
  day: string;
  /** A sale's total, a cash movement's signed amount, else null. */
  amount: number | null;
  receipts: number;
  signed: number;
  absolute: number;
  json: string;
};

/** A record that is whole and does not count: nobody who may signed it, it lost a fork, or its totals do not follow. */
export type SetAsideTable = Omit<RecordTable, 'day' | 'at' | 'by' | 'approved_by'> & { reason: string };

export type SaleTable = {
  store: string;
  register: string;
  seq: number;
  session: number;
  receipt: string;
  basket: string;
  type: string;
  day: string;
  at: string;
  by: string;
  total: number;
  net: number;
  tax: number;
  lines: number;
  /** Thousandths. */
  units: number;
  customer: string | null;
  /** The customer's tier by which it was sold, and the certificate by which no tax was charged (rule U4). */
  tier: string | null;
  certificate: string | null;
  points_earned: number;
  points_back: number;
};

export type SaleLineTable = {
  store: string;
  register: string;
  seq: number;
  line: number;
  product: string;
  sku: string;
  name: string;
  department: string | null;
  /** Thousandths. */
  quantity: number;
  price: string;
  amount: number;
  /** Who sold it, where somebody is named (rule C11). */
  representative: string | null;
  /** The code of an article the catalog did not know (rule C10), with who added it and who approved that. */
  quick_code: string | null;
  quick_by: string | null;
  quick_approved_by: string | null;
};

export type SaleTaxTable = {
  store: string;
  register: string;
  seq: number;
  line: number;
  tax: string;
  name: string;
  rate: string;
  included: number;
  base: number;
  amount: number;
};

export type SaleTenderTable = {
  store: string;
  register: string;
  seq: number;
  line: number;
  tender: string;
  name: string;
  kind: string;
  amount: number;
};

/**
 * A move of value on a counted receipt (rule G1): `place` counts the receipt's moves from 0, `line` is 1 where a line made it and 0 where
 * a tender did. Amounts in minor units.
 */
export type LedgerMoveTable = {
  store: string;
  register: string;
  seq: number;
  place: number;
  session: number;
  receipt: string;
  at: string;
  ledger: string;
  account: string;
  line: number;
  amount: number;
};

export type CashMoveTable = {
  store: string;
  register: string;
  seq: number;
  session: number;
  day: string;
  at: string;
  by: string;
  direction: string;
  amount: number;
  reason: string;
};

/** A session with the sums of its counted records. `units` in thousandths, money in minor units. */
export type SessionTable = {
  store: string;
  register: string;
  session: number;
  day: string;
  currency: string;
  opened_at: string;
  opened_by: string;
  float: number;
  closed_seq: number | null;
  closed_at: string | null;
  counted: number | null;
  difference: number | null;
  first_receipt: string | null;
  last_receipt: string | null;
} & SessionSums;

/** The sums of a session that records add to. */
export type SessionSums = {
  records: number;
  sales: number;
  sales_amount: number;
  refunds: number;
  refunds_amount: number;
  exchanges: number;
  exchanges_amount: number;
  gross: number;
  net: number;
  tax: number;
  lines: number;
  units: number;
  cash_sales: number;
  cash_refunds: number;
  paid_in: number;
  paid_out: number;
  drawer_openings: number;
  reprints: number;
  clock_moves: number;
  safe_drops: number;
  safe_drop_amount: number;
  handovers: number;
  /** What handovers had over or short. */
  handover_difference: number;
};

type SessionKey = { day: string; store: string; register: string; session: number };
export type SessionTaxTable = SessionKey & {
  tax: string;
  name: string;
  rate: string;
  included: number;
  rows: number;
  base: number;
  amount: number;
};
export type SessionTenderTable = SessionKey & {
  tender: string;
  name: string;
  kind: string;
  rows: number;
  receipts: number;
  amount: number;
};
export type SessionDepartmentTable = SessionKey & {
  department: string;
  rows: number;
  receipts: number;
  quantity: number;
  amount: number;
};

/**
 * Sums of sale lines by product or department. `scope` is a register (`S01-R2`), a store or '' for all; `period` is a day
 * (`D2026-11-21`) for registers and for all, a month (`M2026-11`) for stores and for all.
 */
export type RollupTable = {
  dimension: string;
  scope: string;
  period: string;
  key: string;
  rows: number;
  receipts: number;
  quantity: number;
  amount: number;
};

/**
 * Sums of sales by customer or by tier (rule U4), scopes and periods as in RollupTable; `key` is '' for nobody, or no tier. `quantity` in
 * thousandths, `receipts` counts sales, refunds and exchanges.
 */
export type BuyerRollupTable = {
  dimension: string;
  scope: string;
  period: string;
  key: string;
  receipts: number;
  quantity: number;
  gross: number;
  net: number;
  tax: number;
};

/** Names products were sold under and on how many lines; names those the catalog does not know. */
export type SoldNameTable = { product: string; name: string; rows: number };

/** Unbroken runs of a register's sequence numbers that are here, counted or not; what lies between two of them is a gap. */
export type SpanTable = { store: string; register: string; first: number; last: number };

/**
 * A sensitive act (rules A1 and A2). `source` is `journal`, or the class of the document that holds the entry; `id` tells acts
 * of one moment apart. `day` is the business day, of the office's acts the date in UTC. `gone`: the entry was changed or removed.
 */
export type ActTable = {
  day: string;
  at: string;
  id: string;
  source: string;
  kind: string;
  store: string | null;
  register: string | null;
  session: number | null;
  seq: number | null;
  by: string;
  approved_by: string | null;
  subject: string;
  amount: number | null;
  detail: string;
  gone: number;
};

/** Every text an audit entry of an owner's document ever had, with the act it became. */
export type AuditTextTable = { document_id: string; key: string; text: string; act: string };

/** The tables as kysely sees them. */
export type Tables = {
  meta: MetaTable;
  document: DocumentTable;
  organization: OrganizationTable;
  store: StoreTable;
  register: RegisterTable;
  device: DeviceTable;
  to_judge: ToJudgeTable;
  head: HeadTable;
  person: PersonTable;
  department: DepartmentTable;
  product: ProductTable;
  customer: CustomerTable;
  customer_terms: CustomerTermsTable;
  tier: TierTable;
  record: RecordTable;
  set_aside: SetAsideTable;
  sale: SaleTable;
  sale_line: SaleLineTable;
  sale_tax: SaleTaxTable;
  sale_tender: SaleTenderTable;
  cash_move: CashMoveTable;
  ledger_move: LedgerMoveTable;
  session: SessionTable;
  session_tax: SessionTaxTable;
  session_tender: SessionTenderTable;
  session_department: SessionDepartmentTable;
  rollup: RollupTable;
  buyer_rollup: BuyerRollupTable;
  sold_name: SoldNameTable;
  span: SpanTable;
  act: ActTable;
  audit_text: AuditTextTable;
  exception: ExceptionTable;
  resolution: ResolutionTable;
  taken_back: TakenBackTable;
  sold_serial: SoldSerialTable;
  stock_entry: StockEntryTable;
  stock_sale: StockSaleTable;
  stock_fall: StockFallTable;
};

/** The sums of a session, in the order of the table. */
export const SESSION_SUMS = [
  'records',
  'sales',
  'sales_amount',
  'refunds',
  'refunds_amount',
  'exchanges',
  'exchanges_amount',
  'gross',
  'net',
  'tax',
  'lines',
  'units',
  'cash_sales',
  'cash_refunds',
  'paid_in',
  'paid_out',
  'drawer_openings',
  'reprints',
  'clock_moves',
  'safe_drops',
  'safe_drop_amount',
  'handovers',
  'handover_difference',
] as const satisfies readonly (keyof SessionSums)[];
