import { isWeighed, measuredPrice, type Measure } from '../catalog/measured-price.ts';
import type { Product } from '../catalog/product.ts';
import { err, ok, type Result } from '../result.ts';
import type { TaxRate } from '../tax/tax-rate.ts';
import { productLine, type BasketLine, type BasketRefusal } from './basket.ts';
import type { Weighed } from './line-details.ts';

/** What is known of the one article that is sold, besides which it is. `quantity` is what was typed or counted. */
export type ArticleSaid = {
  readonly quantity?: string;
  readonly measure?: Measure;
  readonly serial?: string;
  readonly lot?: string;
  /** Where `quantity` came from, where it is a weight. */
  readonly weighed?: Weighed;
  /** The day it expires, `2026-11-30`. */
  readonly expires?: string;
};

/** What must be known of an article before it is sold. */
export type ArticleNeed = 'variant' | 'measure' | 'serial' | 'lot';

/** Why an article was not sold: `needs` is asked for first. */
export type ArticleRefusal =
  | BasketRefusal
  | { readonly code: 'article-needs'; readonly needs: ArticleNeed; readonly name: string }
  | { readonly code: 'measure-not-usable'; readonly name: string }
  | { readonly code: 'expired'; readonly name: string; readonly on: string };

/** What is to be asked before an article can be sold with what is known (rules C6 to C8); undefined where nothing is. */
export function needOf(product: Product, said: ArticleSaid = {}): ArticleNeed | undefined {
  if (product.optionNames) return 'variant';
  if (product.unit && said.quantity === undefined && said.measure === undefined) return 'measure';
  if (product.tracks === 'serial' && !said.serial?.trim()) return 'serial';
  return product.tracks === 'lot' && !said.lot?.trim() ? 'lot' : undefined;
}

/**
 * Makes the line of an article with what was said of it (rules B7, B8, C6 to C9 and C15). Serial and lot stand on the line of an article
 * that is tracked by them; another one's scan may tell them too, and they are left out.
 */
export function articleLine(
  product: Product,
  said: ArticleSaid,
  rules: { readonly taxes: ReadonlyMap<string, TaxRate>; readonly currency: string; readonly today?: string },
): Result<BasketLine, ArticleRefusal> {
  const { name } = product;
  const needs = needOf(product, said);
  if (needs !== undefined && product.active) return err({ code: 'article-needs', needs, name });
  if (said.expires !== undefined && rules.today !== undefined && said.expires < rules.today)
    return err({ code: 'expired', name, on: said.expires });
  const measured =
    said.measure === undefined
      ? { quantity: said.quantity ?? '1', price: product.price }
      : measuredPrice(product, said.measure, rules.currency);
  if (!measured) return err({ code: 'measure-not-usable', name });
  const line = productLine({ ...product, price: measured.price }, measured.quantity, rules.taxes);
  if (!line.ok) return line;
  return ok({ ...line.value, ...tracked(product, said), ...weighedBy(product, said) });
}

/** A code that says the weight says it for another scale, and of its tare nothing (rule C15). */
function weighedBy(product: Product, { weighed, measure }: ArticleSaid): Pick<BasketLine, 'weighed'> {
  return weighed && !measure && isWeighed(product) ? { weighed } : {};
}

function tracked({ tracks }: Product, { serial, lot }: ArticleSaid): Pick<BasketLine, 'serial' | 'lot'> {
  if (tracks === undefined) return {};
  const names = {
    ...(serial?.trim() ? { serial: serial.trim().slice(0, 40) } : {}),
    ...(lot?.trim() ? { lot: lot.trim().slice(0, 40) } : {}),
  };
  // A lot says nothing of how many: only what is tracked piece by piece is one by its serial.
  const { serial: _serial, ...byLot } = names;
  return tracks === 'serial' ? names : byLot;
}
