import * as v from 'valibot';
import { isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { favouritesSchema, type Favourites } from '../catalog/favourites.ts';
import { measureCodesSchema, type MeasureCodes } from '../catalog/measure-code.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { unitPriceSchema } from '../money/quantity.ts';
import { err, ok, type Result } from '../result.ts';
import { isSettingKey, readSettingEntry, type SettingEntry } from '../settings/settings.ts';
import { readEntry, type EntryFault } from './entries.ts';

/** An entry of a store's own document (rule D7), told apart by the first word of its key. Kinds with an id are `kind:<id>`. */
export type StoreEntry =
  | { readonly kind: 'favourites'; readonly value: Favourites }
  | { readonly kind: 'price'; readonly id: string; readonly value: StorePrice }
  | { readonly kind: 'settings'; readonly value: SettingEntry }
  | { readonly kind: 'measure-codes'; readonly value: MeasureCodes }
  | { readonly kind: 'audit'; readonly value: AuditEntry };

/** The store's own price of a product, in the major unit, under `price:<product>` (rule X12). */
export const storePriceSchema = v.strictObject({ price: unitPriceSchema });

/** The store's own price of a product. */
export type StorePrice = v.InferOutput<typeof storePriceSchema>;

/** An entry of which a store has one, and its prices. */
type WrittenHere = Extract<StoreEntry, { kind: 'favourites' | 'measure-codes' | 'price' }>;

/** Entries of which a store has one, under their bare name. */
const SINGLE = { favourites: favouritesSchema, 'measure-codes': measureCodesSchema } satisfies Record<
  string,
  v.GenericSchema
>;

/** Reads one entry of a store document. */
export function readStoreEntry(key: string, text: string): Result<StoreEntry, EntryFault> {
  if (key === 'favourites') return tag(key, readEntry(SINGLE[key], key, text));
  if (key === 'measure-codes') return tag(key, readEntry(SINGLE[key], key, text));
  const [kind, id = '', ...rest] = key.split(':');
  if (kind === 'price' && id !== '' && rest.length === 0) {
    const read = readEntry(storePriceSchema, key, text);
    return read.ok ? ok({ kind, id, value: read.value }) : read;
  }
  if (isSettingKey(key)) return tag('settings', readSettingEntry(key, text));
  if (isAuditKey(key)) return tag('audit', readAuditEntry(key, text));
  return err({ key, code: 'unknown-key', detail: `a store document has no entry "${key}"` });
}

function tag<Kind extends StoreEntry['kind']>(
  kind: Kind,
  read: Result<Extract<StoreEntry, { kind: Kind }>['value'], EntryFault>,
): Result<StoreEntry, EntryFault> {
  return read.ok ? ok({ kind, value: read.value } as StoreEntry) : read;
}

/** The entry of what a store says, ready to be written. */
export function storeEntry(entry: WrittenHere): { readonly key: string; readonly text: string } {
  const key = entry.kind === 'price' ? `price:${entry.id}` : entry.kind;
  return { key, text: canonicalJson(entry.value as CanonicalValue) };
}
