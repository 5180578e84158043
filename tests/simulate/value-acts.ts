import { completeSale } from '#model/register/commands.ts';
import { issuedNumber, type AccountRef } from '#model/ledger/account.ts';
import { redeem } from '#model/ledger/redeem.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { priceBasket } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { RULES } from './articles.ts';
import { freshBasket, perform } from './acts.ts';
import type { Dice } from './dice.ts';
import { fundedAccounts, movesAt } from './ledgers.ts';
import type { TillHost } from './till-host.ts';
import type { TillRun } from './till-run.ts';

/** What the organization lets a till take out of an account while nobody can be asked, in minor units. */
const OFFLINE_LIMIT = 5_000;

/** Sells a gift card. */
export async function sellCard({ run }: TillHost, dice: Dice): Promise<void> {
  const [id, amount] = [dice.hex(8), dice.between(500, 4_000)];
  const account = { ledger: 'gift-card' as const, id: issuedNumber('gift-card', id) };
  const line = valueLine({ account, amount, name: 'Gift card', currency: RULES.currency });
  const payments: Payment[] = [{ tender: 'cash', name: 'Cash', kind: 'cash', given: amount }];
  await perform(run, dice, (state, act) =>
    completeSale(state, { basket: { id, lines: [line] }, payments, rules: RULES }, act),
  );
}

/** Accounts a till knows to hold something: gift cards and store credit. */
export function accountsAt(run: TillRun | undefined): (AccountRef & { readonly balance: number })[] {
  return run === undefined ? [] : fundedAccounts(movesAt(run.documents));
}

/** Pays for something out of an account, as far as this till knows that it may (rules G8 and G9), and the rest in cash. */
export async function spend(till: TillHost, dice: Dice, wanted?: AccountRef): Promise<void> {
  const { run, home } = till;
  const known = accountsAt(run);
  const account = wanted === undefined ? dice.pick(known) : known.find(({ id }) => id === wanted.id);
  if (run === undefined || account === undefined) return;
  const isAsked = run.documents.isLinked && home.relay?.status().peers.some(({ role }) => role === 'hq');
  const funds = { balance: account.balance, held: 0, known: true, connected: isAsked === true };
  const basket = freshBasket(dice);
  const { total } = priceBasket(basket, RULES);
  const amount = Math.min(total, account.balance);
  const payments: Payment[] = [
    { tender: account.ledger, name: 'Card', kind: account.ledger, given: amount, account: account.id },
    ...(amount < total
      ? [{ tender: 'cash', name: 'Cash', kind: 'cash' as const, given: total - amount }]
      : []),
  ];
  await perform(run, dice, (state, act) => {
    const allowed = redeem({ account: account.id, amount, funds, limit: OFFLINE_LIMIT }, act);
    return allowed.ok ? completeSale(state, { basket, payments, rules: RULES }, act) : allowed;
  });
}
