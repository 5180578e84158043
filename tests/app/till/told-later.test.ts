import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toldLater } from '../../../app/lib/till/told-later.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A wait that takes `ms`, and what was told of it. */
function waiting(ms: number, fails?: Error) {
  const told: string[] = [];
  const work = new Promise<string>((resolve, reject) => {
    setTimeout(() => (fails ? reject(fails) : resolve('here')), ms);
  });
  return { told, over: toldLater(work, () => told.push('waits')) };
}

test('what is there in a moment is waited for without a word', async () => {
  const { told, over } = waiting(900);
  await vi.advanceTimersByTimeAsync(900);
  expect(await over).toBe('here');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual([]);
});

test('what takes longer is told once, while it is waited for', async () => {
  const { told, over } = waiting(60_000);
  await vi.advanceTimersByTimeAsync(999);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2);
  expect(told).toEqual(['waits']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([await over, told]).toEqual(['here', ['waits']]);
});

test('a wait that fails is not told afterwards', async () => {
  const { told, over } = waiting(500, new Error('the disk is gone'));
  const failed = over.catch(String);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await failed).toBe('Error: the disk is gone');
  expect(told).toEqual([]);
});
