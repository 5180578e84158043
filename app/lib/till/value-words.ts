import type { Ledger } from '#model/ledger/account.ts';
import type { Minor } from '#model/money/money.ts';
import { m } from '$lib/paraglide/messages.js';

const LEDGER_WORDS: Record<Ledger, () => string> = {
  'gift-card': m.ledger_gift_card,
  'store-credit': m.ledger_store_credit,
  deposit: m.ledger_deposit,
  account: m.ledger_account,
  points: m.ledger_points,
};

/** What a ledger is called within a sentence. */
export function ledgerWords(ledger: Ledger): string {
  return LEDGER_WORDS[ledger]();
}

/** A sentence for every refusal about accounts of value and layaways. */
export function valueSentences(money: (amount: Minor) => string) {
  return {
    'account-unknown': ({ account }: { account: string }) => m.trouble_account_unknown({ number: account }),
    'account-empty': () => m.trouble_account_empty(),
    'account-held': ({ held }: { held: Minor }) => m.trouble_account_held({ amount: money(held) }),
    'account-too-little': ({ available }: { available: Minor }) =>
      m.trouble_account_too_little({ amount: money(available) }),
    'not-a-number': () => m.trouble_not_a_number(),
    'not-kept': () => m.trouble_not_kept(),
    'other-ledger': ({ ledger }: { ledger: Ledger }) =>
      m.trouble_other_ledger({ ledger: ledgerWords(ledger) }),
    'layaway-only-goods': () => m.trouble_layaway_only_goods(),
    'customer-missing': () => m.trouble_customer_missing(),
    'deposit-too-small': ({ least }: { least: Minor }) =>
      m.trouble_deposit_too_small({ amount: money(least) }),
    'deposit-too-large': ({ most }: { most: Minor }) => m.trouble_deposit_too_large({ amount: money(most) }),
    'no-such-layaway': () => m.trouble_no_such_layaway(),
    'layaway-fetched': () => m.trouble_layaway_fetched(),
    'layaway-at-register': ({ register }: { register: string }) =>
      m.trouble_layaway_at_register({ register }),
  };
}
