import type { Surroundings } from '../surroundings.ts';
import type { RegisterJournal } from './register-journal.svelte.ts';

/** The part of the journal that is looked at. */
type Written = Pick<RegisterJournal, 'records' | 'lastSaved' | 'writing' | 'unsaved'>;

/**
 * How far this device's records have reached the relay's disk, kept over restarts: what is not there is in this browser
 * alone, and a device that was turned away must say so.
 */
export class PassedOn {
  readonly #journal: Written;
  readonly #surroundings: Surroundings;
  readonly #key: string;

  constructor(journal: Written, surroundings: Surroundings, device: string) {
    this.#journal = journal;
    this.#surroundings = surroundings;
    this.#key = `passed-on:${device}`;
    // A device that begins has only what a relay gave it.
    if (surroundings.readNote(this.#key) === undefined) this.#write(this.#last());
  }

  /** Looks again; called now and then, and before `left` is asked for. */
  refresh(): void {
    const { lastSaved, writing, unsaved } = this.#journal;
    if (lastSaved?.relay === 'saved' && !writing && !unsaved) this.#write(this.#last());
  }

  /** How many records only this browser has. */
  get left(): number {
    const waiting = this.#journal.unsaved ? 1 : 0;
    return Math.max(0, this.#last() - Number(this.#surroundings.readNote(this.#key) ?? 0)) + waiting;
  }

  #last(): number {
    return this.#journal.records.at(-1)?.seq ?? 0;
  }

  #write(seq: number): void {
    this.#surroundings.writeNote(this.#key, String(seq));
  }
}
