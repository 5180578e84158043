import { describe, expect, test } from 'vitest';
import { Line, mayRepeat, type Made } from './lines.ts';

const NOTHING_LOST: ReadonlyMap<string, number> = new Map();

/** A record that a line signed as number `order` of the world. */
function made(line: Line, order: number): Made {
  return { line, order, text: `record ${order}` };
}

describe('two records of one register may have one number', () => {
  test('[N2] never where one till gave it twice, whatever else happened to the register', () => {
    const till = new Line();
    const clone = new Line({ line: till, since: 5 });
    expect(mayRepeat(made(till, 3), made(till, 4), NOTHING_LOST)).toBe(false);
    expect(mayRepeat(made(clone, 6), made(clone, 7), NOTHING_LOST)).toBe(false);
  });

  test('[J7] where a till and its clone gave it after they parted, and not for what was made before', () => {
    const till = new Line();
    const clone = new Line({ line: till, since: 5 });
    expect(mayRepeat(made(till, 6), made(clone, 7), NOTHING_LOST)).toBe(true);
    expect(mayRepeat(made(clone, 7), made(till, 6), NOTHING_LOST)).toBe(true);
    expect(mayRepeat(made(till, 4), made(clone, 7), NOTHING_LOST)).toBe(false);
  });

  test('[J7] where an older page did not hold it, and an older page of an older page knows what both images held', () => {
    const till = new Line();
    const older = new Line({ line: till, since: 4 });
    const oldest = new Line({ line: older, since: 8 });
    expect(mayRepeat(made(till, 3), made(oldest, 9), NOTHING_LOST)).toBe(false);
    expect(mayRepeat(made(till, 5), made(oldest, 9), NOTHING_LOST)).toBe(true);
    expect(mayRepeat(made(older, 7), made(oldest, 9), NOTHING_LOST)).toBe(false);
    expect(mayRepeat(made(older, 8), made(oldest, 9), NOTHING_LOST)).toBe(true);
  });

  test('[R17] where a new device could not hear of it at any relay, and never of what was there to be heard', () => {
    const till = new Line();
    const [there, gone, elsewhere] = [made(till, 0), made(till, 1), made(till, 2)];
    const device = new Line(undefined, new Set([there.text, gone.text]));
    device.hear(new Set([there.text, elsewhere.text]));
    expect(mayRepeat(there, made(device, 3), NOTHING_LOST)).toBe(false);
    expect(mayRepeat(gone, made(device, 3), NOTHING_LOST)).toBe(true);
    expect(mayRepeat(elsewhere, made(device, 3), NOTHING_LOST)).toBe(true);
  });

  test('[N2] where the last copy of the first was gone before the second was made, and not where it went afterwards', () => {
    const till = new Line();
    const [first, second] = [made(till, 0), made(till, 4)];
    expect(mayRepeat(first, second, new Map([[first.text, 4]]))).toBe(true);
    expect(mayRepeat(second, first, new Map([[first.text, 4]]))).toBe(true);
    expect(mayRepeat(first, second, new Map([[first.text, 5]]))).toBe(false);
    expect(mayRepeat(first, second, new Map([[second.text, 5]]))).toBe(false);
  });
});
