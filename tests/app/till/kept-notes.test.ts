import { describe, expect, it } from 'vitest';
import { KeptNotes, type NoteStore, type Sureness } from '../../../app/lib/till/kept-notes.ts';

/** A disk that says what was written when and how surely, refuses while it is full, and stands still while it is held. */
class Disk implements NoteStore {
  readonly notes = new Map<string, string>();
  readonly writes: (readonly [names: string, sureness: Sureness])[] = [];
  full = false;
  held: Promise<void> = Promise.resolve();

  read = async (): Promise<ReadonlyMap<string, string>> => this.notes;

  write = async (notes: ReadonlyMap<string, string | undefined>, sureness: Sureness): Promise<void> => {
    await this.held;
    if (this.full) throw new Error('the disk is full');
    this.writes.push([[...notes.keys()].join(' '), sureness]);
    for (const [name, text] of notes)
      if (text === undefined) this.notes.delete(name);
      else this.notes.set(name, text);
  };
}

function keeper() {
  const disk = new Disk();
  const told: string[] = [];
  return { disk, told, notes: new KeptNotes(disk, (sentence) => told.push(sentence)) };
}

describe('notes on the disk', () => {
  it('of one moment go there together, later ones behind them', async () => {
    const { disk, notes } = keeper();
    notes.write('paper:a', '1');
    notes.write('paper:b', '2');
    notes.write('mail:c', '3');
    expect(await notes.kept()).toBe(true);
    notes.write('paper:a', undefined);
    expect(await notes.kept()).toBe(true);
    expect(disk.writes.map(([names]) => names)).toEqual(['paper:a paper:b mail:c', 'paper:a']);
    expect(await notes.read('paper:')).toEqual(new Map([['paper:b', '2']]));
  });

  it('that are made just as an earlier one is done are on the disk as well when that is said', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const { disk, notes } = keeper();
      notes.write('a', '1');
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      notes.write('b', '2');
      expect(await notes.kept()).toBe(true);
      expect([...disk.notes.keys()]).toEqual(['a', 'b']);
    }
  });

  it('are waited for only where one of them must be sure', async () => {
    const { disk, notes } = keeper();
    notes.write('a', '1', 'in-order');
    await notes.kept();
    notes.write('b', '1', 'in-order');
    notes.write('c', '1');
    await notes.kept();
    expect(disk.writes).toEqual([
      ['a', 'in-order'],
      ['b c', 'on-disk'],
    ]);
  });

  it('that the disk refuses are told once, and go with the next, the newest text of each', async () => {
    const { disk, told, notes } = keeper();
    disk.full = true;
    notes.write('a', 'old', 'in-order');
    expect(await notes.kept()).toBe(false);
    notes.write('a', 'new', 'in-order');
    notes.write('b', '1', 'in-order');
    expect(await notes.kept()).toBe(false);
    expect(told).toEqual(['what waits here is not on the disk: the disk is full']);
    disk.full = false;
    expect(await notes.kept()).toBe(true);
    expect(Object.fromEntries(disk.notes)).toEqual({ a: 'new', b: '1' });
    // Nobody knows what the disk has of a write it refused.
    expect(disk.writes).toEqual([['a b', 'on-disk']]);
    disk.full = true;
    notes.write('c', '1');
    await notes.kept();
    expect(told).toHaveLength(2);
  });

  it('made while others are being written come behind them', async () => {
    const { disk, notes } = keeper();
    let letGo = () => {};
    disk.held = new Promise((resolve) => (letGo = resolve));
    notes.write('a', '1');
    await Promise.resolve();
    await Promise.resolve();
    notes.write('a', '2');
    letGo();
    expect(await notes.kept()).toBe(true);
    expect(disk.notes.get('a')).toBe('2');
    expect(disk.writes.map(([names]) => names)).toEqual(['a', 'a']);
  });

  it('that cannot be read are not none', async () => {
    const { disk, told, notes } = keeper();
    disk.read = () => Promise.reject(new Error('no disk'));
    expect(await notes.read('paper:')).toBeUndefined();
    expect(told).toEqual(['what waits here could not be read: no disk']);
  });
});
