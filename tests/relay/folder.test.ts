import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deviceId } from '../../sync-relay/device-file.ts';
import { isProcessAlive, lockFolder } from '../../sync-relay/folder-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ID = '0123456789abcdef';

test('a data folder gets one device id for ever, in a file of its owner only', async () => {
  const folder = await temporaryFolder();
  expect(await deviceId(folder, () => ID)).toEqual({ ok: true, value: ID });
  expect(await deviceId(folder, () => 'ffffffffffffffff')).toEqual({ ok: true, value: ID });
  expect((await stat(join(folder, 'device.json'))).mode & 0o777).toBe(0o600);
});

test.each(['', '{}', '{"device":"x"}', 'not json'])(
  'a damaged device file %j is a sentence, not a second device',
  async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'device.json'), text);
    const read = await deviceId(folder, () => ID);
    expect(read).toMatchObject({ ok: false });
    expect(!read.ok && read.error).toContain('is damaged');
    expect(await readFile(join(folder, 'device.json'), 'utf8')).toBe(text);
  },
);

test('a folder in use is refused with the process that uses it, and free again after release', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), '4242');
  const refused = await lockFolder(folder, () => true);
  expect(!refused.ok && refused.error).toContain('process 4242');
  const taken = await lockFolder(folder, () => false);
  expect(taken.ok).toBe(true);
  expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
  if (taken.ok) await taken.value.release();
  expect((await lockFolder(folder, () => true)).ok).toBe(true);
});

test('a process that is gone is not alive, this one is', () => {
  expect(isProcessAlive(process.pid)).toBe(true);
  expect(isProcessAlive(2 ** 22 + 1)).toBe(false);
});
