import type { Product } from '#model/catalog/product.ts';
import type { Result } from '#model/result.ts';
import { needOf, type ArticleNeed, type ArticleSaid } from '#model/sale/article-line.ts';
import type { SellingRefusal } from './article-desk.ts';
import type { Till } from './till.svelte.ts';

/** An article that is about to be sold, with what is known of it and what is asked next. */
export type Asked = { readonly product: Product; readonly said: ArticleSaid; readonly needs: ArticleNeed };

/** What the view above does for this one. */
export type ArticleViewParts = {
  readonly till: Till;
  readonly show: (outcome: Result<unknown, SellingRefusal>, sound?: 'scan') => boolean;
  readonly open: (panel: 'article' | 'quick-add' | 'article-info') => void;
  readonly close: () => void;
};

/** What a person is asked and told about articles: the open question, the unknown code, the article whose details lie open. */
export class ArticleView {
  /** The article that waits for an answer: which variant, what weight, which number. */
  asked = $state.raw<Asked | undefined>();
  /** The code that nobody knew and that may be added by hand. */
  unknown = $state('');
  /** The article whose details lie open. */
  shown = $state.raw<Product | undefined>();
  readonly #parts: ArticleViewParts;

  constructor(parts: ArticleViewParts) {
    this.#parts = parts;
  }

  /** Sells an article, or opens the question that comes first. True when it was sold or asked about. */
  add(product: Product, said: ArticleSaid = {}): boolean {
    const { till, show, open } = this.#parts;
    till.nextSale();
    const sold = till.articles.sell(product, said);
    if (sold.ok || sold.error.code !== 'article-needs') return show(sold, 'scan');
    this.asked = { product, said, needs: sold.error.needs };
    open('article');
    return true;
  }

  /** Goes on with the answer to the open question; another article where a variant was chosen. */
  answer(said: ArticleSaid, product = this.asked?.product): void {
    const { asked } = this;
    const { show, till, close } = this.#parts;
    if (!asked || !product) return;
    const known = product.id === asked.product.id ? { ...asked.said, ...said } : said;
    const needs = product.active ? needOf(product, known) : undefined;
    if (needs !== undefined) {
      this.asked = { product, said: known, needs };
      return;
    }
    if (show(till.articles.sell(product, known), 'scan')) close();
  }

  /** A code was scanned while a number is asked for: it is that number, or tells it. False where nothing of the kind is asked. */
  answerWithScan(code: string): boolean {
    const needs = this.asked?.needs;
    if (needs !== 'serial' && needs !== 'lot') return false;
    const found = this.#parts.till.articles.find(code);
    const isSame = found.ok && found.value.product.id === this.asked?.product.id;
    this.answer(isSame ? found.value.said : { [needs]: code.trim() });
    return true;
  }

  /** A code was scanned or typed: its article is sold, a coupon is taken, and one that nobody knows may be added by hand. */
  addCode(code: string): boolean {
    const { till, show } = this.#parts;
    const found = till.articles.find(code);
    if (found.ok) return this.add(found.value.product, found.value.said);
    if (till.articles.isCoupon(code)) return show(till.articles.addCoupon(code), 'scan');
    const again = till.articles.sellQuickAgain(code);
    if (again) return show(again, 'scan');
    return show(found);
  }

  /** Opens the form that sells what the catalog does not know (rule C10). */
  openQuickAdd(code: string): void {
    this.unknown = code.trim();
    this.#parts.open('quick-add');
  }

  /** Opens an article's details. */
  openInfo(product: Product): void {
    this.shown = product;
    this.#parts.open('article-info');
  }
}
