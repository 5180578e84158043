import { Exact } from '#model/money/money.ts';
import { parseQuantity } from '#model/money/quantity.ts';

/** A weight or length with the tare that is off it already, as decimal texts in the unit of the article. */
export type NetMeasure = { readonly quantity: string; readonly tare?: string };

/** What is left of a weight without its typed tare; undefined where that is nothing or was not understood. */
export function netMeasure(gross: string, tare: string): NetMeasure | undefined {
  const whole = parseQuantity(gross);
  if (!whole.ok) return undefined;
  if (tare.trim() === '') return { quantity: whole.value };
  const off = parseQuantity(tare);
  if (!off.ok) return off.error === 'zero' ? { quantity: whole.value } : undefined;
  const net = new Exact(whole.value).minus(off.value);
  return net.gt(0) ? { quantity: net.toFixed(), tare: off.value } : undefined;
}
