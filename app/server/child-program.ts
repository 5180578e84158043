import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How to run one of our programs. */
export type ProgramSpec = {
  /** What people know it by: `relay of S01-R1`. */
  readonly name: string;
  /** Its main file, from the project's folder. */
  readonly main: string;
  readonly args: readonly string[];
  /** What Node itself is told. */
  readonly nodeArgs?: readonly string[];
};

/** What the supervisor tells about a program after it was up once. */
export type ProgramNews = { readonly name: string; readonly what: 'ended' | 'back'; readonly detail: string };

const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;

/**
 * One program of ours, kept running: when it ends without being asked it is started again after a short, growing wait.
 * What it writes to stderr goes to `log`, line by line.
 */
export class ChildProgram {
  readonly #spec: ProgramSpec;
  readonly #cwd: string;
  readonly #log: (line: string) => void;
  readonly #news: (news: ProgramNews) => void;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #wait = FIRST_WAIT_MS;
  #stopped = false;

  constructor(
    spec: ProgramSpec,
    cwd: string,
    log: (line: string) => void,
    news: (news: ProgramNews) => void,
  ) {
    this.#spec = spec;
    this.#cwd = cwd;
    this.#log = log;
    this.#news = news;
  }

  /** What people know it by. */
  get name(): string {
    return this.#spec.name;
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the program; resolves with what it says when it listens, rejects with its own sentence when it ends first. */
  start(): Promise<Record<string, unknown>> {
    const child = spawn(
      process.execPath,
      [...(this.#spec.nodeArgs ?? []), '--import', END_WITH_PARENT, this.#spec.main, ...this.#spec.args],
      {
        cwd: this.#cwd,
        stdio: ['pipe', 'pipe', 'pipe'],
        // Ctrl-C reaches a whole process group; ours stop in order when the supervisor says so.
        detached: true,
      },
    );
    this.#child = child;
    const lastLines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#log(`[${this.#spec.name}] ${line}`);
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
    });
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
    return new Promise((resolve, reject) => {
      let isUp = false;
      createInterface({ input: child.stdout }).once('line', (line) => {
        isUp = true;
        this.#wait = FIRST_WAIT_MS;
        resolve(JSON.parse(line) as Record<string, unknown>);
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#child = undefined;
        if (isUp) this.#endedUnasked(code, signal);
        else
          reject(
            new Error(lastLines.find((line) => !line.startsWith('{')) ?? `${this.#spec.name} ended at once`),
          );
      });
    });
  }

  /** Asks the program to end and waits until it has. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGTERM');
    const child = this.#child;
    const hammer = setTimeout(() => child?.kill('SIGKILL'), 5_000);
    await this.#ended;
    clearTimeout(hammer);
  }

  #endedUnasked(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopped) return;
    this.#news({ name: this.#spec.name, what: 'ended', detail: signal ?? `exit code ${code}` });
    this.#restartLater();
  }

  #restartLater(): void {
    this.#timer = setTimeout(() => {
      this.start().then(
        () => this.#news({ name: this.#spec.name, what: 'back', detail: 'started again' }),
        (cause: unknown) => {
          this.#log(`[${this.#spec.name}] ${String(cause)}`);
          if (!this.#stopped) this.#restartLater();
        },
      );
    }, this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }
}
