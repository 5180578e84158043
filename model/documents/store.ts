import type * as v from 'valibot';
import { favouritesSchema, type Favourites } from '../catalog/favourites.ts';
import { measureCodesSchema, type MeasureCodes } from '../catalog/measure-code.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import { readEntry, type EntryFault } from './entries.ts';

/** An entry of a store's own document (rule D7), told apart by the first word of its key. Kinds with an id are `kind:<id>`. */
export type StoreEntry =
  | { readonly kind: 'favourites'; readonly value: Favourites }
  | { readonly kind: 'measure-codes'; readonly value: MeasureCodes };

/** Entries of which a store has one, under their bare name. */
const SINGLE = { favourites: favouritesSchema, 'measure-codes': measureCodesSchema } satisfies Record<
  string,
  v.GenericSchema
>;

/** Reads one entry of a store document. */
export function readStoreEntry(key: string, text: string): Result<StoreEntry, EntryFault> {
  if (key === 'favourites') return tag(key, readEntry(SINGLE[key], key, text));
  if (key === 'measure-codes') return tag(key, readEntry(SINGLE[key], key, text));
  return err({ key, code: 'unknown-key', detail: `a store document has no entry "${key}"` });
}

function tag<Kind extends StoreEntry['kind'], Value>(kind: Kind, read: Result<Value, EntryFault>) {
  return read.ok ? ok({ kind, value: read.value }) : read;
}

/** The entry of what a store has one of, ready to be written. */
export function storeEntry(entry: StoreEntry): { readonly key: string; readonly text: string } {
  return { key: entry.kind, text: canonicalJson(entry.value as CanonicalValue) };
}
