import * as v from 'valibot';
import type { ScaleProtocol } from '../scale-frames.ts';

/**
 * What lies on a virtual scale and how it behaves: `grams` on the pan (below zero where something it was set to zero with was taken
 * off), whether it still moves, how much it weighs at most, and whether it is switched on, switched off, or on and mute.
 */
export const panSchema = v.strictObject({
  grams: v.pipe(v.number(), v.safeInteger(), v.minValue(-99_999), v.maxValue(99_999)),
  moving: v.boolean(),
  power: v.picklist(['on', 'off', 'mute', 'babbling']),
});

/** Some of what lies on a virtual scale. */
export const panChangeSchema = v.partial(panSchema);

/** What lies on a virtual scale and how it behaves. */
export type Pan = v.InferOutput<typeof panSchema>;

/** The most a virtual scale weighs, in grams. */
export const CAPACITY = 15_000;

/** An empty pan of a scale that is switched on. */
export const EMPTY_PAN: Pan = { grams: 0, moving: false, power: 'on' };

/** What a scale answers to the question for a weight; it shows kilograms with three decimals. */
export function answerOf(pan: Pan, protocol: ScaleProtocol): string {
  if (pan.power === 'babbling') return 'ERR 17 \u0000\u0001\u0002\r\u0003';
  return protocol === '8217' ? answer8217(pan) : answerNci(pan);
}

function answer8217(pan: Pan): string {
  const status = 0x40 | flags(pan, { moving: 0x01, over: 0x02, under: 0x04, zero: 0x10 });
  const isWeight = !pan.moving && pan.grams >= 0 && pan.grams <= CAPACITY;
  return isWeight ? `\u0002${kilograms(pan.grams, 6)}\r` : `\u0002?${String.fromCharCode(status)}\r`;
}

function answerNci(pan: Pan): string {
  const first = 0x30 | flags(pan, { moving: 0x01, over: 0, under: 0, zero: 0x02 });
  const second = 0x30 | flags(pan, { moving: 0, over: 0x02, under: 0x01, zero: 0 });
  const isWeight = !pan.moving && pan.grams >= 0 && pan.grams <= CAPACITY;
  const weight = isWeight ? `\n${kilograms(pan.grams, 6)}KG\r` : '';
  return `${weight}\nS${String.fromCharCode(first, second)}\r\u0003`;
}

function flags(
  { grams, moving }: Pan,
  bits: { readonly moving: number; readonly over: number; readonly under: number; readonly zero: number },
): number {
  const zero = grams === 0 && !moving ? bits.zero : 0;
  return (
    (moving ? bits.moving : 0) | (grams > CAPACITY ? bits.over : 0) | (grams < 0 ? bits.under : 0) | zero
  );
}

function kilograms(grams: number, width: number): string {
  return (grams / 1000).toFixed(3).padStart(width, '0');
}
