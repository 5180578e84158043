import { parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { registerIdSchema, storeIdSchema, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { quantitySchema, unitPriceSchema } from '#model/money/quantity.ts';
import { Exact } from '#model/money/money.ts';
import { err, ok, type Result } from '#model/result.ts';

/** The columns of a sales file, in any order. */
export const COLUMNS = [
  'receipt',
  'at',
  'store',
  'register',
  'cashier',
  'sku',
  'name',
  'department',
  'quantity',
  'unit_price',
  'tax_percent',
  'tax_included',
  'tender',
  'customer',
] as const;

/** One line of an imported receipt. `quantity` is negative for a refund line; `taxPercent` is percent as text. */
export type ImportedLine = {
  readonly sku: string;
  readonly name: string;
  readonly department: string;
  readonly quantity: string;
  readonly price: string;
  readonly taxPercent: string;
  readonly taxIncluded: boolean;
};

/** One receipt of the file. `at` is the local time of its latest row, `2010-12-01T08:26:00`. */
export type ImportedReceipt = {
  readonly receipt: string;
  readonly at: string;
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly cashier: string;
  readonly tender: string;
  readonly customer: string;
  readonly lines: readonly ImportedLine[];
};

/** What is wrong with a row: where, and why, in words. */
export type RowFault = { readonly line: number; readonly column: string; readonly cause: string };

const filled = (what: string, length: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, `${what} is missing`),
    v.maxLength(length, `${what} is longer than ${length} characters`),
  );

/** A number as files write it, brought into the form the model stores: `2.50` → `2.5`. */
const plainNumber = (what: string) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^-?\d+(?:\.\d+)?$/, (issue) => `"${issue.input}" is not ${what}`),
    v.transform((text) => new Exact(text).toFixed()),
  );

/** 30 February parses as 2 March; only a time that comes back unchanged exists. */
function existsInCalendar(text: string): boolean {
  const time = Date.parse(`${text}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const localTime = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/,
    (issue) => `"${issue.input}" is not a time like 2010-12-01T08:26:00`,
  ),
  v.check(existsInCalendar, 'this time does not exist in the calendar'),
);

const rowSchema = v.object({
  receipt: v.pipe(
    filled('the receipt', 40),
    v.regex(/^[\x21-\x7e]+$/, 'a receipt number has no spaces or accents'),
  ),
  at: localTime,
  store: v.pipe(v.string(), v.trim(), storeIdSchema),
  register: v.pipe(v.string(), v.trim(), registerIdSchema),
  cashier: v.pipe(
    filled('the cashier', 40),
    v.regex(/^[a-z0-9-]+$/i, 'a cashier is letters, digits and "-"'),
  ),
  sku: filled('the sku', 64),
  name: filled('the name', 200),
  department: filled('the department', 100),
  quantity: v.pipe(
    plainNumber('a quantity'),
    v.check((text) => !new Exact(text).isZero(), 'a quantity of zero sells nothing'),
    quantitySchema,
  ),
  unit_price: v.pipe(plainNumber('a price'), unitPriceSchema),
  tax_percent: v.pipe(
    plainNumber('a percentage'),
    v.regex(/^\d{1,3}(?:\.\d{1,4})?$/, 'a tax rate is 0 to 999 with at most 4 decimals'),
  ),
  tax_included: v.pipe(
    v.string(),
    v.trim(),
    v.picklist(['0', '1'], 'tax_included is 1 (in the price) or 0 (on top)'),
  ),
  tender: v.pipe(filled('the tender', 40), v.regex(/^[A-Za-z0-9._-]+$/, 'a tender is one word')),
  customer: v.pipe(v.optional(v.string(), ''), v.trim(), v.maxLength(64)),
});

type Row = v.InferOutput<typeof rowSchema> & { readonly day: string };

/** The columns all rows of one receipt must agree on. Of `at` only the day: a long receipt takes minutes to ring. */
const RECEIPT_COLUMNS = ['day', 'store', 'register', 'cashier', 'tender', 'customer'] as const;

/** Reads a whole sales file, or says what is wrong with its first bad row. Nothing is half read. */
export function readSalesFile(text: string): Result<readonly ImportedReceipt[], RowFault> {
  const table = readTable(text);
  if (!table.ok) return table;
  const receipts = new Map<string, { readonly first: Row; at: string; readonly lines: ImportedLine[] }>();
  for (const { record, line } of table.value) {
    const parsed = v.safeParse(rowSchema, record);
    if (!parsed.success) {
      const issue = parsed.issues[0];
      return err({ line, column: v.getDotPath(issue) ?? '', cause: issue.message });
    }
    const row = { ...parsed.output, day: parsed.output.at.slice(0, 10) };
    const known = receipts.get(row.receipt);
    const other = RECEIPT_COLUMNS.find((column) => known && known.first[column] !== row[column]);
    if (known && other !== undefined) {
      const cause = `receipt ${row.receipt} has "${row[other]}" here and "${known.first[other]}" in an earlier row`;
      return err({ line, column: other === 'day' ? 'at' : other, cause });
    }
    if (known) {
      known.lines.push(importedLine(row));
      if (row.at > known.at) known.at = row.at;
    } else receipts.set(row.receipt, { first: row, at: row.at, lines: [importedLine(row)] });
  }
  if (receipts.size === 0) return err({ line: 1, column: '', cause: 'the file has no rows' });
  return ok([...receipts.values()].map(({ first, at, lines }) => importedReceipt(first, at, lines)));
}

type TableRow = { readonly record: Record<string, string>; readonly line: number };

function readTable(text: string): Result<readonly TableRow[], RowFault> {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  let header: readonly string[] = [];
  try {
    rows = parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      columns: (names: string[]) => {
        header = names.map((name) => name.trim());
        return [...header];
      },
    });
  } catch (cause) {
    const line =
      cause instanceof Error && 'lines' in cause && typeof cause.lines === 'number' ? cause.lines : 1;
    return err({ line, column: '', cause: cause instanceof Error ? cause.message : String(cause) });
  }
  const missing = COLUMNS.find((column) => !header.includes(column) && column !== 'customer');
  if (missing !== undefined)
    return err({ line: 1, column: missing, cause: `the column "${missing}" is missing` });
  return ok(rows.map(({ record, info }) => ({ record, line: info.lines })));
}

function importedLine(row: Row): ImportedLine {
  return {
    sku: row.sku,
    name: row.name,
    department: row.department,
    quantity: row.quantity,
    price: row.unit_price,
    taxPercent: row.tax_percent,
    taxIncluded: row.tax_included === '1',
  };
}

function importedReceipt(first: Row, at: string, lines: readonly ImportedLine[]): ImportedReceipt {
  const { receipt, store, register, cashier, tender, customer } = first;
  return { receipt, at, store, register, cashier: cashier.toLowerCase(), tender, customer, lines };
}
