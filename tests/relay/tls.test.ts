import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { askToEnrol, invite, requestOf } from '../support/invite.ts';
import { PATIENCE } from '../support/patience.ts';
import { ProgramEnded, startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testKey } from '../support/test-key.ts';
import { TrustedRelays, restarted } from '../support/trusted-relays.ts';

const CERT = 'tests/relay/fixtures/tls-cert.pem';
const KEY = 'tests/relay/fixtures/tls-key.pem';

async function relay(...args: string[]): Promise<RunningProgram> {
  const program = await startProgram('sync-relay/main.ts', [
    '--data',
    await temporaryFolder(),
    '--port',
    '0',
    '--no-discovery',
    ...args,
  ]);
  onTestFinished(async () => {
    await program.stop();
  });
  return program;
}

/** How a relay ends that cannot start: its exit code and what it said. */
async function refusal(...args: string[]): Promise<readonly [number | null, string]> {
  try {
    await relay(...args);
  } catch (cause) {
    if (cause instanceof ProgramEnded) return [cause.code, cause.stderr];
    throw cause;
  }
  return [null, 'it started'];
}

describe('a relay with a certificate', () => {
  test('serves its state over https', async () => {
    const program = await relay('--tls-cert', CERT, '--tls-key', KEY);
    const ca = await readFile(CERT);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`https://127.0.0.1:${program.ready.port}/status`, { ca }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });

  test('is linked with over wss by a relay that trusts its authority, and by no other', async () => {
    const relays = await TrustedRelays.found();
    const code = await invite(relays, { roles: ['relay', 'terminal'] });
    await relays.tool.close();
    await relays.hq.program.stop();
    const hq = await restarted(relays.hq, [
      '--role',
      'hq',
      '--organization',
      ORGANIZATION,
      '--tls-cert',
      CERT,
      '--tls-key',
      KEY,
    ]);
    const url = `wss://127.0.0.1:${hq.program.ready.port}/sync`;
    const wary = await relay('--hq', url);
    const trusting = await relay('--hq', url, '--tls-ca', CERT);
    const join = { ...requestOf(testKey(), code, 'terminal'), withRelay: true };
    expect((await askToEnrol(wary.ready.port, join)).body['code']).toBe('head-office-away');
    expect((await askToEnrol(trusting.ready.port, join)).status).toBe(200);
    await vi.waitFor(async () => expect(await targetsOf(trusting)).toEqual(['connected']), PATIENCE);
    expect(await targetsOf(wary)).toEqual(['away']);
  });
});

/** How the places a relay dials stand. */
async function targetsOf({ ready }: RunningProgram): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${ready.port}/status`);
  const { targets } = (await response.json()) as { targets: { state: string }[] };
  return targets.map((target) => target.state);
}

describe('a wrong certificate is a sentence', () => {
  test('without its key, or a key without it', async () => {
    expect(await refusal('--tls-cert', CERT)).toEqual([2, expect.stringContaining('both --tls-cert')]);
    expect(await refusal('--tls-key', KEY)).toEqual([2, expect.stringContaining('both --tls-cert')]);
  });

  test('when a file is not there, is none, or the two do not fit', async () => {
    const folder = await temporaryFolder();
    const other = join(folder, 'other.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(other, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const missing = join(folder, 'missing.pem');
    expect(await refusal('--tls-cert', missing, '--tls-key', KEY)).toEqual([
      2,
      expect.stringContaining('cannot be read'),
    ]);
    expect(await refusal('--tls-cert', CERT, '--tls-key', other)).toEqual([
      2,
      expect.stringContaining('not a certificate with its key'),
    ]);
    expect(await refusal('--tls-cert', KEY, '--tls-key', KEY)).toEqual([
      2,
      expect.stringContaining('not a certificate with its key'),
    ]);
    expect(await refusal('--tls-ca', KEY)).toEqual([2, expect.stringContaining('--tls-ca')]);
    expect(await refusal('--tls-ca', missing)).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});
