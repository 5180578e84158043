import * as A from '@automerge/automerge';
import { isAuditKey } from '#model/audit/audit-entry.ts';
import { ENTRIES_FIELD } from '#model/documents/entries.ts';
import type { AuditTexts } from './flatten-audit.ts';
import type { DocumentUpdate } from './report-writer.ts';
import type { EntryValue } from './read-record.ts';

/** The shape documents should have; what is really in them is looked at value by value. */
export type SyncedDocument = A.Doc<Record<string, unknown>>;

/** What changed in a document since it was last flattened. */
export type PendingChanges = {
  /** Keys with a change; `true` when the key has more than one value since. */
  readonly keys: Map<string, boolean>;
  /** The map itself was made or replaced: every key must be read. */
  whole: boolean;
};

/** Nothing changed yet; a document that was just opened is read as a whole. */
export function pendingChanges(whole: boolean): PendingChanges {
  return { keys: new Map(), whole };
}

/** Both sets of changes as one. */
export function mergedChanges(a: PendingChanges, b: PendingChanges): PendingChanges {
  const keys = new Map(a.keys);
  for (const [key, several] of b.keys) keys.set(key, several || (keys.get(key) ?? false));
  return { keys, whole: a.whole || b.whole };
}

/** Notes which entries a set of Automerge patches touches. */
export function notePatches(pending: PendingChanges, patches: readonly A.Patch[]): void {
  for (const patch of patches) {
    const [field, key] = patch.path;
    if (field !== ENTRIES_FIELD) continue;
    if (typeof key !== 'string') {
      pending.whole = true;
      continue;
    }
    const conflict = patch.action === 'conflict' || ('conflict' in patch && patch.conflict === true);
    pending.keys.set(key, conflict || (pending.keys.get(key) ?? false));
  }
}

/**
 * Adds the keys in conflict to those that must be read. A further value that loses against the one shown makes no patch of its own, and a
 * third record under one number would stay unseen.
 */
export function noteContested(pending: PendingChanges, contested: Set<string>): void {
  for (const [key, several] of pending.keys) if (several) contested.add(key);
  for (const key of contested) pending.keys.set(key, true);
}

/** The values of the entries that changed, and what is wrong with the document as a whole. */
export function readChanges(
  doc: SyncedDocument,
  pending: PendingChanges,
  first: boolean,
): Pick<DocumentUpdate, 'entries' | 'complete' | 'faults'> {
  const maps = entryMaps(doc);
  const [shown] = maps;
  if (shown === undefined || maps.length > 1) return readSplit(maps);
  const entries = new Map<string, readonly EntryValue[]>();
  const complete = first || pending.whole;
  // Opened from nothing, the patches name every key with its conflicts; otherwise a whole reading must ask for each.
  const keys = pending.whole && !first ? Object.keys(shown) : pending.keys.keys();
  for (const key of keys) {
    const several = pending.whole && !first ? true : pending.keys.get(key) === true;
    entries.set(key, valuesOf(shown, key, several));
  }
  return { entries, complete, faults: [] };
}

/** Every text audit entries were given in the changes since `heads`, also where a later change took it away (rule A3). */
export function auditTexts(doc: SyncedDocument, heads: readonly string[]): AuditTexts {
  const texts = new Map<string, Set<string>>();
  for (const change of A.getChangesSince(doc, [...heads])) {
    for (const op of A.decodeChange(change).ops) {
      if (op.action !== 'set' || op.key === undefined || !isAuditKey(op.key)) continue;
      const text = typeof op.value === 'string' ? op.value : undefined;
      if (text !== undefined) texts.set(op.key, (texts.get(op.key) ?? new Set()).add(text));
    }
  }
  return texts;
}

type EntryMap = Record<string, unknown>;

/** The maps under `entries`, the one replicas show first. More than one means that two devices each made their own. */
function entryMaps(doc: SyncedDocument): EntryMap[] {
  const shown = doc[ENTRIES_FIELD];
  const conflicting = A.getConflicts(doc, ENTRIES_FIELD);
  // The conflicting values include a copy of the one that is shown.
  return [shown, ...(conflicting ? Object.values(conflicting) : [])].filter(isMap);
}

function isMap(value: unknown): value is EntryMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !A.isImmutableString(value);
}

/** A document without its map, or with several: everything that is there is read, and the document is reported. */
function readSplit(maps: readonly EntryMap[]): Pick<DocumentUpdate, 'entries' | 'complete' | 'faults'> {
  const entries = new Map<string, EntryValue[]>();
  for (const map of maps) {
    for (const [key, value] of Object.entries(map)) {
      const values = entries.get(key) ?? [];
      entries.set(key, values);
      const read = entryValue(value, true);
      if (!values.includes(read)) values.push(read);
    }
  }
  const fault =
    maps.length === 0
      ? { code: 'bad-document', detail: 'the document has no map of entries' }
      : { code: 'split-document', detail: 'two devices each made the map of entries; both were read' };
  return { entries, complete: true, faults: [fault] };
}

function valuesOf(map: EntryMap, key: string, several: boolean): EntryValue[] {
  if (!Object.hasOwn(map, key)) return [];
  const shown = entryValue(map[key]);
  if (!several) return [shown];
  const conflicting = Object.values(A.getConflicts(map as A.Doc<EntryMap>, key) ?? {});
  const others = conflicting.map((value) => entryValue(value, true));
  return [shown, ...others.filter((value) => value !== shown).sort(byText)];
}

function byText(a: EntryValue, b: EntryValue): number {
  const textOf = (value: EntryValue) => (typeof value === 'string' ? value : value.unreadable);
  return textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0;
}

/** Among conflicting values Automerge gives immutable texts as plain strings (`conflicting`); elsewhere those are none. */
function entryValue(value: unknown, conflicting = false): EntryValue {
  if (A.isImmutableString(value)) return value.val;
  if (conflicting && typeof value === 'string') return value;
  const kind = Array.isArray(value) ? 'list' : value instanceof Date ? 'date' : typeof value;
  return { unreadable: `the entry holds a ${kind} where an immutable text belongs` };
}
