import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gs1CheckDigit } from '#model/catalog/barcode.ts';
import { cleanedScan, GROUP_SEPARATOR, gtinOf, readGs1 } from '#model/catalog/gs1.ts';
import { identifierOf, predefinedLength } from '#model/catalog/gs1-identifiers.ts';
import { anyText } from './support/arbitraries.ts';

const ITEM = '0109521234543213';
const GS = GROUP_SEPARATOR;
const code = (scan: string) => {
  const read = readGs1(scan);
  return read.ok ? read.value.bracketed : read.error.code;
};

describe('element strings', () => {
  test.each([
    [`]C1${ITEM}3103001750`, '(01)09521234543213(3103)001750'],
    [`]C1${ITEM}10ABC123${GS}17250101`, '(01)09521234543213(10)ABC123(17)250101'],
    [`]d2${ITEM}${GS}21X-1`, '(01)09521234543213(21)X-1'],
    [`]Q3${ITEM}3932978199`, '(01)09521234543213(3932)978199'],
    [']C100006141411234567890', '(00)006141411234567890'],
    [`]e00209521234543213${GS}3712`, '(02)09521234543213(37)12'],
  ])('[B5] %j reads %s', (scan, bracketed) => {
    expect(code(scan)).toBe(bracketed);
  });

  test('[B5] a plain EAN or UPC holds no elements', () => {
    expect([readGs1(']E04006381333931'), readGs1(']E496385074')]).toStrictEqual([
      { ok: true, value: { elements: [], message: '4006381333931' } },
      { ok: true, value: { elements: [], message: '96385074' } },
    ]);
    expect([code(']E04006381333930'), code(']E0400638133393'), code(']E4x6385074')]).toStrictEqual([
      'wrong-check-digit',
      'wrong-length',
      'wrong-characters',
    ]);
  });

  test('[B5] plain Code 128 is none, nor is a separator before the first element, until it is taken off', () => {
    expect([code(']C0ABC'), code('ABC'), code(`]C1${GS}${ITEM}`)]).toStrictEqual([
      'not-gs1',
      'not-gs1',
      'unknown-identifier',
    ]);
    expect(code(cleanedScan(`]C1${GS}${ITEM}${GS}`))).toBe('(01)09521234543213');
    expect(cleanedScan(`${GS}ab${GS}c${GS}${GS}`)).toBe(`ab${GS}c`);
    expect(cleanedScan(GS)).toBe('');
  });

  test('[B5] the article is what (01) names, else (02)', () => {
    const gtins = [`]C1${ITEM}`, `]C10209521234543213${GS}3712`, ']C100006141411234567890'].map((scan) => {
      const read = readGs1(scan);
      return read.ok ? gtinOf(read.value) : 'refused';
    });
    expect(gtins).toStrictEqual(['09521234543213', '09521234543213', undefined]);
  });

  test.each([
    [`]C1${ITEM}17250230`, 'wrong-date'],
    [`]C1${ITEM}17251301`, 'wrong-date'],
    [`]C1${ITEM}7003250230`, 'wrong-length'],
    [`]C1${ITEM}70032502301200`, 'wrong-date'],
    [']C10109521234543214', 'wrong-check-digit'],
    [']C1010952123454321', 'wrong-length'],
    [`]C1${ITEM}3103X01750`, 'wrong-characters'],
    [`]C1${ITEM}10a b`, 'wrong-characters'],
    [`]C1${ITEM}10${'A'.repeat(21)}`, 'wrong-length'],
    [`]C1${ITEM}0109521234543220`, 'repeated-identifier'],
    [']C110ABC', 'missing-identifier'],
    [']C10209521234543213', 'missing-identifier'],
    [']C1', 'wrong-length'],
    [']C18999', 'unknown-identifier'],
  ])('[B6] %j is refused: %s', (scan, expected) => {
    expect(code(scan)).toBe(expected);
  });

  test('[B6] day 00 is the end of the month, 29 February is a day every four years', () => {
    expect([
      code(`]C1${ITEM}17250200`),
      code(`]C1${ITEM}17240229`),
      code(`]C1${ITEM}17250229`),
    ]).toStrictEqual(['(01)09521234543213(17)250200', '(01)09521234543213(17)240229', 'wrong-date']);
  });

  test('[B6] no identifier begins another, and predefined lengths hold their data', () => {
    const known = Array.from({ length: 10_000 }, (_, i) => [
      String(i),
      String(i).padStart(2, '0'),
      String(i).padStart(3, '0'),
      String(i).padStart(4, '0'),
    ])
      .flat()
      .filter((ai) => identifierOf(ai)?.ai === ai);
    const all = new Set(known);
    expect(all.size).toBeGreaterThan(400);
    expect(
      [...all].filter((ai) => [2, 3].some((length) => length < ai.length && all.has(ai.slice(0, length)))),
    ).toStrictEqual([]);
    const odd = [...all].filter((ai) => {
      const length = predefinedLength(ai);
      const form = identifierOf(ai);
      return length !== undefined && (form?.least !== length - ai.length || form.most !== form.least);
    });
    expect(odd).toStrictEqual([]);
  });

  test('[B5] [B6] what is written in elements is read back', () => {
    const gtin = fc.stringMatching(/^\d{13}$/).map((body) => `${body}${gs1CheckDigit(body)}`);
    fc.assert(
      fc.property(
        gtin,
        fc.stringMatching(/^[A-Z0-9]{1,20}$/),
        fc.stringMatching(/^\d{6}$/),
        (item, lot, weight) => {
          const read = readGs1(`]C101${item}10${lot}${GS}3103${weight}`);
          expect(read).toMatchObject({
            ok: true,
            value: {
              bracketed: `(01)${item}(10)${lot}(3103)${weight}`,
              message: `^01${item}10${lot}^3103${weight}`,
            },
          });
        },
      ),
    );
  });

  test('[B5] no text breaks the reading', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(']C1', ']E0', ']Q3', ''), (text, symbology) => {
        const read = readGs1(symbology + text);
        expect(read.ok || read.error.detail.length > 0).toBe(true);
      }),
    );
  });
});
