import { connect, type Socket } from 'node:net';
import type { Clock } from './clock.ts';
import { SignalParser, type PrinterSignal } from './status-bytes.ts';

/** What waiting for an answer came to: the answer, nothing in time, or the end of the connection. */
export type Answer = PrinterSignal | 'silent' | 'lost';

/** Bytes per write: small enough that a stop or a reset is noticed between two of them. */
const CHUNK = 8192;

/** One connection to a printer that always reads, so that the printer's answers never turn our close into a reset. */
export class PrinterSocket {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #parser = new SignalParser();
  #signals: PrinterSignal[] = [];
  #lost = false;
  #closedByPrinter = false;
  #wake: () => void = () => undefined;
  #stopDraining: () => void = () => undefined;

  private constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#signals.push(...this.#parser.push(bytes));
      this.#wake();
    });
    socket.on('end', () => this.#over('end'));
    socket.on('error', () => this.#over('error'));
    socket.on('close', (hadError) => this.#over(hadError ? 'error' : 'end'));
  }

  /** Connects within `ms` milliseconds; null when the printer cannot be reached. */
  static open(
    address: { readonly host: string; readonly port: number },
    ms: number,
    clock: Clock,
  ): Promise<PrinterSocket | null> {
    return new Promise((resolve) => {
      const socket = connect({ ...address, allowHalfOpen: true });
      const giveUp = (): void => {
        cancel();
        socket.destroy();
        resolve(null);
      };
      const cancel = clock.after(ms, giveUp);
      socket.once('error', giveUp);
      socket.once('connect', () => {
        cancel();
        socket.off('error', giveUp);
        resolve(new PrinterSocket(socket, clock));
      });
    });
  }

  /** Hands all bytes to the system, waiting while the printer is full; false when the connection ended first. */
  async send(bytes: Uint8Array): Promise<boolean> {
    for (let start = 0; start < bytes.length; start += CHUNK) {
      if (this.#lost) return false;
      const flowing = this.#socket.write(bytes.subarray(start, start + CHUNK));
      if (!flowing && !(await this.#drained())) return false;
    }
    return !this.#lost;
  }

  /** The next answer that `wanted` takes, within `ms` milliseconds; others that came before it are dropped. */
  async next(wanted: (signal: PrinterSignal) => boolean, ms: number): Promise<Answer> {
    let late = false;
    const cancel = this.#clock.after(ms, () => {
      late = true;
      this.#wake();
    });
    try {
      for (;;) {
        const signal = this.#signals.shift();
        if (signal && wanted(signal)) return signal;
        if (signal) continue;
        if (this.#lost) return 'lost';
        if (late) return 'silent';
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      cancel();
    }
  }

  /** Says goodbye and reads on until the printer does too, at most `ms` milliseconds; false when the connection broke instead. */
  async finish(ms: number): Promise<boolean> {
    if (this.#lost) return false;
    this.#socket.end();
    await this.next(() => false, ms);
    this.#socket.destroy();
    return !this.#lost || this.#closedByPrinter;
  }

  /** Drops the connection at once. */
  destroy(): void {
    this.#over('error');
    this.#socket.destroy();
  }

  #over(how: 'end' | 'error'): void {
    if (!this.#lost && how === 'end') this.#closedByPrinter = true;
    if (how === 'error') this.#closedByPrinter = false;
    this.#lost = true;
    this.#wake();
    this.#stopDraining();
  }

  #drained(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#socket.off('drain', settle);
        resolve(!this.#lost);
      };
      this.#stopDraining = settle;
      this.#socket.once('drain', settle);
    });
  }
}
