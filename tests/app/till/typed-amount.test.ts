import { describe, expect, test } from 'vitest';
import { amountOrUsual } from '../../../app/lib/till/typed-amount.ts';

const LARGE = 1_234_567_890;

describe('an amount that may be left empty', () => {
  test('is what is offered, also where nobody could type so much', () => {
    expect(amountOrUsual(' ', 908, 'GBP')).toStrictEqual({ ok: true, value: 908 });
    expect(amountOrUsual('', LARGE, 'GBP')).toStrictEqual({ ok: true, value: LARGE });
    expect(amountOrUsual('', 0, 'GBP')).toStrictEqual({ ok: true, value: 0 });
  });

  test('[M3] is what was typed, as far as it can be meant', () => {
    expect(amountOrUsual('5,50', 908, 'GBP')).toStrictEqual({ ok: true, value: 550 });
    expect(amountOrUsual('20123456', 908, 'GBP')).toStrictEqual({ ok: false, error: 'too-large' });
    expect(amountOrUsual('12345678.90', LARGE, 'GBP')).toStrictEqual({ ok: true, value: LARGE });
  });

  test('[M3] may be all that is owed where a part of it is offered', () => {
    expect(amountOrUsual('12345678.90', LARGE / 10, 'GBP', LARGE)).toStrictEqual({ ok: true, value: LARGE });
    expect(amountOrUsual('12345678.90', LARGE / 10, 'GBP')).toStrictEqual({ ok: false, error: 'too-large' });
  });
});
