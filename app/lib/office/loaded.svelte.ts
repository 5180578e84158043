import type { Result } from '#model/result.ts';
import type { ReportFailure } from './reports-client.ts';

/**
 * Figures that are asked for again and again. While newer ones are on their way, and when they do not come, the ones that
 * were there stay, with the time they are from; figures of another question never stand in for an answer.
 */
export class Loaded<Value> {
  /** The last answer, undefined before the first. */
  value: Value | undefined = $state.raw();
  /** Why the last question got no answer; undefined when it did. */
  failure: ReportFailure | undefined = $state.raw();
  /** When `value` came. */
  at: Date | undefined = $state.raw();
  /** Is a question on its way whose answer will replace `value` with other figures. */
  turning = $state(false);

  readonly #now: () => Date;
  #question: string | undefined;
  #turn = 0;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** Asks. `question` names what is asked: the same again is a refresh, another one a change. A later question wins. */
  async load(question: string, ask: () => Promise<Result<Value, ReportFailure>>): Promise<void> {
    const turn = ++this.#turn;
    this.turning = question !== this.#question;
    const answer = await ask();
    if (turn !== this.#turn) return;
    this.turning = false;
    if (answer.ok) {
      this.value = answer.value;
      this.at = this.#now();
      this.failure = undefined;
      this.#question = question;
      return;
    }
    if (question !== this.#question) this.#forget();
    this.failure = answer.error;
  }

  #forget(): void {
    this.value = undefined;
    this.at = undefined;
    this.#question = undefined;
  }
}
