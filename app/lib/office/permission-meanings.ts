import type { Permission } from '#model/staff/permission.ts';
import { m } from '$lib/paraglide/messages.js';

const MEANINGS: Record<Permission, () => string> = {
  'sale.sell': m.office_means_sale_sell,
  'sale.void': m.office_means_sale_void,
  'sale.refund': m.office_means_sale_refund,
  'sale.refund-without-receipt': m.office_means_sale_refund_without_receipt,
  'sale.discount': m.office_means_sale_discount,
  'sale.price-override': m.office_means_sale_price_override,
  'session.open': m.office_means_session_open,
  'session.close': m.office_means_session_close,
  'session.over-short': m.office_means_session_over_short,
  'drawer.open': m.office_means_drawer_open,
  'cash.move': m.office_means_cash_move,
  'cash.above-limit': m.office_means_cash_above_limit,
  'receipt.reprint': m.office_means_receipt_reprint,
  'catalog.quick-add': m.office_means_catalog_quick_add,
  'customer.edit-terms': m.office_means_customer_edit_terms,
  'customer.over-limit': m.office_means_customer_over_limit,
  'report.read': m.office_means_report_read,
  'value.redeem-offline': m.office_means_value_redeem_offline,
  'value.cancel-layaway': m.office_means_value_cancel_layaway,
  'training.enter': m.office_means_training_enter,
  'exception.resolve': m.office_means_exception_resolve,
  'audit.read': m.office_means_audit_read,
  'catalog.edit': m.office_means_catalog_edit,
  'settings.edit': m.office_means_settings_edit,
  'staff.edit': m.office_means_staff_edit,
  'device.edit': m.office_means_device_edit,
};

/** What a permission is good for and why it is one, for who gives it. */
export function permissionMeaning(permission: Permission): string {
  return MEANINGS[permission]();
}
