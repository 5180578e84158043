import * as A from '@automerge/automerge';
import type { Entries } from '#model/documents/entries.ts';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';

/** The shape of our documents, as Automerge shows them. */
type Stored = { entries: Record<string, A.ImmutableString> };

/** The entries of a document, texts only; none while it has no change. */
export function entriesOf(doc: A.Doc<unknown>): Entries {
  const { entries } = doc as Partial<Stored>;
  return Object.fromEntries(Object.entries(entries ?? {}).map(([key, value]) => [key, String(value)]));
}

/** The document with entries set, or taken out where the text is undefined; made with the change every document starts with. */
export function withEntries(
  doc: A.Doc<unknown>,
  changes: Readonly<Record<string, string | undefined>>,
): A.Doc<unknown> {
  return A.change(A.loadIncremental(doc as A.Doc<Stored>, FIRST_CHANGE), (draft) => {
    for (const [key, text] of Object.entries(changes)) {
      if (text === undefined) delete draft.entries[key];
      else draft.entries[key] = new A.ImmutableString(text);
    }
  });
}

/** Whether two lists of heads are the same state. */
export function sameHeads(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((head) => b.includes(head));
}

/** Whether a document holds everything up to these heads. Automerge takes a whole change out to say so, so what it shows goes first. */
export function holds(doc: A.Doc<unknown>, heads: readonly string[]): boolean {
  return sameHeads(heads, A.getHeads(doc)) || A.hasHeads(doc, [...heads]);
}

/** The heads of a document, sorted. */
export function headsOf(doc: A.Doc<unknown>): string[] {
  return [...A.getHeads(doc)].sort();
}

/** Whether a document holds all of two states, and everything up to `others` is in what leads up to `heads`. */
export function covers(doc: A.Doc<unknown>, heads: readonly string[], others: readonly string[]): boolean {
  if (sameHeads(heads, others)) return true;
  const current = A.getHeads(doc);
  if (sameHeads(others, current) || !holds(doc, heads) || !holds(doc, others)) return false;
  if (sameHeads(heads, current)) return true;
  const later = new Set(A.getChangesMetaSince(doc, [...heads]).map(({ hash }) => hash));
  return others.every((head) => !later.has(head));
}

/** Whether changes wait in a document for others that are not there. Its heads say nothing of them, and no disk keeps them. */
export function isIncomplete(doc: A.Doc<unknown>): boolean {
  return A.getMissingDeps(doc, []).length > 0;
}
