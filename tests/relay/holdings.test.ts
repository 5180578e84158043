import { once } from 'node:events';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { bytesOfDocumentId, documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import {
  CLOSE_CODES,
  decodeFrame,
  encodeFrame,
  type Frame,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import { byBlock, decodePlaces, digestOfHeads, encodePlaces } from '#model/protocol/holdings.ts';
import { encodeDifferences } from '#model/protocol/summary.ts';
import { confirmation } from '../../sync-relay/sync-message.ts';
import { relayAt, sessionOf, tillAt } from '../network/relays.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TILL = { id: '1'.repeat(16), role: 'terminal', store: 'S01', register: 'R1' } as const;
const NONE = new Uint8Array();
const holdings = (blocks: Uint8Array, known: Uint8Array = NONE, rest = true) => ({
  type: 'tillmesh-holdings' as const,
  senderId: 'till',
  targetId: 'relay',
  blocks,
  known,
  rest,
});
const held = (id: string, heads: readonly string[]) =>
  encodeDifferences(byBlock([{ id: bytesOfDocumentId(id as never), digest: digestOfHeads(heads) }]));

/** A relay with one session, and a terminal on the bare wire. */
async function wired(device: PeerMetadata['device'] = TILL, says: Partial<PeerMetadata> = { holdings: 1 }) {
  const { port, stop } = await relayAt(join(await temporaryFolder(), 'relay'), 1);
  onTestFinished(stop);
  const writer = await tillAt(port, 1, 'writer');
  writer.write(sessionOf(1), '000000001', '{}');
  await writer.until(() => writer.isConfirmed(sessionOf(1)));
  onTestFinished(() => writer.close());
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sync`);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data);
    if (frame.ok) frames.push(frame.value);
    for (const wake of waiting) wake();
  });
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  await once(socket, 'open');
  const send = (frame: Frame) => socket.send(encodeFrame(frame).slice());
  send({
    type: 'join',
    senderId: 'till',
    peerMetadata: { device, ...says },
    supportedProtocolVersions: ['1'],
  });
  await until(() => frames.length > 0);
  const refused = async (frame: Frame): Promise<[number, string]> => {
    const closed = once(socket, 'close');
    send(frame);
    const [code, reason] = (await closed) as [number, Buffer];
    return [code, String(reason)];
  };
  const types = () => frames.map(({ type }) => type);
  return { send, frames, types, until, refused, writer };
}

describe('a relay that is told what a terminal holds', () => {
  test('[W9] says nothing of itself before', async () => {
    const { send, types, until } = await wired();
    send({ type: 'tillmesh-ping', senderId: 'till' });
    await until(() => types().includes('tillmesh-pong'));
    expect(types()).toEqual(['peer', 'tillmesh-pong']);
  });

  test('[W9] brings the rest, but for what is known there', async () => {
    const known = encodePlaces(
      byBlock([{ id: bytesOfDocumentId(sessionOf(1)) }]).map(({ block }) => ({ block, places: [1] })),
    );
    const first = await wired();
    first.send(holdings(NONE));
    await first.until(() => first.types().includes('sync'));
    expect(first.types()).toEqual(['peer', 'tillmesh-unlike', 'sync']);
    const second = await wired();
    second.send(holdings(NONE, known));
    second.send({ type: 'tillmesh-ping', senderId: 'till' });
    await second.until(() => second.types().includes('tillmesh-pong'));
    expect(second.types()).toEqual(['peer', 'tillmesh-unlike', 'tillmesh-pong']);
  });

  test('[W9] names what is in another state, and what the terminal may not have without speaking of it', async () => {
    const other: DocumentKey = { class: 'session', store: storeId(2), register: registerId(1), session: 1 };
    const foreign = documentId({ organization: ORGANIZATION, key: other });
    const { send, frames, types, until } = await wired();
    send(holdings(held(foreign, []), NONE, false));
    send(holdings(held(sessionOf(1), ['an older head']), NONE, false));
    await until(() => types().includes('sync'));
    const unlike = frames.flatMap((frame) =>
      frame.type === 'tillmesh-unlike' ? [decodePlaces(frame.places)] : [],
    );
    expect(unlike.map((read) => (read.ok ? read.value.map(({ places }) => places) : read.error))).toEqual([
      [[1]],
      [[1]],
    ]);
    expect(frames.flatMap((frame) => (frame.type === 'sync' ? [frame.documentId] : []))).toEqual([
      sessionOf(1),
    ]);
  });
});

describe('a document a terminal told it holds', () => {
  const changesIn = (frames: readonly Frame[]) =>
    frames.flatMap((frame) => (frame.type === 'sync' ? A.decodeSyncMessage(frame.data).changes.length : []));

  test('[W9] comes with the first message about it, and what is new behind its answer', async () => {
    const { send, frames, types, until, writer } = await wired();
    send(holdings(held(sessionOf(1), A.getHeads(writer.doc(sessionOf(1))))));
    await until(() => types().includes('tillmesh-unlike'));
    for (const sale of ['000000002', '000000003']) {
      writer.write(sessionOf(1), sale, '{}');
      await writer.until(() => writer.isConfirmed(sessionOf(1)));
    }
    send({ type: 'tillmesh-ping', senderId: 'till' });
    await until(() => types().includes('tillmesh-pong'));
    expect(changesIn(frames)).toEqual([1]);
    const [told] = frames.flatMap((frame) => (frame.type === 'sync' ? [frame.data] : []));
    const data = confirmation(A.decodeSyncMessage(told ?? NONE).heads);
    send({ type: 'sync', senderId: 'till', targetId: 'relay', documentId: sessionOf(1), data });
    await until(() => changesIn(frames).length > 1);
    expect(changesIn(frames)).toEqual([1, 1]);
  });

  test('[W9] with nothing but its first change is as one that is not there, and comes whole once it is', async () => {
    const { send, frames, types, until, writer } = await wired();
    send(holdings(held(sessionOf(2), [FIRST_CHANGE_HASH]), NONE, false));
    await until(() => types().includes('tillmesh-unlike'));
    const unlike = frames.flatMap((frame) => (frame.type === 'tillmesh-unlike' ? [...frame.places] : []));
    expect(unlike).toEqual([]);
    writer.write(sessionOf(2), '000000001', '{}');
    await until(() => types().includes('sync'));
    expect(changesIn(frames)).toEqual([1]);
  });
});

describe('holdings nobody who keeps the rules would send', () => {
  const cutOff = held(sessionOf(1), []).subarray(1);

  test.each([
    ['a list that is cut off', holdings(cutOff), 'a list of differences is cut off'],
    ['places that are cut off', holdings(NONE, new Uint8Array(5)), 'a list of places is cut off'],
  ])('[W10] %s costs the link', async (_name, frame, reason) => {
    const { refused } = await wired();
    expect(await refused(frame)).toEqual([CLOSE_CODES.badFrame, reason]);
  });

  test('[W10] the rest is asked for once', async () => {
    const { send, refused } = await wired();
    send(holdings(NONE));
    expect(await refused(holdings(NONE))).toEqual([CLOSE_CODES.badFrame, 'the rest was asked for before']);
  });

  test('[W10] only a terminal that said it tells them may', async () => {
    const silent = await wired(TILL, {});
    expect(await silent.refused(holdings(NONE))).toEqual([CLOSE_CODES.badFrame, 'holdings nobody waits for']);
    const relay = await wired({ id: '2'.repeat(16), role: 'relay', store: 'S01' });
    expect(await relay.refused(holdings(NONE))).toEqual([CLOSE_CODES.badFrame, 'holdings nobody waits for']);
  });
});
