import type { OfficeAct } from '#model/audit/audit-entry.ts';
import type { ResolveRefusal } from '#model/audit/resolve-exception.ts';
import type { FavouritesEditRefusal } from '#model/catalog/favourites-commands.ts';
import type { FavouritesRefusal } from '#model/catalog/favourites.ts';
import type { MappingRefusal } from '#model/catalog/mapping-commands.ts';
import type { MasterRefusal } from '#model/catalog/master-commands.ts';
import type { ProductRefusal } from '#model/catalog/product-commands.ts';
import type { SlideRefusal } from '#model/catalog/slide-commands.ts';
import type { PriceRefusal } from '#model/pricing/price-commands.ts';
import type { SpecialRefusal } from '#model/pricing/special-commands.ts';
import type { SettingRefusal } from '#model/settings/settings-commands.ts';
import type { RoleRefusal } from '#model/staff/role-commands.ts';
import type { StaffRefusal } from '#model/staff/staff-commands.ts';
import type { DeviceRefusal } from '#model/trust/device-commands.ts';
import { m } from '$lib/paraglide/messages.js';
import type { PinRefusal } from '../till/pin-gate.svelte.ts';
import type { Farewell } from '../till/sign-in.svelte.ts';
import { permissionWords } from '../till/staff-words.ts';
import type { EditRefusal } from './back-office.svelte.ts';
import type { FileRefusal } from './picture-maker.ts';

/** Anything that kept an edit of the office from being made. */
export type AnyRefusal = EditRefusal<StaffRefusal | RoleRefusal | DeviceRefusal | ShopRefusal> | PinRefusal;

type ShopRefusal =
  | ResolveRefusal
  | ProductRefusal
  | MasterRefusal
  | MappingRefusal
  | SpecialRefusal
  | SettingRefusal
  | FavouritesEditRefusal
  | PriceRefusal
  | SlideRefusal
  | FileRefusal;

/** Why an edit was not made and what to do about it; `name` is of whom or what it was about. */
export function refusalSentence(refusal: AnyRefusal, name: string): string {
  switch (refusal.code) {
    case 'not-permitted':
      return m.office_refused_not_permitted({ permission: permissionWords(refusal.permission) });
    case 'nobody-signed-in':
      return m.office_refused_nobody();
    case 'not-saved':
      return m.office_refused_not_saved();
    case 'last-editor':
      return m.office_refused_last_editor();
    case 'role-in-use':
      return m.office_refused_role_in_use({ people: refusal.people.join(', ') });
    case 'unknown-role':
    case 'unknown-person':
    case 'unknown-device':
    case 'unknown-invitation':
      return m.office_refused_unknown({ name });
    case 'person-known':
    case 'role-known':
      return m.office_refused_known({ name });
    case 'bad-person':
    case 'bad-role':
    case 'bad-device':
      return m.office_refused_shape({ detail: refusal.detail });
    case 'already-revoked':
      return m.office_refused_revoked({ name });
    case 'own-head-office':
      return m.office_refused_head_office();
    case 'place-missing':
      return m.office_refused_place();
    case 'expiry-past':
      return m.office_refused_expiry();
    default:
      return isPinTrouble(refusal) ? pinTrouble(refusal, name) : shopRefusal(refusal, name);
  }
}

type ShopTrouble = Exclude<ShopRefusal, { code: 'not-permitted' }>;

function shopRefusal(refusal: ShopTrouble, name: string): string {
  switch (refusal.code) {
    case 'bad-setting':
    case 'bad-product':
    case 'bad-master':
    case 'bad-special':
    case 'bad-favourites':
    case 'bad-price-rule':
      return m.office_refused_shape({ detail: refusal.detail });
    case 'product-known':
    case 'tier-known':
    case 'mapping-known':
      return m.office_refused_known({ name });
    case 'unknown-product':
    case 'unknown-special':
    case 'unknown-store':
    case 'unknown-department':
    case 'unknown-tax':
    case 'unknown-tier':
    case 'unknown-rule':
      return m.office_refused_unknown({ name: 'id' in refusal ? refusal.id : name });
    case 'reason-missing':
      return m.trouble_reason_missing();
    case 'reason-too-long':
      return m.trouble_reason_too_long({ most: refusal.most });
    case 'loss-missing':
      return m.trouble_loss_missing();
    case 'already-resolved':
      return m.trouble_already_resolved();
    case 'name-missing':
      return m.office_refused_name();
    case 'sku-missing':
      return m.office_refused_sku();
    case 'price-out-of-range':
      return m.office_refused_price();
    case 'tare-out-of-range':
      return m.office_refused_tare();
    case 'tare-not-weighed':
      return m.office_refused_tare_not_weighed();
    case 'rate-not-understood':
      return m.office_refused_rate();
    case 'code-used':
      return m.office_refused_code_used({ code: refusal.barcode, product: refusal.product });
    case 'tax-in-use':
      return m.office_refused_tax_in_use({ count: refusal.count });
    case 'tax-mapped':
      return m.office_refused_tax_mapped({ mapping: refusal.mapping });
    case 'mapping-empty':
      return m.office_refused_mapping_empty();
    case 'last-tender':
      return m.office_refused_last_tender();
    case 'days-backwards':
      return m.office_refused_days_backwards();
    case 'scope-empty':
      return m.office_refused_scope_empty();
    case 'effect-empty':
      return m.office_refused_effect_empty();
    case 'nothing-to-change':
      return m.office_refused_nothing();
    case 'not-of-a-store':
      return m.office_refused_not_of_a_store();
    case 'scope-twice':
      return m.office_refused_scope_twice();
    case 'percent-not-understood':
      return m.office_refused_percent();
    case 'from-not-understood':
      return m.office_refused_from();
    case 'changed-meanwhile':
      return m.office_refused_changed_meanwhile({ name });
    case 'picture-not-understood':
      return m.office_refused_picture({ name });
    case 'picture-too-large':
    case 'file-too-large':
      return m.office_refused_picture_size({ name });
    case 'slide-in-use':
      return m.office_refused_slide_in_use();
    case 'tile-twice':
    case 'too-many-tiles':
      return tileSentence(refusal);
  }
}

/** Why a tile was not put into a grid of favourites, or is not there. */
export function tileSentence(refusal: FavouritesRefusal): string {
  switch (refusal.code) {
    case 'tile-twice':
      return m.office_tile_twice();
    case 'too-many-tiles':
      return m.office_tile_too_many({ most: refusal.most });
    case 'no-such-tile':
      return m.office_tile_gone();
  }
}

const PIN_CODES = [
  'not-a-pin',
  'pin-repeats',
  'pin-in-a-row',
  'pin-is-a-year',
  'same-pin',
  'wrong-old-pin',
  'wrong-pin',
  'locked',
  'busy',
] as const satisfies readonly PinTrouble['code'][];

function isPinTrouble(refusal: AnyRefusal): refusal is PinTrouble {
  return PIN_CODES.some((code) => code === refusal.code);
}

type PinTrouble = Extract<
  AnyRefusal,
  {
    code:
      PinRefusal['code'] | 'pin-repeats' | 'pin-in-a-row' | 'pin-is-a-year' | 'same-pin' | 'wrong-old-pin';
  }
>;

function pinTrouble(refusal: PinTrouble, name: string): string {
  switch (refusal.code) {
    case 'not-a-pin':
      return m.signin_not_a_pin();
    case 'pin-repeats':
      return m.office_pin_repeats();
    case 'pin-in-a-row':
      return m.office_pin_in_a_row();
    case 'pin-is-a-year':
      return m.office_pin_is_a_year();
    case 'same-pin':
      return m.office_pin_same();
    case 'wrong-old-pin':
      return m.office_pin_wrong_old();
    case 'wrong-pin':
      return m.signin_wrong({ name, tries: refusal.triesLeft });
    case 'locked':
      return m.office_pin_locked({ name });
    case 'busy':
      return m.office_refused_busy();
  }
}

/** Why somebody was signed out of the office without asking for it. */
export function officeFarewell({ why }: Farewell, name: string, minutes: number): string {
  if (why === 'idle') return m.office_farewell_idle({ name, minutes });
  return why === 'left' ? m.office_farewell_left({ name }) : m.signin_farewell_changed({ name });
}

const ACT_WORDS: Record<OfficeAct, () => string> = {
  'person.add': m.office_act_person_add,
  'person.edit': m.office_act_person_edit,
  'person.deactivate': m.office_act_person_deactivate,
  'person.activate': m.office_act_person_activate,
  'person.pin': m.office_act_person_pin,
  'role.add': m.office_act_role_add,
  'role.edit': m.office_act_role_edit,
  'role.remove': m.office_act_role_remove,
  'device.invite': m.office_act_device_invite,
  'device.uninvite': m.office_act_device_uninvite,
  'device.rename': m.office_act_device_rename,
  'device.expire': m.office_act_device_expire,
  'device.revoke': m.office_act_device_revoke,
  'customer.terms': m.office_act_customer_terms,
  'setting.edit': m.office_act_setting_edit,
  'setting.preset': m.office_act_setting_preset,
  'product.add': m.office_act_product_add,
  'product.edit': m.office_act_product_edit,
  'product.deactivate': m.office_act_product_deactivate,
  'product.activate': m.office_act_product_activate,
  'department.add': m.office_act_department_add,
  'department.edit': m.office_act_department_edit,
  'tax.add': m.office_act_tax_add,
  'tax.edit': m.office_act_tax_edit,
  'tax.remove': m.office_act_tax_remove,
  'tax-mapping.add': m.office_act_tax_mapping_add,
  'tax-mapping.edit': m.office_act_tax_mapping_edit,
  'tender.add': m.office_act_tender_add,
  'tender.edit': m.office_act_tender_edit,
  'special.add': m.office_act_special_add,
  'special.edit': m.office_act_special_edit,
  'favourites.edit': m.office_act_favourites_edit,
  'slide.add': m.office_act_slide_add,
  'slide.remove': m.office_act_slide_remove,
  'tier.add': m.office_act_tier_add,
  'tier.edit': m.office_act_tier_edit,
  'price-rule.add': m.office_act_price_rule_add,
  'price-rule.edit': m.office_act_price_rule_edit,
  'price-rule.remove': m.office_act_price_rule_remove,
  'store-price.edit': m.office_act_store_price_edit,
  'exception.resolve': m.office_act_exception_resolve,
};

/** What an act of the office is called; one of a newer program is shown as it is written. */
export function officeActWords(act: string): string {
  return Object.entries(ACT_WORDS).find(([known]) => known === act)?.[1]() ?? act;
}
