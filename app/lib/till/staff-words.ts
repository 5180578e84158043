import { m } from '$lib/paraglide/messages.js';
import { BUILT_IN_ROLES, type Permission, type Role } from '#model/staff/permission.ts';
import type { ApprovalRefusal, ApprovalRequest } from './approval-desk.svelte.ts';
import type { Farewell, SignInRefusal } from './sign-in.svelte.ts';

const PERMISSION_WORDS: Record<Permission, () => string> = {
  'sale.sell': m.permission_sale_sell,
  'sale.void': m.permission_sale_void,
  'sale.refund': m.permission_sale_refund,
  'sale.refund-without-receipt': m.permission_sale_refund_without_receipt,
  'sale.discount': m.permission_sale_discount,
  'sale.price-override': m.permission_sale_price_override,
  'session.open': m.permission_session_open,
  'session.close': m.permission_session_close,
  'session.over-short': m.permission_session_over_short,
  'drawer.open': m.permission_drawer_open,
  'cash.move': m.permission_cash_move,
  'cash.above-limit': m.permission_cash_above_limit,
  'receipt.reprint': m.permission_receipt_reprint,
  'catalog.quick-add': m.permission_catalog_quick_add,
  'customer.edit-terms': m.permission_customer_edit_terms,
  'customer.over-limit': m.permission_customer_over_limit,
  'report.read': m.permission_report_read,
  'value.redeem-offline': m.permission_value_redeem_offline,
  'value.cancel-layaway': m.permission_value_cancel_layaway,
  'training.enter': m.permission_training_enter,
  'exception.resolve': m.permission_exception_resolve,
  'audit.read': m.permission_audit_read,
  'catalog.edit': m.permission_catalog_edit,
  'settings.edit': m.permission_settings_edit,
  'staff.edit': m.permission_staff_edit,
  'device.edit': m.permission_device_edit,
};

/** What a permission lets a person do, in words. */
export function permissionWords(permission: Permission): string {
  return PERMISSION_WORDS[permission]();
}

const REPORT_WORDS: Record<NonNullable<ApprovalRequest['report']>, () => string> = {
  x: m.approval_report_x,
  day: m.approval_report_day,
  zz: m.approval_report_zz,
  closings: m.approval_report_closings,
};

/** What somebody asks leave for: the very report where the permission is of several, else what the permission lets do. */
export function askedWords({ permission, report }: Pick<ApprovalRequest, 'permission' | 'report'>): string {
  return report === undefined ? permissionWords(permission) : REPORT_WORDS[report]();
}

const ROLE_WORDS = new Map<string, () => string>([
  ['cashier', m.person_cashier],
  ['supervisor', m.person_supervisor],
  ['manager', m.person_manager],
]);

/** A role's name: a built-in one in the language of the screen, the organization's own as it wrote it. */
export function roleWords(role: Role | undefined): string {
  if (role === undefined) return m.person_no_role();
  const builtIn = BUILT_IN_ROLES.includes(role) ? ROLE_WORDS.get(role.id) : undefined;
  return builtIn?.() ?? role.name;
}

/** Why a PIN did not do it; undefined while there is nothing to say. */
export function pinSentence(
  refusal: SignInRefusal | ApprovalRefusal | undefined,
  name: string,
  notHere: string,
): string | undefined {
  if (refusal?.code === 'wrong-pin') return m.signin_wrong({ name, tries: refusal.triesLeft });
  if (refusal?.code === 'not-here') return notHere;
  return refusal?.code === 'not-a-pin' ? m.signin_not_a_pin() : undefined;
}

/** Why somebody was signed out without asking for it. */
export function farewellSentence({ why }: Farewell, name: string, minutes: number): string {
  if (why === 'idle') return m.signin_farewell_idle({ name, minutes });
  return why === 'left' ? m.signin_farewell_left({ name }) : m.signin_farewell_changed({ name });
}
