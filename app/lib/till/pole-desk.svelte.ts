import type { DisplayStatus, PoleText } from '#model/receipt/pole-text.ts';
import type { Bridge } from './bridge.ts';

/** The pole display of a till: the latest text wins, and nothing waits for it (rule P8). */
export class PoleDesk {
  readonly device: string | undefined;
  readonly #bridge: Bridge;
  #text: PoleText | undefined;
  #sending = false;
  #again = false;
  #state = $state<DisplayStatus['state'] | undefined>();

  constructor(bridge: Bridge, device: string | undefined) {
    this.#bridge = bridge;
    this.device = device;
  }

  /** Whether the display is there, as last told; undefined where this till has none or it was not asked yet. */
  get state(): DisplayStatus['state'] | undefined {
    return this.#state;
  }

  /** Shows a text from now on. */
  show(text: PoleText): void {
    this.#text = text;
    this.refresh().catch((cause: unknown) => globalThis.reportError(cause));
  }

  /** Tells the bridge again what to show: one that was started anew knows nothing. Called every two seconds. */
  async refresh(): Promise<void> {
    if (this.device === undefined || this.#text === undefined) return;
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    do {
      this.#again = false;
      const answer = await this.#bridge.display(this.device, this.#text);
      this.#state = answer.kind === 'taken' ? answer.value.state : 'away';
    } while (this.#again);
    this.#sending = false;
  }
}
