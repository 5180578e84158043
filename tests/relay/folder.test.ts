import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ownDevice, type OwnDevice } from '../../sync-relay/device-file.ts';
import { verifySignature } from '../../sync-relay/signature.ts';
import { assert } from '#model/result.ts';
import { enrolmentSchema } from '#model/trust/invitation.ts';
import { isProcessAlive, lockFolder } from '../../sync-relay/folder-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ID = '0123456789abcdef';

async function device(folder: string, id = ID): Promise<OwnDevice> {
  const made = await ownDevice(folder, () => id);
  assert(made.ok, () => 'a fresh folder gives a device');
  return made.value;
}

test('[E1] a data folder gets one device with one key for ever, in a file of its owner only', async () => {
  const folder = await temporaryFolder();
  const first = await device(folder);
  const second = await device(folder, 'ffffffffffffffff');
  expect(first.id).toBe(ID);
  expect([second.id, second.publicKey]).toEqual([first.id, first.publicKey]);
  expect((await stat(join(folder, 'device.json'))).mode & 0o777).toBe(0o600);
});

test('[E1] what a device signs is checked with its public key, and nothing else passes', async () => {
  const { publicKey, sign } = await device(await temporaryFolder());
  const { publicKey: foreign } = await device(await temporaryFolder());
  const signature = sign('till 1 ✓');
  expect(verifySignature(publicKey, 'till 1 ✓', signature)).toBe(true);
  expect(verifySignature(publicKey, 'till 2 ✓', signature)).toBe(false);
  expect(verifySignature(foreign, 'till 1 ✓', signature)).toBe(false);
  expect(verifySignature(publicKey, 'till 1 ✓', signature.slice(1))).toBe(false);
  expect(verifySignature('short', 'till 1 ✓', signature)).toBe(false);
});

test('[E1] a folder from before devices had keys keeps its id and gets a key', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'device.json'), `{"device":"${ID}"}`, { mode: 0o644 });
  const upgraded = await device(folder, 'ffffffffffffffff');
  expect(upgraded.id).toBe(ID);
  expect((await device(folder)).publicKey).toBe(upgraded.publicKey);
  expect((await stat(join(folder, 'device.json'))).mode & 0o777).toBe(0o600);
});

test('[E8] an enrolment is remembered', async () => {
  const folder = await temporaryFolder();
  const own = await device(folder);
  const enrolment = v.parse(enrolmentSchema, {
    organization: 'a1b2c3d4e5f6',
    device: {
      id: ID,
      name: 'Till 1',
      role: 'relay',
      key: own.publicKey,
      enrolledAt: '2026-11-21T09:00:00.000Z',
    },
    headOffice: { id: 'ffffffffffffffff', key: own.publicKey },
  });
  await own.saveEnrolment(enrolment);
  expect((await device(folder)).enrolment).toEqual(enrolment);
});

test.each(['', '{}', '{"device":"x"}', 'not json', `{"device":"${ID}","key":"x"}`])(
  'a damaged device file %j is a sentence, not a second device',
  async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'device.json'), text);
    const read = await ownDevice(folder, () => ID);
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
  expect(await readFile(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}( |$)`));
  if (taken.ok) await taken.value.release();
  expect((await lockFolder(folder, () => true)).ok).toBe(true);
});

test('a process that is gone is not alive, this one is', () => {
  expect(isProcessAlive(process.pid)).toBe(true);
  expect(isProcessAlive(2 ** 22 + 1)).toBe(false);
});

test('a lock of before a power cut is taken over when another process has that number now', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), '4242 boot-1:77');
  const refused = await lockFolder(
    folder,
    () => true,
    async () => 'boot-1:77',
  );
  expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('process 4242') });
  const taken = await lockFolder(
    folder,
    () => true,
    async () => 'boot-2:77',
  );
  expect(taken.ok).toBe(true);
});

test('a lock tells this process from every other of its number', async () => {
  const folder = await temporaryFolder();
  const own = await lockFolder(folder, isProcessAlive);
  assert(own.ok, () => 'a fresh folder is free');
  const text = await readFile(join(folder, 'lock'), 'utf8');
  await own.value.release();
  // The test runner's own parent lives, and is not who wrote this.
  await writeFile(join(folder, 'lock'), text.replace(/^\d+/, String(process.ppid)));
  const isTold = text.includes(' ');
  expect((await lockFolder(folder, isProcessAlive)).ok).toBe(isTold);
});
