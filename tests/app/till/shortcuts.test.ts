import { describe, expect, it } from 'vitest';
import { SHORTCUTS, boundKeys } from '../../../app/lib/till/shortcuts.ts';

/** Bound in the search field and not for the whole till. */
const IN_SEARCH = '↑ ↓';

describe('the sheet of shortcuts', () => {
  it('lists every key that is bound, each once, and no other', () => {
    const listed = SHORTCUTS.map(({ keys }) => keys).filter((keys) => keys !== IN_SEARCH);
    expect(listed.toSorted()).toEqual(boundKeys().toSorted());
  });

  it('says of each key what it does, in words of its own', () => {
    const words = SHORTCUTS.map(({ what }) => what());
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((text) => text.length > 2)).toBe(true);
  });
});
