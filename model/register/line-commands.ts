import * as v from 'valibot';
import type { TaxRate } from '../catalog/product.ts';
import { Exact } from '../money/money.ts';
import { unitPriceSchema } from '../money/quantity.ts';
import { err, ok, type Result } from '../result.ts';
import { MAX_LINE_MAJOR, type Basket, type BasketLine } from '../sale/basket.ts';
import { authorize, type Act, type NotPermitted } from './actor.ts';

/** An article a person describes because the catalog does not know its code; `id` is new and becomes `quick-<id>`. */
export type QuickWish = {
  readonly id: string;
  readonly barcode: string;
  readonly name: string;
  /** The unit price as typed, in the major unit. */
  readonly price: string;
  readonly taxes: readonly TaxRate[];
  readonly department?: string | undefined;
};

/** Why an article was not added. */
export type QuickRefusal =
  | NotPermitted
  | { readonly code: 'name-missing' | 'price-not-understood' | 'amount-out-of-range' | 'barcode-too-long' };

/** Makes the line of an article the catalog does not know (rule C10). */
export function quickLine(wish: QuickWish, act: Act): Result<BasketLine, QuickRefusal> {
  const name = wish.name.trim();
  const barcode = wish.barcode.trim();
  const price = wish.price.trim().replace(',', '.');
  if (name === '' || name.length > 200) return err({ code: 'name-missing' });
  if (barcode === '' || barcode.length > 48) return err({ code: 'barcode-too-long' });
  if (!v.is(unitPriceSchema, price)) return err({ code: 'price-not-understood' });
  if (new Exact(price).gt(MAX_LINE_MAJOR)) return err({ code: 'amount-out-of-range' });
  const stamp = authorize(act, ['catalog.quick-add']);
  if (!stamp.ok) return stamp;
  const { by, approvedBy } = stamp.value;
  return ok({
    product: `quick-${wish.id}`.slice(0, 64),
    sku: barcode,
    name,
    ...(wish.department === undefined ? {} : { department: wish.department }),
    quantity: '1',
    price,
    taxes: [...wish.taxes],
    quick: { barcode, by, ...(approvedBy === undefined ? {} : { approvedBy }) },
  });
}

/** Says who sold a line; undefined takes the name off again (rule C11). Needs no permission. */
export function nameRepresentative(
  basket: Basket,
  index: number,
  person: string | undefined,
): Result<Basket, { readonly code: 'no-such-line' }> {
  const line = basket.lines[index];
  if (!line) return err({ code: 'no-such-line' });
  const { representative: _before, ...bare } = line;
  const named = person === undefined ? bare : { ...bare, representative: person };
  return ok({ ...basket, lines: basket.lines.with(index, named) });
}
