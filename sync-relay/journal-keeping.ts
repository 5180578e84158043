import type { Logger } from 'pino';
import { documentId, type DocumentAddress, type DocumentId } from '#model/ids/document-id.ts';
import { HeadCountersigner } from './head-countersigner.ts';
import { joinedDevices } from './joined-devices.ts';
import type { VerifySignature } from './journal-check.ts';
import { JournalWatch, type Quarantine } from './journal-watch.ts';
import type { Relay } from './relay.ts';
import type { RelayDocument } from './relay-document.ts';
import { verifySignature } from './signature.ts';
import { SessionArchivist } from './session-archivist.ts';
import { TrustedDevices, type TrustAnchors } from './trusted-devices.ts';

/** What keeping journals needs besides the relay. */
export type KeepingParts = {
  readonly own: TrustAnchors['own'];
  /** The organization's tag; undefined while the relay belongs to none. */
  readonly organization: string | undefined;
  /** Signs for head office; undefined at any other relay. */
  readonly sign: ((text: string) => string) | undefined;
  /** Checks signatures, where it is not left to Node. */
  readonly verify?: VerifySignature;
  readonly log: Logger;
  readonly now: () => string;
  /** Calls back later; gives the function that calls it off. */
  readonly later: (milliseconds: number, callback: () => void) => () => void;
};

/** A relay whose journals are looked after. */
export type JournalKeeping = {
  readonly status: () => Quarantine;
  /** Looks at nothing and writes nothing any more. */
  readonly stop: () => void;
};

/** Verifies the journals of a relay as they change, all of them once at the start, and countersigns them at head office. */
export function keepJournals(relay: Relay, parts: KeepingParts): JournalKeeping {
  const { log, now } = parts;
  const delays = new Set<() => void>();
  const later = (milliseconds: number, callback: () => void) => {
    const cancel = parts.later(milliseconds, () => {
      delays.delete(cancel);
      callback();
    });
    delays.add(cancel);
  };
  const countersigner = countersignerOf(relay, parts, later);
  const watch = new JournalWatch({
    look: async (id, reader) => relay.held(id)?.look(reader),
    verify: parts.verify ?? verifySignature,
    later,
    isBusy: () => relay.isAwaited,
    log,
    onChecked: (journal, organization) => {
      if (organization === parts.organization) countersigner?.checked(journal, organization);
    },
    onSettled: (journal, organization) => {
      if (organization === parts.organization) archivist.consider(journal, organization);
    },
  });
  const archivist = new SessionArchivist({
    look: async (id, reader) => relay.held(id)?.look(reader),
    archive: (id, heads, seal) => relay.archive(id, heads, seal),
    log,
  });
  const list = new TrustedDevices({ own: parts.own }, now);
  const readDevices = async (document: RelayDocument) => {
    const joined = parts.own.role === 'hq' ? await document.look(joinedDevices) : undefined;
    // It changes the document, which is then read anew.
    if (joined && Object.keys(joined).length > 0) await document.write(joined);
    list.update(await document.entries());
    watch.setDevices(list.devices.size === 0 ? undefined : list.devices);
  };
  const changed = (document: RelayDocument) => {
    const { id, address } = document;
    watch.changed(id, address);
    if (isBasketOfArchived(address, watch)) archivist.considerBaskets([id]);
    changedDevices(document);
  };
  const changedDevices = (document: RelayDocument) => {
    const { address } = document;
    if (address.key.class !== 'organization' || address.organization !== parts.organization) return;
    readDevices(document).catch((cause: unknown) =>
      log.error({ err: cause }, 'the devices that sign journals could not be read'),
    );
  };
  for (const [{ organization, key }, seal] of relay.takeSeals()) {
    if (key.class !== 'session') continue;
    watch.sealed({ ...key, organization }, seal);
  }
  for (const address of relay.addressesOf('organization', 'session', 'acknowledgements')) {
    const { organization, key } = address;
    if (key.class === 'organization' && organization === parts.organization)
      changedDevices(relay.document(key));
    const isSealed = key.class === 'session' && watch.isSealed({ ...key, organization });
    if (!isSealed) watch.changed(documentId(address), address);
  }
  archivist.considerBaskets(basketsKept(relay, watch));
  const unwatch = relay.watch(changed);
  return {
    status: () => watch.status(),
    stop: () => {
      unwatch();
      for (const cancel of delays) cancel();
    },
  };
}

function isBasketOfArchived({ organization, key }: DocumentAddress, watch: JournalWatch): boolean {
  return key.class === 'basket' && watch.isSealed({ ...key, organization });
}

/** Baskets of archived sessions that were not archived with them. */
function basketsKept(relay: Relay, watch: JournalWatch): DocumentId[] {
  const kept: DocumentId[] = [];
  for (const address of relay.looseBaskets())
    if (isBasketOfArchived(address, watch)) kept.push(documentId(address));
  return kept;
}

function countersignerOf(
  relay: Relay,
  { own, sign, log, now }: KeepingParts,
  later: (milliseconds: number, callback: () => void) => void,
): HeadCountersigner | undefined {
  if (sign === undefined) return undefined;
  const write = async (
    { key }: { readonly key: RelayDocument['address']['key'] },
    changes: Record<string, string>,
  ) => relay.document(key).write(changes);
  return new HeadCountersigner({ device: own.id, sign, write, now, later, log });
}
