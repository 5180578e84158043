import { Exact } from '#model/money/money.ts';
import { parseQuantity } from '#model/money/quantity.ts';
import type { Unit } from '#model/sale/line-details.ts';

/** How many of a unit one kilogram is; units that are no weight are not on a scale. */
const OF_KILOGRAM: Partial<Record<Unit, string>> = { kg: '1', g: '1000', lb: '2.2046226218' };

/** What a scale's kilograms are in the unit of an article, with three decimals; undefined where the unit is no weight. */
export function inUnit(kilograms: string, unit: Unit): string | undefined {
  const factor = OF_KILOGRAM[unit];
  return factor === undefined ? undefined : new Exact(kilograms).times(factor).toDecimalPlaces(3).toFixed();
}

/** What is left of a typed weight without its typed tare; undefined where that is nothing or was not understood. */
export function netQuantity(gross: string, tare: string): string | undefined {
  const whole = parseQuantity(gross);
  if (!whole.ok) return undefined;
  if (tare.trim() === '') return whole.value;
  const off = parseQuantity(tare);
  if (!off.ok) return off.error === 'zero' ? whole.value : undefined;
  const net = new Exact(whole.value).minus(off.value);
  return net.gt(0) ? net.toFixed() : undefined;
}
