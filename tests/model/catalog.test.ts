import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { gs1CheckDigit, inStoreEan13, lookupKey, normaliseGtin } from '#model/catalog/barcode.ts';
import { catalogShard, productIdOfSku } from '#model/catalog/product.ts';
import { AssertionError } from '#model/result.ts';
import { anyText } from './support/arbitraries.ts';

const fixture = v.parse(
  v.object({
    checkDigits: v.array(
      v.object({
        type: v.string(),
        payload: v.string(),
        checkDigit: v.number(),
        full: v.string(),
        source: v.string(),
      }),
    ),
    invalid: v.array(v.object({ type: v.string(), input: v.string(), why: v.string() })),
    normalise: v.array(v.object({ in: v.string(), out: v.string() })),
  }),
  JSON.parse(readFileSync(new URL('../fixtures/model/barcodes.json', import.meta.url), 'utf8')),
);

describe('barcodes', () => {
  test.each(fixture.checkDigits)(
    '[C2] $type $payload has the check digit $checkDigit ($source)',
    (vector) => {
      expect(gs1CheckDigit(vector.payload)).toBe(vector.checkDigit);
      expect(`${vector.payload}${vector.checkDigit}`).toBe(vector.full);
      // The SSCC of a pallet has the same check digit and is no GTIN: it is looked up as it is.
      const key = vector.type === 'SSCC-18' ? vector.full : vector.full.padStart(14, '0');
      expect(lookupKey(vector.full)).toBe(key);
    },
  );

  test.each(fixture.invalid)('[C2] "$input" is no GTIN: $why', ({ input }) => {
    expect(normaliseGtin(input).ok).toBe(false);
  });

  test.each(fixture.normalise)('[C2] $in is looked up as $out', (vector) => {
    expect(normaliseGtin(vector.in)).toStrictEqual({ ok: true, value: vector.out });
    expect(lookupKey(` ${vector.in}\n`)).toBe(vector.out);
  });

  test('[C2] a code that is no GTIN is found in any case', () => {
    expect([lookupKey(' shelf-7b '), lookupKey('12345')]).toStrictEqual(['SHELF-7B', '12345']);
    expect(['x', '1234567', '12345678'].map((code) => normaliseGtin(code))).toStrictEqual([
      { ok: false, error: 'not-digits' },
      { ok: false, error: 'wrong-length' },
      { ok: false, error: 'wrong-check-digit' },
    ]);
  });

  test('[C2] one wrong digit never passes', () => {
    const body = fc.stringMatching(/^\d{12}$/);
    fc.assert(
      fc.property(body, fc.nat(12), fc.integer({ min: 1, max: 9 }), (digits, place, more) => {
        const code = `${digits}${gs1CheckDigit(digits)}`;
        const wrong = (Number(code[place]) + more) % 10;
        expect(normaliseGtin(code).ok).toBe(true);
        expect(normaliseGtin(code.slice(0, place) + wrong + code.slice(place + 1)).ok).toBe(false);
      }),
    );
  });

  test('[C3] a code of our own is a valid EAN-13 with prefix 20', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (number) => {
        const code = inStoreEan13(number);
        expect(code).toMatch(/^20\d{11}$/);
        expect(normaliseGtin(code).ok).toBe(true);
      }),
    );
    expect(() => inStoreEan13(1e10)).toThrow(AssertionError);
    expect(() => inStoreEan13(-1)).toThrow(AssertionError);
  });
});

describe('products by id', () => {
  test('[C4] a sku that can be an id is the id', () => {
    expect([productIdOfSku('A-1'), productIdOfSku('x'.repeat(64))]).toStrictEqual(['A-1', 'x'.repeat(64)]);
  });

  test('[C4] any sku gives an id, and different skus different ones', () => {
    const long = 'ä'.repeat(40);
    expect(productIdOfSku(`${long}1`)).not.toBe(productIdOfSku(`${long}2`));
    expect(productIdOfSku(' ')).not.toBe(productIdOfSku('x20'));
    expect(productIdOfSku('Cafe\u0301 1')).toBe(productIdOfSku('Caf\u00e9 1'));
    fc.assert(
      fc.property(anyText, fc.string(), (a, b) => {
        expect(productIdOfSku(a)).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(productIdOfSku(a) === productIdOfSku(b)).toBe(a.normalize('NFC') === b.normalize('NFC'));
      }),
    );
  });

  test('[D4] the shard of an id is FNV-1a modulo the shards, for ever', () => {
    // Published FNV-1a 32 values: "" 811c9dc5, "a" e40c292c, "foobar" bf9cf968.
    const shards = 65_536;
    expect(catalogShard('', shards)).toBe(0x811c9dc5 % shards);
    expect(catalogShard('a', shards)).toBe(0xe40c292c % shards);
    expect(catalogShard('foobar', shards)).toBe(0xbf9cf968 % shards);
  });

  test.each([1, 8, 64, 1024])('[D4] 50,000 products spread evenly over %i shards', (shards) => {
    const count = Array.from({ length: shards }, () => 0);
    for (let i = 0; i < 50_000; i++) {
      const shard = catalogShard(`sku-${i}`, shards);
      count[shard] = (count[shard] ?? NaN) + 1;
    }
    const mean = 50_000 / shards;
    // Six standard deviations: a fair hash stays inside it, a poor one does not.
    expect(Math.max(...count)).toBeLessThanOrEqual(mean + 6 * Math.sqrt(mean));
    expect(Math.min(...count)).toBeGreaterThanOrEqual(mean - 6 * Math.sqrt(mean));
  });
});
