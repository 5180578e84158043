import * as A from '@automerge/automerge';
import { ENTRIES_FIELD } from '#model/documents/entries.ts';
import { sameHeads } from './entries-document.ts';

/** What stands under one key: a text, or what it is instead of one. */
export type EntryValue = string | { readonly unreadable: string };

/** The entries of a document that are new to the one who asks: every value under each key, several where devices wrote apart. */
export type EntriesSince = {
  /** All entries are given, because something was taken out or the document is another than the one seen before. */
  readonly whole: boolean;
  /** Sorted by key. */
  readonly entries: readonly (readonly [key: string, values: readonly EntryValue[]])[];
  /** What to ask with the next time. */
  readonly heads: A.Heads;
};

type EntryMap = Record<string, unknown>;

/** The entries a document got since it had `heads` (none: since the beginning). Costs what is new, not what is there. */
export function entriesSince(doc: A.Doc<unknown>, heads: A.Heads): EntriesSince {
  const now = A.getHeads(doc);
  const [map, ...hidden] = mapsOf(doc);
  if (map === undefined || hidden.length > 0 || heads.length === 0) return wholeOf(doc, now);
  if (sameHeads(heads, now)) return { whole: false, entries: [], heads: now };
  if (!A.hasHeads(doc, heads)) return wholeOf(doc, now);
  const keys = new Map<string, boolean>();
  const patches = A.diff(doc, heads, now);
  // A third value that loses against the one shown is a change without a patch.
  if (patches.length === 0) return wholeOf(doc, now);
  for (const patch of patches) {
    const [field, key] = patch.path;
    if (field !== ENTRIES_FIELD) continue;
    if (typeof key !== 'string' || patch.action === 'del') return wholeOf(doc, now);
    const several = patch.action === 'conflict' || ('conflict' in patch && patch.conflict === true);
    keys.set(key, several || keys.get(key) === true);
  }
  const entries = [...keys].map(([key, several]) => [key, valuesAt(map, key, several)] as const);
  return { whole: false, entries: entries.sort(byKey), heads: now };
}

/** Every value under one key. */
export function valuesUnder(doc: A.Doc<unknown>, key: string): readonly EntryValue[] {
  return valuesIn(mapsOf(doc), key);
}

function valuesIn(maps: readonly EntryMap[], key: string): readonly EntryValue[] {
  return maps.flatMap((map) => (maps.length > 1 ? copiedValue(map, key) : valuesAt(map, key, true)));
}

function wholeOf(doc: A.Doc<unknown>, heads: A.Heads): EntriesSince {
  const maps = mapsOf(doc);
  const keys = new Set(maps.flatMap((map) => Object.keys(map)));
  const entries = [...keys].map((key) => [key, valuesIn(maps, key)] as const);
  return { whole: true, entries: entries.sort(byKey), heads };
}

/** The maps under `entries`: more than one when a device made its own instead of the first change all share (rule D2). */
function mapsOf(doc: A.Doc<unknown>): EntryMap[] {
  const root = doc as A.Doc<EntryMap>;
  const conflicting = A.getConflicts(root, ENTRIES_FIELD);
  return (conflicting === undefined ? [root[ENTRIES_FIELD]] : Object.values(conflicting)).filter(isMap);
}

function isMap(value: unknown): value is EntryMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !A.isImmutableString(value);
}

/** The values under a key of the document's own map; the conflicting ones include the one that is shown. */
function valuesAt(map: EntryMap, key: string, several: boolean): EntryValue[] {
  if (!Object.hasOwn(map, key)) return [];
  const conflicting = several ? A.getConflicts(map as A.Doc<EntryMap>, key) : undefined;
  if (conflicting === undefined) return [entryValue(map[key], false)];
  // Two devices that wrote the same text did not write two things.
  return [...new Set(Object.values(conflicting).map((value) => entryValue(value, true)))];
}

/** The value in a map that is one of several: Automerge gives a plain copy of it. */
function copiedValue(map: EntryMap, key: string): EntryValue[] {
  return Object.hasOwn(map, key) ? [entryValue(map[key], true)] : [];
}

/** Among conflicting values Automerge gives immutable texts as plain strings (`conflicting`); elsewhere those are none. */
function entryValue(value: unknown, conflicting: boolean): EntryValue {
  if (A.isImmutableString(value)) return value.val;
  if (conflicting && typeof value === 'string') return value;
  const kind = Array.isArray(value) ? 'list' : value instanceof Date ? 'date' : typeof value;
  return { unreadable: `the entry holds a ${kind} where an immutable text belongs` };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
