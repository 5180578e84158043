import { once } from 'node:events';
import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { challengeText } from '#model/trust/challenge.ts';
import type { CorePeer } from '../support/core-peer.ts';
import {
  drawn,
  forAll,
  mutated,
  mutatedBodies,
  oddMembers,
  requestBytes,
  sendFrames,
  sendRequest,
} from '../support/fuzz.ts';
import { invite, requestOf } from '../support/invite.ts';
import { firstChange, type EntriesDocument } from '../support/stock-peer.ts';
import { testKey, type TestKey } from '../support/test-key.ts';
import {
  ORGANIZATION_DOCUMENT,
  TrustedRelays,
  idOf,
  session,
  toolOf,
  type TrustedRelay,
} from '../support/trusted-relays.ts';

const SESSION = idOf(session(1));
const FOREIGN = idOf(session(1, 2));
const CATALOG = idOf({ class: 'catalog', shard: 0 });
const KEPT = [SESSION, FOREIGN, CATALOG, ORGANIZATION_DOCUMENT];
const WIDTH = 24;

/** The frames of a whole conversation, from the join to everything a peer may say after it. */
function conversation(name: string, key: TestKey): readonly Frame[] {
  const device = { id: key.id, role: 'terminal' as const, store: 'S01', register: 'R1' };
  const doc = A.change(A.load<EntriesDocument>(firstChange()), (draft) => {
    draft.entries['000000009'] = new A.ImmutableString('forged');
  });
  const [, data] = A.generateSyncMessage(doc, A.initSyncState());
  const sync = { senderId: name, targetId: 'relay', data: data ?? new Uint8Array() };
  return [
    {
      type: 'join',
      senderId: name,
      peerMetadata: { device },
      supportedProtocolVersions: ['1'],
      challenge: 'n'.repeat(43),
    },
    { type: 'tillmesh-proof', senderId: name, signature: 's'.repeat(86) },
    // The session is this terminal's own: a mutant may not be one that the protocol allows, so it stays out.
    ...[FOREIGN, CATALOG, ORGANIZATION_DOCUMENT].map((documentId) => ({
      type: 'sync' as const,
      documentId,
      ...sync,
    })),
    { type: 'request', documentId: CATALOG, ...sync },
    { type: 'doc-unavailable', senderId: name, targetId: 'relay', documentId: CATALOG },
    { type: 'tillmesh-ping', senderId: name },
    {
      type: 'tillmesh-voucher',
      senderId: name,
      targetId: 'relay',
      voucher: { document: CATALOG, heads: ['0'.repeat(64)], device: key.id, signature: 's'.repeat(86) },
    },
  ];
}

/** Head office's relay with something in every kind of document, and a peer that sees whether it stays as it is. */
async function relayToAttack() {
  const relays = await TrustedRelays.found();
  const key = await relays.terminal(1);
  const code = await invite(relays, { roles: ['terminal'], name: 'Bait' });
  for (const id of [SESSION, FOREIGN, CATALOG]) relays.tool.write(id, '000000001', '"kept"');
  await relays.tool.until(() => KEPT.every((id) => relays.tool.isConfirmed(id)));
  return { relays, key, code, before: stateOf(relays.tool) };
}

const stateOf = (peer: CorePeer) => KEPT.map((id) => peer.entries(id));

/** The documents as a fresh peer gets them from the relay, which must be the same process as before. */
async function stateAt(relay: TrustedRelay, expected: readonly Record<string, string>[]) {
  expect(relay.program.process.exitCode).toBeNull();
  const reader = await toolOf(relay, 'hq');
  await reader.until(() => KEPT.every((id, at) => reader.size(id) >= Object.keys(expected[at] ?? {}).length));
  return stateOf(reader);
}

function prints(seed: number): void {
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`fuzz seed ${seed}\n`);
  });
}

/** Joins as a listed device; `proves` says whether it also proves it. */
function greeting(key: TestKey, name: string, proves: boolean) {
  return async (socket: WebSocket): Promise<void> => {
    const [join] = conversation(name, key);
    const asked = once(socket, 'message') as Promise<[Buffer]>;
    if (join) socket.send(encodeFrame(join));
    const frame = decodeFrame((await asked)[0]);
    if (!proves || !frame.ok || frame.value.type !== 'tillmesh-challenge') return;
    const { nonce, device } = frame.value;
    const text = challengeText({ nonce, verifier: device, prover: key.id, peerId: name });
    const answered = once(socket, 'message');
    socket.send(encodeFrame({ type: 'tillmesh-proof', senderId: name, signature: key.sign(text) }));
    await answered;
  };
}

describe('[W4] ten thousand mutated frames', { timeout: 120_000 }, () => {
  test('before, during and after the handshake neither end the relay nor change a document', async () => {
    const { relays, key, before } = await relayToAttack();
    const name = `${key.id}:fuzz`;
    const frames = mutated(conversation(name, key).map((frame) => encodeFrame(frame)));
    const { seed, values } = drawn(
      fc.tuple(fc.nat(2), fc.array(frames, { minLength: 2, maxLength: 2 })),
      5000,
    );
    prints(seed);
    await forAll(values, WIDTH, async ([stage, batch]) => {
      const greet = stage === 0 ? undefined : greeting(key, name, stage === 2);
      await sendFrames(relays.hq.url, batch, greet);
    });
    expect(await stateAt(relays.hq, before)).toEqual(before);
  });
});

describe('[E8] mutated requests', { timeout: 120_000 }, () => {
  test('to join, for the state, or for anything else enrol nobody and end nothing', async () => {
    const { relays, code, before } = await relayToAttack();
    const { port } = relays.hq.program.ready;
    // The code is wrong by one digit: a mutant that mends it would be let in, and rightly.
    const wrong = `${code[0] === '0' ? '1' : '0'}${code.slice(1)}`;
    const request = { ...requestOf(testKey(), wrong, 'terminal'), withRelay: true };
    const whole = [
      requestBytes(port, 'POST', '/enrol', JSON.stringify(request)),
      requestBytes(port, 'GET', '/status'),
      requestBytes(port, 'GET', '/sync'),
      requestBytes(port, 'GET', '//'),
    ];
    const requests = fc.oneof(
      mutated(whole),
      mutatedBodies(port, 'POST', '/enrol', [request]),
      oddMembers([request]).map((body) => requestBytes(port, 'POST', '/enrol', JSON.stringify(body))),
    );
    const { seed, values } = drawn(requests, 10_000);
    prints(seed);
    const answers: string[] = [];
    await forAll(values, WIDTH, async (bytes) => {
      answers.push((await sendRequest(port, bytes)).slice(9, 12));
    });
    expect(answers.filter((status) => status.startsWith('5'))).toEqual([]);
    expect(await stateAt(relays.hq, before)).toEqual(before);
  });
});
