import type { CustomerProfile } from '#model/customers/customer.ts';

/** What a search for a customer nobody found says of a new one: an e-mail address, a phone number, else the name. */
export function profileFromSearch(typed: string): Partial<Pick<CustomerProfile, 'name' | 'phone' | 'email'>> {
  const text = typed.trim();
  if (text === '') return {};
  if (text.includes('@')) return { email: text };
  return /^\+?[\d\s()./-]{5,}$/.test(text) ? { phone: text } : { name: text };
}
