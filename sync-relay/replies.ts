import * as A from '@automerge/automerge';
import type { DocumentAddress, DocumentId } from '#model/ids/document-id.ts';
import { assert } from '#model/result.ts';
import { sameHeads } from './entries-document.ts';
import type { Link } from './link.ts';
import { confirmation } from './sync-message.ts';

/** What a document says to its links. */
export class Replies {
  readonly #id: DocumentId;
  readonly #address: DocumentAddress;
  #offered: { readonly heads: A.Heads; readonly message: Uint8Array } | undefined;

  constructor(id: DocumentId, address: DocumentAddress) {
    this.#id = id;
    this.#address = address;
  }

  /** Sends a link what it lacks of `doc`; `durable` are the heads that are on the disk. */
  send(link: Link, doc: A.Doc<unknown>, durable: A.Heads): void {
    if (!link.knows(this.#id)) {
      // An offer nobody has answered needs no state of its own, and is the same bytes for every peer: a thousand
      // documents for a hundred silent peers would otherwise cost memory and time.
      link.sync(this.#id, this.#offer(doc, durable));
      return;
    }
    const readOnly = link.writeRight(this.#address) === 'none';
    const before = link.syncState(this.#id, readOnly);
    const heads = A.getHeads(doc);
    const [state, message] = isAgreed(before, heads) ? [before, null] : A.generateSyncMessage(doc, before);
    link.setSyncState(this.#id, state);
    link.noteAgreed(this.#id, heads);
    if (message) link.sync(this.#id, message);
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
  }

  #offer(doc: A.Doc<unknown>, durable: A.Heads): Uint8Array {
    if (this.#offered && sameHeads(this.#offered.heads, durable)) return this.#offered.message;
    const [, message] = A.generateSyncMessage(doc, A.initSyncState());
    assert(message !== null, () => 'a fresh sync state always has something to say');
    this.#offered = { heads: durable, message };
    return message;
  }
}

/** What a sync state says besides what its type does. */
type Said = A.SyncState & { readonly theirNeed?: A.Heads | null; readonly haveResponded?: boolean };

/** Whether both sides have said that they hold just this: nothing is left to say, and asking Automerge costs as much as a message. */
function isAgreed({ theirHeads, theirNeed, lastSentHeads, haveResponded }: Said, heads: A.Heads): boolean {
  if (!sameHeads(lastSentHeads, heads) || haveResponded !== true || theirNeed?.length !== 0) return false;
  return !!theirHeads && sameHeads(theirHeads, heads);
}
