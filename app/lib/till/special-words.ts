import type { Special, SpecialEffect } from '#model/pricing/special.ts';
import { m } from '$lib/paraglide/messages.js';
import type { Figures } from './figures.ts';
import type { Shop } from './shop.svelte.ts';

/** What a special does, for what, and on what terms, as the list of specials says it. */
export type SpecialWords = { readonly what: string; readonly of: string; readonly terms: readonly string[] };

/** Names of articles before the list ends with a sign that there are more. */
const NAMED = 3;

/** A special in words. */
export function specialWords(special: Special, shop: Shop, figures: Figures): SpecialWords {
  const { coupon, minimum, untilTime, lastDay } = special;
  return {
    what: effectWords(special.effect, figures),
    of: scopeWords(special, shop),
    terms: [
      ...(coupon === undefined ? [] : [m.special_with_coupon({ coupon })]),
      ...(minimum === undefined ? [] : [m.special_minimum({ amount: figures.money(minimum) })]),
      ...(untilTime === undefined ? [] : [m.special_until({ time: untilTime })]),
      ...(lastDay === undefined ? [] : [m.special_last_day({ day: figures.day(lastDay) })]),
    ],
  };
}

function effectWords(effect: SpecialEffect, figures: Figures): string {
  switch (effect.kind) {
    case 'off':
      return m.special_percent({ percent: figures.quantity(effect.percent) });
    case 'off-amount':
      return m.special_amount({ amount: figures.money(effect.amount) });
    case 'set':
      return m.special_set({ quantity: effect.quantity, price: figures.money(effect.price) });
    case 'buy-get': {
      const { buy, get, percent } = effect;
      return percent === '100' && !effect.reward
        ? m.special_buy_get({ all: buy + get, buy })
        : m.special_buy_get_percent({ buy, get, percent: figures.quantity(percent) });
    }
    case 'units': {
      const [first] = effect.steps ?? [];
      if (effect.change?.kind === 'percent')
        return m.special_percent({ percent: figures.quantity(effect.change.percent) });
      return first ? m.special_steps({ quantity: figures.quantity(first.from) }) : m.special_units();
    }
  }
}

function scopeWords({ scope }: Special, shop: Shop): string {
  const names = [
    ...(scope.departments ?? []).map((id) => shop.departmentName(id)),
    ...(scope.products ?? []).map((id) => shop.product(id)?.name ?? id),
  ];
  if (names.length === 0) return m.special_everything();
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ', …' : '');
}
