// In Node the full entry hands its WebAssembly to the very module `slim` re-exports: one instance, loaded once.
import '@automerge/automerge';
import type { DeviceKey } from '../device/device-key.ts';
import type { BackoffBounds } from './backoff.ts';
import { connectDocuments } from './connect-documents.ts';
import { MemoryStorage, type DocumentStorage } from './document-storage.ts';
import type { Documents, TerminalIdentity } from './documents.ts';
import { hostSurroundings, type Surroundings } from './surroundings.ts';
import type { LinkEnd, LinkLimits } from './websocket-link.ts';

/** What a program in Node says to get documents; what is left out is real (clock, chance) or in memory (storage). */
export type NodeDocumentsOptions = {
  readonly identity: TerminalIdentity;
  /** The key of the identity's device, for relays that ask for a proof. */
  readonly deviceKey?: DeviceKey;
  /** `ws://…/sync` of a relay. */
  readonly syncUrl?: string;
  readonly storage?: DocumentStorage;
  readonly surroundings?: Surroundings;
  readonly linkEnded?: (end: LinkEnd) => void;
  readonly limits?: LinkLimits;
  /** How long to wait before a relay that is not there is dialled again, where not as usual. */
  readonly redial?: BackoffBounds;
};

/** The documents for a program in Node, such as the import tool: kept in memory, durable at the relay. */
export function createNodeDocuments(options: NodeDocumentsOptions): Documents {
  const { identity, syncUrl, deviceKey, limits, redial } = options;
  return connectDocuments({
    identity,
    syncUrl,
    storage: options.storage ?? new MemoryStorage(),
    surroundings: options.surroundings ?? hostSurroundings,
    linkEnded: options.linkEnded ?? ignoreLinkEnd,
    ...(deviceKey === undefined ? {} : { deviceKey }),
    ...(limits === undefined ? {} : { limits }),
    ...(redial === undefined ? {} : { redial }),
  });
}

/** The link's comings and goings are told as events as well; the reasons are for a log, where there is one. */
function ignoreLinkEnd(_end: LinkEnd): void {}
