import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import type { TestKey } from '../support/test-key.ts';
import { SimulatedDisk } from './disk.ts';
import type { Ledger } from './ledger.ts';
import { Machine } from './machine.ts';
import type { Network } from './network.ts';
import type { RelayHost } from './relay-host.ts';
import type { Image, Line } from './lines.ts';
import { TillRun } from './till-run.ts';
import type { World } from './world.ts';

/** The browser of a till: what it is between two starts of its page. */
export class TillHost {
  readonly machine: Machine;
  readonly disk: SimulatedDisk;
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly home: RelayHost;
  readonly network: Network;
  readonly ledger: Ledger;
  key: TestKey;
  /** The version of records its app writes. */
  version = 1;
  /** Whose numbers it gives. */
  line: Line;
  /** The texts of the records on the disks of relays that may hold its journal. */
  readonly atRelays: () => ReadonlySet<string>;
  #run: TillRun | undefined;
  #image: Image | undefined;

  constructor(
    name: string,
    parts: {
      readonly world: World;
      readonly network: Network;
      readonly ledger: Ledger;
      readonly home: RelayHost;
      readonly store: StoreId;
      readonly register: RegisterId;
      readonly key: TestKey;
      readonly line: Line;
      readonly atRelays: () => ReadonlySet<string>;
    },
  ) {
    this.machine = new Machine(name, parts.world);
    this.disk = new SimulatedDisk(this.machine);
    this.network = parts.network;
    this.ledger = parts.ledger;
    this.home = parts.home;
    this.store = parts.store;
    this.register = parts.register;
    this.key = parts.key;
    this.line = parts.line;
    this.atRelays = parts.atRelays;
  }

  /** `S01-R2` */
  get name(): string {
    return registerName(this.store, this.register);
  }

  /** The page while it is open. */
  get run(): TillRun | undefined {
    return this.machine.isUp ? this.#run : undefined;
  }

  /** What it knows now, for a copy of it. */
  get now(): Image {
    return { line: this.line, since: this.ledger.signed };
  }

  /** What it knew when an image of its disk was kept. */
  get image(): Image | undefined {
    return this.#image;
  }

  /** Keeps an image of its disk to go back to. */
  keepImage(): void {
    this.disk.keepImage();
    this.#image = this.now;
  }

  boot(): void {
    if (this.machine.isUp) return;
    this.machine.boot();
    this.#run = new TillRun(this);
  }

  crash(): void {
    this.machine.crash();
    this.#run = undefined;
    this.disk.cutPower();
  }
}
