import type { DocumentAddress, DocumentKey } from '#model/ids/document-id.ts';
import type { PeerMetadata } from '#model/protocol/frame.ts';
import { mayRead } from '#model/trust/rights.ts';

/** Who a peer is; undefined at an open relay for a stock automerge-repo client, which says nothing. */
export type PeerDevice = PeerMetadata['device'];

/** How many of a register's latest sessions a terminal is offered unasked; older ones come when it asks. */
export const OFFERED_SESSIONS = 3;

/** Whether a peer may have a document (rule E3). */
export function isReadable(device: PeerDevice, address: DocumentAddress): boolean {
  return device === undefined || mayRead(device, address);
}

/**
 * Whether a document is sent to a peer unasked. Relays and the indexer get all they may read; a terminal gets what it
 * sells with, its own baskets, and the latest sessions of its store. `latest` is the newest session number known of the
 * document's register.
 */
export function isOffered(device: PeerDevice, address: DocumentAddress, latest: number): boolean {
  if (!isReadable(device, address)) return false;
  if (device === undefined || (device.role !== 'terminal' && device.role !== 'back-office')) return true;
  const { key } = address;
  if (key.class === 'session') return key.session > latest - OFFERED_SESSIONS;
  if (key.class === 'basket') return isOwn(device, key) && key.session > latest - OFFERED_SESSIONS;
  // It asks for what somebody at the till looks up (rule K7).
  if (key.class === 'stock-summary') return false;
  if (key.class === 'claims' || key.class === 'acknowledgements') return isOwn(device, key);
  return true;
}

function isOwn(device: PeerDevice, key: Extract<DocumentKey, { register: unknown }>): boolean {
  return device?.store === key.store && device.register === key.register;
}
