import { causeText } from '../repo/surroundings.ts';

/** How sure a write is when it is done: the disk has it, or the disk has it before anything that is written later. */
export type Sureness = 'on-disk' | 'in-order';

/** Where notes lie on a disk. `write` takes all of them or none; undefined takes a note out. */
export type NoteStore = {
  readonly read: () => Promise<ReadonlyMap<string, string>>;
  readonly write: (notes: ReadonlyMap<string, string | undefined>, sureness: Sureness) => Promise<void>;
};

/**
 * Notes of this device that a power cut must not take: what waits for somebody outside, and how far that went. A browser writes its own
 * small storage when it likes, so these go to a database that says when the disk has them. Nobody waits for it: notes go there in
 * the order they were made, those of one moment together, and what the disk refuses is tried again with the next.
 */
export class KeptNotes {
  readonly #store: NoteStore;
  readonly #report: (sentence: string) => void;
  #changed = new Map<string, string | undefined>();
  #sureness: Sureness = 'in-order';
  #writing: Promise<boolean> | undefined;
  #isRefused = false;

  constructor(store: NoteStore, report: (sentence: string) => void) {
    this.#store = store;
    this.#report = report;
  }

  /** The notes whose names begin with `prefix`, by name; undefined where the disk cannot be read now. */
  async read(prefix: string): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      const notes = await this.#store.read();
      return new Map([...notes].filter(([name]) => name.startsWith(prefix)));
    } catch (cause) {
      this.#report(`what waits here could not be read: ${causeText(cause)}`);
      return undefined;
    }
  }

  /** Makes, changes or takes out a note; it goes to the disk by itself. One `in-order` may be lost to a power cut, but not without all later ones. */
  write(name: string, text: string | undefined, sureness: Sureness = 'on-disk'): void {
    this.#changed.set(name, text);
    if (sureness === 'on-disk') this.#sureness = sureness;
    this.kept().catch((cause: unknown) => globalThis.reportError(cause));
  }

  /** Tries what the disk does not have yet. Whether it has everything now; false is told once and not thrown. */
  kept(): Promise<boolean> {
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<boolean> {
    // One turn, so that what is noted together goes together.
    await Promise.resolve();
    while (this.#changed.size > 0 && (await this.#writeBatch()));
    // In the turn that found nothing left: a note made after it begins anew, and is not taken for written.
    this.#writing = undefined;
    return this.#changed.size === 0;
  }

  /** Writes what changed until now; false when the disk refuses it. */
  async #writeBatch(): Promise<boolean> {
    const [batch, sureness] = [this.#changed, this.#sureness];
    this.#changed = new Map();
    this.#sureness = 'in-order';
    try {
      await this.#store.write(batch, sureness);
      this.#isRefused = false;
      return true;
    } catch (cause) {
      this.#changed = new Map([...batch, ...this.#changed]);
      this.#sureness = 'on-disk';
      if (!this.#isRefused) this.#report(`what waits here is not on the disk: ${causeText(cause)}`);
      this.#isRefused = true;
      return false;
    }
  }
}

/** Notes in memory alone, for what need not outlive the page. */
export function notesInMemory(notes = new Map<string, string>()): NoteStore {
  return {
    read: async () => new Map(notes),
    write: async (changes) => {
      for (const [name, text] of changes)
        if (text === undefined) notes.delete(name);
        else notes.set(name, text);
    },
  };
}
