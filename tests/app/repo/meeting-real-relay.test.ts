import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { Frame } from '#model/protocol/frame.ts';
import { MemoryStorage } from '../../../app/lib/repo/document-storage.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import { hostSurroundings } from '../../../app/lib/repo/surroundings.ts';
import { relayAt } from '../../network/relays.ts';
import { FrameTap, type Alter } from '../../support/frame-tap.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { session } from './documents.contract.ts';
import { nodeTerminal } from './node-terminal.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };
const RELAY_WAIT = 15_000;
const SESSIONS = 40;

async function startRelay(): Promise<{ syncUrl: string; stop: () => Promise<void> }> {
  const { port, stop } = await relayAt(join(await temporaryFolder(), 'relay'), 1);
  return { syncUrl: `ws://127.0.0.1:${port}/sync`, stop };
}

async function tapTo(syncUrl: string, alter?: Alter): Promise<FrameTap> {
  const tap = await FrameTap.to(syncUrl, alter);
  onTestFinished(() => tap.cut());
  return tap;
}

/** A relay, and a till that holds forty sessions and has said all it has to say. */
async function shop(alter?: Alter, storage = new MemoryStorage()) {
  const relay = await startRelay();
  onTestFinished(relay.stop);
  const tap = await tapTo(relay.syncUrl, alter);
  const till = nodeTerminal(1, { syncUrl: tap.syncUrl, storage });
  onTestFinished(() => till.close());
  await linked(till);
  for (let n = 1; n <= SESSIONS; n++) await sell(till, n, 1);
  return { relay, tap, till, storage };
}

async function sell(till: Documents, number: number, sale: number): Promise<void> {
  const entries = { [String(sale).padStart(9, '0')]: `{"sale":${sale}}` };
  expect(await till.writeDurably(session(number), entries, RELAY_WAIT)).toEqual({
    here: 'saved',
    relay: 'saved',
  });
}

function linked(till: Documents): Promise<void> {
  return new Promise((resolve) => {
    const stop = till.watch((event) => {
      if (event.type !== 'link' || !event.connected) return;
      stop();
      resolve();
    });
  });
}

/** Cuts the wire, does something meanwhile, and resolves when everything is equal again. */
async function away(
  till: Documents,
  tap: FrameTap,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
) {
  const up = linked(till);
  await tap.cut();
  await meanwhile();
  tap.said = [];
  await tap.join();
  await up;
  await equal(till);
}

async function equal(till: Documents): Promise<void> {
  for (const key of await till.known()) expect(await till.caughtUp(key, RELAY_WAIT)).toBe('caught-up');
}

/** Another terminal at the relay itself. */
async function beside(relay: { syncUrl: string }): Promise<Documents> {
  const other = nodeTerminal(1, { syncUrl: relay.syncUrl });
  onTestFinished(() => other.close());
  await linked(other);
  return other;
}

const spokenOf = (tap: FrameTap) =>
  new Set(
    tap.said.flatMap((frame) =>
      frame.type === 'sync' || frame.type === 'request' ? [frame.documentId] : [],
    ),
  ).size;

const sizeOf = async (till: Documents, key: DocumentKey) => Object.keys(await till.open(key)).length;

const HANDSHAKE = ['join', 'peer'];
const MEETING = [...HANDSHAKE, 'tillmesh-holdings', 'tillmesh-unlike'];

describe('a till that comes back to its relay', () => {
  test('[W9] tells all it holds in one message, and with nothing new nobody says more', async () => {
    const { tap, till } = await shop();
    await away(till, tap);
    expect(tap.types()).toEqual(MEETING);
  });

  test('[W9] gets what came meanwhile, and speaks of nothing else', async () => {
    const { relay, tap, till } = await shop();
    const other = await beside(relay);
    await away(till, tap, () => sell(other, 7, 2));
    await vi.waitFor(async () => expect(await sizeOf(till, session(7))).toBe(2), PATIENCE);
    expect(spokenOf(tap)).toBe(1);
  });

  test('[W9] brings what was sold meanwhile, and speaks of nothing else', async () => {
    const { relay, tap, till } = await shop();
    const other = await beside(relay);
    await away(till, tap, () => till.write(session(9), { '000000002': '{"sale":2}' }));
    await vi.waitFor(async () => {
      expect(await other.caughtUp(session(9), RELAY_WAIT)).toBe('caught-up');
      expect(await sizeOf(other, session(9))).toBe(2);
    }, PATIENCE);
    expect(spokenOf(tap)).toBe(1);
  });

  test('[W9] brings what was on its way when the link broke', async () => {
    const swallowed: Frame[] = [];
    let breaking = false;
    const { relay, tap, till } = await shop((frame, from) => {
      if (!breaking || from !== 'terminal' || frame.type !== 'sync') return frame;
      swallowed.push(frame);
      return undefined;
    });
    const other = await beside(relay);
    breaking = true;
    await till.write(session(9), { '000000002': '{"sale":2}' });
    await vi.waitFor(() => expect(swallowed).not.toEqual([]), PATIENCE);
    breaking = false;
    await tap.cut();
    await tap.join();
    await linked(till);
    // Nobody at the till asks for it: the relay speaks first.
    await vi.waitFor(async () => {
      expect(await other.caughtUp(session(9), RELAY_WAIT)).toBe('caught-up');
      expect(await sizeOf(other, session(9))).toBe(2);
    }, PATIENCE);
    expect(spokenOf(tap)).toBe(SESSIONS);
  });

  test('[W9] goes on with a document nobody spoke of, from either side', async () => {
    const { relay, tap, till } = await shop();
    const other = await beside(relay);
    await away(till, tap);
    await sell(till, 3, 2);
    await sell(other, 5, 2);
    await vi.waitFor(async () => expect(await sizeOf(till, session(5))).toBe(2), PATIENCE);
    expect(spokenOf(tap)).toBe(2);
  });

  test('[W9] is not told of what it let go', async () => {
    const { tap, till } = await shop();
    const old = Array.from({ length: SESSIONS }, (_, n) => session(n + 1));
    expect(await till.letGo(old, { note: 'gone' }, RELAY_WAIT)).toEqual({ gone: true });
    await away(till, tap);
    await sell(till, SESSIONS + 1, 1);
    expect(spokenOf(tap)).toBe(1);
  });

  test('[W9] at a start tells of what it has stored in a few messages', async () => {
    const storage = new MemoryStorage();
    const { tap, till, relay } = await shop(undefined, storage);
    await till.close();
    tap.said = [];
    const again = nodeTerminal(1, { syncUrl: tap.syncUrl, storage });
    onTestFinished(() => again.close());
    await linked(again);
    await equal(again);
    const other = await beside(relay);
    await sell(other, SESSIONS, 2);
    await vi.waitFor(async () => expect(await sizeOf(again, session(SESSIONS))).toBe(2), PATIENCE);
    const told = tap.types().filter((type) => type === 'tillmesh-holdings').length;
    expect(told).toBeLessThanOrEqual(3);
    expect(tap.types().filter((type) => type === 'tillmesh-unlike')).toHaveLength(told);
  });

  test('[W9] gives a relay that lost its disk everything back', async () => {
    const storage = new MemoryStorage();
    const { till } = await shop(undefined, storage);
    await till.close();
    const fresh = await startRelay();
    onTestFinished(fresh.stop);
    const moved = nodeTerminal(1, { syncUrl: fresh.syncUrl, storage });
    onTestFinished(() => moved.close());
    await linked(moved);
    await equal(moved);
    const reader = await beside(fresh);
    for (let n = 1; n <= SESSIONS; n++)
      await vi.waitFor(async () => {
        expect(await reader.caughtUp(session(n), RELAY_WAIT)).toBe('caught-up');
        expect(await sizeOf(reader, session(n))).toBe(1);
      }, PATIENCE);
  });
});

describe('a till and a relay of which only one tells', () => {
  const without = (frame: Frame): Frame => {
    if (frame.type !== 'join' && frame.type !== 'peer') return frame;
    const { holdings: _left, ...peerMetadata } = frame.peerMetadata;
    return { ...frame, peerMetadata };
  };

  test.each(['terminal', 'relay'] as const)(
    '[W9] an older %s is spoken to of every document',
    async (older) => {
      const { tap, till, relay } = await shop((frame, from) => (from === older ? without(frame) : frame));
      const other = await beside(relay);
      await away(till, tap, () => sell(other, 2, 2));
      await vi.waitFor(async () => expect(await sizeOf(till, session(2))).toBe(2), PATIENCE);
      expect(tap.types()).not.toContain('tillmesh-holdings');
      expect(spokenOf(tap)).toBe(SESSIONS);
    },
  );

  test('[W9] a relay that never answers is spoken to of every document', async () => {
    const relay = await startRelay();
    onTestFinished(relay.stop);
    const tap = await tapTo(relay.syncUrl, (frame) => (frame.type === 'tillmesh-unlike' ? undefined : frame));
    const soon = {
      ...hostSurroundings,
      after: (ms: number, run: () => void) => hostSurroundings.after(Math.min(ms, 400), run),
    };
    const till = nodeTerminal(1, { syncUrl: tap.syncUrl, surroundings: soon });
    onTestFinished(() => till.close());
    for (let n = 1; n <= 3; n++) await till.write(session(n), { '000000001': '{}' });
    const other = await beside(relay);
    for (let n = 1; n <= 3; n++)
      await vi.waitFor(async () => {
        await other.caughtUp(session(n), RELAY_WAIT);
        expect(await sizeOf(other, session(n))).toBe(1);
      }, PATIENCE);
  });
});
