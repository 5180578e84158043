import * as v from 'valibot';
import type { Surroundings } from '../surroundings.ts';
import type { KeptNotes } from './kept-notes.ts';

/** What kind of jobs wait: `prefix` begins the names of their notes, `schema` reads them, `idOf` tells them apart. */
export type JobKind<Job> = {
  readonly prefix: string;
  readonly schema: v.GenericSchema<unknown, Job>;
  readonly idOf: (job: Job) => string;
};

type Placed<Job> = { readonly order: number; readonly job: Job };

/** Jobs that somebody outside has not taken yet, in their order: in memory at once, on the disk a moment later, and there over a power cut. */
export class WaitingJobs<Job> {
  readonly #notes: KeptNotes;
  readonly #kind: JobKind<Job>;
  #placed = $state.raw<readonly Placed<Job>[]>([]);

  constructor(notes: KeptNotes, kind: JobKind<Job>) {
    this.#notes = notes;
    this.#kind = kind;
  }

  /** The jobs, the oldest first. */
  get jobs(): readonly Job[] {
    return this.#placed.map(({ job }) => job);
  }

  /** Takes up what an earlier page left behind; a note that cannot be read is passed over. */
  async read(): Promise<void> {
    const { prefix, schema } = this.#kind;
    const notes = (await this.#notes.read(prefix)) ?? new Map<string, string>();
    const placed = v.pipe(v.string(), v.parseJson(), v.object({ order: v.number(), job: schema }));
    const earlier = [...notes.values()].flatMap((text) => {
      const read = v.safeParse(placed, text);
      return read.success ? [read.output] : [];
    });
    const isNew = ({ job }: Placed<Job>) =>
      !this.#placed.some((known) => this.#idOf(known) === this.#idOf({ job }));
    this.#placed = [...earlier.filter(isNew).sort((a, b) => a.order - b.order), ...this.#placed];
  }

  /**
   * Takes over the jobs that an earlier version kept as one note of the browser, which `schema` reads. That note goes once the disk
   * has them; until then they are taken over again at each start, and who takes a job twice knows its id.
   */
  async takeOver(
    { readNote, writeNote }: Pick<Surroundings, 'readNote' | 'writeNote'>,
    note: string,
    schema: v.GenericSchema<unknown, readonly Job[]>,
  ): Promise<void> {
    const text = readNote(note);
    if (text === undefined) return;
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    for (const job of read.success ? read.output : []) this.add(job);
    if (await this.#notes.kept()) writeNote(note, undefined);
  }

  /** Whether a job waits. */
  has(id: string): boolean {
    return this.#placed.some((one) => this.#idOf(one) === id);
  }

  /** Puts a job behind the others; one that waits already stays where it is. */
  add(job: Job): void {
    const id = this.#kind.idOf(job);
    if (this.has(id)) return;
    const order = Math.max(0, ...this.#placed.map((one) => one.order)) + 1;
    this.#placed = [...this.#placed, { order, job }];
    this.#notes.write(this.#kind.prefix + id, JSON.stringify({ order, job }));
  }

  /** Lets go of a job that was taken, or never will be. */
  remove(id: string): void {
    this.#placed = this.#placed.filter((one) => this.#idOf(one) !== id);
    // Who takes a job twice knows its id.
    this.#notes.write(this.#kind.prefix + id, undefined, 'in-order');
  }

  #idOf({ job }: Pick<Placed<Job>, 'job'>): string {
    return this.#kind.idOf(job);
  }
}
