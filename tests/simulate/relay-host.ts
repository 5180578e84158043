import type { Logger } from 'pino';
import { parseDocumentId, type DocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import { mayRead } from '#model/trust/rights.ts';
import { LogFolder } from '../../sync-relay/document-log.ts';
import { Door } from '../../sync-relay/door.ts';
import { keepJournals, type JournalKeeping } from '../../sync-relay/journal-keeping.ts';
import { Relay } from '../../sync-relay/relay.ts';
import { HANDSHAKE_MS } from '../../sync-relay/socket.ts';
import { TrustedDevices } from '../../sync-relay/trusted-devices.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import type { TestKey } from '../support/test-key.ts';
import { SimulatedDisk, ifRefused } from './disk.ts';
import { drawHex, verifyOnce } from './keys.ts';
import { Machine } from './machine.ts';
import type { End, Network } from './network.ts';
import type { World } from './world.ts';

/** Where a relay keeps its documents on its simulated disk. */
export const DOCUMENTS = 'documents';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 3_000;
const LINKED_CHECK_MS = 2_000;
const START_AGAIN_MS = 1_000;

/** What a relay is started as. */
export type RelayPlace = {
  readonly role: 'hq' | 'relay';
  readonly store?: StoreId;
  readonly register?: RegisterId;
};

/** A real relay on a simulated machine: what `startRelay` puts together, without its sockets, files and timers. */
export class RelayHost {
  readonly machine: Machine;
  readonly disk: SimulatedDisk;
  readonly key: TestKey;
  readonly #place: RelayPlace;
  readonly #network: Network;
  readonly #headOffice: TestKey | undefined;
  readonly #log: Logger;
  readonly #targets: RelayHost[] = [];
  #relay: Relay | undefined;
  #journals: JournalKeeping | undefined;
  #trusted: TrustedDevices | undefined;

  constructor(
    name: string,
    parts: {
      readonly world: World;
      readonly network: Network;
      readonly key: TestKey;
      readonly place: RelayPlace;
      readonly headOffice: TestKey | undefined;
      readonly log: Logger;
    },
  ) {
    this.machine = new Machine(name, parts.world);
    this.disk = new SimulatedDisk(this.machine);
    this.key = parts.key;
    this.#place = parts.place;
    this.#network = parts.network;
    this.#headOffice = parts.headOffice;
    this.#log = parts.log;
  }

  /** The relay while it runs and has read its disk. */
  get relay(): Relay | undefined {
    return this.machine.isUp ? this.#relay : undefined;
  }

  /** The store it stands in; head office stands in none. */
  get store(): StoreId | undefined {
    return this.#place.store;
  }

  /** Whether it may hold a document (rule E3). */
  mayHold(id: DocumentId): boolean {
    const address = parseDocumentId(id);
    return address.ok && mayRead(this.#place, address.value);
  }

  /** What its journal watch lists. */
  get quarantine() {
    return this.#journals?.status().quarantine ?? [];
  }

  /** Keeps a connection to another relay. */
  dials(target: RelayHost): void {
    this.#targets.push(target);
  }

  /** Whether it runs and lists a device: what an office beside it sees. */
  lists(device: string): boolean {
    return this.relay !== undefined && this.#trusted?.devices.has(device) === true;
  }

  /** Keeps an image of its disk to go back to. */
  keepImage(): void {
    this.disk.keepImage();
  }

  /** Starts the program; one whose disk cannot be read starts again, as a supervisor does it. */
  boot(): void {
    if (this.machine.isUp) return;
    this.machine.boot();
    const relay = this.#make();
    void this.#start(relay);
  }

  async #start(relay: Relay): Promise<void> {
    try {
      await relay.start();
    } catch (cause) {
      ifRefused(undefined)(cause);
      this.crash();
      this.machine.world.later(START_AGAIN_MS, () => this.boot());
      return;
    }
    this.#relay = relay;
    this.#journals = this.#watch(relay);
    for (const target of this.#targets) this.#keepDialling(relay, target, FIRST_WAIT_MS);
  }

  /** Power is gone. */
  crash(): void {
    this.machine.crash();
    this.#relay = undefined;
    this.#journals = undefined;
    this.disk.cutPower();
  }

  /** Takes a socket somebody opened to this relay; false when there is no relay to take it. */
  accept(end: End): boolean {
    if (this.relay === undefined) return false;
    this.#attach(this.relay, 'in', end);
    return true;
  }

  /** Opens one more connection to another relay, whatever there is already. */
  dialOnce(target: RelayHost): boolean {
    return this.relay !== undefined && this.#dial(this.relay, target, () => undefined);
  }

  /** Entries of a document of the organization, changed by this relay itself; nothing is while it is down. */
  async write(key: DocumentKey, changes: Readonly<Record<string, string>>): Promise<void> {
    await this.relay?.document(key).write(changes);
  }

  #make(): Relay {
    const { machine, disk, key } = this;
    const device = { id: key.id, ...this.#place, organization: ORGANIZATION };
    const headOffice = this.#headOffice && { id: this.#headOffice.id, key: this.#headOffice.publicKey };
    const own = { id: key.id, key: key.publicKey, ...this.#place };
    const trusted = new TrustedDevices({ own, headOffice }, machine.now);
    this.#trusted = trusted;
    const ownDevice = {
      ...key,
      enrolment: undefined,
      saveEnrolment: () => Promise.reject(new Error('nobody enrols here')),
    };
    const guard = new Door(ownDevice, ORGANIZATION, trusted, () =>
      Buffer.from(drawHex(machine.world, 32), 'hex').toString('base64url'),
    );
    const signer = device.role === 'hq' ? { device: key.id, sign: key.sign } : undefined;
    return new Relay({
      own: {
        peerId: `${key.id}:${drawHex(machine.world, 4)}`,
        metadata: { storageId: `relay-${key.id}`, isEphemeral: true, device },
      },
      folder: new LogFolder(DOCUMENTS, disk, this.#log),
      door: { trusted, guard },
      vouchers: new Vouchers({
        folder: DOCUMENTS,
        disk,
        trusted,
        signer,
        verify: verifyOnce,
        log: this.#log,
      }),
      log: this.#log,
      now: machine.now,
      later: machine.later,
    });
  }

  #watch(relay: Relay): JournalKeeping {
    const { machine, key } = this;
    return keepJournals(relay, {
      own: { id: key.id, key: key.publicKey, ...this.#place },
      organization: ORGANIZATION,
      sign: this.#place.role === 'hq' ? key.sign : undefined,
      verify: verifyOnce,
      log: this.#log,
      now: machine.now,
      later: machine.later,
    });
  }

  #keepDialling(relay: Relay, target: RelayHost, wait: number): void {
    const again = (next: number) => {
      const jittered = wait * (0.5 + this.machine.world.random() / 2);
      this.machine.later(jittered, () => this.#keepDialling(relay, target, next));
    };
    if (relay.isLinkedTo(target.key.id)) {
      this.machine.later(LINKED_CHECK_MS, () => this.#keepDialling(relay, target, FIRST_WAIT_MS));
      return;
    }
    const longer = Math.min(wait * 2, LONGEST_WAIT_MS);
    if (!this.#dial(relay, target, () => again(longer))) again(longer);
  }

  #dial(relay: Relay, target: RelayHost, onClosed: () => void): boolean {
    const wire = this.#network.dial(this.machine, target.machine);
    if (wire === undefined) return false;
    if (!target.accept(wire.far)) {
      wire.near.reset();
      return false;
    }
    const opened = this.#attach(relay, 'out', wire.near, onClosed);
    this.machine.later(1, opened);
    return true;
  }

  /** As `attachSocket` does it: messages, handshake time, end. */
  #attach(relay: Relay, direction: 'in' | 'out', end: End, onClosed: () => void = () => undefined) {
    const connection = relay.connect(direction, end);
    end.onMessage = (bytes) => connection.receive(bytes);
    end.onClose = () => {
      connection.ended();
      if (connection.link) relay.leave(connection.link);
      onClosed();
    };
    this.machine.later(HANDSHAKE_MS, () => {
      if (!connection.link && end.isOpen) end.reset();
    });
    return () => connection.opened();
  }
}
