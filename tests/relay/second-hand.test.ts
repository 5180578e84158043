import { expect, test } from 'vitest';
import type { Link } from '../../sync-relay/link.ts';
import { SecondHand } from '../../sync-relay/second-hand.ts';

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
