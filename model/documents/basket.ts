import * as v from 'valibot';
import { minorSchema } from '../money/money.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import { basketExtrasSchema, basketLineSchema, type Basket } from '../sale/basket.ts';
import { paymentSchema, type Payment } from '../sale/payment.ts';
import { readEntry, type Entries, type EntryFault } from './entries.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const headSchema = v.strictObject({
  id: idText,
  paying: v.boolean(),
  customer: v.optional(idText),
  ...basketExtrasSchema.entries,
});

/**
 * What a card terminal is about to be asked, kept before it hears of it (rule V5): `id` is the payment's own, `given` below zero goes back
 * to a card, `takesBack` is the payment of this sale that is given back.
 */
export const cardIntentSchema = v.strictObject({
  id: idText,
  tender: idText,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  given: minorSchema,
  takesBack: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/** What a card terminal is about to be asked. */
export type CardIntent = v.InferOutput<typeof cardIntentSchema>;

/** What the till was in the middle of: the basket, whether the payment screen was open, and what was already taken. */
export type OpenSale = {
  readonly basket: Basket;
  readonly paying: boolean;
  readonly payments: readonly Payment[];
  /** A card payment that is not decided (rule V5). */
  readonly card?: CardIntent;
};

/** A line never changes, so its text is made once: a scan into a long basket writes one line and costs one. */
const LINE_TEXTS = new WeakMap<Basket['lines'][number], string>();

function lineText(line: Basket['lines'][number]): string {
  const known = LINE_TEXTS.get(line);
  if (known !== undefined) return known;
  const text = canonicalJson(line as CanonicalValue);
  LINE_TEXTS.set(line, text);
  return text;
}

const position = (index: number) => String(index).padStart(4, '0');

/** Keys by index: every scan names those of all lines. */
const LINE_KEYS: string[] = [];

function lineKey(index: number): string {
  return (LINE_KEYS[index] ??= `line:${position(index)}`);
}

/** The entries that hold an open sale in the register's basket document (rule D6): one per line, so a scan writes one line. */
export function openSaleEntries(sale: OpenSale): Entries {
  const { lines, ...head } = sale.basket;
  const entries: Record<string, string> = {
    basket: canonicalJson({ ...head, paying: sale.paying } as CanonicalValue),
  };
  lines.forEach((line, i) => {
    entries[lineKey(i)] = lineText(line);
  });
  sale.payments.forEach((payment, i) => {
    entries[`payment:${position(i)}`] = canonicalJson(payment as CanonicalValue);
  });
  if (sale.card) entries['card'] = canonicalJson(sale.card as CanonicalValue);
  return entries;
}

/** Reads the open sale back after a restart; undefined when the register had none. */
export function readOpenSale(entries: Entries): Result<OpenSale | undefined, EntryFault> {
  const head = entries['basket'];
  if (head === undefined) return ok(undefined);
  const basket = readEntry(headSchema, 'basket', head);
  if (!basket.ok) return basket;
  const lines: Basket['lines'][number][] = [];
  const payments: Payment[] = [];
  const cards: CardIntent[] = [];
  for (const key of Object.keys(entries).sort()) {
    if (key === 'basket') continue;
    const text = entries[key] ?? '';
    const read = key.startsWith('line:')
      ? collect(lines, readEntry(basketLineSchema, key, text))
      : key.startsWith('payment:')
        ? collect(payments, readEntry(paymentSchema, key, text))
        : key === 'card'
          ? collect(cards, readEntry(cardIntentSchema, key, text))
          : err({ key, code: 'unknown-key' as const, detail: `a basket document has no entry "${key}"` });
    if (!read.ok) return read;
  }
  const { id, paying, customer, discounts, coupons, terms } = basket.value;
  const extras = {
    ...(customer === undefined ? {} : { customer }),
    ...(discounts === undefined ? {} : { discounts }),
    ...(coupons === undefined ? {} : { coupons }),
    ...(terms === undefined ? {} : { terms }),
  };
  return ok({ basket: { id, lines, ...extras }, paying, payments, ...(cards[0] ? { card: cards[0] } : {}) });
}

function collect<Value>(into: Value[], read: Result<Value, EntryFault>): Result<true, EntryFault> {
  if (!read.ok) return read;
  into.push(read.value);
  return ok(true);
}

/**
 * What to write to turn one set of entries into another: changed and new texts, and undefined for what goes. Keys are data:
 * the object is built from pairs, since assigning to `__proto__` would lose that entry.
 */
export function entryDifference(before: Entries, after: Entries): Record<string, string | undefined> {
  const changed = Object.keys(after).filter(
    (key) => before[key] !== after[key] || !Object.hasOwn(before, key),
  );
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return Object.fromEntries<string | undefined>([
    ...changed.map((key) => [key, after[key]] as const),
    ...gone.map((key) => [key, undefined] as const),
  ]);
}
