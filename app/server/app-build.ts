import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockBuild } from './build-lock.ts';

/** What the pages are built from; a change in any of it asks for a new build. */
const SOURCES = ['app', 'model', 'package.json', 'svelte.config.js', 'vite.config.ts'];

/**
 * Builds the pages when there is no build or it is older than its sources; one at a time, since two would write the same files. Gives
 * a sentence when building failed.
 */
export async function ensureBuild(project: string, say: (line: string) => void): Promise<string | undefined> {
  if (await isBuilt(project)) return undefined;
  const unlock = await lockBuild(project);
  try {
    // Who had the lock before may have built them.
    if (await isBuilt(project)) return undefined;
    say('Building the pages (once, and after each update) …');
    const { code, output } = await run(project, [
      'node_modules/vite/bin/vite.js',
      'build',
      '--logLevel',
      'warn',
    ]);
    return code === 0 ? undefined : `The pages could not be built:\n${output}`;
  } finally {
    unlock();
  }
}

async function isBuilt(project: string): Promise<boolean> {
  const built = await modified(join(project, 'build', 'index.html'));
  let newest = 0;
  for (const source of SOURCES) newest = Math.max(newest, await newestIn(join(project, source)));
  return built >= newest;
}

async function modified(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 0;
    throw cause;
  }
}

async function newestIn(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  let newest = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    // The compiled messages are made by the build itself.
    if (entry.name === 'paraglide' || entry.name === 'project.inlang' || entry.name === 'server') continue;
    newest = Math.max(newest, await newestIn(join(path, entry.name)));
  }
  return newest;
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
