import type * as v from 'valibot';
import { isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { favouritesSchema, type Favourites } from '../catalog/favourites.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import { isSettingKey, readSettingEntry, type SettingEntry } from '../settings/settings.ts';
import { readEntry, type EntryFault } from './entries.ts';

/** An entry of a store's own document (rule D7), told apart by the first word of its key. Kinds with an id are `kind:<id>`. */
export type StoreEntry =
  | { readonly kind: 'favourites'; readonly value: Favourites }
  | { readonly kind: 'settings'; readonly value: SettingEntry }
  | { readonly kind: 'audit'; readonly value: AuditEntry };

/** An entry of which a store has one. */
type SingleEntry = Extract<StoreEntry, { kind: 'favourites' }>;

/** Entries of which a store has one, under their bare name. */
const SINGLE = { favourites: favouritesSchema } satisfies Record<string, v.GenericSchema>;

/** Reads one entry of a store document. */
export function readStoreEntry(key: string, text: string): Result<StoreEntry, EntryFault> {
  if (key === 'favourites') return tag(key, readEntry(SINGLE[key], key, text));
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

/** The entry of what a store has one of, ready to be written. */
export function storeEntry(entry: SingleEntry): { readonly key: string; readonly text: string } {
  return { key: entry.kind, text: canonicalJson(entry.value as CanonicalValue) };
}
