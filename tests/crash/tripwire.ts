import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What goes over a cable. The near end's `first` words tell what kind of connection it is, its `last` ones what is answered. */
export type Passing = {
  readonly from: 'near' | 'far';
  readonly first: string;
  readonly last: string;
  readonly text: string;
  readonly bytes: number;
};

/** What becomes of it: it goes on, or the connection breaks before it has arrived. */
export type Fate = 'passes' | 'is-lost';

/**
 * A cable between two programs that lets a test look at everything before it arrives. Whoever looks may kill a program: so
 * a crash comes exactly between two messages, and no program knows that it is watched.
 */
export class Tripwire {
  /** Asked about everything that comes; undefined lets it pass. */
  look: ((passing: Passing) => Fate) | undefined;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  /** A cable to a port of this machine. */
  static async to(target: number): Promise<Tripwire> {
    const wire = new Tripwire(target);
    await new Promise<void>((resolve, reject) => {
      wire.#server.once('error', reject);
      wire.#server.listen(0, '127.0.0.1', resolve);
    });
    return wire;
  }

  /** The port at the near end. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes the cable away. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    const ends = { near, far };
    let first: string | undefined;
    let last = '';
    for (const from of ['near', 'far'] as const) {
      const [source, sink] = from === 'near' ? [near, far] : [far, near];
      this.#sockets.add(source);
      source.setNoDelay(true);
      source.on('data', (data) => {
        const text = data.toString('latin1');
        first ??= text;
        if (from === 'near') last = text;
        const fate = this.look?.({ from, first, last, text, bytes: data.byteLength }) ?? 'passes';
        if (fate === 'passes') sink.write(data);
        else for (const end of Object.values(ends)) end.resetAndDestroy();
      });
      source.on('end', () => sink.end());
      source.on('error', () => sink.destroy());
      source.on('close', () => {
        this.#sockets.delete(source);
        sink.destroy();
      });
    }
  }
}
