import { pino } from 'pino';
import { stockEntryKey } from '#model/stock/stock-entry.ts';
import { personKey } from '#model/documents/staff.ts';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Person } from '#model/staff/pin.ts';
import type { Device } from '#model/trust/device.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { deviceEntry, type TestKey } from '../support/test-key.ts';
import { STOCK } from './articles.ts';
import { notOn, recordsIn } from './durable.ts';
import { drawKey } from './keys.ts';
import { Ledger } from './ledger.ts';
import { Line } from './lines.ts';
import { Network } from './network.ts';
import { RelayHost } from './relay-host.ts';
import { TillHost } from './till-host.ts';
import { BEGINNING, type World } from './world.ts';

/** From so many tills on there are two stores, which have nothing in common but head office. */
const TILLS_OF_TWO_STORES = 4;

/** The first store. */
export const STORE = storeId(1);

/** Where till number `n` of `size` stands, both from 1: the second store has the smaller half. */
function placeOf(n: number, size: number): { readonly store: StoreId; readonly register: RegisterId } {
  const inFirst = size < TILLS_OF_TWO_STORES ? size : Math.ceil(size / 2);
  return n <= inFirst
    ? { store: STORE, register: registerId(n) }
    : { store: storeId(2), register: registerId(n - inFirst) };
}

/** The stock book a store uses, whatever its clocks say. */
export function stockBookOf(store: StoreId) {
  const opened = new Date(BEGINNING);
  const month = (opened.getUTCFullYear() - 1970) * 12 + opened.getUTCMonth();
  return { class: 'stock-book' as const, store, month };
}

/** Who works here, and as what when the shop opens. */
export const STAFF: Readonly<Record<string, string>> = {
  ana: 'manager',
  ben: 'supervisor',
  cat: 'cashier',
  dan: 'cashier',
};

/** The shop that is simulated: machines, wires, and what really happened. */
export class Shop {
  readonly world: World;
  readonly network = new Network();
  readonly ledger = new Ledger();
  readonly hq: RelayHost;
  readonly relays: RelayHost[] = [];
  /** Clones are added at the end. */
  readonly tills: TillHost[] = [];
  /** Every device that was ever enrolled, by id. */
  readonly devices = new Map<string, { readonly key: TestKey; readonly place: Partial<Device> }>();

  constructor(world: World, size: number) {
    this.world = world;
    const log = pino({ level: 'silent' });
    const hqKey = drawKey(world);
    const shared = { world, network: this.network, log };
    this.hq = new RelayHost('hq', { ...shared, key: hqKey, place: { role: 'hq' }, headOffice: undefined });
    this.devices.set(hqKey.id, { key: hqKey, place: { role: 'hq' } });
    for (let n = 1; n <= size; n++) {
      const place = placeOf(n, size);
      const [relayKey, key] = [drawKey(world), drawKey(world)];
      const relayPlace = { role: 'relay' as const, ...place };
      this.devices.set(relayKey.id, { key: relayKey, place: relayPlace }).set(key.id, { key, place });
      const home = new RelayHost(`relay ${n}`, {
        ...shared,
        key: relayKey,
        place: relayPlace,
        headOffice: hqKey,
      });
      this.relays.push(home);
      this.tills.push(this.#till(`till ${n}`, home, place, { key, line: new Line() }));
    }
    for (const relay of this.relays) {
      relay.dials(this.hq);
      for (const other of this.relays)
        if (relay.store === other.store && relay.key.id < other.key.id) relay.dials(other);
    }
  }

  /** The stores. */
  get stores(): readonly StoreId[] {
    return [...new Set(this.tills.map(({ store }) => store))];
  }

  /** The tills of a store. */
  tillsOf(store: StoreId): readonly TillHost[] {
    return this.tills.filter((till) => till.store === store);
  }

  /** Every relay, head office first. */
  get allRelays(): readonly RelayHost[] {
    return [this.hq, ...this.relays];
  }

  /** Everything with a plug. */
  get hosts(): readonly (RelayHost | TillHost)[] {
    return [...this.allRelays, ...this.tills];
  }

  /** The first morning: head office writes who takes part, who works here and what is on the shelves; the rest starts. */
  async open(): Promise<void> {
    this.hq.boot();
    await this.world.pass(10);
    const written = Promise.all([
      this.hq.write({ class: 'organization' }, this.#entriesOf([...this.devices.keys()])),
      ...Object.entries(STAFF).map(([id, role]) => this.employ(id, role, true)),
      ...this.stores.map((store) =>
        this.hq.write(
          stockBookOf(store),
          Object.fromEntries(
            STOCK.map((entry) => [stockEntryKey(entry), canonicalJson(entry as CanonicalValue)]),
          ),
        ),
      ),
    ]);
    await this.world.pass(1_000);
    await written;
    for (const host of this.hosts) host.boot();
    await this.world.pass(15_000);
  }

  /** Head office says what somebody is; nothing happens while it is down. */
  employ(id: string, role: string, active: boolean): Promise<void> {
    const pin = { salt: 'A'.repeat(22), hash: 'A'.repeat(43) };
    const person: Person = { id, name: id, role, language: 'en', stores: [], active, pin };
    return this.hq.write({ class: 'staff' }, { [personKey(id)]: canonicalJson(person as CanonicalValue) });
  }

  /** Head office revokes the device of a till; gives whether it could, for an office revokes only whom it sees in its list. */
  revoke(till: TillHost): boolean {
    if (!this.hq.lists(till.key.id)) return false;
    this.#noteReached(till);
    this.#shutOut([till.key.id]);
    return true;
  }

  /** Head office revokes every device that ever worked the register of a till, as the one that takes it over joins (rule E11). */
  revokeAllOf(till: TillHost): boolean {
    if (!this.hq.lists(till.key.id)) return false;
    this.#noteReached(till);
    const { store, register } = till;
    this.#shutOut(
      [...this.devices.values()]
        .filter(
          ({ place }) => place.role === undefined && place.store === store && place.register === register,
        )
        .map(({ key }) => key.id)
        .filter((id) => this.hq.lists(id)),
    );
    return true;
  }

  /** What is revoked stays so from then on (rule E2). */
  #shutOut(ids: readonly string[]): void {
    const revokedAt = this.hq.machine.now();
    for (const id of ids) {
      const device = this.devices.get(id);
      if (device !== undefined) this.devices.set(id, { ...device, place: { revokedAt, ...device.place } });
    }
    void this.hq.write({ class: 'organization' }, this.#entriesOf(ids));
  }

  /** What is on a relay when a device is shut out is not on that device alone. */
  #noteReached({ name }: TillHost): void {
    const texts = this.ledger.printed.filter(({ register }) => register === name).map(({ text }) => text);
    const disks = this.allRelays.map(({ disk }) => disk);
    const left = notOn(texts, disks);
    for (const text of texts) if (!left.has(text)) this.ledger.reached.add(text);
  }

  /** Head office lists a new device for the register of a till, which from now on has this key. */
  enrol(till: TillHost): void {
    const key = drawKey(this.world);
    this.devices.set(key.id, { key, place: { store: till.store, register: till.register } });
    void this.hq.write({ class: 'organization' }, this.#entriesOf([key.id]));
    till.key = key;
  }

  /** Lists again whom a lost disk of head office forgot, and revokes again whose revocation it forgot; `known` has every value it holds. */
  enrolForgotten(known: ReadonlyMap<string, readonly string[]>): void {
    const forgotten = [...this.devices.keys()].filter((id) => {
      const [[key, text] = ['', '']] = Object.entries(this.#entriesOf([id]));
      return known.get(key)?.includes(text) !== true;
    });
    if (forgotten.length > 0) void this.hq.write({ class: 'organization' }, this.#entriesOf(forgotten));
  }

  /** A second machine with the same disk and key, at another relay. */
  clone(till: TillHost, home: RelayHost): TillHost {
    const { store, register, key } = till;
    const by = { key, line: new Line(till.now) };
    const twin = this.#till(`${till.machine.name}b`, home, { store, register }, by);
    twin.version = till.version;
    twin.disk.become(till.disk.files);
    this.tills.push(twin);
    return twin;
  }

  #till(
    name: string,
    home: RelayHost,
    place: Pick<TillHost, 'store' | 'register'>,
    by: Pick<TillHost, 'key' | 'line'>,
  ): TillHost {
    const { world, network, ledger } = this;
    const atRelays = () => {
      const holding = this.allRelays.filter(({ store }) => store === undefined || store === place.store);
      return new Set(holding.flatMap(({ disk }) => [...recordsIn(disk.files)]));
    };
    return new TillHost(name, { world, network, ledger, home, atRelays, ...place, ...by });
  }

  #entriesOf(ids: readonly string[]): Record<string, string> {
    const found = ids.map((id) => this.devices.get(id)).filter((device) => device !== undefined);
    return Object.assign({}, ...found.map(({ key, place }) => deviceEntry(key, place)));
  }
}

/** The id of a document of the simulated organization. */
export function idOf(key: Parameters<typeof documentId>[0]['key']): DocumentId {
  return documentId({ organization: ORGANIZATION, key });
}
