import type { LogDisk } from '../../sync-relay/document-log.ts';
import { NotOnDisk } from '../../sync-relay/looks.ts';
import type { Machine } from './machine.ts';

/**
 * How a disk behaves: `full` refuses, `torn` refuses and leaves half of what it should have written, `unsynced` writes all and says that
 * it did not, as a failing fsync does. `lying` says that it wrote and did not: no program can live with that, an oracle must tell.
 */
export type DiskMood = 'well' | 'full' | 'torn' | 'unsynced' | 'unreadable' | 'lying';

/** What the simulated disk says when it is `full`, `torn`, `unsynced` or `unreadable`. */
export class DiskRefusal extends Error {}

/** For a promise that may fail because the simulated disk refused, and for no other reason: anything else is thrown on. */
export function ifRefused<Instead>(instead: Instead): (cause: unknown) => Instead {
  return (cause) => {
    if (cause instanceof DiskRefusal) return instead;
    throw cause;
  };
}

/** For a look at a document of a relay: where the disk refuses there is nothing to see, and anything else is broken and is told. */
export function tellUnlessRefused(broken: string[], what: string): (cause: unknown) => undefined {
  return (cause) => {
    if (!(cause instanceof DiskRefusal || cause instanceof NotOnDisk))
      broken.push(`${what} threw ${String(cause)}`);
  };
}

type Writing = { readonly apply: (share: number) => void };

/**
 * What survives a crash. A write is on the medium when its promise resolves; a crash meanwhile leaves nothing, a part or
 * all of it there, as a power cut does.
 */
export class SimulatedDisk implements LogDisk {
  mood: DiskMood = 'well';
  readonly #machine: Machine;
  #files = new Map<string, Buffer>();
  #image: ReadonlyMap<string, Buffer> | undefined;
  readonly #writing = new Set<Writing>();
  /** When the latest write of each file ends. */
  readonly #ends = new Map<string, number>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Whether an image was kept. */
  get hasImage(): boolean {
    return this.#image !== undefined;
  }

  /** The files as they are on the medium. */
  get files(): ReadonlyMap<string, Buffer> {
    return this.#files;
  }

  append(path: string, offset: number, bytes: Uint8Array): Promise<void> {
    const before = () => (offset === 0 ? Buffer.alloc(0) : (this.#files.get(path) ?? Buffer.alloc(0)));
    return this.#write(path, (share) => {
      const file = before();
      const written = Buffer.from(bytes.subarray(0, Math.floor(bytes.byteLength * share)));
      const rest = file.subarray(Math.min(file.length, offset + written.length));
      this.#files.set(path, Buffer.concat([file.subarray(0, offset), written, rest]));
    });
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    return this.#write(path, (share) => {
      if (share === 1) this.#files.set(path, Buffer.from(bytes));
    });
  }

  truncate(path: string, length: number): Promise<void> {
    return this.#write(path, (share) => {
      const file = this.#files.get(path);
      if (share === 1 && file !== undefined) this.#files.set(path, Buffer.from(file.subarray(0, length)));
    });
  }

  read(path: string): Promise<Buffer | undefined> {
    if (this.mood === 'unreadable')
      return Promise.reject(new DiskRefusal('EIO: the simulated disk cannot read'));
    const file = this.#files.get(path);
    return Promise.resolve(file && Buffer.from(file));
  }

  copy(path: string, to: string): Promise<void> {
    return this.#write(to, (share) => {
      const file = this.#files.get(path);
      if (share === 1 && file !== undefined) this.#files.set(to, file);
    });
  }

  list(folder: string): Promise<string[]> {
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return Promise.resolve(paths.map((path) => path.slice(folder.length + 1)));
  }

  async sizes(folder: string): Promise<Map<string, number>> {
    const names = await this.list(folder);
    return new Map(names.map((name) => [name, this.#files.get(`${folder}/${name}`)?.length ?? 0]));
  }

  remove(path: string): Promise<void> {
    return this.#write(path, (share) => {
      if (share === 1) this.#files.delete(path);
    });
  }

  /** What `localStorage` does: the text is there when this returns, or taken out for undefined. */
  note(path: string, text: string | undefined): void {
    if (text === undefined) this.#files.delete(path);
    else this.#files.set(path, Buffer.from(text));
  }

  /** The machine crashed: of what was being written some part is there. */
  cutPower(): void {
    for (const { apply } of this.#writing) {
      const { world } = this.#machine;
      const luck = world.random();
      apply(luck < 0.4 ? 0 : luck < 0.7 ? 1 : world.random());
    }
    this.#writing.clear();
    this.#ends.clear();
  }

  /** Keeps an image to go back to. */
  keepImage(): void {
    this.#image = new Map(this.#files);
  }

  /** The image a restore would put back; nothing where none was kept. */
  get image(): ReadonlyMap<string, Buffer> {
    return this.#image ?? new Map();
  }

  /** A new disk is put in, with copies of these files. */
  become(files: ReadonlyMap<string, Buffer>): void {
    this.#files = new Map(files);
  }

  /** Writes of one file end in the order they were begun, as transactions of one store do. */
  #write(path: string, apply: (share: number) => void): Promise<void> {
    const writing = { apply };
    this.#writing.add(writing);
    const { world } = this.#machine;
    const ends = Math.max(world.now + world.between(1, 8), this.#ends.get(path) ?? 0);
    this.#ends.set(path, ends);
    return new Promise((resolve, reject) => {
      this.#machine.later(ends - world.now, () => {
        this.#writing.delete(writing);
        if (this.mood === 'well' || this.mood === 'unreadable') apply(1);
        if (this.mood === 'well' || this.mood === 'unreadable' || this.mood === 'lying') {
          resolve();
          return;
        }
        if (this.mood === 'torn') apply(0.5);
        if (this.mood === 'unsynced') apply(1);
        reject(new DiskRefusal(`ENOSPC: the simulated disk is ${this.mood}`));
      });
    });
  }
}
