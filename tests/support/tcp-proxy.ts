import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-ports.ts';

/** A cable between two programs of a test: it can be cut and joined again, and loses nothing in between. */
export class TcpProxy {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  /** Bytes that went over the cable, both ways. */
  bytes = 0;
  /** When somebody last came in at this end, as `performance.now` counts. */
  enteredAt = Number.NaN;
  /** When something last went over the cable, counted the same. */
  lastAt = Number.NaN;
  readonly #port: number;

  private constructor(target: number, port: number) {
    this.#target = target;
    this.#port = port;
  }

  /** A cable to a port of this machine. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, await freePort());
    await proxy.join();
    return proxy;
  }

  /** The port at this end of the cable. */
  get port(): number {
    return this.#port;
  }

  /** Joins the cable (again), on the same port. */
  async join(): Promise<void> {
    const server = createServer((near) => {
      this.enteredAt = performance.now();
      const far = connect(this.#target, '127.0.0.1');
      this.#keep(near, far);
      this.#keep(far, near);
      for (const end of [near, far]) end.on('data', (data) => this.#count(data.byteLength));
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  /** Cuts the cable: what runs over it breaks off, and nobody answers until it is joined. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #count(bytes: number): void {
    this.bytes += bytes;
    this.lastAt = performance.now();
  }

  #keep(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}
