import * as A from '@automerge/automerge/slim';
import type { DocHandle } from '@automerge/automerge-repo/slim';
import { FIRST_CHANGE, FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import type { StoredDocument } from './first-change.ts';

/** Where Automerge's chunks say what they are, behind four bytes that are always the same and a checksum; 0 is a whole document. */
const KIND_AT = 8;
const WHOLE = 0;

/**
 * Takes a whole document out of a sync message, in place of what is here, where it holds all of that. Automerge would make every change out
 * of it anew and apply it, which takes four times as long as reading the document; it sends whole documents when a third of it or more is
 * missing, as after a day apart. `taken` hears of it before anybody sees it. Gives the message that is left for Automerge, which is the same
 * where nothing was taken.
 */
export function takeWhole(
  handle: DocHandle<StoredDocument>,
  data: Uint8Array,
  taken: (heads: A.Heads, bytes: Uint8Array) => void,
): Uint8Array {
  const message = A.decodeSyncMessage(data);
  const [whole, ...others] = message.changes;
  if (whole?.[KIND_AT] !== WHOLE || others.length > 0 || !handle.isReady()) return data;
  const doc = handle.doc();
  if (A.hasHeads(doc, message.heads)) return data;
  const read = readWhole(whole, A.getActorId(doc));
  if (read === undefined) return data;
  if (!A.hasHeads(read, [FIRST_CHANGE_HASH, ...A.getHeads(doc)])) {
    A.free(read);
    return data;
  }
  taken(A.getHeads(read), whole);
  handle.update(() => read);
  // With a change that is here already: one without any says that the peer has nothing new, and would not be answered.
  return A.encodeSyncMessage({ ...message, changes: [FIRST_CHANGE] });
}

/** Undefined where it cannot be read: what becomes of the message then is left to Automerge. */
function readWhole(chunk: Uint8Array, actor: string): A.Doc<StoredDocument> | undefined {
  try {
    return A.load<StoredDocument>(chunk, { actor });
  } catch {
    return undefined;
  }
}
