import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOG_HEADER, decodeLog, encodeLogFrame } from '../../sync-relay/log-file.ts';

const chunk = fc.uint8Array({ minLength: 1, maxLength: 60 });
const logOf = (frames: readonly Uint8Array[]) => Buffer.concat([LOG_HEADER, ...frames.map(encodeLogFrame)]);
const plain = (frames: readonly Uint8Array[]) => frames.map((frame) => [...frame]);

describe('a document log', () => {
  test('gives back the frames it was given', () => {
    fc.assert(
      fc.property(fc.array(chunk), (frames) => {
        const content = decodeLog(logOf(frames));
        expect(content.state).toBe('whole');
        expect(plain(content.frames)).toEqual(plain(frames));
      }),
    );
  });

  test('cut anywhere keeps every frame that was whole, and says it is torn unless the cut is between frames', () => {
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 5 }), fc.nat(), (frames, at) => {
        const file = logOf(frames);
        const cut = at % file.length;
        const content = decodeLog(file.subarray(0, cut));
        let end: number = LOG_HEADER.length;
        const ends = frames.map((frame) => (end += 8 + frame.byteLength));
        expect(plain(content.frames)).toEqual(plain(frames.filter((_, i) => (ends[i] ?? Infinity) <= cut)));
        const atBoundary = cut === 0 || cut === LOG_HEADER.length || ends.includes(cut);
        expect(content.state).toBe(atBoundary ? 'whole' : 'torn');
      }),
    );
  });

  test('with one changed byte never gives a changed frame, and keeps all frames before it', () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { minLength: 2, maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (frames, at, flip) => {
          const file = logOf(frames);
          const position = LOG_HEADER.length + (at % (file.length - LOG_HEADER.length));
          file[position] = (file[position] ?? 0) ^ flip;
          const content = decodeLog(file);
          expect(content.state).not.toBe('whole');
          const given = plain(frames);
          expect(plain(content.frames)).toEqual(given.slice(0, content.frames.length));
        },
      ),
    );
  });

  test('tells a write that broke off from bytes that changed in the middle', () => {
    const file = logOf([new Uint8Array([1, 2, 3]), new Uint8Array([4, 5, 6])]);
    const damaged = Buffer.from(file);
    damaged[LOG_HEADER.length + 8] = 9;
    expect(decodeLog(damaged).state).toBe('damaged');
    const torn = Buffer.from(file);
    torn[file.length - 1] = 9;
    expect(decodeLog(torn).state).toBe('torn');
  });

  test('refuses a file that is no log', () => {
    expect(decodeLog(Buffer.from('not a log at all'))).toEqual({
      frames: [],
      validBytes: 0,
      state: 'damaged',
    });
  });
});
