import { describe, expect, it } from 'vitest';
import { scaleStatusSchema } from '#model/catalog/scale-status.ts';
import * as v from 'valibot';
import type { Scale } from '../../../app/lib/till/scale.ts';
import { PATIENCE } from '../../support/patience.ts';

/** A scale with its other end: who puts something on it. */
export type ScaleSubject = {
  readonly scale: Scale;
  readonly put: (pan: { readonly grams?: number; readonly moving?: boolean }) => Promise<void>;
  /** Cuts the scale off, or brings it back. */
  readonly cut: (away: boolean) => Promise<void>;
};

/** What every scale does (rule C14). */
export function scaleContract(name: string, start: () => Promise<ScaleSubject>): void {
  describe(`${name} as a scale`, () => {
    it('[C14] says a weight only while it stands', async () => {
      const { scale, put } = await start();
      await put({ grams: 452 });
      await expect
        .poll(() => scale.read(), PATIENCE)
        .toEqual({ device: 'scale', state: 'stable', grams: '452' });
      await put({ moving: true });
      const moving = await scale.read();
      expect([moving.state, 'grams' in moving]).toEqual(['moving', false]);
      await put({ moving: false, grams: 454 });
      expect(await scale.read()).toMatchObject({ state: 'stable', grams: '454' });
    });

    it.each([
      [0, 'empty'],
      [-20, 'below-zero'],
      [20_000, 'overload'],
    ])('[C14] with %d g on it is %s', async (grams, state) => {
      const { scale, put } = await start();
      await put({ grams });
      await expect.poll(async () => (await scale.read()).state, PATIENCE).toBe(state);
      expect(v.is(scaleStatusSchema, await scale.read())).toBe(true);
    });

    it('[C14] is away when it cannot be asked, never rejects, and comes back', async () => {
      const { scale, put, cut } = await start();
      await put({ grams: 452 });
      await cut(true);
      await expect.poll(async () => (await scale.read()).state, PATIENCE).toBe('away');
      await cut(false);
      await expect.poll(async () => (await scale.read()).state, PATIENCE).toBe('stable');
    });
  });
}
