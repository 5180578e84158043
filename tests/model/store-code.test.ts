import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { expandUpcE, gs1CheckDigit, gtinAs, readGtin } from '#model/catalog/barcode.ts';
import { measureCheckDigit, measureRuleSchema, readMeasureCode } from '#model/catalog/measure-code.ts';
import { REGION_MEASURE_RULES } from '#model/catalog/measure-regions.ts';
import { AssertionError } from '#model/result.ts';

const read = (region: string, code: string) => {
  const made = readMeasureCode(code, REGION_MEASURE_RULES.get(region) ?? []);
  return made.ok ? [made.value.item, made.value.measure, made.value.value, made.value.lookup] : made.error;
};

describe('UPC-E', () => {
  test.each([
    ['04252614', '042100005264'],
    ['01234531', '012300000451'],
    ['01234543', '012340000053'],
    ['01234565', '012345000065'],
    ['12345670', '123456000070'],
    ['0425261', '042100005264'],
    ['425261', '042100005264'],
  ])('[B1] %s stands for %s', (code, expected) => {
    const full = expandUpcE(code);
    const body = expected.slice(0, 11);
    expect(full).toStrictEqual({ ok: true, value: `${body}${gs1CheckDigit(body)}` });
  });

  test('[B1] a wrong check digit, another number system or another length is refused', () => {
    expect(['04252615', '24252614', '0425', 'x4252614'].map((code) => expandUpcE(code))).toStrictEqual(
      ['wrong-check-digit', 'wrong-length', 'wrong-length', 'not-digits'].map((error) => ({
        ok: false,
        error,
      })),
    );
  });

  test('[B1] has the check digit of what it stands for', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[01]\d{6}$/), (digits) => {
        const full = expandUpcE(digits);
        const last = full.ok ? full.value.slice(-1) : '';
        expect(expandUpcE(`${digits}${last}`)).toStrictEqual(full);
        expect(full.ok && readGtin(full.value, 'UPC-A').ok).toBe(true);
      }),
    );
  });

  test('[C2] a GTIN is written longer, or shorter where no digit is lost', () => {
    expect(gtinAs('036000291452', 'GTIN-14')).toStrictEqual({ ok: true, value: '00036000291452' });
    expect(gtinAs('00036000291452', 'UPC-A')).toStrictEqual({ ok: true, value: '036000291452' });
    expect(gtinAs('4006381333931', 'UPC-A')).toStrictEqual({ ok: false, error: 'wrong-length' });
    expect(gtinAs('4006381333930', 'GTIN-14')).toStrictEqual({ ok: false, error: 'wrong-check-digit' });
    expect([readGtin('96385074', 'EAN-13'), readGtin('96385074', 'EAN-8').ok]).toStrictEqual([
      { ok: false, error: 'wrong-length' },
      true,
    ]);
  });
});

describe('codes of a store', () => {
  test.each([
    ['2875', 9],
    ['0499', 8],
    ['00239', 4],
    ['99999', 6],
    ['12345', 8],
  ])('[B2] the measure %s has the check digit %i', (digits, expected) => {
    expect(measureCheckDigit(digits)).toBe(expected);
  });

  test('[B2] one wrong digit of a measure always shows', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{4,5}$/),
        fc.nat(4),
        fc.integer({ min: 1, max: 9 }),
        (digits, at, more) => {
          const place = at % digits.length;
          const wrong =
            digits.slice(0, place) + String((Number(digits[place]) + more) % 10) + digits.slice(place + 1);
          expect(measureCheckDigit(wrong)).not.toBe(measureCheckDigit(digits));
        },
      ),
    );
    expect(() => measureCheckDigit('123')).toThrow(AssertionError);
  });

  test.each([
    ['SE', '2188060112340', ['880601', 'price', '123.4', '2188060100002']],
    ['FI', '2388060112344', ['880601', 'weight', '1.234', '2388060100006']],
    ['LT', '2411111112342', ['111111', 'weight', '12.34', '2411111100004']],
    ['DK', '2712341002251', ['12341', 'weight', '0.225', '2712341000004']],
    ['DE', '2511119000129', ['1111', 'count', '12', '2511110000005']],
    ['DE', '02811111068708', ['1111', 'weight', '6.870', '2811110000006']],
    ['GB', '2011122912346', ['11122', 'price', '12.34', '2011122000008']],
    ['US', '212345804995', ['12345', 'price', '4.99', '212345000002']],
  ])('[B3] [B4] in %s %s is %j', (region, code, [item, measure, value, lookup]) => {
    const body = (lookup ?? '').slice(0, -1);
    expect(read(region, code)).toStrictEqual([item, measure, value, `${body}${gs1CheckDigit(body)}`]);
  });

  test('[B3] says what is wrong: a digit, the measure’s digit, or that no rule fits', () => {
    expect(read('GB', '2011122812349')).toStrictEqual({
      code: 'wrong-measure-digit',
      measure: '1234',
      expected: 9,
      got: 8,
    });
    expect([
      read('SE', '2911111111111'),
      read('SE', '2088060112344'),
      read('SE', '20x'),
      read('SE', '1234'),
    ]).toStrictEqual(
      ['no-rule', 'wrong-check-digit', 'not-digits', 'wrong-length'].map((code) => ({ code })),
    );
  });

  test('[B3] the first rule that fits is taken', () => {
    const rules = [
      { pattern: '021IIIINNNDDC', measure: 'weight' as const },
      { pattern: '02IIIIINNNDDC', measure: 'price' as const },
    ];
    const measures = ['0212345015001', '0222345015008'].map((code) => {
      const body = code.slice(0, 12);
      const made = readMeasureCode(`${body}${gs1CheckDigit(body)}`, rules);
      return made.ok && [made.value.item, made.value.measure, made.value.value];
    });
    expect(measures).toStrictEqual([
      ['2345', 'weight', '15.00'],
      ['22345', 'price', '15.00'],
    ]);
  });

  test('[B3] articles that differ in their measure alone are found under one code', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{5}$/), fc.stringMatching(/^\d{4}$/), (item, value) => {
        const body = `20${item}${measureCheckDigit(value)}${value}`;
        const made = readMeasureCode(`${body}${gs1CheckDigit(body)}`, REGION_MEASURE_RULES.get('GB') ?? []);
        const lookup = `20${item}${measureCheckDigit('0000')}0000`;
        expect(made).toMatchObject({
          ok: true,
          value: {
            item,
            value: `${Number(value.slice(0, 2))}.${value.slice(2)}`,
            lookup: `${lookup}${gs1CheckDigit(lookup)}`,
          },
        });
      }),
    );
  });

  test('[B4] every rule of a country is one a shop could have written', () => {
    const rules = [...REGION_MEASURE_RULES.values()].flat();
    expect(rules.filter((rule) => !v.is(measureRuleSchema, rule))).toStrictEqual([]);
    expect(
      ['20IIIII', '20NNIIIIVDDDC', '20IIIIIVNNDD', 'abcdefghijklm'].map((pattern) =>
        v.is(measureRuleSchema, { pattern, measure: 'price' }),
      ),
    ).toStrictEqual([false, false, false, false]);
  });
});
