import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readDeviceFile } from '../../../app/server/device-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const pair = generateKeyPairSync('ed25519');
const publicKey = pair.publicKey.export({ format: 'jwk' }).x ?? '';
const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url');
const device = 'a0a1a2a3a4a5a6a7';
const enrolment = {
  organization: 'a1b2c3d4e5f6',
  device: {
    id: device,
    name: 'Till 1',
    role: 'relay',
    store: 'S01',
    register: 'R1',
    key: publicKey,
    enrolledAt: '2026-03-01T08:00:00.000Z',
  },
  headOffice: { id: 'b0b1b2b3b4b5b6b7', key: publicKey },
};

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
const keep = (text: string) => writeFile(join(folder, 'device.json'), text);

test("[E1] the tools of a machine speak with the key of that machine's relay", async () => {
  await keep(JSON.stringify({ device, publicKey, privateKey }));
  const read = await readDeviceFile(folder);
  if (!read.ok) throw new Error(read.error);
  const { key } = read.value;
  expect(key).toMatchObject({ id: device, publicKey });
  const signature = Buffer.from(await key.sign('text'), 'base64url');
  expect(verify(null, Buffer.from('text'), createPublicKey(pair.privateKey), signature)).toBe(true);
});

test('what the relay remembers of having joined is read as well', async () => {
  await keep(JSON.stringify({ device, publicKey, privateKey, enrolment }));
  expect(await readDeviceFile(folder)).toMatchObject({ ok: true, value: { enrolment } });
});

describe('a device file that cannot be used says why and what to do', () => {
  test('when it is missing', async () => {
    expect(await readDeviceFile(folder)).toEqual({
      ok: false,
      error: expect.stringMatching(/device\.json is not there\. Name the data folder/),
    });
  });

  test.each([
    ['no JSON', '{', /is damaged .*Put back a copy/],
    ['a wrong id', JSON.stringify({ device: 'x' }), /damaged \(a device id has 16 hex digits\)/],
    ['no key', JSON.stringify({ device }), /has no key yet\. Start the relay/],
    [
      'bytes that are no key',
      JSON.stringify({ device, publicKey, privateKey: 'A'.repeat(64) }),
      /not an Ed25519 key/,
    ],
  ])('with %s', async (_name, text, sentence) => {
    await keep(text);
    expect(await readDeviceFile(folder)).toEqual({ ok: false, error: expect.stringMatching(sentence) });
  });
});
