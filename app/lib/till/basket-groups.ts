import type { Minor } from '#model/money/money.ts';
import type { BasketLine } from '#model/sale/basket.ts';
import type { LineOffs } from '#model/sale/pricing.ts';

/** Lines that are shown, laid out and renewed together. */
export const GROUP_LINES = 20;

/** A line as the basket shows it: what it comes to and what was taken off it. */
export type ShownLine = { readonly line: BasketLine; readonly amount: Minor; readonly offs: LineOffs };

/** Some lines in a row. `touched` is the place among them of the line the last act touched, `count` of which act. */
export type BasketGroup = {
  readonly lines: readonly ShownLine[];
  readonly touched: { readonly place: number; readonly count: number } | undefined;
};

/** What is to be shown. */
export type ShownBasket = {
  readonly lines: readonly BasketLine[];
  readonly amounts: readonly Minor[];
  readonly offs: readonly LineOffs[];
  readonly touched: { readonly index: number; readonly count: number } | undefined;
};

/**
 * The basket in groups. A group that shows what it showed `before` is the same object, and so are its lines: a scan prices all of
 * 600 lines anew, but draws again only what came out otherwise.
 */
export function basketGroups(shown: ShownBasket, before: readonly BasketGroup[]): readonly BasketGroup[] {
  const count = Math.ceil(shown.lines.length / GROUP_LINES);
  return Array.from({ length: count }, (_, number) => groupAt(shown, number * GROUP_LINES, before[number]));
}

function groupAt(shown: ShownBasket, from: number, before: BasketGroup | undefined): BasketGroup {
  const lines = shown.lines
    .slice(from, from + GROUP_LINES)
    .map((line, place) =>
      kept(line, shown.amounts[from + place] ?? 0, shown.offs[from + place] ?? NOTHING, before?.lines[place]),
    );
  const touched = touchedIn(shown.touched, from);
  const isSame =
    before?.lines.length === lines.length &&
    lines.every((line, place) => line === before.lines[place]) &&
    before.touched?.place === touched?.place &&
    before.touched?.count === touched?.count;
  return isSame ? before : { lines, touched };
}

const NOTHING: LineOffs = [];

function kept(line: BasketLine, amount: Minor, offs: LineOffs, before: ShownLine | undefined): ShownLine {
  const isSame =
    before?.line === line &&
    before.amount === amount &&
    (before.offs === offs || JSON.stringify(before.offs) === JSON.stringify(offs));
  return isSame ? before : { line, amount, offs };
}

function touchedIn(touched: ShownBasket['touched'], from: number): BasketGroup['touched'] {
  if (touched === undefined) return undefined;
  const place = touched.index - from;
  return place >= 0 && place < GROUP_LINES ? { place, count: touched.count } : undefined;
}
