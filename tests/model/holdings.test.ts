import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockPlace,
  byBlock,
  decodePlaces,
  digestOfHeads,
  encodePlaces,
  idInBlock,
  type BlockPlaces,
} from '#model/protocol/holdings.ts';
import { MAX_SUMMARY_BYTES, compareBytes } from '#model/protocol/summary.ts';

const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const lists = fc.array(id, { maxLength: 200 }).map((ids) =>
  byBlock(ids.map((one) => ({ id: one }))).map(({ block, documents }) => ({
    block,
    places: documents.map(({ place }) => place),
  })),
);
const refusal = (bytes: Uint8Array) => {
  const read = decodePlaces(bytes);
  return read.ok ? undefined : read.error;
};

describe('documents by block and place', () => {
  test('[W10] places come out as they went in, in order and none twice', () => {
    fc.assert(
      fc.property(lists, (blocks) => {
        const read = decodePlaces(encodePlaces(blocks));
        if (!read.ok) throw new Error(read.error);
        const plain = (list: readonly BlockPlaces[]) => list.map(({ block, places }) => [hex(block), places]);
        expect(plain(read.value)).toEqual(plain(blocks));
        for (const [at, { block }] of read.value.entries())
          expect(at === 0 || compareBytes(read.value[at - 1]?.block ?? block, block) < 0).toBe(true);
      }),
      { seed: 51 },
    );
  });

  test('[W10] a document is its block and its place', () => {
    fc.assert(
      fc.property(id, (one) => {
        const { block, place } = blockPlace(one);
        expect(hex(idInBlock(block, place))).toBe(hex(one));
        expect(blockPlace(block).place).toBe(0);
      }),
      { seed: 52 },
    );
  });

  test('[W10] of one named twice the first counts', () => {
    const one = Uint8Array.from({ length: 16 }, () => 7);
    const [block] = byBlock([
      { id: one, n: 1 },
      { id: one, n: 2 },
    ]);
    expect(block?.documents.map(({ n }) => n)).toEqual([1]);
  });

  test('[W6] the digest of a state is that of its heads in order', () => {
    const expected = createHash('sha256').update('aa,bb').digest().subarray(0, 16);
    expect(hex(digestOfHeads(['bb', 'aa']))).toBe(hex(expected));
  });
});

describe('places nobody who keeps the rules would send', () => {
  const row = (name: number, mask = 1) =>
    Uint8Array.from({ length: 24 }, (_, at) => (at === 0 ? name : at === 16 ? mask : 0));

  test('[W10] are refused', () => {
    expect(refusal(row(1).subarray(0, 23))).toBe('a list of places is cut off');
    expect(refusal(Buffer.concat([row(2), row(1)]))).toBe('a list of places names each block once, in order');
    expect(refusal(Buffer.concat([row(1), row(1)]))).toBe('a list of places names each block once, in order');
    const inside = row(1);
    inside[15] = 3;
    expect(refusal(inside)).toBe('a block begins where its documents do');
    expect(refusal(new Uint8Array(MAX_SUMMARY_BYTES + 24))).toBe(
      'a list of places has at most 4194304 bytes',
    );
  });

  test('[W10] reading never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(typeof decodePlaces(bytes).ok).toBe('boolean');
      }),
      { seed: 53 },
    );
  });
});
