import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_PICTURE_BYTES,
  MAX_SLIDE_BYTES,
  MAX_SLIDES,
  pictureOf,
  type NamedPicture,
} from '#model/catalog/picture.ts';
import type { Product } from '#model/catalog/product.ts';
import { addProduct, editProduct, type ProductFields } from '#model/catalog/product-commands.ts';
import { addSlide, removeSlide } from '#model/catalog/slide-commands.ts';
import { masterEntry, readCatalogEntry } from '#model/documents/catalog.ts';
import { readSettingEntry, settingKey, settingText } from '#model/settings/settings.ts';
import type { DocumentChange } from '#model/staff/office-actor.ts';
import { auditOf, byId, catalogBook, doing, LAMP, settingsBook, valueOf } from './support/office.ts';

/** A picture of so many bytes, which `mark` tells from others. */
function png(mark: number, bytes = 8, most?: number): NamedPicture {
  const content = new Uint8Array(bytes);
  content.set([0x89, 0x50, 0x4e, 0x47, mark]);
  return valueOf(pictureOf(content, most));
}

const book = (...products: readonly Product[]) => catalogBook({ products: byId(...products) });

const fields = (change: Partial<ProductFields>): ProductFields => ({
  sku: 'LAMP',
  name: 'Lamp',
  barcodes: [],
  price: '12.50',
  taxes: [],
  department: undefined,
  ...change,
});

/** The pictures a change puts in, and those it takes out. */
function picturesIn(change: DocumentChange) {
  const keys = Object.keys(change).filter((key) => key.startsWith('picture:'));
  const ids = (put: boolean) =>
    keys.filter((key) => (change[key] !== undefined) === put).map((key) => key.slice('picture:'.length));
  return { put: ids(true), out: ids(false) };
}

/** The picture an article names after a change; undefined for none. */
function namedBy(change: DocumentChange): string | undefined {
  const read = readCatalogEntry('product:lamp:info', change['product:lamp:info'] ?? '');
  if (!read.ok || read.value.kind !== 'info') throw new Error('the article was not written');
  return read.value.value.picture;
}

describe('the picture of an article', () => {
  const [one, two] = [png(1), png(2)];

  test('[C16] is given with the article, new or known, and told in the audit', () => {
    const added = valueOf(addProduct(book(), 'lamp', fields({ picture: one }), doing()));
    expect([namedBy(added), picturesIn(added)]).toEqual([one.id, { put: [one.id], out: [] }]);
    const edited = valueOf(editProduct(book(LAMP), 'lamp', fields({ picture: one }), doing()));
    expect([namedBy(edited), picturesIn(edited)]).toEqual([one.id, { put: [one.id], out: [] }]);
    expect(Object.keys(edited)).not.toContain('product:lamp:price');
    expect(auditOf(edited)).toMatchObject({ what: 'product.edit', details: { picture: one.id } });
  });

  test('[C16] stays where an edit says nothing of it', () => {
    const known = { ...LAMP, picture: one.id };
    const edited = valueOf(editProduct(book(known), 'lamp', fields({ name: 'Big lamp' }), doing()));
    expect([namedBy(edited), picturesIn(edited)]).toEqual([one.id, { put: [], out: [] }]);
  });

  test('[C16] is replaced or taken away, and the one it had goes with it unless another article names it', () => {
    const known = { ...LAMP, picture: one.id };
    const replaced = valueOf(editProduct(book(known), 'lamp', fields({ picture: two }), doing()));
    expect([namedBy(replaced), picturesIn(replaced)]).toEqual([two.id, { put: [two.id], out: [one.id] }]);
    const gone = valueOf(editProduct(book(known), 'lamp', fields({ picture: undefined }), doing()));
    expect([namedBy(gone), picturesIn(gone)]).toEqual([undefined, { put: [], out: [one.id] }]);
    const shared = book(known, { ...known, id: 'cup', sku: 'CUP' });
    const kept = valueOf(editProduct(shared, 'lamp', fields({ picture: undefined }), doing()));
    expect(picturesIn(kept)).toEqual({ put: [], out: [] });
  });

  test('[C12] is refused where it is too large or not the one its id names', () => {
    const large = png(1, MAX_PICTURE_BYTES + 3, MAX_SLIDE_BYTES);
    for (const picture of [large, { ...one, id: two.id }]) {
      const edited = editProduct(book(LAMP), 'lamp', fields({ picture }), doing());
      expect(!edited.ok && edited.error.code).toBe('picture-not-understood');
    }
  });

  test('[C16] after any edits the shard holds just the pictures its articles name', () => {
    const pictures = [one, two, png(3), undefined];
    const edit = fc.record({
      id: fc.constantFrom('lamp', 'cup'),
      picture: fc.constantFrom(...pictures),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const products = byId<Product>(LAMP, { ...LAMP, id: 'cup', sku: 'CUP' });
        const shard = new Set<string>();
        for (const { id, picture } of edits) {
          const sku = products.get(id)?.sku ?? '';
          const now = book(...products.values());
          const change = valueOf(editProduct(now, id, fields({ sku, picture }), doing()));
          const { put, out } = picturesIn(change);
          for (const each of out) shard.delete(each);
          for (const each of put) shard.add(each);
          products.set(id, { ...LAMP, id, sku, ...(picture ? { picture: picture.id } : {}) });
        }
        const named = [...products.values()].flatMap(({ picture }) => picture ?? []);
        expect(shard).toEqual(new Set(named));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the pictures of the customer display', () => {
  const slide = png(1, MAX_SLIDE_BYTES, MAX_SLIDE_BYTES);
  const showing = (pictures: readonly string[]) => ({
    founded: {},
    written: { slidePictures: [...pictures] },
  });
  const settings = (shown: readonly string[], ofStore?: readonly string[]) =>
    settingsBook({
      organizationSettings: showing(shown),
      ...(ofStore ? { storeSettings: new Map([['S01', showing(ofStore)]]) } : {}),
    });

  test('[C17] may be larger than an article’s, and are read as they were written', () => {
    const change = valueOf(addSlide(settings([]), slide, doing()));
    const key = `slide:${slide.id}`;
    expect(readCatalogEntry(key, change[key] ?? '')).toEqual({
      ok: true,
      value: { kind: 'slide', id: slide.id, value: slide.picture },
    });
    expect(pictureOf(new Uint8Array(MAX_SLIDE_BYTES + 1), MAX_SLIDE_BYTES)).toMatchObject({
      error: { code: 'picture-too-large', most: MAX_SLIDE_BYTES },
    });
    const { text } = masterEntry({ kind: 'picture', id: slide.id, value: slide.picture });
    expect(readCatalogEntry(`picture:${slide.id}`, text).ok).toBe(false);
  });

  test('[C17] ask for the right to change settings, and for one that is what its id names', () => {
    expect(addSlide(settings([]), slide, doing('ana'))).toMatchObject({
      error: { code: 'not-permitted', permission: 'settings.edit' },
    });
    expect(removeSlide(settings([]), slide.id, doing('ana'))).toMatchObject({
      error: { code: 'not-permitted' },
    });
    expect(addSlide(settings([]), { ...slide, id: png(2).id }, doing())).toMatchObject({
      error: { code: 'picture-not-understood' },
    });
  });

  test('[C17] are taken out only when neither the organization nor a store names them', () => {
    const used = { error: { code: 'slide-in-use' } };
    expect(removeSlide(settings([slide.id]), slide.id, doing())).toMatchObject(used);
    expect(removeSlide(settings([], [slide.id]), slide.id, doing())).toMatchObject(used);
    const change = valueOf(removeSlide(settings([png(2).id], []), slide.id, doing()));
    expect(change).toHaveProperty([`slide:${slide.id}`], undefined);
  });

  test('[C17] are named by a setting, at most eight of them', () => {
    const ids = Array.from({ length: MAX_SLIDES + 1 }, (_, i) => png(i).id);
    const read = (value: string[]) => readSettingEntry(settingKey('slidePictures'), settingText(value));
    expect(read(ids.slice(0, MAX_SLIDES))).toMatchObject({ ok: true });
    expect(read(ids)).toMatchObject({ ok: false });
    expect(read(['cat.png'])).toMatchObject({ ok: false });
  });
});
