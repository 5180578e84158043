import { createServer, type Server, type Socket } from 'node:net';
import type { Caller, PrintMechanism } from './print-mechanism.ts';
import { RealTimeSplitter } from './real-time-commands.ts';

/** The printer's network socket. Printers of this kind take connections on port 9100 and treat what comes as ESC/POS. */
export class TcpPort {
  readonly #mechanism: PrintMechanism;
  readonly #host: string;
  readonly #open = new Set<Socket>();
  #port: number;
  #server: Server | null = null;

  constructor(mechanism: PrintMechanism, host: string, port: number) {
    this.#mechanism = mechanism;
    this.#host = host;
    this.#port = port;
  }

  /** The port; the one that was picked when it was started with 0. */
  get port(): number {
    return this.#port;
  }

  /** Begins to take connections. Rejects when the port is in use. */
  async listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.#host, resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
  }

  /** Refuses connections from now on and drops the open ones. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#open) socket.resetAndDestroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Stops reading from the open connections while the printer is mute, and goes on afterwards. */
  followMute(): void {
    for (const socket of this.#open) {
      if (this.#mechanism.faults.mute) socket.pause();
      else socket.resume();
    }
  }

  #accept(socket: Socket): void {
    const splitter = new RealTimeSplitter();
    const caller = this.#callerOf(socket);
    this.#open.add(socket);
    this.#mechanism.connected(caller);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      const { data, commands } = splitter.push(bytes);
      this.#mechanism.received(caller, data);
      for (const command of commands) this.#mechanism.obeyAtOnce(caller, command);
    });
    // The answer to goodbye waits for what is still being printed, so a sender who listens learns everything.
    socket.on('end', () => this.#mechanism.disconnected(caller));
    socket.on('error', () => this.#mechanism.disconnected(caller));
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#mechanism.disconnected(caller);
    });
    if (this.#mechanism.faults.mute) socket.pause();
  }

  #callerOf(socket: Socket): Caller {
    return {
      answer: (bytes) => {
        const send = (): void => {
          if (socket.writable) socket.write(Uint8Array.from(bytes));
        };
        const { answerDelayMs } = this.#mechanism.faults;
        if (answerDelayMs === 0) send();
        else setTimeout(send, answerDelayMs).unref();
      },
      bye: () => socket.end(),
      reset: () => socket.resetAndDestroy(),
      hold: (full) => {
        if (full) socket.pause();
        else socket.resume();
      },
    };
  }
}
