import { describe, expect, it } from 'vitest';
import { WedgeReader } from '../../../app/lib/till/wedge.ts';

/** Types a text with the same gap before every key, and gives what the last key meant. */
function type(reader: WedgeReader, text: string, gap: number, start = 0, end = 'Enter') {
  let at = start;
  for (const key of text) reader.hear({ key, at: (at += gap) });
  return reader.hear({ key: end, at: at + gap });
}

describe('a run of keys', () => {
  it.each([
    [1, 'Enter'],
    [19, 'Enter'],
    [50, 'Enter'],
    [10, 'Tab'],
  ])('with %d ms between them and %s at the end is a scan', (gap, end) => {
    expect(type(new WedgeReader(), '5012345678900', gap, 0, end).code).toBe('5012345678900');
  });

  it.each([51, 90, 150, 400])('with %d ms between them is a person', (gap) => {
    expect(type(new WedgeReader(), '5012345678900', gap).code).toBeUndefined();
  });

  it('of three characters is no scan', () => {
    expect(type(new WedgeReader(), '123', 5).code).toBeUndefined();
    expect(type(new WedgeReader(), '1234', 5).code).toBe('1234');
  });

  it('stays a scan with one slow gap in it', () => {
    const reader = new WedgeReader();
    [0, 5, 10, 15, 160, 165, 170].forEach((at, i) => reader.hear({ key: String(i), at }));
    expect(reader.hear({ key: 'Enter', at: 175 }).code).toBe('0123456');
  });

  it('begins anew after a pause, without what was typed before', () => {
    const reader = new WedgeReader();
    reader.hear({ key: 'x', at: 0 });
    expect(type(reader, '50123456', 5, 1_000).code).toBe('50123456');
  });

  it('says where a run begins, and only there', () => {
    const reader = new WedgeReader();
    const began = [0, 5, 10, 500].map((at) => reader.hear({ key: '1', at }).began);
    expect(began).toEqual([true, false, false, true]);
  });

  it('ignores keys that write nothing', () => {
    const reader = new WedgeReader();
    reader.hear({ key: 'A', at: 0 });
    for (const key of ['Shift', 'b', 'Shift', 'C', 'd']) reader.hear({ key, at: 5 });
    expect(reader.hear({ key: 'Enter', at: 10 }).code).toBe('AbCd');
  });

  it('takes Ctrl+] for the separator of GS1 codes, and a plain ] for itself', () => {
    const keys = (ctrl: boolean) => {
      const reader = new WedgeReader();
      for (const [i, key] of [...'10AB]17'].entries())
        reader.hear({ key, at: i * 5, ctrl: ctrl && key === ']' });
      return reader.hear({ key: 'Enter', at: 40 }).code;
    };
    expect([keys(true), keys(false)]).toEqual(['10AB\u001D17', '10AB]17']);
  });

  it('forgets everything at its end', () => {
    const reader = new WedgeReader();
    type(reader, '50123456', 5);
    expect(reader.hear({ key: 'Enter', at: 60 }).code).toBeUndefined();
  });
});
