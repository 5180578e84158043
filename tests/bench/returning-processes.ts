import { spawn, type ChildProcess } from 'node:child_process';
import type { NewsTold, Order, Seen, Told } from './returning-relays.ts';

/** Relays in one process: each takes memory for what it holds, and Automerge has no more than four gigabytes in a process. */
const RELAYS_A_PROCESS = 25;

/** So long nothing went over any link: everybody has said everything, in milliseconds. */
const QUIET_MS = 5_000;

/** How often it is told that they still come back, in milliseconds. */
const TELL_MS = 30_000;

type Outcome = { readonly seen: readonly Seen[]; readonly news: readonly NewsTold[]; readonly cpu: number };

/** The relays of stores that come back, in as many processes as they need. */
export class ReturningProcesses {
  readonly #processes: readonly ReturningProcess[];

  private constructor(processes: readonly ReturningProcess[]) {
    this.#processes = processes;
  }

  /** Resolves when all of them are ready and dial. */
  static async start(
    stores: number,
    registers: number,
    told: Readonly<Record<string, string | number>>,
  ): Promise<ReturningProcesses> {
    const each = Math.max(1, Math.floor(RELAYS_A_PROCESS / registers));
    const processes: ReturningProcess[] = [];
    for (let first = 1; first <= stores; first += each) {
      const part = { ...told, registers, first, stores: Math.min(each, stores - first + 1) };
      processes.push(new ReturningProcess(part));
    }
    await Promise.all(processes.map(({ ready }) => ready));
    for (const one of processes) one.order('dial');
    return new ReturningProcesses(processes);
  }

  /** How many processes there are. */
  get count(): number {
    return this.#processes.length;
  }

  /** Resolves with what all of them saw when nothing more goes over any link. */
  async quiet(): Promise<Outcome> {
    const begun = Date.now();
    let told = 0;
    await new Promise<void>((resolve, reject) => {
      const timer = setInterval(() => {
        if (Date.now() - begun > (told + 1) * TELL_MS) {
          told += 1;
          process.stderr.write(`  ${(told * TELL_MS) / 1000} s: relays still come back\n`);
        }
        const isQuiet = this.#processes.every(
          ({ lastAt }) => lastAt !== null && Date.now() - lastAt > QUIET_MS,
        );
        if (!isQuiet) return;
        clearInterval(timer);
        resolve();
      }, 100);
      for (const { seen } of this.#processes)
        seen.catch((cause: unknown) => {
          clearInterval(timer);
          reject(cause);
        });
    });
    for (const one of this.#processes) one.order('end');
    const all = await Promise.all(this.#processes.map(({ seen }) => seen));
    return {
      seen: all.flatMap(({ relays }) => relays),
      news: all.flatMap(({ news }) => news),
      cpu: all.reduce((sum, { cpu }) => sum + cpu, 0),
    };
  }
}

class ReturningProcess {
  readonly ready: Promise<void>;
  readonly seen: Promise<Extract<Told, { event: 'seen' }>>;
  readonly #child: ChildProcess;
  /** When anything went over one of its links last; null until all of them have one. */
  lastAt: number | null = null;

  constructor(told: Readonly<Record<string, string | number>>) {
    const args = Object.entries(told).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#child = spawn(process.execPath, ['tests/bench/returning-relays.ts', ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ready = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<Extract<Told, { event: 'seen' }>>();
    this.#child.on('message', (said) => {
      const heard = said as Told;
      if (heard.event === 'ready') ready.resolve();
      else if (heard.event === 'seen') seen.resolve(heard);
      else this.lastAt = heard.lastAt;
    });
    this.#child.once('close', (code) => {
      const ended = new Error(`a process of returning relays ended with ${code}`);
      ready.reject(ended);
      seen.reject(ended);
    });
    this.ready = ready.promise;
    this.seen = seen.promise;
    // Awaited when all are done: one that ends before must not end the benchmark without a word of which it was.
    this.seen.catch(() => undefined);
  }

  order(order: Order): void {
    this.#child.send(order);
  }
}
