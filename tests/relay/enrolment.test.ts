import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { CodeTries } from '../../sync-relay/code-tries.ts';
import { HeadOffice, remoteHeadOffice, type PostJson } from '../../sync-relay/enrolment.ts';
import { TrustedDevices } from '../../sync-relay/trusted-devices.ts';
import { askToEnrol, invitation, invite, requestOf } from '../support/invite.ts';
import { PATIENCE } from '../support/patience.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testKey } from '../support/test-key.ts';
import { ORGANIZATION_DOCUMENT, TrustedRelays, connect, session, idOf } from '../support/trusted-relays.ts';

const TILL = { store: storeId(1), register: registerId(1) };

/** A relay nobody enrolled yet. */
async function freshRelay(...args: string[]): Promise<RunningProgram & { readonly folder: string }> {
  const folder = await temporaryFolder();
  const program = await startProgram('sync-relay/main.ts', [
    '--data',
    folder,
    '--port',
    '0',
    '--no-discovery',
    ...args,
  ]);
  onTestFinished(async () => {
    await program.stop();
  });
  return { ...program, folder };
}

async function status(port: number): Promise<Record<string, unknown>> {
  return (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as Record<string, unknown>;
}

describe('[E8] joining at head office', () => {
  test('a device with the code is listed, used up its part of the invitation, and comes in', async () => {
    const relays = await TrustedRelays.found();
    const { port } = relays.hq.program.ready;
    const code = await invite(relays, { roles: ['relay', 'terminal'], ...TILL });
    const key = testKey();
    const typed = ` ${code.toLowerCase().replace('-', ' ')}`;
    const { status: answer, body } = await askToEnrol(port, requestOf(key, typed, 'terminal'));
    expect([answer, body]).toEqual([
      200,
      {
        organization: ORGANIZATION,
        device: expect.objectContaining({ id: key.id, key: key.publicKey, role: 'terminal', ...TILL }),
        headOffice: { id: relays.hq.device.id, key: relays.hq.device.publicKey },
      },
    ]);
    const till = await connect(relays.hq, key);
    till.write(idOf(session(1)), '000000001', '{}');
    await till.until(() => till.isConfirmed(idOf(session(1))));
    const again = await askToEnrol(port, requestOf(testKey(), code, 'terminal'));
    expect([again.status, again.body['code']]).toEqual([403, 'code-used']);
  });

  test('who lost the answer asks again and gets it; another device with its key or id does not', async () => {
    const relays = await TrustedRelays.found();
    const { port } = relays.hq.program.ready;
    const code = await invite(relays, { roles: ['terminal'], ...TILL });
    const key = testKey();
    const first = await askToEnrol(port, requestOf(key, code, 'terminal'));
    expect(await askToEnrol(port, requestOf(key, code, 'terminal'))).toEqual(first);
    const copy = await askToEnrol(port, requestOf({ ...testKey(), id: key.id }, code, 'terminal'));
    expect(copy.body['code']).toBe('code-used');
    const other = await invite(relays, { roles: ['terminal'], ...TILL, register: registerId(2) });
    const known = await askToEnrol(port, requestOf(key, other, 'terminal'));
    expect([known.status, known.body['code']]).toEqual([409, 'device-known']);
    const cloned = await askToEnrol(port, requestOf({ ...key, id: testKey().id }, other, 'terminal'));
    expect([cloned.status, cloned.body['code']]).toEqual([409, 'key-known']);
  });

  test('of many who ask at once with one code one joins', async () => {
    const relays = await TrustedRelays.found();
    const code = await invite(relays, { roles: ['terminal'], ...TILL });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        askToEnrol(relays.hq.program.ready.port, requestOf(testKey(), code, 'terminal')),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(7).fill(403)]);
  });

  test('[E9] a new terminal of a register revokes the one before, whose open connection ends', async () => {
    const relays = await TrustedRelays.found();
    const before = await relays.terminal(1);
    const old = await connect(relays.hq, before);
    const code = await invite(relays, { roles: ['terminal'], ...TILL });
    const { body } = await askToEnrol(relays.hq.program.ready.port, requestOf(testKey(), code, 'terminal'));
    expect(body).toMatchObject({ device: { replaces: before.id } });
    await vi.waitFor(() => expect(old.closed?.code).toBe(CLOSE_CODES.revoked), PATIENCE);
    // The old terminal is sent away before anybody hears why.
    await vi.waitFor(() => {
      const text = relays.tool.entries(ORGANIZATION_DOCUMENT)[`device:${before.id}`] ?? '{}';
      expect(JSON.parse(text)).toHaveProperty('revokedAt');
    }, PATIENCE);
  });

  test('everything else is refused with a code and a sentence', async () => {
    const relays = await TrustedRelays.found();
    const { port } = relays.hq.program.ready;
    const past = { expiresAt: '2026-01-01T00:00:00.000Z', createdAt: '2026-01-01T00:00:00.000Z' };
    const old = await invite(relays, { roles: ['terminal'], ...past });
    const tills = await invite(relays, { roles: ['terminal'] });
    const ask = async (body: object | string, headers?: Record<string, string>) => {
      const answer = await askToEnrol(port, body, headers);
      expect(answer.body['message']).toMatch(/^[A-Z].*\.$/);
      return [answer.status, answer.body['code']];
    };
    expect(await ask(requestOf(testKey(), '00000-00000', 'terminal'))).toEqual([403, 'code-unknown']);
    expect(await ask(requestOf(testKey(), old, 'terminal'))).toEqual([403, 'code-expired']);
    expect(await ask(requestOf(testKey(), tills, 'hq'))).toEqual([403, 'role-not-invited']);
    expect(await ask('not json')).toEqual([400, 'bad-request']);
    expect(await ask({ ...requestOf(testKey(), tills, 'hq'), admin: true })).toEqual([400, 'bad-request']);
    expect(await ask({ code: 'x'.repeat(5000) })).toEqual([413, 'bad-request']);
    const request = requestOf(testKey(), tills, 'terminal');
    expect(await ask(request, { origin: 'https://elsewhere.example' })).toEqual([403, 'foreign-origin']);
    expect(await ask(request, { origin: 'null' })).toEqual([403, 'foreign-origin']);
    expect(await ask(request, { origin: `http://127.0.0.1:${port}` }).catch(() => 'joined')).toBe('joined');
  });

  test('wrong codes are counted: the eleventh waits, also with the right code', async () => {
    const relays = await TrustedRelays.found();
    const { port } = relays.hq.program.ready;
    const code = await invite(relays, { roles: ['terminal'], ...TILL });
    for (let i = 0; i < 10; i++) {
      const wrong = await askToEnrol(port, requestOf(testKey(), `00000-0000${i}`, 'terminal'));
      expect(wrong.body['code']).toBe('code-unknown');
    }
    const late = await askToEnrol(port, requestOf(testKey(), code, 'terminal'));
    expect([late.status, late.body['code']]).toEqual([429, 'too-many-tries']);
    expect(late.body['retryAfterSeconds']).toBeGreaterThan(0);
  });
});

describe('[E8] joining through the relay of one’s machine', () => {
  test('the relay joins first with the same code, remembers it, and links with head office', async () => {
    const relays = await TrustedRelays.found();
    const relay = await freshRelay('--hq', relays.hq.url);
    const { port } = relay.ready;
    expect(await status(port)).toMatchObject({ enrolled: false });
    const code = await invite(relays, { roles: ['relay', 'terminal'], ...TILL });
    const key = testKey();
    const { status: answer } = await askToEnrol(port, {
      ...requestOf(key, code, 'terminal'),
      withRelay: true,
    });
    expect(answer).toBe(200);
    await vi.waitFor(async () => {
      expect(await status(port)).toMatchObject({
        enrolled: true,
        organization: ORGANIZATION,
        role: 'relay',
        ...TILL,
        targets: [{ kind: 'hq', state: 'connected' }],
      });
    }, PATIENCE);
    const kept = JSON.parse(await readFile(join(relay.folder, 'device.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ enrolment: { headOffice: { id: relays.hq.device.id } } });
    await vi.waitFor(async () => {
      await connect({ url: `ws://127.0.0.1:${port}/sync` }, key);
    }, PATIENCE);
  });

  test('a relay that is enrolled only asks for others', async () => {
    const relays = await TrustedRelays.found();
    const till = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    const code = await invite(relays, { roles: ['terminal'], ...TILL });
    const request = { ...requestOf(testKey(), code, 'terminal'), withRelay: true };
    expect((await askToEnrol(till.program.ready.port, request)).status).toBe(200);
  });

  test('without head office there is nobody to ask', async () => {
    const alone = await freshRelay();
    const request = requestOf(testKey(), '00000-00000', 'terminal');
    expect((await askToEnrol(alone.ready.port, request)).body['code']).toBe('not-head-office');
    const lost = await freshRelay('--hq', 'ws://127.0.0.1:9/sync');
    const away = await askToEnrol(lost.ready.port, { ...request, withRelay: true });
    expect([away.status, away.body['code']]).toEqual([502, 'head-office-away']);
    expect(await status(lost.ready.port)).toMatchObject({ enrolled: false });
  });

  test.each<[string, PostJson, object]>([
    ['nobody answers', () => Promise.reject(new Error('refused')), { code: 'head-office-away' }],
    [
      'something else answers',
      () => Promise.resolve({ status: 200, body: '<html>' }),
      { code: 'head-office-away' },
    ],
    [
      'head office says wait',
      () =>
        Promise.resolve({
          status: 429,
          body: { code: 'too-many-tries', message: 'Wait.', retryAfterSeconds: 7 },
        }),
      { code: 'too-many-tries', message: 'Wait.', retryAfterSeconds: 7 },
    ],
  ])('when %s, that is what is told', async (_what, post, expected) => {
    const office = remoteHeadOffice('wss://hq.example/sync', post);
    const answer = await office.enrol(requestOf(testKey(), '00000-00000', 'terminal'));
    expect(answer).toMatchObject({ ok: false, error: expected });
  });

  test('head office is asked at the address it is dialled at', async () => {
    const asked: string[] = [];
    const post: PostJson = (url) => {
      asked.push(url);
      return Promise.reject(new Error('away'));
    };
    for (const hq of ['ws://hq.example:4700/sync', 'wss://hq.example/sync'])
      await remoteHeadOffice(hq, post).enrol(requestOf(testKey(), '', 'terminal'));
    expect(asked).toEqual(['http://hq.example:4700/enrol', 'https://hq.example/enrol']);
  });
});

test('a device is not told that it joined when the disk of head office refuses', async () => {
  const hq = testKey();
  const { code, entry } = invitation({ roles: ['terminal'], ...TILL });
  const own = { id: hq.id, key: hq.publicKey, role: 'hq' as const };
  const now = () => new Date().toISOString();
  const list = {
    entries: () => Promise.resolve({ [`invitation:${entry.id}`]: canonicalJson(entry as CanonicalValue) }),
    write: () => Promise.resolve('failed' as const),
  };
  const office = new HeadOffice(
    { ...hq, organization: ORGANIZATION },
    list,
    new TrustedDevices({ own }, now),
    now,
  );
  const answer = await office.enrol(requestOf(testKey(), code, 'terminal'));
  expect(answer).toMatchObject({ ok: false, error: { code: 'disk-full' } });
});

describe('how often a code may be tried', () => {
  test('ten times at once, then once in six seconds', () => {
    let now = 0;
    const tries = new CodeTries(() => now);
    const taken = Array.from({ length: 11 }, () => tries.take('a'));
    expect(taken).toEqual([...Array<number>(10).fill(0), 6]);
    now = 5_900;
    expect(tries.take('a')).toBe(1);
    now = 6_000;
    expect([tries.take('a'), tries.take('a')]).toEqual([0, 6]);
  });

  test('a try that was no wrong code is given back', () => {
    const tries = new CodeTries(() => 0);
    for (let i = 0; i < 50; i++) {
      expect(tries.take('a')).toBe(0);
      tries.giveBack('a');
    }
  });

  test('one who guesses does not shut out the others, many who guess together do', () => {
    let now = 0;
    const tries = new CodeTries(() => now);
    for (let i = 0; i < 20; i++) tries.take('guesser');
    expect(tries.take('till')).toBe(0);
    for (let i = 0; i < 2000; i++) tries.take(`guesser ${i}`);
    expect(tries.take('till')).toBeGreaterThan(0);
    now = 60_000;
    expect(tries.take('till')).toBe(0);
  });

  test('a clock that was set back gives no tries and takes none', () => {
    let now = 1_000_000;
    const tries = new CodeTries(() => now);
    for (let i = 0; i < 10; i++) tries.take('a');
    now = 0;
    expect(tries.take('a')).toBe(6);
    now = 6_000;
    expect(tries.take('a')).toBe(0);
  });
});
