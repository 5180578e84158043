import * as A from '@automerge/automerge/slim';
import type { ImmutableString } from '@automerge/automerge/slim';
import { ENTRIES_FIELD } from '#model/documents/entries.ts';
import { FIRST_CHANGE, FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';

/** What Automerge holds of one of our documents. */
export type StoredDocument = { entries: Record<string, ImmutableString> };

/** A document that holds the first change only; later changes made on it are by `actor` (32 hex digits). */
export function emptyDocument(actor: string): A.Doc<StoredDocument> {
  return A.loadIncremental(A.init<StoredDocument>({ actor }), FIRST_CHANGE);
}

/** Makes the first change anew; tests compare it with the bytes written down. */
export function makeFirstChange(): Uint8Array | undefined {
  const made = A.change(A.init<Record<string, unknown>>({ actor: '00' }), { time: 0 }, (draft) => {
    draft[ENTRIES_FIELD] = {};
  });
  return A.getLastLocalChange(made);
}

/** Why a loaded document is not one of ours; undefined when it is. */
export function whyForeign(doc: A.Doc<StoredDocument>): string | undefined {
  if (!A.hasHeads(doc, [FIRST_CHANGE_HASH]))
    return 'it does not begin with the first change every document has';
  const missing = A.getMissingDeps(doc, []);
  if (missing.length > 0) return `${missing.length} of its earlier changes are missing`;
  if (!isMap(doc.entries)) return 'it has no map of entries';
  return undefined;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !A.isImmutableString(value);
}
