import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inUnit, scaleStatusSchema } from '#model/catalog/scale-status.ts';
import * as v from 'valibot';
import { frameIn, readFrame, SCALE_PROTOCOLS, type ScaleFrame } from '../../hardware-bridge/scale-frames.ts';
import { answerOf, CAPACITY, panSchema, type Pan } from '../../hardware-bridge/virtual-scale/weighing-pan.ts';

const STX = '\u0002';
const ETX = '\u0003';
const bytes = (text: string) => Buffer.from(text, 'latin1');
/** A status of the 8217 with these bits; bit 6 is always set. */
const status = (bits: number) => `${STX}?${String.fromCharCode(0x40 | bits)}\r`;
/** The status bytes of an NCI scale; bits 4 and 5 are always set. */
const nci = (...bits: number[]) => `\nS${String.fromCharCode(...bits.map((bit) => 0x30 | bit))}\r${ETX}`;

describe('a frame of an 8217', () => {
  it.each<[string, ScaleFrame]>([
    [`${STX}00.452\r`, { state: 'stable', grams: '452' }],
    [`${STX}  1.250\r`, { state: 'stable', grams: '1250' }],
    [`${STX}00.300N\r`, { state: 'stable', grams: '300', net: true }],
    [`${STX}00.000\r`, { state: 'empty' }],
    [status(0x01), { state: 'moving' }],
    [status(0x10), { state: 'empty' }],
    [status(0x02 | 0x01), { state: 'overload' }],
    [status(0x04 | 0x01), { state: 'below-zero' }],
    [status(0), { state: 'moving' }],
  ])('[C14] %j means %o', (frame, meaning) => {
    expect(readFrame(frame, '8217', 'kg')).toEqual(meaning);
  });

  it('[C14] counts in the unit the scale is set to, exactly', () => {
    expect(readFrame(`${STX}00.005\r`, '8217', 'lb')).toEqual({ state: 'stable', grams: '2.26796185' });
    expect(readFrame(`${STX}999.75\r`, '8217', 'g')).toEqual({ state: 'stable', grams: '999.75' });
    expect(inUnit('2.26796185', 'lb')).toBe('0.005');
  });

  it.each([
    `${STX}452\r`,
    `${STX}-0.452\r`,
    `${STX}0.452`,
    '0.452\r',
    `${STX}0.4 52\r`,
    `${STX}?\r`,
    '\r',
    status(0x08),
  ])('[C14] %j is a fault with a sentence, never a weight', (frame) => {
    expect(readFrame(frame, '8217', 'kg')).toEqual({ state: 'fault', message: expect.stringMatching(/\.$/) });
  });
});

describe('a frame of an NCI scale', () => {
  it.each<[string, ScaleFrame]>([
    [`\n00.345KG\r${nci(0, 0)}`, { state: 'stable', grams: '345' }],
    [`\n 0.345kg\r${nci(0, 0).replace('S', '')}`, { state: 'stable', grams: '345' }],
    [`\n1.10LB\r${nci(0, 0x40, 0x04)}`, { state: 'stable', grams: '498.951607', net: true }],
    [`\n00.000KG\r${nci(0x02, 0)}`, { state: 'empty' }],
    [nci(0x01, 0), { state: 'moving' }],
    [nci(0x01, 0x02), { state: 'overload' }],
    [nci(0, 0x01), { state: 'below-zero' }],
    [`\n00.345KG\r${nci(0x01, 0)}`, { state: 'moving' }],
  ])('[C14] %j means %o', (frame, meaning) => {
    expect(readFrame(frame, 'nci', 'kg')).toEqual(meaning);
  });

  it.each([
    [`\n?\r${ETX}`, 'does not know the question'],
    [`\n00.345TN\r${nci(0, 0)}`, 'weighs in "TN"'],
    [nci(0x04, 0), 'damaged'],
    [nci(0, 0x08), 'damaged'],
    [nci(0, 0x40, 0x08), 'could not set itself to zero'],
    [`0.345KG\r${ETX}`, 'not understood'],
  ])('[C14] %j is a fault: %s', (frame, why) => {
    expect(readFrame(frame, 'nci', 'kg')).toEqual({ state: 'fault', message: expect.stringContaining(why) });
  });
});

describe('bytes from a scale', () => {
  it('[W4] are whole at their end sign, also with parity bits, and not before', () => {
    const frame = `${STX}00.452\r`;
    const withParity = bytes(frame).map((byte) => byte | 0x80);
    expect(frameIn(withParity, '8217')).toBe(frame);
    for (let end = 0; end < frame.length; end++)
      expect(frameIn(bytes(frame.slice(0, end)), '8217')).toBe(undefined);
    expect(frameIn(bytes(`${frame}junk`), '8217')).toBe(frame);
  });

  it('[W4] of any kind never throw, and what is called a weight is one the till can read', () => {
    const frames = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .string({
          unit: fc.constantFrom(STX, ETX, '\r', '\n', '?', 'S', 'N', 'K', 'G', '.', '0', '7', 'A', ' ', '-'),
          maxLength: 24,
        })
        .map(bytes),
      fc
        .tuple(
          fc.constantFrom(`${STX}00.452\r`, `\n00.345KG\r${nci(0, 0)}`),
          fc.nat(20),
          fc.uint8Array({ maxLength: 3 }),
        )
        .map(([frame, at, other]) =>
          Buffer.concat([bytes(frame.slice(0, at)), other, bytes(frame.slice(at + other.length))]),
        ),
    );
    fc.assert(
      fc.property(
        frames,
        fc.constantFrom(...SCALE_PROTOCOLS),
        fc.constantFrom('kg', 'g', 'lb', 'oz'),
        (sent, protocol, unit) => {
          const frame = frameIn(sent, protocol);
          const read = frame === undefined ? undefined : readFrame(frame, protocol, unit);
          expect(read === undefined || v.is(scaleStatusSchema, { device: 'scale', ...read })).toBe(true);
        },
      ),
      { seed: 20261121, numRuns: 4000 },
    );
  });

  it('[C14] of the virtual scale say what lies on its pan, in both protocols', () => {
    const pans = fc.record<Pan>({
      grams: fc.integer({ min: -99_999, max: 99_999 }),
      moving: fc.boolean(),
      power: fc.constant('on'),
    });
    fc.assert(
      fc.property(pans, fc.constantFrom(...SCALE_PROTOCOLS), (pan, protocol) => {
        expect(v.is(panSchema, pan)).toBe(true);
        const answer = answerOf(pan, protocol);
        expect(frameIn(bytes(answer), protocol)).toBe(answer);
        expect(readFrame(answer, protocol, 'kg')).toEqual(meaningOf(pan));
      }),
      { seed: 20261121, numRuns: 2000 },
    );
  });
});

function meaningOf({ grams, moving }: Pan): ScaleFrame {
  if (grams > CAPACITY) return { state: 'overload' };
  if (grams < 0) return { state: 'below-zero' };
  if (moving) return { state: 'moving' };
  return grams === 0 ? { state: 'empty' } : { state: 'stable', grams: String(grams) };
}
