import { connect, type Socket } from 'node:net';
import type { ScaleStatus } from '#model/catalog/scale-status.ts';
import type { Clock } from './clock.ts';
import { askWeight, frameIn, LONGEST_FRAME, readFrame } from './scale-frames.ts';
import type { ScaleProfile } from './scale-profiles.ts';

const RETRY_MS = 1000;
const ANSWER_MS = 800;
const KEEP_ALIVE_MS = 10_000;

type Question = { readonly answer: (status: ScaleStatus) => void; readonly stopWaiting: () => void };

/**
 * A scale on a network port (rule C14). It is asked only when somebody wants to know, and a weight is never older than the question: what
 * comes unasked is not read, and a scale that answers too late loses its connection, so that its answer cannot be taken for that to the next.
 */
export class ScalePort {
  readonly profile: ScaleProfile;
  readonly #clock: Clock;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #question: Question | undefined;
  #asked: Promise<ScaleStatus> | undefined;
  #stopped = false;
  #cancelRetry: () => void = () => undefined;

  constructor(profile: ScaleProfile, clock: Clock) {
    this.profile = profile;
    this.#clock = clock;
  }

  /** Begins to connect, and goes on trying until it is stopped. */
  start(): void {
    if (this.#stopped) return;
    const { host, port } = this.profile;
    const socket = connect({ host, port });
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.once('connect', () => (this.#socket = socket));
    socket.on('data', (bytes) => this.#hear(bytes));
    // 'close' follows every error.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#socket = undefined;
      this.#settle(this.#away('is not connected'));
      if (!this.#stopped) this.#cancelRetry = this.#clock.after(RETRY_MS, () => this.start());
    });
  }

  /** How the scale stands now. Never rejects; whoever asks while it is being asked is told the same. */
  read(): Promise<ScaleStatus> {
    this.#asked ??= this.#ask().finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  /** Lets go of the scale. */
  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    this.#socket?.destroy();
    this.#settle(this.#away('is not connected'));
  }

  #ask(): Promise<ScaleStatus> {
    const socket = this.#socket;
    if (!socket) return Promise.resolve(this.#away('is not connected'));
    this.#received = Buffer.alloc(0);
    return new Promise((resolve) => {
      const stopWaiting = this.#clock.after(ANSWER_MS, () => {
        this.#settle(this.#away('does not answer'));
        socket.destroy();
      });
      this.#question = { answer: resolve, stopWaiting };
      socket.write(askWeight(this.profile.protocol), 'latin1');
    });
  }

  #hear(bytes: Buffer): void {
    if (!this.#question) return;
    const { device, protocol, unit } = this.profile;
    this.#received = Buffer.concat([this.#received, bytes]);
    const frame = frameIn(this.#received, protocol);
    if (frame !== undefined && frame.length <= LONGEST_FRAME)
      this.#settle({ device, ...readFrame(frame, protocol, unit) });
    else if (this.#received.length > LONGEST_FRAME) {
      this.#settle({
        device,
        state: 'fault',
        message: 'The scale sends what is no weight: check its protocol.',
      });
      this.#socket?.destroy();
    }
  }

  #settle(status: ScaleStatus): void {
    const question = this.#question;
    this.#question = undefined;
    question?.stopWaiting();
    question?.answer(status);
  }

  #away(what: string): ScaleStatus {
    const { device, host, port } = this.profile;
    return { device, state: 'away', message: `The scale at ${host}:${port} ${what}.` };
  }
}
