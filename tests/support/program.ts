import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program of ours running as a process of its own. */
export type RunningProgram = {
  /** What it said on stdout when it was ready, e.g. `{ event: 'listening', port }`. */
  readonly ready: Record<string, unknown> & { readonly port: number };
  readonly process: ChildProcess;
  /** Everything it wrote to stderr so far. */
  readonly log: () => string;
  /** Ends it politely and waits for the end; gives the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends it as a power cut would and waits for the end. */
  readonly kill: () => Promise<void>;
};

/** How a program ended that never became ready. */
export class ProgramEnded extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(path: string, code: number | null, stderr: string) {
    super(`${path} ended with ${code}: ${stderr}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/** Starts `node PATH ARGS` and waits for its first JSON line on stdout. Rejects with {@link ProgramEnded} when it ends first. */
export function startProgram(
  path: string,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<RunningProgram> {
  const child = spawn(process.execPath, [...nodeArgs, path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (line) => {
      resolve({
        ready: JSON.parse(line) as RunningProgram['ready'],
        process: child,
        log: () => stderr,
        stop: () => {
          child.kill('SIGTERM');
          return ended;
        },
        kill: async () => {
          child.kill('SIGKILL');
          await ended;
        },
      });
    });
    void ended.then((code) => reject(new ProgramEnded(path, code, stderr)));
  });
}

/** Runs `node PATH ARGS` to its end. */
export async function runProgram(
  path: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
