import { describe, expect, it } from 'vitest';
import type { PaperLine } from '#model/receipt/paper.ts';
import { checkEan13, code128BarWidth, qrModuleSize } from '../../hardware-bridge/barcode-rules.ts';
import { layoutPaper } from '../../hardware-bridge/paper-layout.ts';
import { textCleaner } from '../../hardware-bridge/printable-text.ts';
import { paper } from './support/papers.ts';

function rows(columns: number, ...lines: PaperLine[]): string[] {
  return layoutPaper(paper(...lines), columns, textCleaner(16)).map((row) =>
    row.kind === 'text' ? row.text : `[${row.kind}]`,
  );
}

describe('columns', () => {
  it.each([32, 42, 48])('end the amount at the last of %i columns', (columns) => {
    const [row = ''] = rows(columns, { kind: 'columns', left: '2 × Lantern', right: '6.78' });
    expect(row).toHaveLength(columns);
    expect(row).toMatch(/^2 × Lantern +6\.78$/);
  });

  it('count double-size characters twice', () => {
    const [row = ''] = rows(42, { kind: 'columns', left: 'TOTAL', right: '£9.08', size: 'double' });
    expect(row).toHaveLength(21);
  });

  it('wrap a long description and put the amount beside its end', () => {
    expect(
      rows(32, { kind: 'columns', left: 'Hand-made lantern of white metal, large', right: '123.45' }),
    ).toEqual(['Hand-made lantern of', 'white metal, large        123.45']);
  });

  it('move an amount that leaves no room to a line of its own, whole', () => {
    expect(rows(20, { kind: 'columns', left: 'Change given', right: '1,234,567.89 EUR' })).toEqual([
      'Change given',
      '    1,234,567.89 EUR',
    ]);
  });

  it('show an amount alone at the right', () => {
    expect(rows(20, { kind: 'columns', left: '', right: '7.02' })).toEqual(['                7.02']);
  });

  it('fill the line exactly without breaking it', () => {
    expect(rows(20, { kind: 'columns', left: 'abcdefghijklmno', right: '9.99' })).toEqual([
      'abcdefghijklmno 9.99',
    ]);
  });
});

describe('text', () => {
  it('breaks at spaces, and inside a word only when the word is wider than the line', () => {
    expect(rows(20, { kind: 'text', text: 'one two three four five' })).toEqual([
      'one two three four',
      'five',
    ]);
    expect(rows(20, { kind: 'text', text: 'x'.repeat(45) })).toEqual([
      'x'.repeat(20),
      'x'.repeat(20),
      'xxxxx',
    ]);
  });

  it('keeps empty lines', () => {
    expect(rows(20, { kind: 'text', text: 'a\n\nb' })).toEqual(['a', '', 'b']);
  });

  it('rules the whole width', () => {
    expect(rows(32, { kind: 'rule' })).toEqual(['-'.repeat(32)]);
  });
});

describe('printable text', () => {
  const clean = textCleaner(16);

  it.each([
    ['é composed from two code points', 'e\u0301', 'é'],
    ['a narrow no-break space before the currency', '9,08\u202f€', '9,08 €'],
    ['the minus sign', '−10 %', '-10 %'],
    ['letters of other alphabets with a plain form', 'Łódź, Čeština, İzmir', 'Lódz, Ceština, Izmir'],
    ['a currency without a sign in the page', '₹50', 'INR50'],
    ['arrows and comparisons', 'a → b ≤ c', 'a -> b <= c'],
    ['a script the page does not have, one mark a character', '茶', '?'],
    ['a picture of several code points, one mark', '👨\u200d👩\u200d👧 family', '? family'],
    ['a drawer command in a product name', 'x\u001bp\0\u0019\u00fay', 'xpúy'],
    ['direction marks and zero-width characters', 'a\u200bb\u202ec\ufeff', 'abc'],
    ['line ends of other systems', 'a\r\nb\rc', 'a\nb\nc'],
    ['a soft hyphen', 'lan\u00adtern', 'lantern'],
  ])('shows %s', (_what, text, shown) => {
    expect(clean(text)).toBe(shown);
  });

  it('follows the printer’s own code page', () => {
    expect(textCleaner(46)('Чай, café')).toBe('Чай, cafe');
    expect(clean('Чай')).toBe('???');
  });
});

describe('code rules', () => {
  it('complete or check an EAN-13', () => {
    expect(checkEan13('400638133393')).toEqual({ ok: true, value: '4006381333931' });
    expect(checkEan13('4006381333931')).toEqual({ ok: true, value: '4006381333931' });
    expect(checkEan13('12345')).toMatchObject({ ok: false });
  });

  it('choose the widest bars that fit the paper', () => {
    expect(code128BarWidth('S01-R2-000123', 576)).toBe(3);
    expect(code128BarWidth('S01-R2-000123', 384)).toBe(2);
    expect(code128BarWidth('x'.repeat(40), 384)).toBeNull();
  });

  it('keep a QR code within the paper with a quiet zone', () => {
    for (const [length, dots] of [
      [10, 384],
      [200, 384],
      [500, 384],
      [500, 576],
    ] as const) {
      expect(qrModuleSize('x'.repeat(length), dots)).toBeGreaterThanOrEqual(3);
    }
    expect(qrModuleSize('x'.repeat(505), 576)).toBeNull();
    expect(qrModuleSize('x'.repeat(500), 240)).toBeNull();
  });
});
