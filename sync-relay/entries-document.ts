import * as A from '@automerge/automerge';
import type { Entries } from '#model/documents/entries.ts';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import { assert } from '#model/result.ts';

/** The shape of our documents, as Automerge shows them (rule D2). */
type Stored = { entries: Record<string, A.ImmutableString> };

/** The entries of a document as texts; none of one that has no first change yet. */
export function entriesOf(doc: A.Doc<unknown> | undefined): Entries {
  const { entries } = (doc ?? {}) as Partial<Stored>;
  return Object.fromEntries(Object.entries(entries ?? {}).map(([key, value]) => [key, String(value)]));
}

/** The document with entries set, or taken out where they are undefined, in one change of this relay. */
export function edited(
  doc: A.Doc<unknown> | undefined,
  changes: Readonly<Record<string, string | undefined>>,
): A.Doc<unknown> {
  assert(doc, () => 'a document is loaded before it is edited');
  return A.change(A.loadIncremental(doc as A.Doc<Stored>, FIRST_CHANGE), (draft) => {
    for (const [key, text] of Object.entries(changes)) {
      if (text === undefined) delete draft.entries[key];
      else draft.entries[key] = new A.ImmutableString(text);
    }
  });
}
