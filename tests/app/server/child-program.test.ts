import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ChildProgram, type ProgramNews } from '../../../app/server/child-program.ts';
import { isProcessAlive } from '../../../sync-relay/folder-lock.ts';
import { PATIENCE } from '../../support/patience.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LISTENS = `console.log(JSON.stringify({ event: 'listening', args: process.argv.slice(2) }));
console.error('hello');
setInterval(() => undefined, 1000);`;

/** A program of the given source, stopped when the test ends. */
async function program(source: string) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'main.mjs'), source);
  const log: string[] = [];
  const news: ProgramNews[] = [];
  const child = new ChildProgram(
    { name: 'example', main: 'main.mjs', args: ['--a', 'b'] },
    folder,
    (line) => log.push(line),
    (item) => news.push(item),
  );
  onTestFinished(() => child.stop());
  return { child, log, news };
}

test('a program says when it is ready, and what it writes goes to the log under its name', async () => {
  const { child, log } = await program(LISTENS);
  expect(await child.start()).toEqual({ event: 'listening', args: ['--a', 'b'] });
  await vi.waitFor(() => expect(log).toContain('[example] hello'), PATIENCE);
});

test('a program that ends before it is ready gives its own sentence', async () => {
  const { child } = await program(`console.error('Port 1 is in use.'); process.exit(1);`);
  await expect(child.start()).rejects.toThrow('Port 1 is in use.');
});

test('a program that is killed comes back as a new process and is told of', async () => {
  const { child, news } = await program(LISTENS);
  await child.start();
  const first = child.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(news.map(({ what }) => what)).toEqual(['ended', 'back']), PATIENCE);
  expect(child.pid).not.toBe(first);
});

test('a program that is stopped stays stopped', async () => {
  const { child, news } = await program(LISTENS);
  await child.start();
  const pid = child.pid ?? 0;
  await child.stop();
  expect(isProcessAlive(pid)).toBe(false);
  expect(news).toEqual([]);
});

test('a program ends with its supervisor, however that ended', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.mjs'),
    LISTENS.replace("'listening',", "'listening', pid: process.pid,"),
  );
  const supervisor = await program(`
    import { ChildProgram } from ${JSON.stringify(new URL('../../../app/server/child-program.ts', import.meta.url).href)};
    const child = new ChildProgram({ name: 'inner', main: 'main.mjs', args: [] }, ${JSON.stringify(folder)}, () => undefined, () => undefined);
    console.log(JSON.stringify(await child.start()));
    setInterval(() => undefined, 1000);`);
  const { pid } = (await supervisor.child.start()) as { pid: number };
  expect(isProcessAlive(pid)).toBe(true);
  process.kill(supervisor.child.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(isProcessAlive(pid)).toBe(false), PATIENCE);
});
