import type { ShopException } from '#model/folds/shop-exception.ts';
import { maskedNumber } from '#model/ledger/account.ts';
import type { Outcome } from '#model/documents/exceptions.ts';
import { m } from '$lib/paraglide/messages.js';
import type { Figures } from './figures.ts';
import { ledgerWords } from './value-words.ts';

/** What happened, as the shop says it, and what to do about it. */
export type ExceptionWords = { readonly title: string; readonly text: string };

/** The words for an exception; `names` says what articles are called. */
export function exceptionWords(
  found: ShopException,
  figures: Pick<Figures, 'money'>,
  names: (product: string) => string,
): ExceptionWords {
  const amount = figures.money(found.amount ?? 0);
  switch (found.kind) {
    case 'double-refund':
      return { title: m.exception_double_refund({ amount }), text: m.exception_double_refund_text() };
    case 'sold-twice':
      return { title: m.exception_sold_twice({ amount }), text: m.exception_sold_twice_text() };
    case 'serial-twice':
      return {
        title: m.exception_serial_twice({ article: found.name, serial: found.serial }),
        text: m.exception_serial_twice_text(),
      };
    case 'overspent':
      return {
        title: m.exception_overspent({
          number: `${sentenceCase(ledgerWords(found.ledger))} ${maskedNumber(found.account)}`,
        }),
        text: m.exception_overspent_text({
          amount: found.ledger === 'points' ? String(-found.balance) : amount,
        }),
      };
    case 'oversold':
      return {
        title: m.exception_oversold({ articles: found.products.map(names).join(', ') }),
        text: m.exception_oversold_text(),
      };
    case 'fork':
      return { title: m.exception_fork({ register: found.register }), text: m.exception_fork_text() };
    case 'late-session':
      return {
        title: m.exception_late({ register: found.register, session: found.session }),
        text: m.exception_late_text(),
      };
    case 'zz-mismatch':
      return {
        title: m.exception_zz({ register: found.register, session: found.session }),
        text: m.exception_zz_text(),
      };
    case 'period-mismatch':
      return {
        title: m.exception_period({ register: found.register, period: found.period }),
        text: m.exception_zz_text(),
      };
  }
}

const OUTCOME_WORDS: Record<Outcome, () => string> = {
  corrected: m.exception_outcome_corrected,
  loss: m.exception_outcome_loss,
  'false-alarm': m.exception_outcome_false_alarm,
};

/** How an exception was seen to, in words. */
export function outcomeWords(outcome: Outcome): string {
  return OUTCOME_WORDS[outcome]();
}

/** The words of a ledger stand in the middle of sentences elsewhere; here they begin one. */
function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
