import * as v from 'valibot';
import { readEntry, type EntryFault } from '../documents/entries.ts';
import { momentSchema } from '../journal/record.ts';
import { err, type Result } from '../result.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** A change of stock as decimal text, signed, at most 9 digits and 3 decimals (rule K1). */
export const stockQuantitySchema = v.pipe(
  v.string(),
  v.regex(
    /^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d{0,8})(?:\.\d{1,3})?$/,
    'a stock quantity has at most 9 digits and 3 decimals',
  ),
);

/** Why stock changed; `count` corrects the book to what a person counted. */
export const stockKindSchema = v.picklist(['receipt', 'adjustment', 'count', 'transfer-in', 'transfer-out']);

/**
 * One change of a store's stock (rule K1): written once, never altered. `quantity` is what it adds, below zero for what
 * left. For a count that is counted − expected at the moment of counting (rule K3), and `counted` keeps what was counted.
 */
export const stockEntrySchema = v.strictObject({
  id: idText,
  product: idText,
  kind: stockKindSchema,
  quantity: stockQuantitySchema,
  counted: v.optional(stockQuantitySchema),
  at: momentSchema,
  by: idText,
  reason: v.pipe(v.string(), v.maxLength(200)),
});

/** One change of a store's stock. */
export type StockEntry = v.InferOutput<typeof stockEntrySchema>;

/** The key of an entry in its stock book. */
export function stockEntryKey(entry: StockEntry): string {
  return `entry:${entry.id}`;
}

/** Reads one entry of a stock book (rule D5). */
export function readStockEntry(key: string, text: string): Result<StockEntry, EntryFault> {
  if (!key.startsWith('entry:'))
    return err({ key, code: 'unknown-key', detail: `a stock book has no entry "${key}"` });
  const read = readEntry(stockEntrySchema, key, text);
  if (!read.ok || stockEntryKey(read.value) === key) return read;
  return err({ key, code: 'bad-shape', detail: `id: the key should be "${stockEntryKey(read.value)}"` });
}
