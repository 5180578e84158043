import { resolve } from 'node:path';
import type { Locator, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';
import { pinOf } from '../../support/shop.ts';
import { withOneTill } from '../shop-tills.ts';

// A favourite of the demo, with a picture.
const LANTERN = { sku: '71053', name: 'White Metal Lantern' };
// The icon of the app is 512 pixels wide: larger than a tile's picture.
const ICON = resolve('app/static/icon-512.png');

const one = withOneTill();
let office: Page;

const officeUrl = (path: string) => `http://localhost:${one.shop.hq.spec.ports.app}/office/${path}`;

beforeAll(async () => {
  office = await one.browser.context.newPage();
  await office.goto(officeUrl('catalog'));
  await office.getByTestId('office-person-mia').click();
  await office.getByTestId('pin-input').fill(pinOf('mia'));
  await office.getByTestId('office-enter').click();
  await office.getByTestId('products-table').waitFor();
}, 120_000);

/** Opens the one article with a code for editing. */
async function editArticle(): Promise<void> {
  await office.getByTestId('product-search').fill(LANTERN.sku);
  await office.getByTestId('products-table-row').nth(1).waitFor({ state: 'detached' });
  await office.getByTestId('products-table-row').first().getByRole('button').first().click();
  await office.getByTestId('product-dialog').waitFor();
}

const sizeOf = (image: Locator) =>
  image.evaluate((element: HTMLImageElement) => [element.naturalWidth, element.naturalHeight]);

async function save(): Promise<void> {
  await office.getByTestId('product-save').click();
  await office.getByTestId('product-dialog').waitFor({ state: 'detached' });
}

/** The address of the picture on the article's tile among the favourites; undefined where it shows letters. */
async function tilePicture(): Promise<string | undefined> {
  const tile = one.till.page.getByTestId('article-tile').filter({ hasText: LANTERN.name });
  await tile.waitFor();
  const addresses = await tile
    .locator('img')
    .evaluateAll((images) => images.map((each) => each.getAttribute('src')));
  return addresses[0] ?? undefined;
}

const rows = () => office.getByTestId('products-table-row');

/** The address of the picture before the one article in the list of the office; undefined where letters stand there. */
async function rowPicture(): Promise<string | undefined> {
  const image = rows().getByTestId('row-picture');
  return (await image.count()) === 0 ? undefined : ((await image.getAttribute('src')) ?? undefined);
}

describe('pictures from the office', { timeout: 120_000 }, () => {
  test('[C16] a photo of an article is made small, reaches the tile, and goes and comes back', async () => {
    const before = await tilePicture();
    expect(before).toMatch(/^data:image/);
    await editArticle();
    await office
      .getByTestId('product-picture-file')
      .setInputFiles({ name: 'price list.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('12.50') });
    await expect
      .poll(() => office.getByTestId('product-picture-trouble').textContent(), PATIENCE)
      .toContain('price list.jpg');
    await office.getByTestId('product-picture-file').setInputFiles(ICON);
    const shown = office.getByTestId('product-picture-shown');
    await expect.poll(() => sizeOf(shown), PATIENCE).toEqual([160, 160]);
    expect(await office.getByTestId('product-picture-trouble').count()).toBe(0);
    const made = await shown.getAttribute('src');
    expect(made).not.toBe(before);
    await save();
    await expect.poll(tilePicture, PATIENCE).toBe(made);
    await expect.poll(rowPicture, PATIENCE).toBe(made);
    await editArticle();
    await office.getByTestId('product-picture-remove').click();
    await save();
    await expect.poll(tilePicture, PATIENCE).toBeUndefined();
    await expect.poll(rowPicture, PATIENCE).toBeUndefined();
    expect(await rows().getByTestId('row-initials').textContent()).toBe('WM');
    await office.getByTestId('edit-undo').click();
    await expect.poll(tilePicture, PATIENCE).toBe(made);
  });

  test('[C16] every row of the list has a picture or letters, decoration of one size, so that no row is higher', async () => {
    await office.getByTestId('product-search').fill('');
    await rows().nth(49).waitFor();
    const faces = await rows().evaluateAll((all) =>
      all.map((row) => {
        const face = row.querySelector('[data-testid="row-picture"], [data-testid="row-initials"]');
        const box = face?.getBoundingClientRect();
        const isSilent = face?.getAttribute('alt') === '' || face?.getAttribute('aria-hidden') === 'true';
        return [box?.width, box?.height, isSilent].join();
      }),
    );
    expect(faces).toHaveLength(50);
    expect(new Set(faces)).toEqual(new Set(['40,40,true']));
  });

  test('[C17] a picture for the customer display is shown between sales, until it is removed', async () => {
    await office.goto(officeUrl('settings'));
    await office.getByTestId('slide-pictures-file').setInputFiles(ICON);
    await office.getByTestId('slide-picture').waitFor();
    const display = await one.browser.context.newPage();
    await display.goto(`${one.url}display`);
    // The texts of the demo come first, eight seconds each.
    const shown = display.getByTestId('display-picture');
    await expect.poll(() => shown.count(), { timeout: 60_000 }).toBe(1);
    expect(await sizeOf(shown)).toEqual([512, 512]);
    await office.getByTestId('slide-remove').click();
    await expect.poll(() => shown.count(), PATIENCE).toBe(0);
    await office.getByTestId('slide-undo').click();
    await office.getByTestId('slide-picture').waitFor();
    await expect.poll(() => shown.count(), { timeout: 60_000 }).toBe(1);
    await display.close();
  });
});
