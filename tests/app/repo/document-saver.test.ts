import { expect, test } from 'vitest';
import { DocumentSaver } from '../../../app/lib/repo/document-saver.ts';
import { manualSurroundings } from './manual-surroundings.ts';

/** A saver whose saves end when the test says so. */
function saverUnderTest() {
  const time = manualSurroundings(1);
  const begun: { readonly id: string; readonly ends: (failure?: string) => void }[] = [];
  const failures: string[] = [];
  const saver = new DocumentSaver({
    save: (id) =>
      new Promise((resolve, reject) => {
        begun.push({
          id,
          ends: (failure) => (failure === undefined ? resolve() : reject(new Error(failure))),
        });
      }),
    failed: (id, cause) => failures.push(`${id}: ${cause}`),
    surroundings: time,
  });
  const ids = () => begun.map(({ id }) => id);
  return { time, begun, failures, saver, ids };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('saves asked for during a save are one more save, begun after it', async () => {
  const { saver, begun, ids } = saverUnderTest();
  const first = saver.save('a');
  const second = saver.save('a');
  const third = saver.save('a');
  const other = saver.save('b');
  expect(ids()).toEqual(['a', 'b']);
  begun[0]?.ends();
  await first;
  await settled();
  expect(ids()).toEqual(['a', 'b', 'a']);
  begun[1]?.ends();
  begun[2]?.ends();
  await Promise.all([second, third, other]);
  expect(ids()).toHaveLength(3);
});

test('a failed save rejects for who waited, and the one behind it goes on', async () => {
  const { saver, begun, failures } = saverUnderTest();
  const first = saver.save('a');
  const second = saver.save('a');
  begun[0]?.ends('disk full');
  await expect(first).rejects.toThrow('disk full');
  await settled();
  begun[1]?.ends();
  await second;
  expect(failures).toEqual([]);
});

test('a failed save is tried again with growing delays until it is well, and each failure is told', async () => {
  const { saver, begun, failures, time } = saverUnderTest();
  const first = saver.save('a');
  begun[0]?.ends('full');
  await expect(first).rejects.toThrow('full');
  expect(time.pending()).toEqual([250]);
  time.pass(250);
  begun[1]?.ends('still full');
  await settled();
  expect(failures).toEqual(['a: still full']);
  expect(time.pending()).toEqual([500]);
  time.pass(500);
  begun[2]?.ends();
  await settled();
  expect(time.pending()).toEqual([]);
  expect(begun).toHaveLength(3);
  const later = saver.save('a');
  begun[3]?.ends('full again');
  await expect(later).rejects.toThrow('full again');
  expect(time.pending()).toEqual([250]);
});

test('changes from elsewhere are gathered into one save', async () => {
  const { saver, ids, time, begun } = saverUnderTest();
  saver.saveSoon('a');
  saver.saveSoon('a');
  expect(ids()).toEqual([]);
  time.pass(500);
  expect(ids()).toEqual(['a']);
  saver.saveSoon('a');
  begun[0]?.ends();
  await settled();
  time.pass(500);
  expect(ids()).toEqual(['a', 'a']);
});

test('while more comes of any document the saves wait, and not for ever', () => {
  const { saver, ids, time } = saverUnderTest();
  saver.saveSoon('a');
  for (let news = 0; news < 10; news++) {
    time.pass(190);
    saver.saveSoon('b');
  }
  expect([time.pending().length, ids()]).toEqual([2, []]);
  time.pass(100);
  expect(ids()).toEqual(['a']);
  time.pass(500);
  expect(ids()).toEqual(['a', 'b']);
});

test('closing saves what was gathered, waits for it, and then is done', async () => {
  const { saver, ids, time, begun } = saverUnderTest();
  saver.saveSoon('a');
  let closed = false;
  const closing = saver.close().then(() => (closed = true));
  await settled();
  expect(ids()).toEqual(['a']);
  expect(closed).toBe(false);
  begun[0]?.ends();
  await closing;
  saver.saveSoon('b');
  expect(time.pending()).toEqual([]);
});

test('work on what is stored waits for the save that runs, and later saves wait for it', async () => {
  const { saver, begun, ids } = saverUnderTest();
  const { promise: work, resolve: workEnds } = Promise.withResolvers<void>();
  const steps: string[] = [];
  const running = saver.save('a');
  const held = saver.hold('a', () => {
    steps.push('work');
    return work;
  });
  const later = saver.save('a');
  const other = saver.save('b');
  await settled();
  expect({ steps, ids: ids() }).toEqual({ steps: [], ids: ['a', 'b'] });
  begun[0]?.ends();
  begun[1]?.ends();
  await Promise.all([running, other]);
  await settled();
  expect({ steps, ids: ids() }).toEqual({ steps: ['work'], ids: ['a', 'b'] });
  workEnds();
  await held;
  await settled();
  expect(ids()).toEqual(['a', 'b', 'a']);
  begun[2]?.ends();
  await later;
});

test('when the work fails nothing is saved any more of that document', async () => {
  const { saver, ids } = saverUnderTest();
  await expect(saver.hold('a', () => Promise.reject(new Error('not done')))).rejects.toThrow('not done');
  await expect(saver.save('a')).rejects.toThrow('not done');
  expect(ids()).toEqual([]);
});
