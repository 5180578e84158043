import { ok, type Result } from '#model/result.ts';
import type { TillParts } from '../till/till-desks.ts';
import type { Till, TillRefusal } from '../till/till.svelte.ts';
import { startTrainingTill } from './training-till.ts';

/** Training at a till: a second till in memory that takes the place of the real one until it is left (rules V1 and V3). */
export class Training {
  readonly #real: Till;
  readonly #parts: TillParts;
  readonly #every: (run: () => void) => () => void;
  #till = $state.raw<Till | undefined>();
  #stop: () => void = () => {};

  /** `parts` are those the real till was made of; `every` runs something again and again until it is stopped. */
  constructor(real: Till, parts: TillParts, every: (run: () => void) => () => void) {
    this.#real = real;
    this.#parts = parts;
    this.#every = every;
  }

  /** The till to practise on; undefined outside of training. */
  get till(): Till | undefined {
    return this.#till;
  }

  /** Begins a training for who is signed in, if they may or somebody approves it. */
  async enter(): Promise<Result<true, TillRefusal>> {
    const begun = await this.#real.trainings.begin();
    if (!begun.ok) return begun;
    const till = await startTrainingTill(this.#parts);
    this.#stop = this.#every(() => {
      till.refresh().catch((cause: unknown) => globalThis.reportError(cause));
    });
    this.#till = till;
    return ok(true);
  }

  /** Goes back to the real till. It stays signed in only for the person who is here now. */
  async leave(): Promise<void> {
    const till = this.#till;
    if (!till) return;
    this.#stop();
    this.#till = undefined;
    till.staff.approvals.decline();
    const isSame = till.signIn.person !== undefined && till.signIn.person === this.#real.signIn.person;
    const written = await this.#real.trainings.end(till.journal.state.head.totals.receipts);
    if (!isSame) this.#real.staff.signOut();
    if (!written.ok && written.error.code !== 'nobody-signed-in')
      globalThis.reportError(new Error(`the end of training was not written: ${written.error.code}`));
  }
}
