import type { Product } from '#model/catalog/product.ts';
import { lookupKey } from '#model/catalog/barcode.ts';

/** Which products a page of the catalog shows; it is the address of the page. */
export type CatalogQuery = {
  readonly search: string;
  /** A department's id; `-` for those without one, empty for all. */
  readonly department: string;
  readonly standing: 'sold' | 'off' | 'all';
  /** From 1. */
  readonly page: number;
};

/** Rows on a page: what a person scrolls through, few enough that 50,000 articles stay quick. */
export const ROWS_PER_PAGE = 50;

/** Reads the address. */
export function catalogQuery(parameters: URLSearchParams): CatalogQuery {
  const standing = parameters.get('standing');
  const page = Number(parameters.get('page') ?? '1');
  return {
    search: parameters.get('search') ?? '',
    department: parameters.get('department') ?? '',
    standing: standing === 'off' || standing === 'all' ? standing : 'sold',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The address of a page of the catalog; what is as usual is left out. */
export function catalogHref({ search, department, standing, page }: CatalogQuery): string {
  const parameters = new URLSearchParams({
    ...(search === '' ? {} : { search }),
    ...(department === '' ? {} : { department }),
    ...(standing === 'sold' ? {} : { standing }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
  return parameters === '' ? '/office/catalog' : `/office/catalog?${parameters}`;
}

/** An article that was sold before it was in the catalog (rule C10), as it was sold last. `price` is decimal text of the major unit. */
export type SoldArticle = {
  readonly code: string;
  readonly name: string;
  readonly price: string;
  readonly department?: string | undefined;
};

/** The address where the form of such an article is open, with what is known of it filled in. */
export function completeHref({ code, name, price, department }: SoldArticle): string {
  const filled = { code, name, price, ...(department === undefined ? {} : { department }) };
  return `/office/catalog?${new URLSearchParams(filled)}`;
}

/** The article whose form the address asks for; undefined where it asks for none. */
export function soldArticle(parameters: URLSearchParams): SoldArticle | undefined {
  const code = parameters.get('code')?.trim();
  if (!code) return undefined;
  const department = parameters.get('department') || undefined;
  return { code, name: parameters.get('name') ?? '', price: parameters.get('price') ?? '', department };
}

/** The products of a query, in the order they come: by words of the name or number, or by a whole code. */
export function findProducts(products: readonly Product[], query: CatalogQuery): readonly Product[] {
  const words = fold(query.search).split(/\s+/).filter(Boolean);
  return products.filter(
    (product) =>
      isStanding(product, query.standing) &&
      (query.department === '' || (product.department ?? '-') === query.department) &&
      (words.every((word) => fold(`${product.name} ${product.sku}`).includes(word)) ||
        hasCode(product, query.search)),
  );
}

/** The product that is sold by a code; undefined where the catalog does not know it. */
export function productOfCode(products: readonly Product[], code: string): Product | undefined {
  return products.find((product) => hasCode(product, code));
}

/** The products of one page, and how many pages there are. */
export function pageOf(
  found: readonly Product[],
  page: number,
): { readonly rows: readonly Product[]; readonly pages: number; readonly page: number } {
  const pages = Math.max(1, Math.ceil(found.length / ROWS_PER_PAGE));
  const shown = Math.min(page, pages);
  return { rows: found.slice((shown - 1) * ROWS_PER_PAGE, shown * ROWS_PER_PAGE), pages, page: shown };
}

function isStanding({ active }: Product, standing: CatalogQuery['standing']): boolean {
  return standing === 'all' || active === (standing === 'sold');
}

function fold(text: string): string {
  return text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').trim();
}

function hasCode({ barcodes }: Product, code: string): boolean {
  return code.trim() !== '' && barcodes.some((each) => lookupKey(each) === lookupKey(code));
}
