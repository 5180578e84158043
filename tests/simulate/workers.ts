import { fork, type ChildProcess } from 'node:child_process';
import type { Plan } from './steps.ts';

/** What a worker is asked: a seed to draw a plan from, whose failure is shrunk, or a plan to be played as it is. */
export type Question =
  { readonly seed: number; readonly tills: number; readonly steps: number } | { readonly plan: Plan };

/** What became of it; `shrunk` are the steps that are left of a failing seed. */
export type Answer = {
  readonly faults: readonly string[];
  readonly counts: readonly (readonly [string, number])[];
  /** What it took of a processor, without shrinking, in milliseconds. */
  readonly processor: number;
  readonly shrunk?: Plan;
};

/** Processes that each play one plan at a time: a simulation puts its own clock and chance in place of its process's. */
export class Workers {
  readonly #idle: ChildProcess[];
  readonly #all: readonly ChildProcess[];
  readonly #waiting: ((worker: ChildProcess) => void)[] = [];

  constructor(count: number) {
    this.#all = Array.from({ length: count }, () => fork(new URL('./worker.ts', import.meta.url)));
    this.#idle = [...this.#all];
  }

  /** Plays when a process is free. Rejects when that dies. */
  async play(question: Question): Promise<Answer> {
    const worker =
      this.#idle.shift() ?? (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    try {
      return await ask(worker, question);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#idle.push(worker);
    }
  }

  /** Ends the processes. */
  stop(): void {
    for (const worker of this.#all) worker.kill();
  }
}

function ask(worker: ChildProcess, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = () => worker.off('message', answered).off('exit', died);
    const answered = (answer: unknown) => {
      done();
      resolve(answer as Answer);
    };
    const died = (code: number | null) => {
      done();
      reject(new Error(`a simulation ended with code ${code} and without an answer`));
    };
    worker.on('message', answered).on('exit', died);
    worker.send(question);
  });
}
