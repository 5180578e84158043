import { isOnOffer, type Special, type SpecialOccasion } from './special.ts';

/** How a special stands on a day: on by its days, still to come, over, or switched off by hand. */
export type SpecialStanding = 'on' | 'coming' | 'over' | 'off';

/** How a special stands on a day (rules X5 and O7); weekdays and hours within its days do not count here. */
export function standingOn(special: Special, day: string): SpecialStanding {
  if (special.off) return 'off';
  if (special.firstDay !== undefined && day < special.firstDay) return 'coming';
  if (special.lastDay !== undefined && day > special.lastDay) return 'over';
  return 'on';
}

/**
 * An occasion on which a special counts, for trying it: the first of its days from `day` on, in one of its stores, for one of
 * its tiers, with its coupon given once. Undefined where its days and weekdays never meet.
 */
export function occasionFor(special: Special, day: string, store: string): SpecialOccasion | undefined {
  const { firstDay, lastDay, stores, tiers, coupon, fromTime } = special;
  const begin = [day, firstDay ?? day].toSorted().at(-1) ?? day;
  const from = lastDay !== undefined && begin > lastDay ? lastDay : begin;
  const base = {
    store: stores && !stores.includes(store) ? (stores[0] ?? store) : store,
    time: fromTime ?? '00:00',
    ...(tiers ? { tiers } : {}),
    ...(coupon === undefined ? {} : { coupons: [coupon] }),
  };
  const { off: _off, ...tried } = special;
  return Array.from({ length: 7 }, (_, i) => ({ ...base, day: laterBy(from, i) })).find((occasion) =>
    isOnOffer(tried, occasion),
  );
}

function laterBy(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
