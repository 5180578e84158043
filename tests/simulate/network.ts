import type { LinkSocket } from '../../sync-relay/link.ts';
import type { Machine } from './machine.ts';

/** How often a socket looks whether the other side lives, and after how long without a sign it gives up, in milliseconds. */
const HEARTBEAT_MS = 5_000;
const SILENCE_MS = 10_000;

/** How long a partition keeps a message before it is looked at again, in milliseconds. */
const BLOCKED_RETRY_MS = 100;

/** A message, or for a number the end of the connection with that close code. */
type Parcel = { readonly at: number; readonly bytes: Uint8Array | number };

/** The close code of a connection that broke. */
const BROKEN = 1006;

/** Wires between machines: in order, late, cut. What is on its way when a wire breaks is lost. */
export class Network {
  /** Names of pairs that cannot reach each other. */
  readonly #cut = new Set<string>();
  /** The longest a message takes, in milliseconds. */
  slowest = 30;
  /** Messages delivered since the beginning. */
  delivered = 0;

  isCut(a: Machine, b: Machine): boolean {
    return this.#cut.has(pair(a, b));
  }

  cut(a: Machine, b: Machine): void {
    this.#cut.add(pair(a, b));
  }

  join(a: Machine, b: Machine): void {
    this.#cut.delete(pair(a, b));
  }

  joinAll(): void {
    this.#cut.clear();
  }

  /** Two ends of a new wire; undefined when the other side cannot be reached. */
  dial(from: Machine, to: Machine): { readonly near: End; readonly far: End } | undefined {
    if (!to.isUp || to.isFrozen || this.isCut(from, to)) return undefined;
    const near = new End(this, from);
    const far = new End(this, to);
    near.join(far);
    far.join(near);
    return { near, far };
  }
}

/** One side of a wire, with the parts of a WebSocket that programs use. */
export class End implements LinkSocket {
  readonly machine: Machine;
  onMessage: (bytes: Uint8Array) => void = () => undefined;
  onClose: (code: number) => void = () => undefined;
  readonly #network: Network;
  #other: End | undefined;
  /** On their way to the other side. */
  #parcels: Parcel[] = [];
  #moving = false;
  #open = true;
  #heardAt: number;

  constructor(network: Network, machine: Machine) {
    this.#network = network;
    this.machine = machine;
    this.#heardAt = machine.world.now;
    machine.ends.add(this);
  }

  join(other: End): void {
    this.#other = other;
    this.#beat();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(bytes: Uint8Array, sent: () => void): void {
    if (!this.#open) return;
    this.#put(bytes.slice());
    this.machine.later(1, sent);
  }

  /** Says goodbye: what was sent before still arrives. */
  close(code = 1000): void {
    if (!this.#open) return;
    this.#put(code);
    this.machine.later(0, () => this.#end(code));
  }

  /** The connection is reset: both sides notice, nothing more arrives. */
  reset(): void {
    this.#parcels = [];
    this.#put(BROKEN);
    this.#end();
  }

  /** The process is gone; the other side's system says so when it can be reached. */
  vanish(): void {
    this.#open = false;
    this.machine.ends.delete(this);
    this.#parcels = [];
    this.#put(BROKEN);
  }

  #put(bytes: Uint8Array | number): void {
    const { world } = this.machine;
    const late = 1 + Math.floor(world.random() * this.#network.slowest);
    const before = this.#parcels.at(-1)?.at ?? 0;
    this.#parcels.push({ at: Math.max(before, world.now + late), bytes });
    this.#move();
  }

  #move(): void {
    const [next] = this.#parcels;
    if (this.#moving || next === undefined) return;
    this.#moving = true;
    const { world } = this.machine;
    world.later(next.at - world.now, () => {
      this.#moving = false;
      this.#deliver(next);
    });
  }

  #deliver(parcel: Parcel): void {
    const other = this.#other;
    if (this.#parcels[0] !== parcel || other === undefined || !other.#open) {
      if (other !== undefined && other.#open) this.#move();
      return;
    }
    if (this.#network.isCut(this.machine, other.machine) || other.machine.isFrozen) {
      this.#parcels[0] = { ...parcel, at: this.machine.world.now + BLOCKED_RETRY_MS };
      this.#move();
      return;
    }
    this.#parcels.shift();
    if (typeof parcel.bytes === 'number') other.#end(parcel.bytes);
    else {
      this.#network.delivered += 1;
      other.onMessage(parcel.bytes);
    }
    this.#move();
  }

  #beat(): void {
    this.machine.later(HEARTBEAT_MS, () => {
      const other = this.#other;
      if (!this.#open || other === undefined) return;
      const { world } = this.machine;
      const isHeard = !this.#network.isCut(this.machine, other.machine) && !other.machine.isFrozen;
      if (isHeard && other.#open) this.#heardAt = world.now;
      if (world.now - this.#heardAt > SILENCE_MS) this.#end();
      else this.#beat();
    });
  }

  #end(code = BROKEN): void {
    if (!this.#open) return;
    this.#open = false;
    this.machine.ends.delete(this);
    this.#parcels = this.#parcels.filter(({ bytes }) => typeof bytes === 'number');
    this.onClose(code);
  }
}

function pair(a: Machine, b: Machine): string {
  return a.name < b.name ? `${a.name}|${b.name}` : `${b.name}|${a.name}`;
}
