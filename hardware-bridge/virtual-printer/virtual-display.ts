import { createServer, type Socket } from 'node:net';

/** How a virtual display is set up. A port of 0 picks a free one. */
export type VirtualDisplayOptions = {
  readonly host?: string;
  readonly port: number;
  readonly columns?: number;
  readonly onChange?: () => void;
};

/** A virtual pole display while it runs. */
export type VirtualDisplay = {
  readonly port: number;
  /** What it shows: two lines of its columns. */
  lines(): readonly [string, string];
  /** Drops who is connected, as a pulled cable does. */
  drop(): void;
  stop(): Promise<void>;
};

const decoder = new TextDecoder('windows-1252');

/** The screen of a 2-line display and what it understands; bytes may come in any pieces. */
export class DisplayScreen {
  readonly #columns: number;
  #cells: string[];
  #at = 0;
  #command: number[] = [];

  constructor(columns: number) {
    this.#columns = columns;
    this.#cells = this.#blank();
  }

  /** What it shows. */
  lines(): readonly [string, string] {
    const text = this.#cells.join('');
    return [text.slice(0, this.#columns), text.slice(this.#columns)];
  }

  /** Takes bytes in. */
  push(bytes: Iterable<number>): void {
    for (const byte of bytes) {
      if (this.#command.length > 0 || byte === 0x1b || byte === 0x1f) this.#take(byte);
      else if (byte === 0x0c) this.#clear();
      else if (byte === 0x0b) this.#at = 0;
      else if (byte >= 0x20) this.#put(byte);
    }
  }

  #take(byte: number): void {
    this.#command.push(byte);
    const [lead, what, x = 1, y = 1] = this.#command;
    if (what === undefined) return;
    const parameters = lead === 0x1f && what === 0x24 ? 2 : lead === 0x1b && what === 0x40 ? 0 : 1;
    if (this.#command.length < 2 + parameters) return;
    this.#command = [];
    if (lead === 0x1b && what === 0x40) this.#clear();
    if (lead === 0x1f && what === 0x24) this.#at = (y - 1) * this.#columns + (x - 1);
  }

  #put(byte: number): void {
    this.#cells[this.#at % this.#cells.length] = decoder.decode(Uint8Array.of(byte));
    this.#at = (this.#at + 1) % this.#cells.length;
  }

  #clear(): void {
    this.#cells = this.#blank();
    this.#at = 0;
  }

  #blank(): string[] {
    return Array.from({ length: 2 * this.#columns }, () => ' ');
  }
}

/** Starts a virtual pole display. Rejects when the port is in use. */
export async function startVirtualDisplay(options: VirtualDisplayOptions): Promise<VirtualDisplay> {
  const { host = '127.0.0.1', port, columns = 20, onChange = () => undefined } = options;
  const screen = new DisplayScreen(columns);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (bytes) => {
      screen.push(bytes);
      onChange();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : port,
    lines: () => screen.lines(),
    drop,
    stop: async () => {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
