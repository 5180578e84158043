import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { bytesOfDocumentId, documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { Frame } from '#model/protocol/frame.ts';
import { blockPlace } from '#model/protocol/holdings.ts';
import { assert } from '#model/result.ts';
import { Link } from '../../sync-relay/link.ts';
import type { Relay } from '../../sync-relay/relay.ts';
import { SummaryTurns } from '../../sync-relay/summary-turns.ts';
import { holdings, memoryRelay, wire } from '../support/memory-relays.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

/** A clock that goes on when it is told to. */
class Clock {
  readonly #waiting: (() => void)[] = [];

  readonly later = (_milliseconds: number, callback: () => void): void => void this.#waiting.push(callback);

  /** What waits now has its turn, and not what that begins. */
  tick(): void {
    for (const callback of this.#waiting.splice(0)) callback();
  }

  /** So many looks; three are as long as somebody who owes nothing must be silent to have said all, thirty who owes something. */
  silence(looks = 30): void {
    for (let look = 1; look <= looks; look++) this.tick();
  }
}

function linkOf(store: number, register = 1): Link {
  const device = {
    id: `${store}${register}`.padStart(16, '0'),
    role: 'relay' as const,
    store: storeId(store),
    register: registerId(register),
  };
  const peer = { id: device.id, metadata: { device }, trust: 'open', direction: 'in' } as const;
  return new Link(
    'hq',
    { ...peer, since: '', isTool: false },
    { send: () => undefined, close: () => undefined },
  );
}

/** A session a relay speaks of. */
const SESSION = documentId({
  organization: ORGANIZATION,
  key: { class: 'session', store: storeId(1), register: registerId(1), session: 1 },
});

/** Both sides say that they hold the same of it. */
function agree(link: Link): void {
  const heads = ['0'.repeat(64)];
  link.setSyncState(SESSION, { ...link.syncState(SESSION, false), theirHeads: heads });
  link.noteAgreed(SESSION, heads);
}

/** Turns, and whose it was so far. */
function turns() {
  const clock = new Clock();
  const order: Link[] = [];
  const taken = new SummaryTurns(clock.later);
  const wait = (link: Link, differs = true) =>
    taken.wait(link, () => {
      order.push(link);
      return differs;
    });
  return { clock, order, taken, wait };
}

describe('[W14] relays that come back to head office at once', () => {
  test('are answered eight at a time, and in the order they came', () => {
    const { clock, order, wait } = turns();
    const links = Array.from({ length: 20 }, (_, i) => linkOf(i + 1));
    for (const link of links) wait(link);
    expect(order).toEqual(links.slice(0, 8));
    clock.silence();
    expect(order).toEqual(links.slice(0, 16));
    clock.silence();
    expect(order).toEqual(links);
  });

  test('those of one store one after the other, and another store is not kept waiting', () => {
    const { clock, order, wait } = turns();
    const [first, second, elsewhere] = [linkOf(1, 1), linkOf(1, 2), linkOf(2)];
    for (const link of [first, second, elsewhere]) wait(link);
    expect(order).toEqual([first, elsewhere]);
    clock.silence();
    expect(order).toEqual([first, elsewhere, second]);
  });

  test('one that has nothing to speak of keeps nobody waiting', () => {
    const { order, wait } = turns();
    const links = Array.from({ length: 20 }, (_, i) => linkOf(1, i + 1));
    for (const link of links) wait(link, false);
    expect(order).toEqual(links);
  });

  test('the next waits while one speaks or is behind, not while it is silent', () => {
    const { clock, order, taken, wait } = turns();
    const [first, second] = [linkOf(1, 1), linkOf(1, 2)];
    wait(first);
    wait(second);
    clock.silence(2);
    taken.heard(first, SESSION);
    agree(first);
    clock.tick();
    const message = new Uint8Array(10);
    first.received(message);
    clock.silence();
    expect(order).toEqual([first]);
    first.handled(message);
    clock.silence(2);
    expect(order).toEqual([first]);
    clock.tick();
    expect(order).toEqual([first, second]);
  });

  test('one that has not said its first word is waited for longer', () => {
    const { clock, order, taken, wait } = turns();
    const [first, second] = [linkOf(1, 1), linkOf(1, 2)];
    wait(first);
    wait(second);
    clock.silence(29);
    expect(order).toEqual([first]);
    taken.heard(first, SESSION);
    agree(first);
    clock.silence(3);
    expect(order).toEqual([first]);
    clock.tick();
    expect(order).toEqual([first, second]);
  });

  test('so is one that has not brought what it said that it has', () => {
    const { clock, order, taken, wait } = turns();
    const [first, second] = [linkOf(1, 1), linkOf(1, 2)];
    wait(first);
    wait(second);
    taken.heard(first, SESSION);
    taken.heard(first, SESSION);
    clock.silence(30);
    expect(order).toEqual([first]);
    clock.tick();
    expect(order).toEqual([first, second]);
  });

  test('one that is gone is passed over, and makes room at once', () => {
    const { order, taken, wait } = turns();
    const [first, second, third] = [linkOf(1, 1), linkOf(1, 2), linkOf(1, 3)];
    for (const link of [first, second, third]) wait(link);
    second.closed();
    taken.left(second);
    expect(order).toEqual([first]);
    first.closed();
    taken.left(first);
    expect(order).toEqual([first, third]);
  });

  test('one that never ends its say keeps the next from its turn for a while only', () => {
    const { clock, order, taken, wait } = turns();
    const [first, second] = [linkOf(1, 1), linkOf(1, 2)];
    wait(first);
    wait(second);
    let looks = 0;
    while (order.length < 2) {
      taken.heard(first, SESSION);
      clock.tick();
      looks += 1;
    }
    expect(order).toEqual([first, second]);
    expect(looks).toBe(100);
  });
});

const session = (register: number): DocumentKey => ({
  class: 'session',
  store: storeId(1),
  register: registerId(register),
  session: 1,
});
const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
const equal = (a: Relay, b: Relay) =>
  vi.waitFor(async () => expect(await holdings(a)).toEqual(await holdings(b)), PATIENCE);

describe('[W14] the relays of one store', () => {
  test('bring head office once what all of them hold, and each what it alone holds', async () => {
    const { relay: hq } = await memoryRelay({ id: '2222222222222222', role: 'hq' });
    const [one, two, three] = await Promise.all(
      [1, 3, 4].map((n) => memoryRelay({ id: String(n).repeat(16), role: 'relay', store: 'S01' })),
    );
    assert(one && two && three, () => 'three relays');
    const day = randomBytes(50_000).toString('base64');
    expect(await one.relay.document(session(1)).write({ '000000001': day })).toBe('saved');
    const store = [wire(two.relay, one.relay), wire(three.relay, one.relay)];
    for (const { relay } of [two, three]) await equal(relay, one.relay);
    for (const over of store) over.cut();
    expect(await three.relay.document(session(3)).write({ '000000001': '{}' })).toBe('saved');

    const wires = [one, two, three].map(({ relay }) => wire(relay, hq));
    const all = { [idOf(session(1))]: { '000000001': day }, [idOf(session(3))]: { '000000001': '{}' } };
    await vi.waitFor(async () => expect(await holdings(hq)).toEqual(all), PATIENCE);
    for (const { relay } of [one, two, three]) await equal(relay, hq);
    // A change holds the text in three quarters of its letters.
    expect(wires.filter((over) => over.bytes() > day.length / 2)).toHaveLength(1);
    // The others are told nothing of it: what their summary was of is what is here when their turn comes.
    const block = Buffer.from(blockPlace(bytesOfDocumentId(idOf(session(1)))).block);
    const isOfDay = (frame: Frame) =>
      frame.type === 'tillmesh-differences' && Buffer.from(frame.blocks).includes(block);
    expect(wires.filter(({ said }) => said.some(isOfDay))).toHaveLength(1);
  });

  test('one that waits hears with its answer what changed meanwhile, and not before', async () => {
    const { relay: hq } = await memoryRelay({ id: '2222222222222222', role: 'hq' });
    const [first, second] = await Promise.all(
      [1, 3].map((n) => memoryRelay({ id: String(n).repeat(16), role: 'relay', store: 'S01' })),
    );
    assert(first && second, () => 'two relays');
    expect(await first.relay.document(session(1)).write({ '000000001': '{}' })).toBe('saved');
    expect(await second.relay.document(session(2)).write({ '000000001': '{}' })).toBe('saved');
    const [, over] = [wire(first.relay, hq), wire(second.relay, hq)];
    await vi.waitFor(() => expect(over.said.map(({ type }) => type)).toContain('tillmesh-summary'), PATIENCE);
    expect(await hq.document(session(5)).write({ '000000001': '{}' })).toBe('saved');
    await equal(second.relay, hq);
    await equal(first.relay, hq);
    const at = (holds: (frame: Frame) => boolean) => over.said.findIndex(holds);
    const answered = at(({ type }) => type === 'tillmesh-differences');
    expect(answered).toBeGreaterThan(0);
    expect(at((frame) => frame.type === 'sync' && frame.documentId === idOf(session(5)))).toBeGreaterThan(
      answered,
    );
  });
});
