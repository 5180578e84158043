import * as A from '@automerge/automerge';
import { describe, expect, test, vi } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import type { Relay } from '../../sync-relay/relay.ts';
import { memoryRelay, wire, type Wire } from '../support/memory-relays.ts';

const PLACE = { store: storeId(1), register: registerId(1) };
const OWN = { id: '1111111111111111', role: 'relay', store: 'S01', register: 'R1' } as const;
const OTHER = { id: '2222222222222222', role: 'relay', store: 'S01', register: 'R2' } as const;
const ELSEWHERE = { id: '3333333333333333', role: 'relay', store: 'S02', register: 'R1' } as const;
const HQ = { id: '4444444444444444', role: 'hq' } as const;
const PATIENCE = { timeout: 30_000, interval: 5 };

const session = (number: number): DocumentKey => ({ class: 'session', ...PLACE, session: number });

async function write(relay: Relay, number: number, ...records: number[]): Promise<void> {
  const entries = Object.fromEntries(records.map((seq) => [String(seq).padStart(9, '0'), `{"n":${seq}}`]));
  expect(await relay.document(session(number)).write(entries)).toBe('saved');
}

/** How far a relay has heard its peers, as a terminal asks for it again and again. */
function heardBy(relay: Relay): readonly (boolean | undefined)[] {
  relay.askForEnd(PLACE);
  return relay.status(PLACE).peers.map(({ heard }) => heard);
}

const recordsAt = async (relay: Relay, number: number) =>
  Object.keys(
    (await relay.document(session(number)).look((doc) => (doc as { entries?: object }).entries ?? {})) ?? {},
  );

async function archive(relay: Relay, number: number): Promise<void> {
  const document = relay.document(session(number));
  const heads = await document.look((doc) => A.getHeads(doc));
  const totals = { receipts: 0, signed: 0, absolute: 0 };
  const seal = { end: { seq: 2, hash: 'h', totals }, latestAt: '2026-01-01T00:00:00.000Z' };
  expect(await relay.archive(document.id, heads ?? [], seal)).toBe(true);
}

/** Waits until nothing was said for a while; gives how many frames were. */
async function whenSilent({ said }: Wire): Promise<number> {
  let before = -1;
  await expect
    .poll(() => [before === said.length, (before = said.length)][0], { timeout: 10_000, interval: 700 })
    .toBe(true);
  return said.length;
}

/** Passes frames on with a change to some of them; undefined swallows one. */
const altered = (change: (frame: Frame) => Frame | undefined) => (bytes: Uint8Array) => {
  const read = decodeFrame(bytes);
  const frame = read.ok ? change(read.value) : undefined;
  // A frame that is empty is dropped by who gets it, with the link; a ping stands for silence.
  return encodeFrame(frame ?? { type: 'tillmesh-ping', senderId: read.ok ? read.value.senderId : '' });
};

const typesOf = ({ said }: Wire) => said.map(({ type }) => type);

describe('the end of a journal', () => {
  test.each([
    ['dialled', true],
    ['was dialled', false],
  ])('[W12] is heard of a relay that has more, by the one that %s', async (_, dials) => {
    const { relay: own } = await memoryRelay(OWN);
    const { relay: other } = await memoryRelay(OTHER);
    for (const number of [1, 2, 3]) await write(other, number, 2 * number - 1, 2 * number);
    await write(own, 1, 1);
    const over = dials ? wire(own, other) : wire(other, own);
    await vi.waitFor(() => expect(heardBy(own)).toEqual([true]), PATIENCE);
    expect(await recordsAt(own, 3)).toEqual(['000000005', '000000006']);
    expect(typesOf(over).filter((type) => type === 'tillmesh-ask-latest')).toHaveLength(1);
  });

  test('[W12] is heard of head office and of a relay that has nothing of it', async () => {
    const { relay: own } = await memoryRelay(OWN);
    const { relay: hq } = await memoryRelay(HQ);
    const { relay: other } = await memoryRelay(OTHER);
    await write(hq, 1, 1);
    wire(own, hq);
    await vi.waitFor(() => expect(heardBy(own)).toEqual([true]), PATIENCE);
    wire(other, own);
    await vi.waitFor(() => expect(heardBy(own)).toEqual([true, true]), PATIENCE);
    expect(await recordsAt(own, 1)).toEqual(['000000001']);
  });

  test('[W12] is not heard while what the other has is on its way, nor before anybody asked', async () => {
    const { relay: own } = await memoryRelay(OWN);
    const { relay: other } = await memoryRelay(OTHER);
    await write(other, 1, 1, 2);
    const isHeld = (frame: Frame) => frame.type === 'sync' || frame.type === 'request';
    const first = wire(
      own,
      other,
      altered((frame) => (isHeld(frame) ? undefined : frame)),
    );
    await vi.waitFor(() => expect(own.status(PLACE).peers).toMatchObject([{ heard: false }]), PATIENCE);
    heardBy(own);
    await vi.waitFor(() => expect(typesOf(first)).toContain('tillmesh-latest'), PATIENCE);
    expect(heardBy(own)).toEqual([false]);
    first.cut();
    wire(own, other);
    await vi.waitFor(() => expect(heardBy(own)).toEqual([true]), PATIENCE);
    expect(await recordsAt(own, 1)).toEqual(['000000001', '000000002']);
  });

  test('[W12] is heard only with the session before, where the latest was named and nothing was written to it', async () => {
    const { relay: own } = await memoryRelay(OWN);
    const { relay: other } = await memoryRelay(OTHER);
    await write(other, 1, 1, 2);
    expect(await other.document(session(2)).entries()).toEqual({});
    wire(other, own);
    await vi.waitFor(() => expect(heardBy(own)).toEqual([true]), PATIENCE);
    expect(await recordsAt(own, 1)).toEqual(['000000001', '000000002']);
  });

  test.each([
    ['has forgotten it', true, false],
    ['remembers it', false, true],
    ['has forgotten it as well', true, true],
  ])(
    '[W13] is heard of a session one relay archived, where the one that asks %s',
    async (_, atOwn, atOther) => {
      const { relay: own } = await memoryRelay(OWN);
      const { relay: other } = await memoryRelay(OTHER);
      for (const number of [1, 2]) await write(other, number, 2 * number - 1, 2 * number);
      const over = wire(own, other);
      await vi.waitFor(async () => expect(await recordsAt(own, 2)).toHaveLength(2), PATIENCE);
      await vi.waitFor(async () => expect(await recordsAt(own, 1)).toHaveLength(2), PATIENCE);
      await whenSilent(over);
      if (atOwn) await archive(own, 1);
      if (atOther) await archive(other, 1);
      await vi.waitFor(() => expect(heardBy(own)).toEqual([true]), PATIENCE);
      const said = await whenSilent(over);
      expect(said).toBeLessThan(40);
    },
  );

  test('[W12] says nothing of a relay that does not know the question, and asks it none', async () => {
    const { relay: own } = await memoryRelay(OWN);
    const { relay: other } = await memoryRelay(OTHER);
    const over = wire(
      own,
      other,
      altered((frame) => {
        if (frame.type !== 'join' && frame.type !== 'peer') return frame;
        const { latest: _, ...peerMetadata } = frame.peerMetadata;
        return { ...frame, peerMetadata };
      }),
    );
    await vi.waitFor(() => expect(own.status().peers).toHaveLength(1), PATIENCE);
    expect(heardBy(own)).toEqual([undefined]);
    expect(typesOf(over)).not.toContain('tillmesh-ask-latest');
  });

  test.each([
    ['an answer nobody asked for', { type: 'tillmesh-latest', ...PLACE, session: 4 }],
    ['a question about a register of another store', { type: 'tillmesh-ask-latest', ...PLACE }],
  ] as const)('[W12] %s costs its link', async (_, frame) => {
    const { relay: own } = await memoryRelay(OWN);
    const { relay: other } = await memoryRelay(ELSEWHERE);
    const over = wire(
      other,
      own,
      altered((sent) =>
        sent.type === 'tillmesh-summary'
          ? { ...frame, senderId: sent.senderId, targetId: sent.targetId }
          : sent,
      ),
    );
    await vi.waitFor(() => expect(typesOf(over)).toContain(frame.type), PATIENCE);
    await vi.waitFor(() => expect(own.status().peers).toEqual([]), PATIENCE);
    expect(heardBy(own)).toEqual([]);
  });
});
