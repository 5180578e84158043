import type { TaxRate } from '#model/tax/tax-rate.ts';
import { VectorFault, asDecimal, asList, isObject, type JsonObject } from './vector.ts';

/** A tax of an example; `parts` are the percentages it is booked in, `100` where it is booked whole. */
export type NotedTax = TaxRate & { readonly parts?: readonly number[] };

/**
 * Reads taxes in any of the ways examples write them: objects with `type`, `rate` and flags, numbers (percent on top), or words
 * such as `21% incl`, `35 incl + 50 excl on net`, `10 compounding`, `21 reverse charge`, `fixed 10 incl`. Null is no tax.
 */
export function notedTaxes(value: unknown, included = false): readonly NotedTax[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'number') return [plainTax(value, included)];
  if (typeof value === 'string') return wordedTaxes(value, included);
  if (isObject(value)) return [objectTax(value, 0, included)];
  return asList(value, 'taxes').flatMap((item, i) => {
    if (isObject(item)) return [objectTax(item, i, included)];
    return notedTaxes(item, included);
  });
}

function plainTax(rate: number, included: boolean): NotedTax {
  return { id: `${rate}`, name: `${rate}%`, rate: asDecimal(rate, 'a tax rate').toFixed(), included };
}

function objectTax(item: JsonObject, i: number, isIncluded: boolean): NotedTax {
  const type = item['type'] ?? item['amount_type'] ?? 'percent';
  if (type !== 'percent' && type !== 'division' && type !== 'fixed')
    throw new VectorFault(`A tax of type ${JSON.stringify(type)} is not known.`);
  const rate = asDecimal(item['rate'] ?? item['amount'], `the rate of tax ${i + 1}`);
  const included = item['price_include'] ?? item['included'] ?? isIncluded;
  const parts =
    item['repartition'] === undefined ? [] : asList(item['repartition'], 'repartition').map(Number);
  const isReversed = parts.length > 0 && parts.reduce((sum, part) => sum + part, 0) === 0;
  return {
    id: `tax-${i + 1}`,
    name: `tax ${i + 1}`,
    rate: rate.toFixed(),
    included: included === true,
    ...(type === 'percent' ? {} : { kind: type }),
    ...(item['include_base_amount'] === true ? { compounds: true } : {}),
    ...(item['is_base_affected'] === false ? { onNet: true } : {}),
    ...(isReversed || item['reverse_charge'] === true ? { reverseCharge: true } : {}),
    ...(parts.length > 0 ? { parts } : {}),
  };
}

/** `35 incl + 50 excl on net`: words around one number for each tax. */
function wordedTaxes(text: string, isIncluded: boolean): NotedTax[] {
  if (/^\s*(?:none|exempt|no tax|)\s*$/i.test(text)) return [];
  return text.split(/\s*\+\s*/).map((words) => {
    const rate = /\d+(?:\.\d+)?/.exec(words)?.[0];
    if (rate === undefined) throw new VectorFault(`The tax "${words}" names no rate.`);
    const included = /incl/i.test(words) || (isIncluded && !/excl/i.test(words));
    const kind = /fixed/i.test(words) ? 'fixed' : /division/i.test(words) ? 'division' : undefined;
    const isReversed = /reverse/i.test(words);
    const compounds = /compound/i.test(words);
    return {
      id: [kind, rate, included ? 'incl' : '', compounds ? 'c' : ''].filter(Boolean).join('-'),
      name: words.trim(),
      rate,
      included,
      ...(kind ? { kind } : {}),
      ...(compounds ? { compounds: true } : {}),
      ...(/on net/i.test(words) ? { onNet: true } : {}),
      ...(isReversed ? { reverseCharge: true } : {}),
    };
  });
}

/** A tax as the product knows it. */
export function asRate({ parts: _parts, ...rate }: NotedTax): TaxRate {
  return rate;
}
