import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EnrolmentRequest } from '#model/trust/invitation.ts';
import { indexerDevice, type IndexerDevice } from '../../reports-indexer/device-file.ts';
import { enrolAt, enrolUrl } from '../../reports-indexer/enrolment.ts';
import { DOOR_DEVICE, Doorkeeper } from '../support/doorkeeper.ts';
import { PATIENCE } from '../support/patience.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WirePeer } from '../support/wire-peer.ts';

const PROGRAM = join(import.meta.dirname, '../../reports-indexer/main.ts');
const ORGANIZATION = 'a1b2c3d4e5f6';
const CODE = '7KQ4M-2XPNA';
const fixedId = () => '0123456789abcdef';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
const path = () => join(folder, 'device.json');

async function opened(): Promise<IndexerDevice> {
  const device = await indexerDevice(folder, fixedId);
  if (!device.ok) throw new Error(device.error);
  return device.value;
}

const enrolmentFor = ({ id, key }: Pick<EnrolmentRequest, 'id' | 'key'>) => ({
  organization: ORGANIZATION,
  device: { id, name: 'Reports', role: 'indexer', key, enrolledAt: '2026-03-01T08:00:00.000Z' },
  headOffice: { id: DOOR_DEVICE, key },
});

/** A relay's HTTP side that answers what it is told; remembers what it was asked. */
async function enrolling(answer: (request: EnrolmentRequest, response: ServerResponse) => void) {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    // The program also dials the relay's links here.
    if (request.method !== 'POST') return void response.writeHead(404).end();
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as EnrolmentRequest;
      asked.push({ method: request.method, url: request.url, body });
      answer(body, response.setHeader('content-type', 'application/json'));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`, asked };
}

describe('the device of the indexer', () => {
  test('[E1] is made on the first start, is the same at the next, and its file is for this user only', async () => {
    const device = await opened();
    expect(device.id).toBe(fixedId());
    const again = await indexerDevice(folder, () => 'another');
    expect(again).toMatchObject({ ok: true, value: { id: device.id, publicKey: device.publicKey } });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  test('[E1] signs with the key it shows', async () => {
    const device = await opened();
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: device.publicKey } });
    const signature = Buffer.from(device.sign('Käse'), 'base64url');
    expect(verify(null, Buffer.from('Käse', 'utf8'), key, signature)).toBe(true);
  });

  test('a file with an id alone, from before devices had keys, keeps the id and gets a key', async () => {
    await writeFile(path(), '{"device":"00000000000000aa"}');
    const device = await opened();
    expect(device.id).toBe('00000000000000aa');
    expect(JSON.parse(await readFile(path(), 'utf8'))).toMatchObject({
      device: '00000000000000aa',
      publicKey: device.publicKey,
    });
  });

  test('a damaged file is a sentence, not a new device', async () => {
    const { publicKey } = await opened();
    const whole = JSON.parse(await readFile(path(), 'utf8')) as Record<string, string>;
    const damages = [
      '{',
      '{"device":"x"}',
      JSON.stringify({ ...whole, privateKey: 'A'.repeat(64) }),
      JSON.stringify({
        ...whole,
        publicKey: `${publicKey.startsWith('A') ? 'B' : 'A'}${publicKey.slice(1)}`,
      }),
    ];
    for (const text of damages) {
      await writeFile(path(), text);
      expect(await indexerDevice(folder, fixedId)).toEqual({
        ok: false,
        error: expect.stringMatching(/device\.json is damaged \(.*\)\. Put back a copy/),
      });
      expect(await readFile(path(), 'utf8')).toBe(text);
    }
  });
});

describe('joining with a code', () => {
  test("the relay's address for it follows from its address for links", () => {
    expect(enrolUrl('ws://127.0.0.1:4000/sync')).toBe('http://127.0.0.1:4000/enrol');
    expect(enrolUrl('wss://hq.example/sync')).toBe('https://hq.example/enrol');
  });

  test('[E8] the relay is asked with the code, and what it answers is given back', async () => {
    const device = await opened();
    const { url, asked } = await enrolling((body, response) =>
      response.end(JSON.stringify(enrolmentFor(body))),
    );
    const enrolment = enrolmentFor({ id: device.id, key: device.publicKey });
    expect(await enrolAt(url, CODE, device)).toEqual({ ok: true, value: enrolment });
    const body = { code: CODE, id: device.id, key: device.publicKey, role: 'indexer' };
    expect(asked).toEqual([{ method: 'POST', url: '/enrol', body }]);
  });

  test.each<[string, (body: EnrolmentRequest, response: ServerResponse) => void, RegExp]>([
    [
      'a refusal',
      (_body, response) =>
        response.writeHead(409).end('{"code":"code-used","message":"This code was used before."}'),
      /did not enrol this device \(code-used\): This code was used before\./,
    ],
    ['no reason', (_body, response) => response.writeHead(404).end('{}'), /status 404 and no reason/],
    ['no JSON', (_body, response) => response.end('<html>'), /did not answer as a relay does/],
    [
      'no enrolment',
      (_body, response) => response.end('{"organization":1}'),
      /something else than an enrolment/,
    ],
    [
      'the enrolment of another device',
      (body, response) => response.end(JSON.stringify(enrolmentFor({ ...body, id: 'f'.repeat(16) }))),
      /enrolled another device/,
    ],
  ])('%s is a sentence', async (_name, answer, sentence) => {
    const { url } = await enrolling(answer);
    expect(await enrolAt(url, CODE, await opened())).toEqual({
      ok: false,
      error: expect.stringMatching(sentence),
    });
  });

  test('nobody there is a sentence', async () => {
    expect(await enrolAt('ws://127.0.0.1:9/sync', CODE, await opened())).toEqual({
      ok: false,
      error: expect.stringMatching(/127\.0\.0\.1:9\/enrol did not answer .* Is the relay running\?/),
    });
  });
});

describe('the program', () => {
  const health = async (port: number): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/reports/health`)).json();
  const argsFor = (relay: string, ...more: string[]) => [
    '--data',
    folder,
    '--port',
    '0',
    '--relay',
    relay,
    ...more,
  ];

  test('[E8] joins with --enrol, remembers it, and a second start neither needs nor uses the code', async () => {
    const { url, asked } = await enrolling((body, response) =>
      response.end(JSON.stringify(enrolmentFor(body))),
    );
    for (let start = 1; start <= 2; start++) {
      const program = await startProgram(PROGRAM, argsFor(url, '--enrol', CODE));
      expect(await health(program.ready.port)).toMatchObject({ enrolled: true, standing: null });
      await program.stop();
    }
    expect(asked).toHaveLength(1);
    const file = JSON.parse(await readFile(path(), 'utf8')) as Record<string, unknown>;
    expect(file).toMatchObject({ enrolment: { organization: ORGANIZATION, device: { role: 'indexer' } } });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  test('[E8] ends with 1 and the words of the relay when the code is not taken', async () => {
    const { url } = await enrolling((_body, response) =>
      response.writeHead(410).end('{"code":"code-expired","message":"This code has expired."}'),
    );
    const { code, stderr } = await runProgram(PROGRAM, argsFor(url, '--enrol', CODE));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('This code has expired.') });
  });

  test('[E5] says in its log and its health that the relay does not know it, until it does', async () => {
    const relay = await WirePeer.listen();
    onTestFinished(() => relay.close());
    relay.door.devices = new Map();
    const program = await startProgram(PROGRAM, argsFor(relay.url));
    onTestFinished(async () => void (await program.stop()));
    const { id, publicKey } = await opened();
    await vi.waitFor(
      async () =>
        expect(await health(program.ready.port)).toMatchObject({
          connected: false,
          device: id,
          enrolled: false,
          standing: 'unknown',
        }),
      PATIENCE,
    );
    await vi.waitFor(() => expect(program.log()).toContain('let it join with --enrol'), PATIENCE);
    relay.door.devices = new Map([[id, publicKey]]);
    await vi.waitFor(
      async () =>
        expect(await health(program.ready.port)).toMatchObject({ connected: true, standing: 'accepted' }),
      PATIENCE,
    );
    expect(relay.door.joins.at(-1)?.senderId).toMatch(new RegExp(`^${id}:[0-9a-f]{16}$`));
  });
});

test('the doorkeeper of the doubles refuses a proof for another relay', async () => {
  const device = await opened();
  const door = new Doorkeeper();
  door.devices = new Map([[device.id, device.publicKey]]);
  const closed: number[] = [];
  const socket = { send: () => undefined, close: (code: number) => closed.push(code) } as never;
  const peerMetadata = { device: { id: device.id, role: 'indexer' as const } };
  const join = { type: 'join' as const, senderId: device.id, peerMetadata, supportedProtocolVersions: ['1'] };
  expect(door.admits(join, socket)).toBeUndefined();
  const signature = device.sign('tillmesh-auth-1\nsome other text');
  expect(door.admits({ type: 'tillmesh-proof', senderId: device.id, signature }, socket)).toBeUndefined();
  expect(closed).toEqual([4401]);
});
