import * as A from '@automerge/automerge/slim';
import { ENTRIES_FIELD, type EntryChange } from '#model/documents/entries.ts';
import type { StoredDocument } from './first-change.ts';

/** Entries read out of a document; `faults` are the keys whose value is not an immutable text, in words. */
export type ReadEntries = { readonly entries: Record<string, string>; readonly faults: readonly string[] };

/** All entries of a document. Costs a walk over the map: for opening, never for each change. */
export function readEntries(doc: A.Doc<StoredDocument>): ReadEntries {
  const entries: Record<string, string> = {};
  const faults: string[] = [];
  for (const [key, value] of Object.entries(doc.entries)) {
    if (A.isImmutableString(value)) entries[key] = value.val;
    else faults.push(faultOf(key));
  }
  return { entries, faults };
}

/** Entries with several texts, by key: all of them, sorted, the shown one among them. */
export type ContestedEntries = Readonly<Record<string, readonly string[]>>;

/** The entries that several devices wrote while they were apart, with every text each has. Costs a question for each entry. */
export function contestedEntries(doc: A.Doc<StoredDocument>): ContestedEntries {
  const contested: Record<string, readonly string[]> = {};
  for (const key of Object.keys(doc.entries)) {
    const texts = textsUnder(doc, key);
    if (texts.length > 1) contested[key] = texts;
  }
  return contested;
}

/** Every text an entry has, sorted: several where devices wrote it apart, none where it is not there. */
export function textsUnder(doc: A.Doc<StoredDocument>, key: string): readonly string[] {
  const values: unknown[] = Object.values(A.getConflicts(doc.entries, key) ?? { shown: doc.entries[key] });
  // Among conflicting values Automerge gives immutable texts as plain strings.
  const texts = values.map((value) => (A.isImmutableString(value) ? value.val : value));
  return [...new Set(texts.filter((text): text is string => typeof text === 'string'))].sort();
}

/** Whether a merge brought a second text to an entry. */
export function isContest(patch: A.Patch): boolean {
  return patch.action === 'conflict' || ('conflict' in patch && patch.conflict === true);
}

/** What a merge or a write changed. */
export type PatchedEntries = {
  readonly changes: readonly EntryChange[];
  readonly faults: readonly string[];
  /** The map itself was replaced by something of another origin: the document's entries are hidden behind it. */
  readonly replaced: boolean;
};

/** The entries that patches touched, read from the document after them. Costs as much as the patches are many. */
export function patchedEntries(patches: readonly A.Patch[], doc: A.Doc<StoredDocument>): PatchedEntries {
  const keys = new Set<string>();
  for (const patch of patches) {
    if (patch.action === 'conflict') continue;
    const [field, key] = patch.path;
    if (field !== ENTRIES_FIELD) continue;
    if (key === undefined) return { changes: [], faults: [], replaced: true };
    keys.add(String(key));
  }
  const changes: EntryChange[] = [];
  const faults: string[] = [];
  for (const key of keys) {
    const value: unknown = doc.entries[key];
    if (value === undefined) changes.push({ key, text: undefined });
    else if (A.isImmutableString(value)) changes.push({ key, text: value.val });
    else faults.push(faultOf(key));
  }
  return { changes, faults, replaced: false };
}

/** The part of `wanted` that differs from what the document says, so that writing a thing twice adds nothing. */
export function entriesToWrite(
  doc: A.Doc<StoredDocument>,
  wanted: Readonly<Record<string, string | undefined>>,
): readonly EntryChange[] {
  const changes: EntryChange[] = [];
  for (const [key, text] of Object.entries(wanted)) {
    const present: unknown = doc.entries[key];
    const current = A.isImmutableString(present) ? present.val : undefined;
    if (text !== current || (text === undefined && present !== undefined)) changes.push({ key, text });
  }
  return changes;
}

function faultOf(key: string): string {
  return `entry "${key}" is not an immutable text`;
}
