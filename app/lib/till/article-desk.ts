import { lookupKey } from '#model/catalog/barcode.ts';
import type { MeasureRule } from '#model/catalog/measure-code.ts';
import { readScan, type ScanRefusal } from '#model/catalog/scanned-code.ts';
import type { Product } from '#model/catalog/product.ts';
import {
  nameRepresentative,
  quickLine,
  type QuickRefusal,
  type QuickWish,
} from '#model/register/line-commands.ts';
import { err, ok, type Result } from '#model/result.ts';
import { articleLine, type ArticleRefusal, type ArticleSaid } from '#model/sale/article-line.ts';
import {
  addCoupon,
  couponEffects,
  removeCoupon,
  type CouponEffect,
  type CouponRefusal,
} from '#model/sale/coupons.ts';
import { isOnOffer, type Special } from '#model/pricing/special.ts';
import type { SaleDesk, SaleRefusal } from './sale-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';

/** What the article desk stands on; `today` is the business day of the store. */
export type ArticleDeskParts = {
  readonly shop: Shop;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly measureRules: () => readonly MeasureRule[];
  readonly today: () => string;
  readonly newId: () => string;
};

/** Why an article did not come into the basket. */
export type SellingRefusal =
  | ArticleRefusal
  | SaleRefusal
  | ScanRefusal
  | QuickRefusal
  | CouponRefusal
  | { readonly code: 'unknown-barcode'; readonly barcode: string }
  | { readonly code: 'nobody-signed-in' };

/** An article with what its code said of it. */
export type FoundArticle = { readonly product: Product; readonly said: ArticleSaid };

/** What somebody tells of an article the catalog does not know; `tax` is the id of one. */
export type QuickForm = Pick<QuickWish, 'barcode' | 'name' | 'price'> & {
  readonly tax?: string | undefined;
  readonly department?: string | undefined;
};

/** How articles come into the basket: by a code with what it says, by touch with what was asked, or unknown to the catalog. */
export class ArticleDesk {
  readonly #parts: ArticleDeskParts;

  constructor(parts: ArticleDeskParts) {
    this.#parts = parts;
  }

  /**
   * The article a code means: the one that bears it as it is, else the one that a code with a measure or an element string names
   * (rules B7 and B8).
   */
  find(code: string): Result<FoundArticle, SellingRefusal> {
    const { shop, measureRules, today } = this.#parts;
    const exact = shop.productWithCode(code);
    if (exact) return ok({ product: exact, said: {} });
    const read = readScan(code, measureRules(), today());
    if (!read.ok) return read;
    const { code: named, ...said } = read.value;
    const product = shop.productWithCode(named);
    return product ? ok({ product, said }) : err({ code: 'unknown-barcode', barcode: code.trim() });
  }

  /** Sells an article; `article-needs` tells what is to be asked first. */
  sell(product: Product, said: ArticleSaid = {}): Result<number, SellingRefusal> {
    const { sale, today } = this.#parts;
    const line = articleLine(product, said, { ...sale.rules, today: today() });
    return line.ok ? sale.addLine(line.value) : line;
  }

  /** Sells one more of an article that was added by hand to this basket; undefined where there is none with this code (rule C10). */
  sellQuickAgain(code: string): Result<number, SellingRefusal> | undefined {
    const { sale } = this.#parts;
    const known = sale.basket.lines.find(
      ({ quick }) => quick !== undefined && lookupKey(quick.barcode) === lookupKey(code),
    );
    return known && sale.addLine({ ...known, quantity: '1' });
  }

  /** Sells an article the catalog does not know, with an approval where it needs one (rules C10 and S6). */
  quickAdd(form: QuickForm): Promise<Result<number, SellingRefusal>> {
    const { sale, staff, newId } = this.#parts;
    const tax = form.tax === undefined ? undefined : sale.rules.taxes.get(form.tax);
    const wish: QuickWish = {
      ...form,
      id: newId(),
      taxes: tax ? [tax] : [],
    };
    return staff.act<number, QuickRefusal | SaleRefusal>(
      async (act) => {
        const line = quickLine(wish, act);
        return line.ok ? sale.addLine(line.value) : line;
      },
      { reason: form.name.trim() },
    );
  }

  /** Says who sold a line; undefined takes the name off (rule C11). */
  nameRepresentative(index: number, person: string | undefined): Result<true, SellingRefusal> {
    return this.#parts.sale.changeBasket((basket) => nameRepresentative(basket, index, person));
  }

  /** Puts a coupon on the basket (rule C13). */
  addCoupon(code: string): Result<true, SellingRefusal> {
    return this.#parts.sale.changeBasket((basket, rules) => addCoupon(basket, code, rules));
  }

  /** Takes a coupon off the basket, once. */
  removeCoupon(code: string): Result<true, SellingRefusal> {
    return this.#parts.sale.changeBasket((basket) => ok(removeCoupon(basket, code)));
  }

  /** Whether a code is that of a coupon the shop knows, on offer now or not. */
  isCoupon(code: string): boolean {
    const wanted = code.trim().toUpperCase();
    return this.#parts.shop.specials.some(({ coupon }) => coupon?.toUpperCase() === wanted);
  }

  /** What the coupons on the basket did. */
  get coupons(): readonly CouponEffect[] {
    const { sale, shop } = this.#parts;
    return couponEffects(sale.basket, sale.priced.offs, shop.specials);
  }

  /** The specials that count at this hour, those with a coupon too, the first by priority and name. */
  get specialsNow(): readonly Special[] {
    const { specials = [], occasion = {} } = this.#parts.sale.rules;
    return specials
      .filter((special) => isOnOffer(special, occasion))
      .sort((a, b) => b.priority - a.priority || a.name.localeCompare(b.name));
  }
}
