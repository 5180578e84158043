import type { PrintCause } from '#model/receipt/print-job.ts';
import type { Clock } from './clock.ts';
import { PrinterSocket, type Answer } from './printer-socket.ts';
import { addressOf, type PrinterProfile } from './printer-profiles.ts';
import {
  ASK_DONE,
  askProcess,
  askStatus,
  causeOf,
  readingOf,
  type PrinterReading,
  type PrinterSignal,
} from './status-bytes.ts';

/** What goes to a printer in one connection. */
export type Parcel = {
  /** The bytes for a printer that is ready. */
  readonly bytes: Buffer;
  /** Bytes that work even on a printer that is stopped; without them a stopped printer holds the parcel up. */
  readonly bytesWhenStopped?: Buffer;
  /** Printed rows, for estimating how long printing takes. */
  readonly rows: number;
  /** Four printable ASCII characters naming this parcel for GS ( H. */
  readonly processId: string;
  /** How long to stay for a stopped printer that already has all bytes, in milliseconds. */
  readonly patienceMs: number;
};

/** What delivering a parcel came to. `blocked` promises that not one byte of the parcel has left. */
export type Delivery =
  | { readonly kind: 'blocked'; readonly cause: PrintCause; readonly reading: PrinterReading | null }
  | { readonly kind: 'printed'; readonly paperNearEnd: boolean }
  | { readonly kind: 'sent' }
  | { readonly kind: 'unknown'; readonly cause: PrintCause };

/** Sends a real-time command over a connection that is taken; false when the connection has ended. */
export type Interject = (command: Buffer) => Promise<boolean>;

/** What the queue does at the turning points of a delivery. */
export type DeliverySteps = {
  /** Called before the first byte; the parcel is not sent when it resolves to false. */
  readonly beforeFirstByte: () => Promise<boolean>;
  /** Called when all bytes have left and a confirmation is awaited. */
  readonly afterLastByte: () => Promise<void>;
  /** Called when the confirmation is overdue; the connection stays open for a while, and real-time commands may use it. */
  readonly overdue: (cause: PrintCause, interject: Interject) => Promise<void>;
  /** Called with every reading of the printer; null when it cannot be reached. */
  readonly onReading: (reading: PrinterReading | null) => void;
};

/** The way to a printer. Neither function ever rejects for what a printer or a network does. */
export type PrinterLink = {
  /** Sends one parcel over one connection. Aborting drops the connection. */
  deliver(
    profile: PrinterProfile,
    parcel: Parcel,
    steps: DeliverySteps,
    signal: AbortSignal,
  ): Promise<Delivery>;
  /** Asks a printer how it is; null when it cannot be reached. */
  read(profile: PrinterProfile): Promise<PrinterReading | null>;
};

/** How long the link waits, in milliseconds. */
export type LinkTimings = {
  readonly connectMs: number;
  readonly answerMs: number;
  /** The least time for a confirmation; long papers get more. */
  readonly confirmMs: number;
  readonly drainMs: number;
};

/** The waiting times for real printers. */
export const usualTimings: LinkTimings = { connectMs: 2000, answerMs: 1000, confirmMs: 5000, drainMs: 500 };

/** The link over TCP (port 9100 printing). */
export function tcpLink(clock: Clock, timings: LinkTimings = usualTimings): PrinterLink {
  /** Printers that have answered once: their silence means trouble, not that they cannot answer. */
  const talkers = new Set<string>();
  return {
    deliver: (profile, parcel, steps, signal) =>
      new TcpDelivery({ clock, timings, talkers, profile, parcel, steps, signal }).run(),
    read: async (profile) => {
      const socket = await PrinterSocket.open(profile, timings.connectMs, clock);
      if (!socket) return null;
      const reading = await readStatus(socket, timings.answerMs);
      if (reading.state !== 'unreported') talkers.add(addressOf(profile));
      await socket.finish(timings.drainMs);
      return reading;
    },
  };
}

/** Asks one question after the other: clones that answer only some of them would otherwise shift every answer. */
async function readStatus(socket: PrinterSocket, answerMs: number): Promise<PrinterReading> {
  const answers: (number | null)[] = [];
  for (const n of [1, 2, 3, 4] as const) {
    if (!(await socket.send(askStatus(n)))) break;
    const answer = await socket.next((signal) => signal.kind === 'status', answerMs);
    if (typeof answer === 'string' || answer.kind !== 'status') break;
    answers.push(answer.byte);
  }
  return answers.length === 0 ? { state: 'unreported', paperNearEnd: false } : readingOf(answers);
}

type Context = {
  readonly clock: Clock;
  readonly timings: LinkTimings;
  readonly talkers: Set<string>;
  readonly profile: PrinterProfile;
  readonly parcel: Parcel;
  readonly steps: DeliverySteps;
  readonly signal: AbortSignal;
};

class TcpDelivery {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async run(): Promise<Delivery> {
    const { profile, timings, clock, steps, signal } = this.#context;
    const socket = await PrinterSocket.open(profile, timings.connectMs, clock);
    if (!socket) {
      steps.onReading(null);
      return { kind: 'blocked', cause: 'offline', reading: null };
    }
    const drop = (): void => socket.destroy();
    signal.addEventListener('abort', drop);
    try {
      return await this.#exchange(socket);
    } finally {
      signal.removeEventListener('abort', drop);
      socket.destroy();
    }
  }

  async #exchange(socket: PrinterSocket): Promise<Delivery> {
    const { profile, timings, talkers, parcel, steps, signal } = this.#context;
    const reading = await readStatus(socket, timings.answerMs);
    steps.onReading(reading);
    const silent = reading.state === 'unreported';
    if (!silent) talkers.add(addressOf(profile));
    const held = this.#heldUp(reading);
    const stopped = causeOf(reading.state) !== null;
    if (held !== null) {
      await socket.finish(timings.drainMs);
      return { kind: 'blocked', cause: held, reading };
    }
    if (signal.aborted || !(await steps.beforeFirstByte())) {
      return { kind: 'blocked', cause: signal.aborted ? 'bridge-stopped' : 'spool-full', reading };
    }
    // A stopped printer answers nothing that waits in its buffer, so there is nothing to confirm with.
    if (stopped) return this.#sendUnconfirmed(socket, parcel.bytesWhenStopped ?? parcel.bytes);
    const unconfirmed = profile.confirm === 'none' || (silent && profile.confirm === 'auto');
    return unconfirmed ? this.#sendUnconfirmed(socket, parcel.bytes) : this.#sendConfirmed(socket);
  }

  /** Why nothing may be sent to a printer that reads like this; null when it may. */
  #heldUp(reading: PrinterReading): PrintCause | null {
    const { profile, talkers, parcel } = this.#context;
    if (reading.state === 'unreported') {
      const mustTalk =
        profile.confirm === 'gsr' || profile.confirm === 'gsh' || talkers.has(addressOf(profile));
      return mustTalk ? 'no-answer' : null;
    }
    const cause = causeOf(reading.state);
    return cause !== null && parcel.bytesWhenStopped !== undefined && cause !== 'printer-error'
      ? null
      : cause;
  }

  async #sendUnconfirmed(socket: PrinterSocket, bytes: Buffer): Promise<Delivery> {
    if (!(await socket.send(bytes))) return this.#unknown('connection-lost');
    // A close while the printer still works off its buffer, and talks, would throw the rest away; so long papers get longer.
    const whole = await socket.finish(this.#context.timings.drainMs + bytes.length / 40);
    return whole ? { kind: 'sent' } : this.#unknown('connection-lost');
  }

  async #sendConfirmed(socket: PrinterSocket): Promise<Delivery> {
    const { profile, parcel, steps } = this.#context;
    const question = profile.confirm === 'gsh' ? askProcess(parcel.processId) : ASK_DONE;
    if (!(await socket.send(Buffer.concat([parcel.bytes, question]))))
      return this.#unknown('connection-lost');
    await steps.afterLastByte();
    const first = await this.#confirmation(socket, this.#confirmMs());
    return first === 'silent' ? this.#waitForLatecomer(socket) : this.#conclude(socket, first);
  }

  /** The confirmation is overdue. The printer may have run out of paper on the way and finish when it gets a new roll. */
  async #waitForLatecomer(socket: PrinterSocket): Promise<Delivery> {
    const { timings, parcel, steps } = this.#context;
    await socket.send(askStatus(2));
    await socket.send(askStatus(4));
    const offline = await this.#statusOrConfirmation(socket);
    if (offline && this.#confirms(offline)) return this.#conclude(socket, offline);
    const paper = offline && (await this.#statusOrConfirmation(socket));
    if (paper && this.#confirms(paper)) return this.#conclude(socket, paper);
    const reading = offline && readingOf([null, byteOf(offline), null, byteOf(paper)]);
    if (reading) steps.onReading(reading);
    const cause = (reading && causeOf(reading.state)) ?? 'no-confirmation';
    await steps.overdue(cause, (command) => socket.send(command));
    const patience =
      cause === 'no-confirmation' ? this.#confirmMs() : Math.max(parcel.patienceMs, timings.confirmMs);
    const late = await this.#confirmation(socket, patience);
    return late === 'silent' ? this.#giveUp(socket, cause) : this.#conclude(socket, late);
  }

  async #giveUp(socket: PrinterSocket, cause: PrintCause): Promise<Delivery> {
    await socket.finish(this.#context.timings.drainMs);
    return { kind: 'unknown', cause };
  }

  async #statusOrConfirmation(socket: PrinterSocket): Promise<PrinterSignal | null> {
    const wanted = (signal: PrinterSignal): boolean => signal.kind === 'status' || this.#confirms(signal);
    const answer = await socket.next(wanted, this.#context.timings.answerMs);
    return typeof answer === 'string' ? null : answer;
  }

  async #confirmation(socket: PrinterSocket, ms: number): Promise<Answer> {
    return socket.next((signal) => this.#confirms(signal), ms);
  }

  #confirms(signal: PrinterSignal): boolean {
    const { profile, parcel } = this.#context;
    if (profile.confirm === 'gsh') return signal.kind === 'process' && signal.id === parcel.processId;
    return signal.kind === 'done';
  }

  async #conclude(socket: PrinterSocket, answer: Answer): Promise<Delivery> {
    if (typeof answer === 'string') return this.#unknown('connection-lost');
    await socket.finish(this.#context.timings.drainMs);
    // Some printers swallow what they have no paper for and answer all the same.
    if (answer.kind === 'done' && answer.paperOut) return { kind: 'unknown', cause: 'paper-out' };
    return { kind: 'printed', paperNearEnd: answer.kind === 'done' && answer.paperNearEnd };
  }

  #unknown(cause: PrintCause): Delivery {
    return { kind: 'unknown', cause: this.#context.signal.aborted ? 'bridge-stopped' : cause };
  }

  /** 1 s per 2 kB and per 30 rows, whichever is more, on top of the least time. */
  #confirmMs(): number {
    const { timings, parcel } = this.#context;
    return timings.confirmMs + Math.ceil(Math.max(parcel.bytes.length / 2, parcel.rows * (1000 / 30)));
  }
}

function byteOf(signal: PrinterSignal | null): number | null {
  return signal?.kind === 'status' ? signal.byte : null;
}
