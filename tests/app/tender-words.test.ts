import { afterEach, describe, expect, test } from 'vitest';
import { overwriteGetLocale } from '../../app/lib/paraglide/runtime.js';
import { tenderName } from '../../app/lib/tender-words.ts';

describe('what a tender is called on a screen', () => {
  afterEach(() => {
    overwriteGetLocale(() => 'en');
  });

  test.each([
    ['es', 'cash', 'Cash', 'Efectivo'],
    ['es', 'gift-card', 'Gift card', 'Tarjeta regalo'],
    ['en', 'card', 'Tarjeta', 'Card'],
    ['en', 'cash', 'Cash', 'Cash'],
  ] as const)('in %s the %s tender %s goes by its usual name, %s', (locale, kind, name, shown) => {
    overwriteGetLocale(() => locale);
    expect(tenderName({ kind, name })).toBe(shown);
  });

  test('a name of the shop’s own stays in every language', () => {
    overwriteGetLocale(() => 'es');
    expect(tenderName({ kind: 'card', name: 'Terminal at the door' })).toBe('Terminal at the door');
    expect(tenderName({ kind: 'voucher', name: 'Cash' })).toBe('Cash');
  });
});
