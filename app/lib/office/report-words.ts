import { m } from '$lib/paraglide/messages.js';
import type { DayRange } from './business-days.ts';
import type { Formats } from './formats.ts';
import type { OrganizationNames } from './organization-names.ts';
import type { ReportFilter } from './reports-client.ts';

/** The period in words: one day, from–to, open at one side, or everything. */
export function periodText({ from, to }: DayRange, formats: Formats): string {
  if (from !== undefined && from === to) return formats.longDay(from);
  if (from !== undefined && to !== undefined) {
    return m.office_period_between({ from: formats.day(from), to: formats.day(to) });
  }
  if (from !== undefined) return m.office_period_since({ from: formats.day(from) });
  return to === undefined ? m.office_period_all() : m.office_period_until({ to: formats.day(to) });
}

/** The place in words: all stores, a store, a register. */
export function placeText({ store, register }: ReportFilter, names: OrganizationNames): string {
  if (store === undefined) return m.office_all_stores();
  return register === undefined ? `${store} · ${names.store(store)}` : names.register(store, register);
}
