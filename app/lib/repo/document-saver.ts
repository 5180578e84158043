import { backoffDelay } from './backoff.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/**
 * How long changes from elsewhere are gathered before they are saved together, in milliseconds. They are on the relay's disk before they
 * come here, so what a crash takes is sent again; saving each of them at once would hold up the merging of the next.
 */
const GATHER_MS = 500;

/** Changes of any document within so many milliseconds before a save put it off: what merges goes before what saves. */
const QUIET_MS = 250;

/** So many times they are gathered at most. */
const MOST_GATHERS = 4;

type Saving = {
  running: Promise<void> | undefined;
  waiting: Promise<void> | undefined;
  failures: number;
  cancelTimer: (() => void) | undefined;
};

/** What a saver needs: `save` writes one document as it is now, `failed` hears of saves nobody waits for. */
export type SaverParts = {
  readonly save: (id: string) => Promise<void>;
  readonly failed: (id: string, cause: string) => void;
  readonly surroundings: Surroundings;
};

/**
 * Saves documents, one save of a document at a time. It takes the place of Repo's own saving, which leaves a failed
 * save as an unhandled rejection and never tries it again; here it is tried again with growing delays until it is well.
 */
export class DocumentSaver {
  readonly #parts: SaverParts;
  readonly #savings = new Map<string, Saving>();
  readonly #held = new Map<string, Promise<void>>();
  /** When the last change of any document came from elsewhere. */
  #newsAt = 0;
  #closed = false;

  constructor(parts: SaverParts) {
    this.#parts = parts;
  }

  /** Saves a document as it is when the save begins, at once or behind the one that is running; rejects when it failed. */
  save(id: string): Promise<void> {
    const saving = this.#saving(id);
    if (saving.running === undefined) return this.#start(id, saving);
    if (saving.waiting === undefined) {
      const again = () => {
        saving.waiting = undefined;
        return this.#start(id, saving);
      };
      // Whoever asked for the save before hears of its failure; this one goes on either way.
      saving.waiting = saving.running.then(again, again);
    }
    return saving.waiting;
  }

  /** Saves a document soon, together with what else changes meanwhile; a failure is told to `failed`. */
  saveSoon(id: string): void {
    this.#newsAt = this.#parts.surroundings.now();
    this.#gather(id, this.#saving(id), 1);
  }

  #gather(id: string, saving: Saving, times: number): void {
    if (this.#closed || saving.cancelTimer !== undefined) return;
    saving.cancelTimer = this.#parts.surroundings.after(GATHER_MS, () => {
      saving.cancelTimer = undefined;
      const isQuiet = this.#parts.surroundings.now() - this.#newsAt >= QUIET_MS;
      if (!isQuiet && times < MOST_GATHERS) this.#gather(id, saving, times + 1);
      else void this.#unattended(id);
    });
  }

  /**
   * Runs `work` on a document's stored bytes after the save that runs, with every later save behind it. When it rejects,
   * so does every later save: what it would build on is not what is stored.
   */
  hold(id: string, work: () => Promise<void>): Promise<void> {
    const held = Promise.allSettled([this.#saving(id).running])
      .then(work)
      .then(() => void this.#held.delete(id));
    this.#held.set(id, held);
    return held;
  }

  /** Forgets a document that is not open any more; false when a save of it runs or is asked for, and then it stays. */
  forget(id: string): boolean {
    const saving = this.#savings.get(id);
    if (this.#held.has(id) || saving?.running !== undefined || saving?.cancelTimer !== undefined)
      return false;
    this.#savings.delete(id);
    return true;
  }

  /** Waits for the saves that run and for those gathered, then saves no more. */
  async close(): Promise<void> {
    const gathered = [...this.#savings].filter(([, saving]) => saving.cancelTimer !== undefined);
    this.#closed = true;
    for (const [, saving] of gathered) saving.cancelTimer?.();
    await Promise.all(gathered.map(([id]) => this.#unattended(id)));
    await Promise.allSettled([...this.#savings.values()].map((saving) => saving.waiting ?? saving.running));
  }

  #saving(id: string): Saving {
    let saving = this.#savings.get(id);
    if (saving === undefined) {
      saving = { running: undefined, waiting: undefined, failures: 0, cancelTimer: undefined };
      this.#savings.set(id, saving);
    }
    return saving;
  }

  async #start(id: string, saving: Saving): Promise<void> {
    this.#clearTimer(saving);
    const held = this.#held.get(id);
    const running = held === undefined ? this.#parts.save(id) : held.then(() => this.#parts.save(id));
    saving.running = running;
    try {
      await running;
      saving.failures = 0;
    } catch (cause) {
      this.#later(id, saving, backoffDelay(saving.failures++, this.#parts.surroundings.random()));
      throw cause;
    } finally {
      saving.running = undefined;
    }
  }

  #later(id: string, saving: Saving, ms: number): void {
    if (this.#closed || saving.cancelTimer !== undefined) return;
    saving.cancelTimer = this.#parts.surroundings.after(ms, () => {
      saving.cancelTimer = undefined;
      void this.#unattended(id);
    });
  }

  async #unattended(id: string): Promise<void> {
    try {
      await this.save(id);
    } catch (cause) {
      this.#parts.failed(id, causeText(cause));
    }
  }

  #clearTimer(saving: Saving): void {
    saving.cancelTimer?.();
    saving.cancelTimer = undefined;
  }
}
