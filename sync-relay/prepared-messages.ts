import * as A from '@automerge/automerge';
import { sameHeads } from './entries-document.ts';
import { readSyncMessage } from './sync-message.ts';

/** What Automerge shows of a sync state. */
export const STATE_FIELDS: readonly string[] = [
  'sharedHeads',
  'lastSentHeads',
  'theirHeads',
  'theirNeed',
  'theirHave',
  'sentHashes',
  'inFlight',
  'haveResponded',
  'theirCapabilities',
  'readOnly',
  'peerReadOnly',
];

/** A sync message, the state of its link behind it, and whether it holds changes, and with them the whole document. */
export type Prepared = {
  readonly state: A.SyncState;
  readonly message: Uint8Array | null;
  readonly hasChanges: boolean;
  readonly isWhole: boolean;
};

/** How many are kept: tills that follow a document mostly have one of a few states. */
const MOST_KEPT = 4;

/** The most bytes of messages that are kept beside the newest: each may hold the whole document. */
const MOST_BYTES = 128 * 1024;

/**
 * The last messages of one state of a document. What Automerge says to a peer depends on nothing but the document and what is known of the
 * peer, and the tills of a store mostly are where the others are: one message, made once, goes to all of them.
 */
export class PreparedMessages {
  #heads: A.Heads = [];
  readonly #kept = new Map<string, Prepared>();

  /** What there is to say to a peer of which `before` is known. */
  next(doc: A.Doc<unknown>, heads: A.Heads, before: A.SyncState): Prepared {
    if (!sameHeads(heads, this.#heads)) this.forget();
    this.#heads = heads;
    // Changes that wait for others are not in the heads, and what they wait for is asked for.
    const key = `${keyOf(before)} ${A.getMissingDeps(doc, before.theirHeads ?? []).join()}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const [state, message] = A.generateSyncMessage(doc, before);
    const read = message && readSyncMessage(message);
    const { hasChanges = false, isWhole = false } = read?.ok === true ? read.value : {};
    const prepared = { state: fieldsOf(state), message, hasChanges, isWhole };
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < MOST_KEPT && this.#bytes + bytesOf(prepared) <= MOST_BYTES) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(key, prepared);
    return prepared;
  }

  get #bytes(): number {
    return [...this.#kept.values()].reduce((sum, kept) => sum + bytesOf(kept), 0);
  }

  /** Forgets what is kept. */
  forget(): void {
    this.#kept.clear();
  }
}

function bytesOf({ message }: Prepared): number {
  return message?.byteLength ?? 0;
}

/** Everything a state says, as text. */
function keyOf(state: A.SyncState): string {
  return JSON.stringify(fieldsOf(state), (name, value: unknown) => {
    if (name === 'sentHashes') return Object.keys(value as object);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

/** A state as a value of its own, which may be used for several links. */
function fieldsOf(state: A.SyncState): A.SyncState {
  const read = state as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(STATE_FIELDS.map((name) => [name, read[name]])) as unknown as A.SyncState;
}
