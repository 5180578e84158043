import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../support/free-ports.ts';

/** How a cable is. Nothing set is a good one. */
export type Roughness = {
  /** How long everything takes from one end to the other, in milliseconds. */
  readonly delayMs?: number;
  /** How much of what the near end sends goes through, in bytes a second; the other way is free. */
  readonly upBytesPerSecond?: number;
};

/** What a cable keeps of what was sent into it before it takes no more, in bytes, as the boxes of a provider do. */
const BUFFER_BYTES = 64 * 1024;

/** What goes over the line as one piece, in bytes. */
const PACKET_BYTES = 1_400;

/**
 * A cable between two programs of a test that is slow, narrow, cut or stuck, and never loses a byte of a living connection.
 * Unlike a network namespace it needs no rights, and the test says when.
 */
export class RoughCable {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #roughness: Roughness;
  #server: Server | undefined;
  readonly #port: number;
  /** Connections made over it so far. */
  connections = 0;
  /** Bytes the near end has sent that reached the far end. */
  delivered = 0;

  private constructor(target: number, port: number, roughness: Roughness) {
    this.#target = target;
    this.#port = port;
    this.#roughness = roughness;
  }

  /** A cable to a port of this machine. */
  static async to(target: number, roughness: Roughness = {}): Promise<RoughCable> {
    const cable = new RoughCable(target, await freePort(), roughness);
    await cable.join();
    return cable;
  }

  /** The address of a relay at its other end. */
  get syncUrl(): string {
    return `ws://127.0.0.1:${this.#port}/sync`;
  }

  /** Joins the cable (again), on the same port. */
  async join(): Promise<void> {
    if (this.#server) return;
    const server = createServer((near) => this.#carry(near));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
  }

  /** Cuts the cable: what runs over it breaks off, and nobody answers until it is joined. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Makes it better or worse for what is sent from now on. */
  become(roughness: Roughness): void {
    this.#roughness = roughness;
  }

  #carry(near: Socket): void {
    this.connections += 1;
    const far = connect(this.#target, '127.0.0.1');
    this.#oneWay(near, far, () => this.#roughness.upBytesPerSecond);
    this.#oneWay(far, near, () => undefined);
  }

  #oneWay(source: Socket, sink: Socket, rate: () => number | undefined): void {
    const queue = new Queue((data) => {
      if (data === 'end') sink.end();
      else {
        if (rate() !== undefined) this.delivered += data.byteLength;
        if (!sink.destroyed) sink.write(data);
      }
      if (queue.bytes <= BUFFER_BYTES) source.resume();
    });
    this.#sockets.add(source);
    source.setNoDelay(true);
    source.on('data', (data) => {
      for (let at = 0; at < data.byteLength; at += PACKET_BYTES)
        queue.add(data.subarray(at, at + PACKET_BYTES), rate(), this.#roughness.delayMs);
      if (queue.bytes > BUFFER_BYTES) source.pause();
    });
    source.on('end', () => queue.add('end', rate(), this.#roughness.delayMs));
    source.on('error', () => sink.destroy());
    source.on('close', () => {
      this.#sockets.delete(source);
      queue.whenEmpty(() => sink.destroy());
    });
  }
}

/** What is under way in one direction, in order. */
class Queue {
  readonly #arrive: (data: Buffer | 'end') => void;
  readonly #items: { readonly due: number; readonly data: Buffer | 'end' }[] = [];
  #free = 0;
  #timer: NodeJS.Timeout | undefined;
  #emptied: (() => void) | undefined;
  bytes = 0;

  constructor(arrive: (data: Buffer | 'end') => void) {
    this.#arrive = arrive;
  }

  add(data: Buffer | 'end', bytesPerSecond: number | undefined, delayMs = 0): void {
    const size = data === 'end' ? 0 : data.byteLength;
    const takes = bytesPerSecond === undefined ? 0 : (size / bytesPerSecond) * 1000;
    this.#free = Math.max(performance.now(), this.#free) + takes;
    this.bytes += size;
    this.#items.push({ due: this.#free + delayMs, data });
    if (this.#timer === undefined) this.#pump();
  }

  /** Calls back when all has arrived. */
  whenEmpty(callback: () => void): void {
    this.#emptied = callback;
    if (this.#timer === undefined) this.#pump();
  }

  #pump(): void {
    this.#timer = undefined;
    for (let next = this.#items[0]; next; next = this.#items[0]) {
      const wait = next.due - performance.now();
      if (wait > 1) {
        this.#timer = setTimeout(() => this.#pump(), wait);
        return;
      }
      this.#items.shift();
      if (next.data !== 'end') this.bytes -= next.data.byteLength;
      this.#arrive(next.data);
    }
    this.#emptied?.();
  }
}
