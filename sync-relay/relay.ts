import type { Logger } from 'pino';
import { parseDocumentId, type DocumentAddress, type DocumentId } from '#model/ids/document-id.ts';
import { CLOSE_CODES, type FrameOf, type PeerMetadata } from '#model/protocol/frame.ts';
import { registerName } from '#model/ids/register-id.ts';
import { isOffered, mayRead } from './access.ts';
import { Connection, type OwnPeer } from './connection.ts';
import type { LogFolder } from './document-log.ts';
import type { Link, LinkSocket } from './link.ts';
import { RelayDocument } from './relay-document.ts';

/** What a relay is made of; everything that touches the world is passed in. */
export type RelayParts = {
  readonly own: OwnPeer & { readonly metadata: { readonly device: NonNullable<PeerMetadata['device']> } };
  readonly folder: LogFolder;
  readonly log: Logger;
  readonly now: () => string;
  /** Calls back later; gives the function that calls it off. */
  readonly later: (milliseconds: number, callback: () => void) => () => void;
};

/** What the relay tells about itself and its peers. */
export type RelayStatus = {
  readonly device: string;
  readonly role: string;
  readonly store?: string;
  readonly register?: string;
  readonly documents: number;
  readonly disk: 'ok' | 'failed';
  /** The latest session this relay holds of each register, by register name: what a till without memory must wait for. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly peers: readonly {
    readonly device?: string;
    readonly role?: string;
    readonly store?: string | undefined;
    readonly register?: string | undefined;
    readonly direction: 'in' | 'out';
    readonly since: string;
  }[];
};

/**
 * A peer that keeps every document it sees on disk and passes it on. The same program on a till, in the back office and
 * at HQ; it has no opinion on what documents mean.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #documents = new Map<DocumentId, RelayDocument>();
  readonly #latestSessions = new Map<string, number>();
  readonly #links = new Set<Link>();
  readonly #delayed = new Set<() => void>();
  #disk: 'ok' | 'failed' = 'ok';

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** Reads which documents there are; each is loaded when first needed. */
  async start(): Promise<void> {
    for (const id of await this.#parts.folder.documentIds()) {
      const address = parseDocumentId(id);
      if (address.ok) this.#add(id, address.value);
    }
  }

  /** Ends all links and waits until every change handed in is on disk. */
  async stop(): Promise<void> {
    for (const cancel of this.#delayed) cancel();
    for (const link of this.#links) link.close(CLOSE_CODES.goingAway, 'the relay is stopping');
    await Promise.all([...this.#documents.values()].map((document) => document.settled()));
  }

  /** Takes a new socket, dialled by us (`out`) or by the peer (`in`). `onRefused` hears why a connection was refused. */
  connect(direction: 'in' | 'out', socket: LinkSocket): Connection {
    const events = {
      onLink: (link: Link) => this.#join(link),
      onSync: (link: Link, frame: FrameOf<'sync' | 'request'>) => this.#receive(link, frame),
      onRefused: (reason: string) => this.#parts.log.warn({ reason, direction }, 'connection refused'),
    };
    return new Connection(this.#parts.own, direction, socket, events, this.#parts.now);
  }

  /** Takes note of an error of a socket; the close that follows ends its link. */
  noteSocketError(direction: 'in' | 'out', cause: Error): void {
    this.#parts.log.debug({ err: cause, direction }, 'socket error');
  }

  /** Forgets a link whose socket is gone. */
  leave(link: Link): void {
    this.#links.delete(link);
  }

  /** Whether a relay of this device is connected, whoever dialled. */
  isLinkedTo(device: string): boolean {
    return [...this.#links].some((link) => link.isOpen && link.metadata.device?.id === device);
  }

  /** Relay and peers as they are now. */
  status(): RelayStatus {
    const { id, role, store, register } = this.#parts.own.metadata.device;
    return {
      device: id,
      role,
      ...(store === undefined ? {} : { store }),
      ...(register === undefined ? {} : { register }),
      documents: this.#documents.size,
      disk: this.#disk,
      sessions: this.#sessions(),
      peers: [...this.#links]
        .filter((link) => link.isOpen)
        .map(({ metadata, direction, since }) => {
          const { id: device, organization: _organization, ...rest } = metadata.device ?? {};
          return { ...rest, ...(device === undefined ? {} : { device }), direction, since };
        }),
    };
  }

  #add(id: DocumentId, address: DocumentAddress): RelayDocument {
    const events = {
      links: (document: RelayDocument) => this.#linksOf(document),
      onAppeared: (document: RelayDocument) => this.#appeared(document),
      later: (milliseconds: number, callback: () => void) => this.#later(milliseconds, callback),
      onDisk: (state: 'ok' | 'failed') => {
        this.#disk = state;
      },
    };
    const document = new RelayDocument(id, address, this.#parts.folder, events, this.#parts.log);
    this.#documents.set(id, document);
    this.#noteSession(address);
    return document;
  }

  #noteSession({ organization, key }: DocumentAddress): void {
    if (key.class !== 'session') return;
    const register = `${organization}/${registerName(key.store, key.register)}`;
    this.#latestSessions.set(register, Math.max(this.#latestSessions.get(register) ?? 0, key.session));
  }

  #latestSession({ organization, key }: DocumentAddress): number {
    if (!('register' in key)) return 0;
    return this.#latestSessions.get(`${organization}/${registerName(key.store, key.register)}`) ?? 0;
  }

  #sessions(): Record<string, number> {
    const own = this.#parts.own.metadata.device.organization;
    const latest: Record<string, number> = {};
    for (const [register, session] of this.#latestSessions) {
      const [organization, name = ''] = register.split('/');
      if (own === undefined || own === organization) latest[name] = session;
    }
    return latest;
  }

  #isOffered(link: Link, document: RelayDocument): boolean {
    return isOffered(link.metadata.device, document.address, this.#latestSession(document.address));
  }

  *#linksOf(document: RelayDocument): Iterable<Link> {
    for (const link of this.#links) {
      if (link.isOpen && (link.knows(document.id) || this.#isOffered(link, document))) yield link;
    }
  }

  #appeared(document: RelayDocument): void {
    this.#parts.log.debug({ document: document.id, key: document.address.key }, 'new document');
  }

  #later(milliseconds: number, callback: () => void): void {
    const cancel = this.#parts.later(milliseconds, () => {
      this.#delayed.delete(cancel);
      callback();
    });
    this.#delayed.add(cancel);
  }

  #join(link: Link): void {
    this.#links.add(link);
    this.#dropDuplicate(link);
    if (!link.isOpen) return;
    this.#parts.log.info(
      { peer: link.peerId, device: link.metadata.device, direction: link.direction },
      'peer joined',
    );
    for (const document of this.#documents.values())
      if (this.#isOffered(link, document)) document.offer(link);
  }

  /** Two relays keep one link: the newer of two dialled by one side, else the one dialled by the lower device id. */
  #dropDuplicate(link: Link): void {
    const device = link.metadata.device;
    if (device === undefined || (device.role !== 'relay' && device.role !== 'hq')) return;
    const preferred = this.#parts.own.metadata.device.id < device.id ? 'out' : 'in';
    for (const other of this.#links) {
      if (other === link || !other.isOpen || other.metadata.device?.id !== device.id) continue;
      const loser = other.direction === link.direction || link.direction === preferred ? other : link;
      loser.close(CLOSE_CODES.duplicateLink, 'these relays are connected already');
      this.#links.delete(loser);
    }
  }

  #receive(link: Link, frame: FrameOf<'sync' | 'request'>): void {
    const address = parseDocumentId(frame.documentId);
    if (!address.ok || !mayRead(link.metadata.device, address.value)) {
      this.#parts.log.warn(
        { peer: link.peerId, document: frame.documentId },
        'refused a document that is not ours or not theirs',
      );
      link.unavailable(frame.documentId);
      return;
    }
    const id = frame.documentId as DocumentId;
    const document = this.#documents.get(id) ?? this.#add(id, address.value);
    document.receive(link, frame.data, frame.type === 'request');
  }
}
