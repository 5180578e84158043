import * as A from '@automerge/automerge';
import { err, ok, type Result } from '#model/result.ts';

/** What a relay looks at before it hands a sync message to Automerge. */
export type SyncMessage = { readonly heads: A.Heads; readonly hasChanges: boolean };

/** The most bits an entry may take in a peer's Bloom filter, and the most probes: stock peers use 10 and 7. */
const MOST_BITS = 64;
const MOST_PROBES = 64;

/**
 * Reads a peer's sync message. Refuses what Automerge would take and then fail on when it answers: a Bloom filter of entries
 * without bits divides by zero, which ends the process, and one with billions of probes keeps it busy for hours.
 */
export function readSyncMessage(data: Uint8Array): Result<SyncMessage, string> {
  let message: A.DecodedSyncMessage;
  try {
    message = A.decodeSyncMessage(data);
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
  return message.have.every(({ bloom }) => isSoundFilter(bloom))
    ? ok({ heads: message.heads, hasChanges: message.changes.length > 0 })
    : err('a Bloom filter nobody can use');
}

/** Whether a filter is empty, or says entries, bits and probes a stock peer could mean (three LEB128 numbers in front). */
function isSoundFilter(bloom: Uint8Array): boolean {
  const [entries = 0, bits = 0, probes = 0] = leadingNumbers(bloom, 3);
  if (bloom.length === 0 || entries === 0) return true;
  return bits >= 1 && bits <= MOST_BITS && probes >= 1 && probes <= MOST_PROBES;
}

function leadingNumbers(bytes: Uint8Array, count: number): number[] {
  const numbers: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    numbers.push(value);
    if (numbers.length === count) break;
    value = 0;
    factor = 1;
  }
  return numbers;
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
