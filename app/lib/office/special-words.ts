import type { PriceChange } from '#model/pricing/price-rule.ts';
import type { Scope, Special, SpecialEffect } from '#model/pricing/special.ts';
import type { SpecialStanding } from '#model/pricing/special-standing.ts';
import { m } from '$lib/paraglide/messages.js';
import type { Formats } from './formats.ts';

/** What a special is described with: figures, and the names of what it is about. */
export type SpecialNames = {
  readonly formats: Formats;
  readonly product: (id: string) => string;
  readonly department: (id: string) => string;
  readonly store: (id: string) => string;
  readonly tier: (id: string) => string;
  /** A weekday, 1 for Monday. */
  readonly weekday: (day: number) => string;
};

const STANDINGS: Record<SpecialStanding, () => string> = {
  on: m.office_special_on,
  coming: m.office_special_coming,
  over: m.office_special_over,
  off: m.office_special_off,
};

/** How a special stands, in words. */
export function standingWords(standing: SpecialStanding): string {
  return STANDINGS[standing]();
}

/** What a special does, as one or two plain sentences: the effect with its articles, then when and for whom. */
export function specialWords(special: Special, names: SpecialNames): string {
  const what = effectWords(special.effect, scopeWords(special.scope, names), names);
  const limits = limitWords(special, names);
  return limits.length === 0 ? `${what}.` : `${what}; ${limits.join('; ')}.`;
}

/** What a special is about: its departments and articles by name, or everything. */
export function scopeWords({ products = [], departments = [] }: Scope, names: SpecialNames): string {
  const all = [...departments.map(names.department), ...products.map(names.product)];
  if (all.length === 0) return m.office_special_everything();
  const shown = all.slice(0, 3).join(', ');
  return all.length > 3 ? m.office_special_and_more({ names: shown, count: all.length - 3 }) : shown;
}

function effectWords(effect: SpecialEffect, scope: string, names: SpecialNames): string {
  const { money, percent, count, quantity } = names.formats;
  switch (effect.kind) {
    case 'units': {
      const first = effect.change ? [changeWords(effect.change, names)] : [];
      const steps = (effect.steps ?? []).map(({ from, change }) =>
        m.office_special_step({ from: quantity(from), change: changeWords(change, names) }),
      );
      return m.office_special_says_units({ scope, changes: [...first, ...steps].join(', ') });
    }
    case 'off':
      return m.office_special_says_off({ scope, percent: percent(effect.percent) });
    case 'off-amount':
      return m.office_special_says_off_amount({ scope, amount: money(effect.amount) });
    case 'set':
      return m.office_special_says_set({
        scope,
        quantity: count(effect.quantity),
        price: money(effect.price),
      });
    case 'buy-get': {
      const given = { buy: count(effect.buy), get: count(effect.get), percent: percent(effect.percent) };
      if (effect.reward)
        return m.office_special_says_mix({ ...given, scope, reward: scopeWords(effect.reward, names) });
      const all = count(effect.buy + effect.get);
      return m.office_special_says_buy_get({ all, get: given.get, percent: given.percent, scope });
    }
  }
}

/** What becomes of a price, in words. */
export function changeWords(change: PriceChange, { formats }: Pick<SpecialNames, 'formats'>): string {
  if (change.kind === 'percent') return m.office_special_less({ amount: formats.percent(change.percent) });
  if (change.kind === 'amount') return m.office_special_less({ amount: formats.price(change.amount) });
  return m.office_special_at({ price: formats.price(change.price) });
}

function limitWords(special: Special, names: SpecialNames): string[] {
  const { formats } = names;
  const { firstDay, lastDay, weekdays, fromTime, untilTime, coupon, stores, tiers, minimum, most, times } =
    special;
  return [
    firstDay && m.office_special_from_day({ day: formats.day(firstDay) }),
    lastDay && m.office_special_until_day({ day: formats.day(lastDay) }),
    weekdays?.map(names.weekday).join(', '),
    (fromTime !== undefined || untilTime !== undefined) &&
      m.office_special_hours({ from: fromTime ?? '00:00', until: untilTime ?? '24:00' }),
    coupon && m.office_special_with_coupon({ code: coupon }),
    stores && m.office_special_in_stores({ stores: stores.map(names.store).join(', ') }),
    tiers && m.office_special_for_tiers({ tiers: tiers.map(names.tier).join(', ') }),
    minimum !== undefined && m.office_special_minimum_of({ amount: formats.money(minimum) }),
    most !== undefined && m.office_special_most_of({ amount: formats.money(most) }),
    times !== undefined && m.office_special_times_of({ count: formats.count(times) }),
  ].filter((words) => typeof words === 'string' && words !== '') as string[];
}
