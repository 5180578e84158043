import type { Customer } from '#model/customers/customer.ts';

/** What a customer can be found by, made once: small letters without accents, each word after a space; and all digits. */
export type CustomerWords = { readonly words: string; readonly digits: string };

/** The words of a customer (rule U6). */
export function customerWords({ profile }: Customer): CustomerWords {
  const { name, company = '', email = '', phone = '', taxNumber = '', cards = [] } = profile;
  return {
    words: ` ${folded([name, company, email, taxNumber, ...cards].join(' '))}`,
    digits: [phone, ...cards].map((text) => text.replaceAll(/\D/g, '')).join(' '),
  };
}

/**
 * Whether somebody who typed `query` means a customer with these words: every word begins one of theirs; or, where only digits
 * were typed, a phone or card number holds them. Looking through 10,000 customers takes a few milliseconds, so there is no index
 * to make or to wait for.
 */
export function isMeant({ words, digits }: CustomerWords, query: string): boolean {
  const typed = query.trim();
  if (/^[+()\d\s./-]{3,}$/.test(typed) && digits.includes(typed.replaceAll(/\D/g, ''))) return true;
  return folded(typed)
    .split(/\s+/)
    .every((term) => words.includes(` ${term}`));
}

function folded(text: string): string {
  return text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '');
}
