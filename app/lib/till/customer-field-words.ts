import { m } from '$lib/paraglide/messages.js';

const WORDS = new Map<string, () => string>([
  ['name', m.customer_name],
  ['phone', m.customer_phone],
  ['email', m.customer_email],
  ['company', m.customer_company],
  ['taxNumber', m.customer_tax_number],
  ['note', m.customer_note],
  ['cards', m.customer_card],
  ['taxFree', m.customer_certificate],
  ['accountLimit', m.customer_account_limit],
]);

/** What the field of a customer is called on the screen. */
export function customerFieldWords(field: string): string {
  return WORDS.get(field)?.() ?? field;
}
