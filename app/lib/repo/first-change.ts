import * as A from '@automerge/automerge/slim';
import type { ImmutableString } from '@automerge/automerge/slim';
import { ENTRIES_FIELD } from '#model/documents/entries.ts';

/** What Automerge holds of one of our documents. */
export type StoredDocument = { entries: Record<string, ImmutableString> };

/**
 * The first change of every document: actor `00`, time 0, an empty map of entries. It is the same bytes on every device,
 * so two devices that create a document while apart fill one map, not two of which one would be hidden.
 */
export const FIRST_CHANGE_HASH = '1c2fb89024f5702ab829bf8ef3fd4bf930f0d3704d8903ddc878a0a5cae6f178';

const FIRST_CHANGE_HEX =
  '856f4a831c2fb8900123000100010100000005150934014202560270027f07656e7472696573017f007f007f00';

/** The bytes of the first change, written down so that no later version of a library can make different ones. */
export const FIRST_CHANGE: Uint8Array = Uint8Array.from(FIRST_CHANGE_HEX.match(/../g) ?? [], (pair) =>
  Number.parseInt(pair, 16),
);

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
