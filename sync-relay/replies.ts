import * as A from '@automerge/automerge';
import { FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import type { DocumentAddress, DocumentId } from '#model/ids/document-id.ts';
import { assert } from '#model/result.ts';
import { holds, sameHeads } from './entries-document.ts';
import type { Link } from './link.ts';
import { PreparedMessages, type Prepared } from './prepared-messages.ts';
import { confirmation } from './sync-message.ts';

/** What a document says to its links. */
export class Replies {
  readonly #id: DocumentId;
  readonly #address: DocumentAddress;
  readonly #prepared = new PreparedMessages();
  #offered: { readonly heads: A.Heads; readonly message: Uint8Array } | undefined;

  constructor(id: DocumentId, address: DocumentAddress) {
    this.#id = id;
    this.#address = address;
  }

  /** Sends a link what it lacks of `doc`; `durable` are the heads that are on the disk, `before` those before the last news. */
  send(link: Link, doc: A.Doc<unknown>, durable: A.Heads, before: A.Heads): void {
    const readOnly = link.writeRight(this.#address) === 'none';
    const held = link.held(this.#id, [durable, before, [FIRST_CHANGE_HASH]]);
    if (held !== undefined && holds(doc, held))
      link.setSyncState(this.#id, holding(held, link.syncState(this.#id, readOnly)));
    if (!link.knows(this.#id)) {
      // An offer nobody has answered needs no state of its own, and is the same bytes for every peer: a thousand
      // documents for a hundred silent peers would otherwise cost memory and time.
      link.sync(this.#id, this.#offer(doc, durable));
      return;
    }
    const known = link.syncState(this.#id, readOnly);
    const heads = A.getHeads(doc);
    // A relay may put aside what it is sent until head office vouches for it (rule E6), and then has to hear of it again.
    const isSilent = isAgreed(known, heads) || (!link.isRelay && isOnItsWay(known, heads, doc));
    const { state, message, hasChanges, isWhole } = isSilent
      ? silence(known)
      : this.#prepared.next(doc, heads, known);
    link.setSyncState(this.#id, state);
    link.noteAgreed(this.#id, heads);
    if (hasChanges) link.noteOwed(this.#id);
    if (message) link.sync(this.#id, message, isWhole);
    else if (link.isUntold(this.#id, heads)) link.sync(this.#id, confirmation(heads));
    link.noteTold(this.#id, heads);
  }

  /**
   * Begins anew with a peer that does, where both had said that they hold just this (rule W13): a relay forgets what it archived, and would
   * get no answer from one that remembers. Of a document without a change every message looks like a beginning.
   */
  beginAnew(link: Link, heads: A.Heads): void {
    if (heads.length === 0 || !link.knows(this.#id)) return;
    if (isAgreed(link.syncState(this.#id, false), heads)) link.forgetState(this.#id);
  }

  /** Forgets what was prepared. */
  forget(): void {
    this.#offered = undefined;
    this.#prepared.forget();
  }

  #offer(doc: A.Doc<unknown>, durable: A.Heads): Uint8Array {
    if (this.#offered && sameHeads(this.#offered.heads, durable)) return this.#offered.message;
    const [, message] = A.generateSyncMessage(doc, A.initSyncState());
    assert(message !== null, () => 'a fresh sync state always has something to say');
    this.#offered = { heads: durable, message };
    return message;
  }
}

/** What is said where nothing is. */
function silence(state: A.SyncState): Prepared {
  return { state, message: null, hasChanges: false, isWhole: false };
}

/** A fresh state of a link whose peer told that it holds a document just as it was with these heads (rule W9). */
function holding(heads: A.Heads, fresh: A.SyncState): A.SyncState {
  const theirs: Said = {
    ...fresh,
    sharedHeads: heads,
    theirHeads: heads,
    theirNeed: [],
    theirHave: [{ lastSync: heads, bloom: new Uint8Array() }],
    theirCapabilities: ['message-v1', 'message-v2'],
  };
  return theirs;
}

/** What a sync state says besides what its type does. */
type Said = A.SyncState & {
  readonly theirNeed?: A.Heads | null;
  readonly haveResponded?: boolean;
  readonly theirCapabilities?: readonly string[];
};

/** Whether both sides have said that they hold just this: nothing is left to say, and asking Automerge costs as much as a message. */
function isAgreed({ theirHeads, theirNeed, lastSentHeads, haveResponded }: Said, heads: A.Heads): boolean {
  if (!sameHeads(lastSentHeads, heads) || haveResponded !== true || theirNeed?.length !== 0) return false;
  return !!theirHeads && sameHeads(theirHeads, heads);
}

/**
 * Whether a peer that begins nothing anew was sent all that is here and has yet to say that it arrived, while it has nothing that is not here
 * and asks for nothing. Automerge would say the same heads once more to each such answer: eight selling tills were told so 250 times
 * after all had everything.
 */
function isOnItsWay(said: Said, heads: A.Heads, doc: A.Doc<unknown>): boolean {
  const { theirHeads, theirNeed, theirHave, lastSentHeads, haveResponded } = said;
  if (haveResponded !== true || theirNeed?.length !== 0 || !theirHeads || theirHeads.length === 0)
    return false;
  const isGoingOn = !!theirHave && theirHave.every(({ lastSync }) => lastSync.length > 0);
  return isGoingOn && sameHeads(lastSentHeads, heads) && holds(doc, theirHeads);
}
