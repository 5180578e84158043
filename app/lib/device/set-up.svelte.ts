import { err, ok, type Result } from '#model/result.ts';
import type { DeviceRole } from '#model/trust/device.ts';
import { normalCode, type Enrolment } from '#model/trust/invitation.ts';
import type { AskToEnrol, EnrolmentTrouble } from './enrolment-client.ts';
import type { KeptDevice } from './device-store.ts';

/** Where this browser keeps the device it is. */
export type DeviceKeeper = {
  make(): Promise<KeptDevice>;
  saveEnrolment(enrolment: Enrolment): Promise<KeptDevice>;
};

/** A device that has joined. */
export type EnrolledDevice = KeptDevice & { readonly enrolment: Enrolment };

/** What joining works with; the world is passed in. */
export type SetUpParts = {
  readonly role: Extract<DeviceRole, 'terminal' | 'back-office'>;
  /** Whether the relay of this machine has to join with the same code. */
  readonly withRelay: boolean;
  readonly keeper: DeviceKeeper;
  readonly ask: AskToEnrol;
  /** Whether another device works this till's register now. */
  readonly isTaken: () => Promise<boolean>;
  /** Gives a code without a person; in the demo only. */
  readonly ownCode?: (() => Promise<Result<string, EnrolmentTrouble>>) | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const CODE_LENGTH = 10;
const GROUP = 5;

/** A code as people read it while they type: `7kq4m2x` → `7KQ4M-2X`; what cannot be in a code is left out. */
export function shownCode(typed: string): string {
  const digits = typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .slice(0, CODE_LENGTH);
  return digits.length > GROUP ? `${digits.slice(0, GROUP)}-${digits.slice(GROUP)}` : digits;
}

/** Joining with a code: what was typed, what came of it. One for a page that is no device yet. */
export class SetUp {
  /** What this browser is to become. */
  readonly role: SetUpParts['role'];
  readonly #parts: SetUpParts;
  readonly #enrolled: (device: EnrolledDevice) => void;
  /** Resolves when this browser has joined. */
  readonly done: Promise<EnrolledDevice>;
  #code = $state('');
  #busy = $state(false);
  #taken = $state(false);
  #trouble = $state.raw<EnrolmentTrouble | undefined>();

  constructor(parts: SetUpParts) {
    this.role = parts.role;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<EnrolledDevice>();
    this.done = promise;
    this.#enrolled = resolve;
  }

  /** The code so far, as people read it. */
  get code(): string {
    return this.#code;
  }

  /** Whether all ten digits are there. */
  get complete(): boolean {
    return this.#code.length === CODE_LENGTH + 1;
  }

  /** Whether head office is being asked. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Whether another device works this register, which this one would replace. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Why it did not work; undefined while there is nothing to say. */
  get trouble(): EnrolmentTrouble | undefined {
    return this.#trouble;
  }

  /** Whether this page can get a code by itself. */
  get hasOwnCode(): boolean {
    return this.#parts.ownCode !== undefined;
  }

  /** Whole seconds until a code may be tried again. */
  get secondsLeft(): number {
    if (this.#trouble?.code !== 'too-many-tries') return 0;
    return Math.max(0, Math.ceil((this.#trouble.retryAt - this.#parts.now()) / 1000));
  }

  /** Takes what was typed, pasted or scanned; a code that is whole by a scan is tried at once by whoever scanned. */
  type(text: string): void {
    if (this.#busy) return;
    this.#code = shownCode(text);
    if (this.secondsLeft === 0) this.#trouble = undefined;
  }

  /** Looks who works here and, in the demo, joins by itself unless that would send somebody away. */
  async start(): Promise<void> {
    this.#taken = await this.#parts.isTaken();
    if (this.hasOwnCode && !this.#taken) await this.joinByItself();
  }

  /** Joins with a code this page gets by itself. */
  async joinByItself(): Promise<void> {
    if (this.#busy || !this.#parts.ownCode) return;
    this.#busy = true;
    const code = await this.#parts.ownCode();
    const joined = code.ok ? await this.#join(code.value) : code;
    this.#settle(joined);
  }

  /** Joins with the code that was typed. */
  async submit(): Promise<void> {
    if (this.#busy || !this.complete || this.secondsLeft > 0) return;
    if (normalCode(this.#code) === undefined) {
      this.#trouble = { code: 'code-unknown' };
      return;
    }
    this.#busy = true;
    this.#settle(await this.#join(this.#code));
  }

  async #join(code: string): Promise<Result<EnrolledDevice, EnrolmentTrouble>> {
    const { keeper, ask, role, withRelay } = this.#parts;
    try {
      const { id, publicKey: key } = await keeper.make();
      const enrolment = await ask({ code, id, key, role, ...(withRelay ? { withRelay } : {}) });
      if (!enrolment.ok) return enrolment;
      return ok({ ...(await keeper.saveEnrolment(enrolment.value)), enrolment: enrolment.value });
    } catch (cause) {
      return err({ code: 'refused', detail: cause instanceof Error ? cause.message : String(cause) });
    }
  }

  #settle(joined: Result<EnrolledDevice, EnrolmentTrouble>): void {
    this.#busy = false;
    if (joined.ok) this.#enrolled(joined.value);
    else this.#trouble = joined.error;
  }
}
