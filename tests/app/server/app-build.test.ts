import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ensureBuild } from '../../../app/server/app-build.ts';
import { PATIENCE } from '../../support/patience.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Stands in the place of Vite: fails where another of its kind is at work, and says how often it was called. */
const BUILDER = `import { appendFileSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
appendFileSync('calls', 'x');
mkdirSync('at-work');
setTimeout(() => {
  rmdirSync('at-work');
  mkdirSync('build', { recursive: true });
  writeFileSync('build/index.html', '');
}, 300);`;

/** A project whose pages are built by the given program. */
async function project(builder = BUILDER): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of ['app', 'model', 'node_modules/vite/bin'])
    await mkdir(join(folder, path), { recursive: true });
  for (const path of ['package.json', 'svelte.config.js', 'vite.config.ts'])
    await writeFile(join(folder, path), path === 'package.json' ? '{"type":"module"}' : '');
  await writeFile(join(folder, 'node_modules/vite/bin/vite.js'), builder);
  await writeFile(join(folder, 'node_modules/vite/package.json'), '{"type":"module"}');
  return folder;
}

const calls = async (folder: string) => (await readFile(join(folder, 'calls'), 'utf8')).length;

test('pages that several ask for at once are built once, and not again until something changed', async () => {
  const folder = await project();
  const said: string[] = [];
  const ask = () => ensureBuild(folder, (line) => said.push(line));
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([undefined, undefined, undefined]);
  expect(await ask()).toBeUndefined();
  expect([await calls(folder), said.length]).toEqual([1, 1]);
});

test('a build that fails is told, and the next one is tried', async () => {
  const folder = await project(`console.error('no such page'); process.exit(1);`);
  const ask = () => ensureBuild(folder, () => undefined);
  expect(await ask()).toContain('no such page');
  expect(await ask()).toContain('no such page');
});

test('a builder that is killed keeps nobody from building', async () => {
  const folder = await project();
  const lock = resolve('app/server/build-lock.ts');
  const source = `import { lockBuild } from '${lock}'; await lockBuild('${folder}'); console.log('locked'); setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source]);
  let heard = '';
  owner.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text));
  await vi.waitFor(() => expect(heard).toContain('locked'), PATIENCE);
  const built = ensureBuild(folder, () => undefined);
  owner.kill('SIGKILL');
  expect(await built).toBeUndefined();
  expect(await calls(folder)).toBe(1);
});
