import * as A from '@automerge/automerge';
import { err, ok, type Result } from '#model/result.ts';

/** What a relay looks at before it hands a sync message to Automerge. */
export type SyncMessage = {
  readonly heads: A.Heads;
  readonly hasChanges: boolean;
  /** It names nothing both sides are known to have: the peer has said nothing of this document, or has forgotten what it said. */
  readonly isBeginning: boolean;
  /** Whether its one change is the whole document, as Automerge saves it. */
  readonly isWhole: boolean;
};

/** The most bits an entry may take in a peer's Bloom filter, and the most probes: stock peers use 10 and 7. */
const MOST_BITS = 64;
const MOST_PROBES = 64;

/** The first byte of a message, by its version; the second one keeps its changes together, which changes nothing here. */
const VERSIONS: readonly (number | undefined)[] = [0x42, 0x43];

const HASH_BYTES = 32;

/** Where Automerge's chunks say what they are, behind four bytes that are always the same and a checksum; 0 is a whole document. */
const KIND_AT = 8;
const WHOLE = 0;

/**
 * Reads the head of a peer's sync message, and leaves its changes to Automerge: that refuses what is wrong behind. Refuses what Automerge
 * would take and then fail on when it answers: a Bloom filter of entries without bits divides by zero, which ends the
 * process, and one with billions of probes keeps it busy for hours.
 */
export function readSyncMessage(data: Uint8Array): Result<SyncMessage, string> {
  if (!VERSIONS.includes(data[0])) return err('no sync message');
  const cursor = new Cursor(data);
  const heads = cursor.hashes();
  cursor.hashes();
  let isSound = true;
  let shared = 0;
  for (let have = cursor.number(); have > 0 && cursor.isInside; have--) {
    shared += cursor.hashes().length;
    isSound = isSoundFilter(cursor.bytes(cursor.number())) && isSound;
  }
  const changes = cursor.number();
  if (!cursor.isInside) return err('the sync message ends too soon');
  const first = changes === 1 ? cursor.bytes(cursor.number()) : undefined;
  const isWhole = cursor.isInside && first?.[KIND_AT] === WHOLE;
  return isSound
    ? ok({ heads, hasChanges: changes > 0, isBeginning: shared === 0, isWhole })
    : err('a Bloom filter nobody can use');
}

/** Whether a filter is empty, or says entries, bits and probes a stock peer could mean (three LEB128 numbers in front). */
function isSoundFilter(bloom: Uint8Array): boolean {
  if (bloom.length === 0) return true;
  const cursor = new Cursor(bloom, 0);
  const [entries, bits, probes] = [cursor.number(), cursor.number(), cursor.number()];
  if (entries === 0) return true;
  return bits >= 1 && bits <= MOST_BITS && probes >= 1 && probes <= MOST_PROBES;
}

/** Reads numbers (LEB128) and bytes one after the other; behind the end there are only zeros. */
class Cursor {
  readonly #data: Uint8Array;
  #at: number;

  constructor(data: Uint8Array, at = 1) {
    this.#data = data;
    this.#at = at;
  }

  /** Whether everything that was read was there. */
  get isInside(): boolean {
    return this.#at <= this.#data.length;
  }

  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#data[this.#at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  bytes(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#data.subarray(from, this.#at);
  }

  /** Hashes of changes, with how many they are in front. */
  hashes(): string[] {
    const found: string[] = [];
    for (let left = this.number(); left > 0 && this.isInside; left--)
      found.push(Buffer.from(this.bytes(HASH_BYTES)).toString('hex'));
    return found;
  }
}

/**
 * A message that says what is here and asks for nothing. The sync protocol has none to say when a peer's last message held
 * no changes and named the heads that are here; but when several messages were handled before one reply, that peer has never
 * heard that its changes arrived, and a till waits for just that.
 */
export function confirmation(heads: A.Heads): Uint8Array {
  return A.encodeSyncMessage({
    heads,
    need: [],
    have: [{ lastSync: heads, bloom: new Uint8Array() }],
    changes: [],
  });
}
