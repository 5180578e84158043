import * as v from 'valibot';
import { catalogShard } from '../catalog/product.ts';
import { readEntry, type Entries, type EntryFault } from '../documents/entries.ts';
import { STOCK_SUMMARY_SHARDS, type DocumentKey } from '../ids/document-id.ts';
import { storeIdSchema, type StoreId } from '../ids/register-id.ts';
import { canonicalJson } from '../journal/canonical.ts';
import { momentSchema } from '../journal/record.ts';
import { err, ok, type Result } from '../result.ts';
import { stockQuantitySchema } from './stock-entry.ts';

/** The key of a summary document (rule K7). */
export type StockSummaryKey = Extract<DocumentKey, { class: 'stock-summary' }>;

/**
 * What head office counted of a store: `heard` is the moment of the last record or entry that is in it, `stock` what there is of each
 * article a book of the store names, as decimal text, each article once.
 */
export const countedStockSchema = v.object({
  store: storeIdSchema,
  heard: momentSchema,
  stock: v.array(v.tuple([v.pipe(v.string(), v.minLength(1), v.maxLength(64)), v.string()])),
});

/** What head office counted of a store. */
export type CountedStock = v.InferOutput<typeof countedStockSchema>;

/** How old `heard` may be beside that of the count before it is written alone, in milliseconds (rule K7). */
export const HEARD_MS = 15 * 60_000;

const HEARD = 'heard';
const STOCK = 'stock:';
const heardSchema = v.strictObject({ at: momentSchema });
const quantitySchema = v.strictObject({ quantity: stockQuantitySchema });

/** Months since 1970-01 of a calendar day or a moment, `2026-11-21…`. */
export function monthNumber(day: string): number {
  return (Number(day.slice(0, 4)) - 1970) * 12 + Number(day.slice(5, 7)) - 1;
}

/** The shard of a store's summary that tells of a product (rule K7). */
export function stockSummaryShard(product: string): number {
  return catalogShard(product, STOCK_SUMMARY_SHARDS);
}

/** The summary documents of a store in a month, by shard. */
export function stockSummaryKeys(store: StoreId, month: number): readonly StockSummaryKey[] {
  return Array.from({ length: STOCK_SUMMARY_SHARDS }, (_, shard) => ({
    class: 'stock-summary',
    store,
    month,
    shard,
  }));
}

/** What a summary document says of an article; `quantity` is undefined where no book names it. */
export type ToldStock = { readonly heard: string; readonly quantity: string | undefined };

/** What a document says of a product; undefined where head office has not written it yet. An entry that cannot be read is a fault. */
export function readStockSummary(
  entries: Entries,
  product: string,
): Result<ToldStock | undefined, EntryFault> {
  const heardText = entries[HEARD];
  if (heardText === undefined) return ok(undefined);
  const heard = readEntry(heardSchema, HEARD, heardText);
  if (!heard.ok) return heard;
  const key = `${STOCK}${product}`;
  const text = entries[key];
  if (text === undefined) return ok({ heard: heard.value.at, quantity: undefined });
  const read = readEntry(quantitySchema, key, text);
  return read.ok ? ok({ heard: heard.value.at, quantity: read.value.quantity }) : err(read.error);
}

/**
 * What is to be written to a shard that holds `entries`, so that it says what was counted (rule K7); nothing where it does, or where the
 * count heard less than the document did: a count that begins anew must not take back what was told.
 */
export function stockSummaryChanges(
  entries: Entries,
  { heard, stock }: CountedStock,
  shard: number,
): Readonly<Record<string, string | undefined>> {
  const ours = new Map(
    stock
      .filter(([product]) => stockSummaryShard(product) === shard)
      .map(([product, quantity]) => [`${STOCK}${product}`, canonicalJson({ quantity })]),
  );
  const changed = [...ours].filter(([key, text]) => entries[key] !== text);
  // A book whose last entry of an article cannot be read any more does not know it.
  const gone = Object.keys(entries).filter((key) => key !== HEARD && !ours.has(key));
  const told = heardOf(entries);
  if (told !== undefined && heard < told) return {};
  const isNews = changed.length > 0 || gone.length > 0 || told === undefined || isLate(told, heard);
  if (!isNews) return {};
  return {
    ...Object.fromEntries(changed),
    ...Object.fromEntries(gone.map((key) => [key, undefined])),
    [HEARD]: canonicalJson({ at: heard }),
  };
}

function heardOf(entries: Entries): string | undefined {
  const text = entries[HEARD];
  const read = text === undefined ? undefined : readEntry(heardSchema, HEARD, text);
  return read?.ok ? read.value.at : undefined;
}

function isLate(told: string, heard: string): boolean {
  return Date.parse(heard) - Date.parse(told) >= HEARD_MS;
}
