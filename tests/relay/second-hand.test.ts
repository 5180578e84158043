import * as A from '@automerge/automerge';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Entries } from '#model/documents/entries.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { Link } from '../../sync-relay/link.ts';
import { SecondHand } from '../../sync-relay/second-hand.ts';
import { memoryRelay, wire } from '../support/memory-relays.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

/** News of one document, with its delayed calls in the test's hands. */
function news() {
  const delayed: { readonly after: number; readonly call: () => void }[] = [];
  const passed: Link[][] = [];
  const secondHand = new SecondHand(
    (after, call) => delayed.push({ after, call }),
    (links) => passed.push([...links]),
  );
  return { delayed, passed, secondHand };
}

const link = (direction: 'in' | 'out') => ({ direction }) as Link;

test('of two relays the one that dialled passes news on first, so that the other has nothing to say', () => {
  const { delayed, passed, secondHand } = news();
  const [dialled, taken] = [link('out'), link('in')];
  secondHand.add(taken);
  secondHand.add(dialled);
  const [first, second] = delayed.toSorted((a, b) => a.after - b.after);
  expect(first?.after).toBeLessThan(second?.after ?? 0);
  first?.call();
  expect(passed).toEqual([[dialled]]);
  expect(secondHand.isWaiting).toBe(true);
  second?.call();
  expect(passed).toEqual([[dialled], [taken]]);
  expect(secondHand.isWaiting).toBe(false);
});

test('news that comes while others wait goes with them, once to each', () => {
  const { delayed, passed, secondHand } = news();
  const [a, b] = [link('out'), link('out')];
  for (const one of [a, b, a]) secondHand.add(one);
  expect(delayed).toHaveLength(1);
  delayed[0]?.call();
  secondHand.add(a);
  delayed[1]?.call();
  expect(passed).toEqual([[a, b], [a]]);
});

test('a basket that changes with every scan goes to other relays a little later and once, a record at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const place = { store: storeId(1), register: registerId(1), session: 1 };
  const [session, basket] = [{ class: 'session', ...place } as const, { class: 'basket', ...place } as const];
  const store = await memoryRelay({ id: '1111111111111111', role: 'relay', store: 'S01' });
  const hq = await memoryRelay({ id: '2222222222222222', role: 'hq' });
  const { said } = wire(store.relay, hq.relay);
  const basketId = documentId({ organization: ORGANIZATION, key: basket });
  const ofBasket = () =>
    said.flatMap((frame) => (frame.type === 'sync' && frame.documentId === basketId ? [frame.data] : []));
  const hqHas = async (key: DocumentKey, entries: Entries) => {
    const there = async () => JSON.stringify(await hq.relay.document(key).entries());
    while ((await there()) !== JSON.stringify(entries)) await new Promise((resolve) => setImmediate(resolve));
  };
  await store.relay.document(session).write({ '1': 'a' });
  await hqHas(session, { '1': 'a' });
  for (const line of ['tea', 'tea and milk', 'milk']) await store.relay.document(basket).write({ line });
  await store.relay.document(session).write({ '2': 'b' });
  await hqHas(session, { '1': 'a', '2': 'b' });
  expect(ofBasket()).toEqual([]);
  vi.advanceTimersByTime(300);
  await hqHas(basket, { line: 'milk' });
  const sent = ofBasket().filter((data) => A.decodeSyncMessage(data).changes.length > 0);
  expect(sent).toHaveLength(1);
});
