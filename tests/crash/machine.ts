import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** The programs a machine keeps running, by a word of their command line. */
const PROGRAMS = {
  relay: 'sync-relay/main.ts',
  bridge: 'hardware-bridge/main.ts',
  reports: 'reports-indexer/main.ts',
} as const;

/** A program of a machine that a crash can hit. */
export type ProgramName = keyof typeof PROGRAMS;

/** A service manager starts a machine's program again this often, a second apart, before somebody must come. */
const STARTS = 8;

/** A machine of the shop as `npm run station` runs it, in processes of its own that can be killed. */
export class Machine {
  readonly name: string;
  readonly #args: readonly string[];
  readonly #log: (line: string) => void;
  #process: ChildProcess | undefined;

  constructor(name: string, args: readonly string[], log: (line: string) => void) {
    this.name = name;
    this.#args = args;
    this.#log = log;
  }

  /** Starts the machine as a service manager does: once more when it did not come up. Gives how often it had to. */
  async start(): Promise<number> {
    for (let start = 1; ; start++) {
      const said = await this.#startOnce();
      if (said === undefined) return start;
      if (start === STARTS) throw new Error(`${this.name} does not come up: ${said}`);
      await pause(1000);
    }
  }

  /** The process of a program; undefined while it does not run. */
  pidOf(program: ProgramName): number | undefined {
    return this.#children().find((pid) => commandLine(pid).includes(PROGRAMS[program]));
  }

  /** Kills one of its programs, which the machine itself starts again. False when it does not run now. */
  kill(program: ProgramName): boolean {
    const pid = this.pidOf(program);
    return pid !== undefined && killNow(pid);
  }

  /** Kills what starts the programs; they see that it is gone and end by themselves. */
  killSupervisor(): void {
    const pid = this.#process?.pid;
    if (pid !== undefined) killNow(pid);
  }

  /** Ends every process of it at once, as a power cut does. */
  powerCut(): void {
    const pids = this.#children();
    this.killSupervisor();
    for (const pid of pids) killNow(pid);
  }

  /** Resolves when the machine's first process is gone. */
  async gone(): Promise<void> {
    const machine = this.#process;
    if (!machine || machine.exitCode !== null || machine.signalCode !== null) return;
    await new Promise((resolve) => machine.once('close', resolve));
  }

  /** Ends it politely. */
  async stop(): Promise<void> {
    this.#process?.kill('SIGTERM');
    await this.gone();
  }

  /** Undefined when it runs; else what it said when it ended. */
  #startOnce(): Promise<string | undefined> {
    const machine = spawn(process.execPath, ['app/server/main.ts', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = machine;
    let said = '';
    createInterface({ input: machine.stderr }).on('line', (line) => {
      said = line;
      this.#log(`${this.name}: ${line}`);
    });
    return new Promise((resolve) => {
      createInterface({ input: machine.stdout }).on('line', (line) => {
        if (line.trim() !== '') this.#log(`${this.name}: ${line}`);
        if (line.startsWith('Tillmesh is running')) resolve(undefined);
      });
      machine.once('close', (code) => resolve(`${said} (exit code ${code})`));
    });
  }

  #children(): number[] {
    const pid = this.#process?.pid;
    if (pid === undefined) return [];
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter((word) => word !== '')
        .map(Number);
    } catch {
      // The machine is gone, and its children with it or on their own way out.
      return [];
    }
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function killNow(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
