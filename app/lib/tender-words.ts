import type { TenderKind } from '#model/sale/sale-body.ts';
import { m } from '$lib/paraglide/messages.js';
import { locales } from '$lib/paraglide/runtime.js';

const KINDS = {
  cash: m.office_tender_cash,
  card: m.office_tender_card,
  voucher: m.office_tender_voucher,
  other: m.office_tender_other,
  'gift-card': m.office_tender_gift_card,
  'store-credit': m.office_tender_store_credit,
  deposit: m.office_tender_deposit,
  account: m.office_tender_account,
  points: m.office_tender_points,
} satisfies Record<TenderKind, unknown>;

/** What a kind of tender is called. */
export function tenderKindWords(kind: TenderKind): string {
  return KINDS[kind]();
}

/**
 * A tender as people read it on a screen. One that goes by the usual name of its kind, in whatever language the shop was
 * founded, is called so in the language of the screen; a name of the shop's own stays. Records and papers keep the name as
 * head office wrote it.
 */
export function tenderName({ kind, name }: { readonly kind: TenderKind; readonly name: string }): string {
  const isUsual = locales.some((locale) => KINDS[kind]({}, { locale }) === name.trim());
  return isUsual ? KINDS[kind]() : name;
}
