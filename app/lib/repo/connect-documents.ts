import { assert } from '#model/result.ts';
import { Repo, type PeerId } from '@automerge/automerge-repo/slim';
import type { DeviceKey } from '../device/device-key.ts';
import type { BackoffBounds } from './backoff.ts';
import { MemoryStorage, type DocumentStorage } from './document-storage.ts';
import type { TerminalIdentity } from './documents.ts';
import { RepoDocuments } from './repo-documents.ts';
import { ResilientWebSocketNetwork } from './resilient-websocket-network.ts';
import type { Surroundings } from './surroundings.ts';
import type { LinkEnd, LinkLimits } from './websocket-link.ts';

/** What a terminal's documents are connected to. Without `syncUrl` there is no relay. */
export type DocumentsConnection = {
  readonly identity: TerminalIdentity;
  /** The key of the identity's device; without one only a relay that asks for no proof lets it in. */
  readonly deviceKey?: DeviceKey;
  readonly syncUrl: string | undefined;
  readonly storage: DocumentStorage;
  readonly surroundings: Surroundings;
  /** Hears why each link to the relay ended. */
  readonly linkEnded: (end: LinkEnd) => void;
  readonly limits?: LinkLimits;
  /** How long to wait before a relay that is not there is dialled again, where not as usual. */
  readonly redial?: BackoffBounds;
  /** Takes nothing from the relay that is not asked for. */
  readonly asksOnly?: boolean;
};

/** Builds the documents of a terminal. Automerge must be initialised before: `documents-worker` and `node-documents` do. */
export function connectDocuments(connection: DocumentsConnection): RepoDocuments {
  const { identity, syncUrl, storage, surroundings, linkEnded, deviceKey, limits, redial } = connection;
  const { device, organization, role, store, register } = identity;
  assert(
    deviceKey === undefined || deviceKey.id === device,
    () => `the key is of device ${deviceKey?.id ?? ''}, the identity of ${device}`,
  );
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
          ...(deviceKey === undefined ? {} : { deviceKey }),
          ...(limits === undefined ? {} : { limits }),
          ...(redial === undefined ? {} : { redial }),
        });
  const repo = new Repo({
    storage,
    network: network === undefined ? [] : [network],
    peerId: `${device}:${surroundings.randomHex(8)}` as PeerId,
  });
  const beside = () => connectDocuments({ ...connection, storage: new MemoryStorage(), asksOnly: true });
  return new RepoDocuments({
    repo,
    storage,
    network,
    identity,
    surroundings,
    beside: syncUrl === undefined || connection.asksOnly === true ? undefined : beside,
    asksOnly: connection.asksOnly,
  });
}
