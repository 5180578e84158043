import type { MeasureRule } from './measure-code.ts';

const rule = (measure: MeasureRule['measure'], ...patterns: string[]): MeasureRule[] =>
  patterns.map((pattern) => ({ pattern, measure }));

const PRICES = rule('price', '20IIIIIINNDDC', '21IIIIIINNNDC', '22IIIIIINNNNC');
const WEIGHTS = rule('weight', '23IIIIIINDDDC', '24IIIIIINNDDC', '25IIIIIINNNDC');

/**
 * Codes with a measure as the national GS1 organizations describe them (rule B4), by country: what a store of that country
 * starts with before it makes rules of its own. Sweden and Norway, Finland and the Baltic states, Denmark, Germany, Great
 * Britain; the United States and Canada use number system 2 of the UPC-A with a price.
 */
export const REGION_MEASURE_RULES: ReadonlyMap<string, readonly MeasureRule[]> = new Map([
  ['SE', [...PRICES, ...WEIGHTS]],
  ['NO', [...PRICES, ...WEIGHTS]],
  ['FI', WEIGHTS],
  ['EE', WEIGHTS],
  ['LV', WEIGHTS],
  ['LT', WEIGHTS],
  [
    'DK',
    [
      ...rule('price', ...[21, 22, 23, 24].map((prefix) => `${prefix}IIIINNNNDDC`)),
      ...rule('weight', '26IIIINNNDDDC', '27IIIIINNDDDC', '28IIIINNNDDDC'),
    ],
  ],
  [
    'DE',
    [
      ...rule('price', '22IIIIVNNNDDC', '23IIIIVNNNDDC'),
      ...rule('count', '25IIIIVNNNNNC', '26IIIIVNNNNNC'),
      ...rule('weight', '28IIIIVNNDDDC', '29IIIIVNNDDDC'),
    ],
  ],
  ['GB', rule('price', '20IIIIIVNNDDC')],
  ['US', rule('price', '2IIIIIVNNDDC')],
  ['CA', rule('price', '2IIIIIVNNDDC')],
]);
