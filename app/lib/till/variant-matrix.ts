import type { Product } from '#model/catalog/product.ts';

/** One place of a matrix: the variant with these options, undefined where there is none. */
export type VariantCell = { readonly name: string; readonly product: Product | undefined };

/** The variants of a parent as rows and columns by its first two options; a third one is part of the row's name. */
export type VariantMatrix = {
  /** The values of the last option, over the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly VariantCell[] }[];
};

/** Sizes as people put them in order; what is none of them comes after, as it is found. */
const SIZES = ['XXS', 'XS', 'S', 'M', 'L', 'XL', 'XXL', '3XL', '4XL'];
const NAMES = new Intl.Collator('en', { numeric: true });

function byValue(a: string, b: string): number {
  const [left, right] = [SIZES.indexOf(a.toUpperCase()), SIZES.indexOf(b.toUpperCase())];
  if (left >= 0 && right >= 0) return left - right;
  return NAMES.compare(a, b);
}

/** Puts the variants of a parent into a matrix (rule C8). */
export function variantMatrix(optionNames: readonly string[], variants: readonly Product[]): VariantMatrix {
  const rowOptions = optionNames.slice(1);
  const [columnOption = ''] = optionNames;
  const valueOf = (product: Product, option: string) => product.options?.[option] ?? '';
  const rowName = (product: Product) =>
    rowOptions
      .map((option) => valueOf(product, option))
      .filter((value) => value !== '')
      .join(', ');
  const columns = [...new Set(variants.map((product) => valueOf(product, columnOption)))].toSorted(byValue);
  const rows = [...new Set(variants.map(rowName))].toSorted(byValue);
  return {
    columns,
    rows: rows.map((name) => ({
      name,
      cells: columns.map((column) => ({
        name: [column, name].filter((value) => value !== '').join(', '),
        product: variants.find(
          (product) => rowName(product) === name && valueOf(product, columnOption) === column,
        ),
      })),
    })),
  };
}
