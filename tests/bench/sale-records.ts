import { recordText } from '#model/journal/chain.ts';
import { freshRegister, open, play, salesOf, sellExactly } from '../model/support/played-register.ts';
import { basket, line } from '../model/support/shop.ts';

const GOODS = [
  'Orange juice 1 l',
  'Wholemeal bread 800 g',
  'Semi-skimmed milk 2 pt',
  'Free-range eggs, dozen',
  'Mature cheddar 400 g',
  'Ground coffee 227 g',
  'Dark chocolate 70 % 100 g',
  'Bananas, loose',
  'Olive oil 500 ml',
  'Basmati rice 1 kg',
  'Tomato soup 400 g',
  'Kitchen towel, 2 rolls',
];

const PACKS = ['', ', twin pack', ', family size', ', organic', ', own brand'];

/** Sixty products with the prices they have all week. */
const SHELF = GOODS.flatMap((goods, g) =>
  PACKS.map((pack, p) => ({
    id: `p${1_000 + g * 37 + p}`,
    sku: `SKU-${10_000 + g * 100 + p}`,
    name: `${goods}${pack}`,
    price: (0.85 + ((g * 53 + p * 31) % 400) / 100).toFixed(2),
    department: g % 2 === 0 ? 'food' : 'drinks',
  })),
);

/** The stored texts of `count` sealed sales of 8 lines each, chained as on one register. */
export function saleTexts(count: number): readonly string[] {
  let played = play([open()], freshRegister());
  for (let sale = 0; sale < count; sale++) {
    // Steps without a common factor with the number of products, so that neighbouring sales differ.
    const lines = Array.from({ length: 8 }, (_, i) =>
      line(SHELF[(sale * 7 + i * 17 + ((sale * i) % 5)) % SHELF.length], String(1 + ((sale + i) % 3))),
    );
    const by = sale % 3 === 0 ? 'card' : 'cash';
    played = play([sellExactly(basket(lines, `basket-${sale + 1}`), by)], played);
  }
  return salesOf(played.records).map(recordText);
}
