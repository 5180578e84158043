import { describe, expect, test } from 'vitest';
import { MAX_SLIDES, pictureOf, type NamedPicture } from '#model/catalog/picture.ts';
import { catalogShard } from '#model/catalog/product.ts';
import { frameOf } from '../../../app/lib/office/picture-frame.ts';
import { SettingsDesk } from '../../../app/lib/office/settings-desk.svelte.ts';
import { SlidesDesk } from '../../../app/lib/office/slides-desk.svelte.ts';
import { S01, valueOf } from '../../model/support/office.ts';
import { startOffice } from './office-fixture.ts';

/** A picture that `mark` tells from others. */
const png = (mark: number): NamedPicture => valueOf(pictureOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, mark)));
const [ONE, TWO, THREE] = [png(1), png(2), png(3)];

async function office() {
  const { office: backOffice, documents } = await startOffice();
  const desk = new SettingsDesk(backOffice, () => undefined);
  const slides = new SlidesDesk(backOffice, desk);
  const ids = () => slides.slides.map(({ id }) => id);
  /** Whether the catalog has a picture for the customer display. */
  const isKept = async ({ id }: NamedPicture) => {
    const entries = await documents.open({ class: 'catalog', shard: catalogShard(id, 4) });
    return entries[`slide:${id}`] !== undefined;
  };
  return { backOffice, desk, slides, ids, isKept };
}

describe('the pictures of the customer display', () => {
  test('[C17] are added behind the others, removed, and brought back where they were', async () => {
    const { slides, ids, isKept } = await office();
    for (const each of [ONE, TWO, THREE, ONE]) expect(await slides.add(each)).toBe(true);
    expect(ids()).toEqual([ONE.id, TWO.id, THREE.id]);
    expect(slides.slides.map(({ picture }) => picture)).toEqual([ONE, TWO, THREE]);
    expect(slides.canUndo).toBe(false);
    expect(await slides.remove(TWO.id)).toBe(true);
    expect([ids(), await isKept(TWO), slides.canUndo]).toEqual([[ONE.id, THREE.id], false, true]);
    expect(await slides.undo()).toBe(true);
    expect([ids(), await isKept(TWO), slides.canUndo]).toEqual([[ONE.id, TWO.id, THREE.id], true, false]);
  });

  test('[C17] a picture that a store shows too stays when the organization removes it', async () => {
    const { backOffice, desk, slides, isKept } = await office();
    await slides.add(ONE);
    const store = new SettingsDesk(backOffice, () => S01);
    const ofStore = new SlidesDesk(backOffice, store);
    expect(ofStore.slides.map(({ id }) => id)).toEqual([ONE.id]);
    await store.set({ name: 'slidePictures', value: [ONE.id] });
    expect(await slides.remove(ONE.id)).toBe(true);
    expect([await isKept(ONE), desk.said('slidePictures')?.meaning]).toEqual([true, 'done']);
    expect(await ofStore.remove(ONE.id)).toBe(true);
    expect(await isKept(ONE)).toBe(false);
  });

  test('[C17] are changed one after the other, and nothing is lost that comes while another is written', async () => {
    const { slides, ids, isKept } = await office();
    await slides.add(ONE);
    const done = [
      slides.remove(ONE.id),
      slides.add(TWO),
      slides.add(THREE),
      slides.undo(),
      slides.remove(ONE.id),
    ];
    expect(await Promise.all(done)).toEqual([true, true, true, true, true]);
    expect(ids()).toEqual([TWO.id, THREE.id]);
    expect([await isKept(ONE), await isKept(THREE)]).toEqual([false, true]);
  });

  test('[C17] what waits for its turn is not added to the place somebody went to meanwhile', async () => {
    const { backOffice } = await office();
    let store: typeof S01 | undefined;
    const slides = new SlidesDesk(backOffice, new SettingsDesk(backOffice, () => store));
    const done = [slides.add(ONE), slides.add(TWO)];
    store = S01;
    expect(await Promise.all(done)).toEqual([false, false]);
    expect(slides.slides).toEqual([]);
  });

  test('[C17] are no more than a place may have, and none from somebody who may not', async () => {
    const { backOffice, desk, slides, ids } = await office();
    for (let mark = 0; mark < MAX_SLIDES; mark++) await slides.add(png(mark));
    expect([slides.isFull, await slides.add(png(MAX_SLIDES)), ids().length]).toEqual([
      true,
      false,
      MAX_SLIDES,
    ]);
    expect(desk.said('slidePictures')).toMatchObject({ meaning: 'danger' });
    await slides.remove(ONE.id);
    backOffice.signIn.signOut();
    expect(await slides.undo()).toBe(false);
    expect([ids().length, slides.canUndo]).toEqual([MAX_SLIDES - 1, true]);
  });
});

describe('a picture is kept', () => {
  test.each([
    [
      'a wide photo',
      4000,
      3000,
      { from: { x: 500, y: 0, width: 3000, height: 3000 }, width: 160, height: 160 },
    ],
    ['a high photo', 300, 500, { from: { x: 0, y: 100, width: 300, height: 300 }, width: 160, height: 160 }],
    ['a small icon', 48, 40, { from: { x: 4, y: 0, width: 40, height: 40 }, width: 40, height: 40 }],
  ])('[C12] for a tile as the middle of %s, never enlarged', (_, width, height, frame) => {
    expect(frameOf('tile', width, height)).toEqual(frame);
  });

  test('[C17] for the customer display whole, and smaller where it would be too large', () => {
    const from = { x: 0, y: 0, width: 4000, height: 3000 };
    expect(frameOf('slide', 4000, 3000)).toEqual({ from, width: 1067, height: 800 });
    expect(frameOf('slide', 4000, 3000, 0.5)).toEqual({ from, width: 533, height: 400 });
    expect(frameOf('slide', 10_000, 1)).toMatchObject({ width: 1280, height: 1 });
    expect(frameOf('slide', 640, 480)).toMatchObject({ width: 640, height: 480 });
  });
});
