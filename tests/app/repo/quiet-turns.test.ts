import { describe, expect, test } from 'vitest';
import { QuietTurns } from '../../../app/lib/repo/quiet-turns.ts';
import { manualSurroundings } from './manual-surroundings.ts';

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function started() {
  const world = manualSurroundings();
  const turns = new QuietTurns(world);
  const done: string[] = [];
  const note = (name: string) => () => Promise.resolve(void done.push(name));
  return { world, turns, done, note };
}

describe('what nobody waits for', () => {
  test('has its turns in order, at once while nobody ever waited', async () => {
    const { turns, done, note } = started();
    for (const name of ['a', 'b', 'c']) void turns.later(note(name));
    await settled();
    expect(done).toStrictEqual(['a', 'b', 'c']);
  });

  test('goes after what somebody waits for, and after a moment of quiet', async () => {
    const { world, turns, done, note } = started();
    const slow = Promise.withResolvers<void>();
    const waiting = turns.now(() => slow.promise);
    void turns.later(note('later'));
    await turns.now(note('now'));
    world.pass(1_000);
    await settled();
    expect(done).toStrictEqual(['now']);
    slow.resolve();
    await waiting;
    world.pass(149);
    await settled();
    expect(done).toStrictEqual(['now']);
    world.pass(1);
    await settled();
    expect(done).toStrictEqual(['now', 'later']);
  });

  test('waits no more once it was quiet, until somebody waits again', async () => {
    const { world, turns, done, note } = started();
    await turns.now(note('now'));
    void turns.later(note('first'));
    void turns.later(note('second'));
    await settled();
    world.pass(150);
    await settled();
    expect(done).toStrictEqual(['now', 'first', 'second']);
    await turns.now(note('again'));
    void turns.later(note('third'));
    await settled();
    expect(done.at(-1)).toBe('again');
    world.pass(150);
    await settled();
    expect(done.at(-1)).toBe('third');
  });

  test('waits for a longer quiet where it has all the time there is, and holds up nothing that has less', async () => {
    const { world, turns, done, note } = started();
    await turns.now(note('now'));
    void turns.atLeisure(note('first'));
    void turns.atLeisure(note('second'));
    void turns.later(note('later'));
    await settled();
    world.pass(150);
    await settled();
    expect(done).toStrictEqual(['now', 'later']);
    await turns.now(note('again'));
    world.pass(1_350);
    await settled();
    expect(done.at(-1)).toBe('again');
    world.pass(1_499);
    await settled();
    expect(done.at(-1)).toBe('again');
    world.pass(1);
    await settled();
    expect(done).toStrictEqual(['now', 'later', 'again', 'first', 'second']);
  });

  test('has its turn also where somebody waits again and again', async () => {
    const { world, turns, done, note } = started();
    void turns.now(note('now'));
    void turns.atLeisure(note('leisure'));
    for (let quarter = 0; quarter < 400 && !done.includes('leisure'); quarter++) {
      if (quarter % 4 === 0) await turns.now(note('now'));
      await settled();
      world.pass(250);
      await settled();
    }
    expect(done).toContain('leisure');
    expect(done.indexOf('leisure')).toBeGreaterThan(20);
  });

  test('has its turn also where somebody waits more often than it is ever quiet', async () => {
    const { world, turns, done, note } = started();
    void turns.now(note('now'));
    void turns.later(note('later'));
    for (let tenth = 0; tenth < 100 && !done.includes('later'); tenth++) {
      await turns.now(note('now'));
      world.pass(100);
      await settled();
    }
    expect(done).toContain('later');
    expect(done.indexOf('later')).toBeGreaterThan(20);
  });

  test('goes on behind a turn that failed, which hears of it', async () => {
    const { turns, done, note } = started();
    const failed = turns.later(() => Promise.reject(new Error('damaged')));
    void turns.later(note('next'));
    await expect(failed).rejects.toThrow('damaged');
    await settled();
    expect(done).toStrictEqual(['next']);
  });
});
