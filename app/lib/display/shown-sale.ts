import * as v from 'valibot';
import type { RecordOf } from '#model/journal/record.ts';
import { currencySchema, minorSchema } from '#model/money/money.ts';
import { assert } from '#model/result.ts';
import type { Till } from '../till/till.svelte.ts';

const text = v.pipe(v.string(), v.maxLength(500));

const shownLineSchema = v.strictObject({
  name: text,
  quantity: text,
  price: text,
  amount: minorSchema,
  /** What was taken off the line, by name; below zero. */
  offs: v.array(v.strictObject({ name: text, amount: minorSchema })),
});

/**
 * What a customer sees of a till (rule P7). Amounts in minor units, quantities and unit prices as decimal text. `due` is what is
 * still to pay, below zero what goes back; `touched` is the line that changed last and rises with every touch.
 */
export const shownSaleSchema = v.strictObject({
  phase: v.picklist(['idle', 'selling', 'paying', 'done']),
  store: text,
  slides: v.array(text),
  language: v.picklist(['en', 'es']),
  locale: text,
  currency: currencySchema,
  training: v.boolean(),
  lines: v.array(shownLineSchema),
  touched: v.strictObject({ index: v.number(), count: v.number() }),
  total: minorSchema,
  due: minorSchema,
  change: minorSchema,
  payments: v.array(v.strictObject({ name: text, amount: minorSchema })),
});

/** What a customer sees of a till. */
export type ShownSale = v.InferOutput<typeof shownSaleSchema>;
/** A line as the customer sees it. */
export type ShownLine = ShownSale['lines'][number];

type Shown = Pick<ShownSale, 'phase' | 'lines' | 'touched' | 'total' | 'due' | 'change' | 'payments'>;

const NOTHING: Shown = {
  phase: 'idle',
  lines: [],
  touched: { index: -1, count: 0 },
  total: 0,
  due: 0,
  change: 0,
  payments: [],
};

/** What the customer may see of a till now: what is sold, never who sells, closes or counts (rule P7). */
export function shownSale(till: Till): ShownSale {
  const { organization } = till.shop;
  assert(organization, () => 'a till starts when its organization is known');
  const { name, locale } = till.shop.storeOfTill(till.place.store);
  const { slides } = till.shop.settings;
  const { currency, language } = organization;
  const heads = { store: name, slides: [...slides], language, locale, currency, training: till.training };
  return { ...heads, ...shownNow(till) };
}

/** The addresses of the pictures a customer sees between sales (rule C17), of those that are here and sound. */
export function slidePictures(shop: Till['shop']): readonly string[] {
  return shop.settings.slidePictures
    .map((picture) => shop.pictureOf({ picture }))
    .filter((address) => address !== undefined);
}

function shownNow(till: Till): Shown {
  if (!till.open || !till.signIn.person) return NOTHING;
  if (till.finished) return finishedSale(till.finished.record);
  return till.sale.basket.lines.length === 0 ? NOTHING : openSale(till);
}

function openSale({ sale }: Till): Shown {
  const { priced, settlement } = sale;
  return {
    phase: sale.paying ? 'paying' : 'selling',
    lines: sale.basket.lines.map(({ name, quantity, price }, i) => ({
      name,
      quantity,
      price,
      amount: priced.amounts[i] ?? 0,
      offs: (priced.offs[i] ?? []).map((off) => ({ name: off.name, amount: -off.amount })),
    })),
    touched: sale.touched,
    total: priced.total,
    due: settlement.due,
    change: settlement.change,
    payments: settlement.tenders.map(paid),
  };
}

function finishedSale({ body }: RecordOf<'sale'>): Shown {
  const backInCash = body.tenders.reduce(
    (sum, { kind, amount }) => sum + (kind === 'cash' ? Math.min(0, amount) : 0),
    0,
  );
  return {
    phase: 'done',
    lines: [],
    touched: NOTHING.touched,
    total: body.total,
    due: 0,
    change: body.tenders.reduce((sum, { change = 0 }) => sum + change, 0) - backInCash,
    payments: body.tenders.map(paid),
  };
}

function paid({ name, amount, received }: { name: string; amount: number; received?: number | undefined }) {
  return { name, amount: received ?? amount };
}
