import * as A from '@automerge/automerge/slim';
import type { EntryChange } from '#model/documents/entries.ts';
import { FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { isRecordKey } from '#model/journal/record.ts';
import { entriesToWrite, textsUnder } from './entry-changes.ts';
import type { StoredDocument } from './first-change.ts';

/** Whether what stands under an entry of a document may never be written over: a record, whoever made it (rule D15). */
export function isWrittenOnce({ class: name }: DocumentKey, entry: string): boolean {
  return name === 'session' && isRecordKey(entry);
}

/**
 * A document with these entries written into it, as a change made at `time` (seconds since 1970); the very same document when it says all
 * of it already. A record whose number is taken is written as if its device had not seen the other yet, so that both stay (rules D15, J7).
 */
export function writeEntries(
  doc: A.Doc<StoredDocument>,
  key: DocumentKey,
  wanted: Readonly<Record<string, string | undefined>>,
  time: number,
): A.Doc<StoredDocument> {
  const changes = entriesToWrite(doc, wanted);
  const isTaken = ({ key: entry, text }: EntryChange) =>
    text !== undefined && doc.entries[entry] !== undefined && isWrittenOnce(key, entry);
  const over = changes.filter((change) => !isTaken(change));
  const beside = changes.filter(
    (change) => isTaken(change) && !textsUnder(doc, change.key).includes(change.text ?? ''),
  );
  const next = over.length === 0 ? doc : A.change(doc, { time }, (draft) => void applyChanges(draft, over));
  if (beside.length === 0) return next;
  const apart = A.changeAt(next, [FIRST_CHANGE_HASH], { time }, (draft) => void applyChanges(draft, beside));
  return apart.newDoc;
}

function applyChanges(draft: StoredDocument, changes: readonly EntryChange[]): void {
  for (const { key, text } of changes) {
    if (text === undefined) delete draft.entries[key];
    else draft.entries[key] = new A.ImmutableString(text);
  }
}
