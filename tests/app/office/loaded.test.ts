import { expect, test } from 'vitest';
import { err, ok, type Result } from '#model/result.ts';
import { Loaded } from '$lib/office/loaded.svelte.ts';
import type { ReportFailure } from '$lib/office/reports-client.ts';

type Answer = Result<number, ReportFailure>;
const AWAY: ReportFailure = { code: 'away', status: 502 };
const NOON = new Date('2026-11-21T12:00:00Z');

/** An answer that comes when the test says so. */
function pending() {
  return Promise.withResolvers<Answer>();
}

test('keeps the answer and when it came', async () => {
  const loaded = new Loaded<number>(() => NOON);
  await loaded.load('a', async () => ok(1));
  expect(loaded).toMatchObject({ value: 1, at: NOON, failure: undefined, turning: false });
});

test('keeps the figures of before when a refresh fails, and forgets the failure when one succeeds', async () => {
  const loaded = new Loaded<number>(() => NOON);
  await loaded.load('a', async () => ok(1));
  await loaded.load('a', async () => err(AWAY));
  expect(loaded).toMatchObject({ value: 1, at: NOON, failure: AWAY });
  await loaded.load('a', async () => ok(2));
  expect(loaded).toMatchObject({ value: 2, failure: undefined });
});

test('never shows the figures of one question as the answer to another', async () => {
  const loaded = new Loaded<number>(() => NOON);
  await loaded.load('a', async () => ok(1));
  await loaded.load('b', async () => err(AWAY));
  expect(loaded).toMatchObject({ value: undefined, at: undefined, failure: AWAY });
});

test('is turning while another question is on its way, not during a refresh', async () => {
  const loaded = new Loaded<number>();
  await loaded.load('a', async () => ok(1));
  const refresh = pending();
  const refreshed = loaded.load('a', () => refresh.promise);
  expect(loaded.turning).toBe(false);
  refresh.resolve(ok(2));
  await refreshed;
  const change = pending();
  const changed = loaded.load('b', () => change.promise);
  expect(loaded).toMatchObject({ turning: true, value: 2 });
  change.resolve(ok(3));
  await changed;
  expect(loaded).toMatchObject({ turning: false, value: 3 });
});

test('a slow answer to an earlier question does not overtake a later one', async () => {
  const loaded = new Loaded<number>();
  const slow = pending();
  const first = loaded.load('a', () => slow.promise);
  await loaded.load('b', async () => ok(2));
  slow.resolve(ok(1));
  await first;
  expect(loaded.value).toBe(2);
});
