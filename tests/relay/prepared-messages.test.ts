import { createHash } from 'node:crypto';
import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withEntries } from '../../sync-relay/entries-document.ts';
import { PreparedMessages, STATE_FIELDS } from '../../sync-relay/prepared-messages.ts';

/** What a relay knows of a till that holds `doc` and has said so. */
function metWith(doc: A.Doc<unknown>, relay: A.Doc<unknown>): A.SyncState {
  const [, greeting] = A.generateSyncMessage(doc, A.initSyncState());
  if (greeting === null) throw new Error('a fresh state has something to say');
  return A.receiveSyncMessage(A.clone(relay), A.initSyncState(), greeting)[1];
}

function sold(...sales: readonly number[]): A.Doc<unknown> {
  return sales.reduce<A.Doc<unknown>>(
    (doc, sale) => withEntries(doc, { [String(sale)]: `sale ${sale}` }),
    A.init(),
  );
}

test('tills in the same state are sent the very same bytes, made once', () => {
  const relay = sold(1, 2, 3);
  const prepared = new PreparedMessages();
  const [one, other] = [metWith(sold(), relay), metWith(sold(), relay)];
  const first = prepared.next(relay, A.getHeads(relay), one);
  expect(first.hasChanges).toBe(true);
  expect(prepared.next(relay, A.getHeads(relay), other)).toBe(first);
});

test('a state has no field that is not looked at', () => {
  const shown = Object.keys(metWith(sold(1), sold(2)));
  expect(shown.toSorted()).toEqual(STATE_FIELDS.toSorted());
});

test('what is sent is what Automerge says, whatever a till holds and was sent before', () => {
  const sales = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 });
  const step = fc.record({ sells: sales, holds: sales, again: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
      const prepared = new PreparedMessages();
      let relay = sold(0);
      let state = A.initSyncState();
      for (const { sells, holds, again } of steps) {
        relay = sells.reduce((doc, sale) => withEntries(doc, { [String(sale)]: 'again' }), relay);
        if (!again) state = metWith(sold(...holds), relay);
        const said = prepared.next(relay, A.getHeads(relay), state);
        const [behind, message] = A.generateSyncMessage(relay, state);
        expect(said.message).toEqual(message);
        expect(said.state).toEqual(behind);
        state = said.state;
      }
    }),
    { seed: 20261122, numRuns: 30 },
  );
});

test('news make what was prepared before it useless', () => {
  const before = sold(1);
  const prepared = new PreparedMessages();
  const state = metWith(sold(), before);
  const old = prepared.next(before, A.getHeads(before), state);
  const now = withEntries(before, { '2': 'sale 2' });
  const next = prepared.next(now, A.getHeads(now), state);
  expect(next.message).not.toEqual(old.message);
  expect(A.decodeSyncMessage(next.message ?? new Uint8Array()).heads).toEqual(A.getHeads(now));
});

/** Asks for the message to a till that holds one sale of its own, the same till each time. */
function asking(relay: A.Doc<unknown>) {
  const prepared = new PreparedMessages();
  const states = [1, 2, 3, 4, 5].map((sale) => metWith(sold(sale), relay));
  return (till: number) => {
    const state = states[till];
    if (state === undefined) throw new Error(`there is no till ${till}`);
    return prepared.next(relay, A.getHeads(relay), state);
  };
}

test('a change that waits for another makes what was prepared before it useless, though the heads stay', () => {
  const relay = sold(1);
  const ahead = withEntries(withEntries(relay, { '2': 'sale 2' }), { '3': 'sale 3' });
  const last = A.getLastLocalChange(ahead);
  if (last === undefined) throw new Error('a sale is a change');
  const state = metWith(ahead, relay);
  const prepared = new PreparedMessages();
  prepared.next(relay, A.getHeads(relay), state);
  const [waiting] = A.applyChanges(A.clone(relay), [last]);
  expect(A.getHeads(waiting)).toEqual(A.getHeads(relay));
  const { message } = prepared.next(waiting, A.getHeads(waiting), state);
  expect(message).toEqual(A.generateSyncMessage(waiting, state)[1]);
});

test('of many states only the last few are kept', () => {
  const next = asking(sold(1, 2, 3));
  const [first] = [0, 1, 2, 3].map(next);
  expect(next(0)).toBe(first);
  next(4);
  expect(next(0)).not.toBe(first);
});

test('of long messages only the newest is kept', () => {
  const noise = Array.from({ length: 3000 }, (_, at) =>
    createHash('sha256').update(String(at)).digest('hex'),
  );
  const next = asking(withEntries(sold(1, 2, 3), { long: noise.join('') }));
  const [first, second] = [next(0), next(1)];
  expect(first.message?.byteLength).toBeGreaterThan(64 * 1024);
  expect(next(1)).toBe(second);
  expect(next(0)).not.toBe(first);
});
