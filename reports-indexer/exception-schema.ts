/** Which receipts took something of a receipt back, by that receipt. */
export type TakenBackTable = { receipt: string; store: string; register: string; seq: number };
/** Which receipts name a serial (rule F6). */
export type SoldSerialTable = {
  product: string;
  serial: string;
  store: string;
  register: string;
  seq: number;
};
/** An entry of a store's stock book (rule K1). */
export type StockEntryTable = {
  store: string;
  month: number;
  id: string;
  product: string;
  at: string;
  quantity: string;
};
/** What a sale took of a product that a stock book of its store names; `change` in thousandths. */
export type StockSaleTable = {
  store: string;
  product: string;
  hash: string;
  at: string;
  change: number;
  register: string;
  session: number;
  seq: number;
  receipt: string;
};
/** The sale with which a product fell below zero and stayed there (rule F4). */
export type StockFallTable = { store: string; product: string; hash: string };

/** That somebody saw to an exception (rule F10); `entry` tells two of one moment apart, `amount` is the loss in minor units. */
export type ResolutionTable = {
  store: string;
  code: string;
  exception: string;
  at: string;
  entry: string;
  by: string;
  approved_by: string | null;
  outcome: string;
  reason: string;
  amount: number | null;
};

/**
 * What a person must look at. `source` is the place that finds it, so that what is mended disappears. Exceptions that every replica
 * finds (rule F1) say when the last of it was done, the `receipts` involved with a blank between them, and what it comes to.
 */
export type ExceptionTable = {
  id: string;
  source: string;
  code: string;
  store: string | null;
  register: string | null;
  session: number | null;
  seq: number | null;
  detail: string;
  document_id: string;
  seen_at: string;
  at: string | null;
  receipts: string;
  amount: number | null;
};
