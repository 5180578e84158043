import { Repo, type PeerId } from '@automerge/automerge-repo/slim';
import type { DocumentStorage } from './document-storage.ts';
import type { TerminalIdentity } from './documents.ts';
import { RepoDocuments } from './repo-documents.ts';
import { ResilientWebSocketNetwork } from './resilient-websocket-network.ts';
import type { Surroundings } from './surroundings.ts';
import type { LinkEnd, LinkLimits } from './websocket-link.ts';

/** What a terminal's documents are connected to. Without `syncUrl` there is no relay. */
export type DocumentsConnection = {
  readonly identity: TerminalIdentity;
  readonly syncUrl: string | undefined;
  readonly storage: DocumentStorage;
  readonly surroundings: Surroundings;
  /** Hears why each link to the relay ended. */
  readonly linkEnded: (end: LinkEnd) => void;
  readonly limits?: LinkLimits;
};

/** Builds the documents of a terminal. Automerge must be initialised before: `documents-worker` and `node-documents` do. */
export function connectDocuments(connection: DocumentsConnection): RepoDocuments {
  const { identity, syncUrl, storage, surroundings, linkEnded, limits } = connection;
  const { device, organization, role, store, register } = identity;
  const network =
    syncUrl === undefined
      ? undefined
      : new ResilientWebSocketNetwork({
          url: syncUrl,
          device: {
            id: device,
            role,
            organization,
            ...(store === undefined ? {} : { store }),
            ...(register === undefined ? {} : { register }),
          },
          surroundings,
          trouble: linkEnded,
          ...(limits === undefined ? {} : { limits }),
        });
  const repo = new Repo({
    storage,
    network: network === undefined ? [] : [network],
    peerId: `${device}:${surroundings.randomHex(8)}` as PeerId,
  });
  return new RepoDocuments({ repo, storage, network, identity, surroundings });
}
