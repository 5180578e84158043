import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { inStoreEan13 } from '#model/catalog/barcode.ts';
import type { Favourites } from '#model/catalog/favourites.ts';
import type { MeasureCodes } from '#model/catalog/measure-code.ts';
import { pictureOf, type Picture } from '#model/catalog/picture.ts';
import type { Product } from '#model/catalog/product.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import type { Special } from '#model/pricing/special.ts';
import { assert } from '#model/result.ts';
import { stockEntryKey, type StockEntry } from '#model/stock/stock-entry.ts';

const picturesSchema = v.object({
  source: v.string(),
  pictures: v.record(v.string(), v.object({ drawing: v.string(), webp: v.string() })),
});

/** A picture of the demo with the id it is stored under. */
export type DemoPicture = { readonly id: string; readonly picture: Picture };

/** The pictures of the demo by name; each was drawn for it. */
export async function readDemoPictures(path: string): Promise<ReadonlyMap<string, DemoPicture>> {
  const { pictures } = v.parse(picturesSchema, JSON.parse(await readFile(path, 'utf8')));
  return new Map(
    Object.entries(pictures).map(([name, { webp }]) => {
      const made = pictureOf(Buffer.from(webp, 'base64'));
      assert(made.ok, () => `the demo's picture ${name} is none`);
      return [name, made.value];
    }),
  );
}

/** Which article of the demo has which picture. */
export const DEMO_PICTURES: Readonly<Record<string, string>> = {
  '71053': 'lantern',
  '85123A': 'holder',
  '21066': 'mug',
  '20725': 'bag',
  '20682': 'umbrella',
  '22423': 'cake',
  'demo-cheddar': 'cheese',
  'demo-shirt': 'shirt',
  'demo-hamper': 'hamper',
  'demo-milk': 'milk',
  'demo-player': 'player',
};

/** Codes of the demo's own articles begin where those of the list end. */
const OWN_CODES = 9_000_000;
const article = (
  number: number,
  of: Pick<Product, 'id' | 'name' | 'price' | 'department'> & Partial<Product>,
) => {
  const { id } = of;
  return { sku: id, barcodes: [inStoreEan13(OWN_CODES + number)], active: true, taxes: ['vat-20'], ...of };
};

const SIZES = ['S', 'M', 'L'];
const COLOURS = ['Blue', 'Red'];

/** A shirt in three sizes and two colours, of which the large red one does not exist. */
function shirts(): Product[] {
  const parent = article(10, {
    id: 'demo-shirt',
    name: 'Cotton T-shirt',
    price: '14.00',
    department: 'home',
    optionNames: ['Size', 'Colour'],
  });
  const variants = COLOURS.flatMap((colour) => SIZES.map((size) => ({ size, colour })));
  return [
    parent,
    ...variants
      .filter(({ size, colour }) => !(size === 'L' && colour === 'Red'))
      .map(({ size, colour }, i) =>
        article(11 + i, {
          id: `demo-shirt-${colour.toLowerCase()}-${size.toLowerCase()}`,
          name: `Cotton T-shirt ${colour} ${size}`,
          price: '14.00',
          department: 'home',
          variantOf: 'demo-shirt',
          options: { Size: size, Colour: colour },
        }),
      ),
  ];
}

/**
 * Articles of every kind a till sells besides pieces: cheese by weight (its scale's codes begin with 21 and 12345), milk by lot, a
 * record player by serial number, a shirt in variants and a hamper made of others.
 */
export const DEMO_ARTICLES: readonly Product[] = [
  article(1, {
    id: 'demo-cheddar',
    name: 'Farmhouse Cheddar',
    price: '12.00',
    department: 'kitchen',
    unit: 'kg',
    barcodes: ['2112345000008'],
    lowStock: '2',
    tare: '0.008',
  }),
  article(2, {
    id: 'demo-milk',
    name: 'Fresh milk 1 l',
    price: '1.10',
    department: 'kitchen',
    tracks: 'lot',
  }),
  article(3, {
    id: 'demo-player',
    name: 'Portable record player',
    price: '79.00',
    department: 'home',
    tracks: 'serial',
  }),
  article(4, {
    id: 'demo-hamper',
    name: 'Tea-time hamper',
    price: '12.00',
    department: 'kitchen',
    components: [
      { product: '21066', quantity: '2' },
      { product: '22960', quantity: '1' },
      { product: 'demo-cheddar', quantity: '0.25' },
    ],
  }),
  ...shirts(),
];

/** The favourites of the demo's store. */
export const DEMO_FAVOURITES: Favourites = {
  tiles: [
    { kind: 'product', id: '71053', colour: 'yellow' },
    { kind: 'product', id: '85123A', colour: 'pink' },
    { kind: 'product', id: '21066', colour: 'red' },
    { kind: 'product', id: '22423', colour: 'violet' },
    { kind: 'product', id: '20725', colour: 'red' },
    { kind: 'product', id: '20682', colour: 'pink' },
    { kind: 'product', id: 'demo-cheddar', colour: 'orange' },
    { kind: 'product', id: 'demo-milk', colour: 'blue' },
    { kind: 'product', id: 'demo-shirt', colour: 'blue' },
    { kind: 'product', id: 'demo-player', colour: 'brown' },
    { kind: 'product', id: 'demo-hamper', colour: 'green' },
    { kind: 'department', id: 'toys', colour: 'teal' },
  ],
};

/** How the demo's store reads codes: the price codes of its country, and weights behind 21. */
export const DEMO_MEASURE_CODES: MeasureCodes = {
  rules: [
    { pattern: '21IIIIINNDDDC', measure: 'weight' },
    { pattern: '02IIIIIVNNDDC', measure: 'price' },
  ],
};

/** Ten per cent off everything for who brings the coupon. */
export const DEMO_COUPON: Special = {
  id: 'welcome-10',
  name: 'Welcome: 10 % off',
  priority: -1,
  stacks: true,
  scope: {},
  effect: { kind: 'off', percent: '10' },
  coupon: 'WELCOME10',
};

const FIRST_STOCK: readonly (readonly [product: string, quantity: string])[] = [
  ['71053', '24'],
  ['85123A', '40'],
  ['21066', '12'],
  ['22423', '3'],
  ['20725', '30'],
  ['22960', '15'],
  ['demo-cheddar', '1.8'],
  ['demo-milk', '20'],
  ['demo-player', '4'],
  ['demo-shirt-blue-s', '5'],
  ['demo-shirt-blue-m', '6'],
  ['demo-shirt-blue-l', '0'],
  ['demo-shirt-red-s', '2'],
  ['demo-shirt-red-m', '4'],
];

/** What a store of the demo had in stock when it was founded, its first one unless told, for its stock book. */
export function demoStock(at: string, stock = FIRST_STOCK): Record<string, string> {
  return Object.fromEntries(
    stock.map(([product, quantity]) => {
      const entry: StockEntry = {
        id: `first-${product}`,
        product,
        kind: 'count',
        quantity,
        counted: quantity,
        at,
        by: 'mia',
        reason: '',
      };
      return [stockEntryKey(entry), canonicalJson(entry)];
    }),
  );
}
