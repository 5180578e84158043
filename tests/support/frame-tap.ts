import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';

/** Changes a frame on its way, or swallows it. */
export type Alter = (frame: Frame, from: 'terminal' | 'relay') => Frame | undefined;

/** A wire between terminals and a relay on which every frame is seen; it can be cut and joined again. */
export class FrameTap {
  readonly #target: string;
  readonly #alter: Alter;
  readonly #sockets = new Set<WebSocket>();
  #server: WebSocketServer | undefined;
  #port = 0;
  /** Frames since the last look, but for pings. */
  said: Frame[] = [];
  /** Bytes of all frames so far, as they would be without compression. */
  bytes = 0;

  private constructor(target: string, alter: Alter) {
    this.#target = target;
    this.#alter = alter;
  }

  /** A wire to a relay. Who makes it cuts it. */
  static async to(target: string, alter: Alter = (frame) => frame): Promise<FrameTap> {
    const tap = new FrameTap(target, alter);
    await tap.join();
    return tap;
  }

  /** Where terminals dial. */
  get syncUrl(): string {
    return `ws://127.0.0.1:${this.#port}/sync`;
  }

  /** The types of the frames since the last look. */
  types(): string[] {
    return this.said.map(({ type }) => type);
  }

  async join(): Promise<void> {
    const server = new WebSocketServer({ port: this.#port, host: '127.0.0.1' });
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    server.on('connection', (near) => this.#carry(near));
  }

  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.terminate();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #carry(near: WebSocket): void {
    const far = new WebSocket(this.#target);
    const early: Uint8Array[] = [];
    this.#keep(near, far);
    this.#keep(far, near);
    near.on('message', (data: Buffer) => {
      const frame = this.#seen(data, 'terminal');
      if (frame === undefined) return;
      if (far.readyState === far.OPEN) far.send(frame);
      else early.push(frame);
    });
    far.on('open', () => {
      for (const frame of early) far.send(frame);
    });
    far.on('message', (data: Buffer) => {
      const frame = this.#seen(data, 'relay');
      if (frame !== undefined) near.send(frame);
    });
  }

  #seen(data: Buffer, from: 'terminal' | 'relay'): Uint8Array | undefined {
    const frame = decodeFrame(data);
    if (!frame.ok) return data;
    const altered = this.#alter(frame.value, from);
    if (altered === undefined) return undefined;
    if (!altered.type.endsWith('ping') && !altered.type.endsWith('pong')) {
      this.said.push(altered);
      this.bytes += data.byteLength;
    }
    return Uint8Array.from(encodeFrame(altered));
  }

  #keep(socket: WebSocket, other: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('error', () => other.terminate());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      other.close();
    });
  }
}
