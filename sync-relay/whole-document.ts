import * as A from '@automerge/automerge';
import { FIRST_CHANGE, FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import { holds } from './entries-document.ts';
import { readSyncMessage } from './sync-message.ts';

/**
 * Receives a sync message as Automerge does, but takes a whole document in it in place of what is here, where it holds all of that.
 * Automerge would make every change out of it anew, apply it and make a patch of it, which takes four times as long as reading the
 * document; it sends whole documents when a third of it or more is missing, as after a day apart. `doc` must not be used any more.
 */
export function receiveMessage(
  doc: A.Doc<unknown>,
  state: A.SyncState,
  data: Uint8Array,
): [A.Doc<unknown>, A.SyncState] {
  const whole = wholeFor(doc, data);
  if (whole === undefined) {
    const [received, next] = A.receiveSyncMessage(doc, state, data);
    return [received, next];
  }
  // With a change that is here already: one without any says that the peer has nothing new, and would not be answered.
  const rest = A.encodeSyncMessage({ ...A.decodeSyncMessage(data), changes: [FIRST_CHANGE] });
  const [received, next] = A.receiveSyncMessage(whole, state, rest);
  // What Automerge keeps of it would wait for a collector.
  A.free(doc);
  return [received, next];
}

function wholeFor(doc: A.Doc<unknown>, data: Uint8Array): A.Doc<unknown> | undefined {
  const message = readSyncMessage(data);
  if (!message.ok || message.value.whole === undefined || holds(doc, message.value.heads)) return undefined;
  const whole = read(message.value.whole);
  if (whole === undefined || holds(whole, [FIRST_CHANGE_HASH, ...A.getHeads(doc)])) return whole;
  A.free(whole);
  return undefined;
}

/** Undefined where it cannot be read: what becomes of the message then is left to Automerge. */
function read(chunk: Uint8Array): A.Doc<unknown> | undefined {
  try {
    return A.load(chunk);
  } catch {
    return undefined;
  }
}
