import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as v from 'valibot';
import { printedPaperSchema, type PrintedPaper } from './paper-strip.ts';

/** Papers kept; older ones go. */
const MOST = 200;

/** The papers that came out, oldest first; in a folder as well when there is one, so that they outlive a restart. */
export class PaperShelf {
  readonly #folder: string | null;
  readonly #log: Logger;
  #papers: PrintedPaper[] = [];
  #nextNumber = 1;
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string | null, log: Logger) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Opens the shelf with what is on it from before. Throws when the folder cannot be used. */
  static async open(folder: string | null, log: Logger): Promise<PaperShelf> {
    const shelf = new PaperShelf(folder, log);
    if (folder !== null) await shelf.#load(folder);
    return shelf;
  }

  /** The papers, oldest first. */
  all(): readonly PrintedPaper[] {
    return this.#papers;
  }

  /** One paper, or undefined. */
  get(number: number): PrintedPaper | undefined {
    return this.#papers.find((paper) => paper.number === number);
  }

  /** Puts a paper on the shelf and numbers it. */
  add(printed: Omit<PrintedPaper, 'number' | 'at'>, at: Date): PrintedPaper {
    const paper: PrintedPaper = { number: this.#nextNumber, at: at.toISOString(), ...printed };
    this.#nextNumber += 1;
    this.#papers.push(paper);
    const gone = this.#papers.splice(0, Math.max(0, this.#papers.length - MOST));
    this.#later(async (folder) => {
      await writeWhole(join(folder, fileName(paper.number)), JSON.stringify(paper));
      for (const old of gone) await rm(join(folder, fileName(old.number)), { force: true });
    });
    return paper;
  }

  /** Clears the shelf; numbers go on. */
  clear(): void {
    const gone = this.#papers.splice(0);
    this.#later(async (folder) => {
      for (const paper of gone) await rm(join(folder, fileName(paper.number)), { force: true });
    });
  }

  /** Resolves when everything is written. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #load(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const names = (await readdir(folder)).filter((name) => /^paper-[0-9]+\.json$/.test(name));
    for (const name of names) {
      const paper = v.safeParse(printedPaperSchema, parseJson(await readFile(join(folder, name), 'utf8')));
      if (paper.success) this.#papers.push(paper.output);
      else this.#log.warn({ file: name }, 'a kept paper is damaged and was left out');
    }
    this.#papers.sort((a, b) => a.number - b.number);
    this.#papers = this.#papers.slice(-MOST);
    this.#nextNumber = 1 + (this.#papers.at(-1)?.number ?? 0);
  }

  #later(work: (folder: string) => Promise<void>): void {
    const folder = this.#folder;
    if (folder === null) return;
    this.#writing = this.#writing
      .then(() => work(folder))
      .catch((cause: unknown) => this.#log.error({ err: cause }, 'a paper could not be kept'));
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function fileName(number: number): string {
  return `paper-${String(number).padStart(6, '0')}.json`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
