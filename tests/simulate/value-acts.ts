import { completeSale } from '#model/register/commands.ts';
import { issuedNumber, type AccountRef } from '#model/ledger/account.ts';
import { heldByOthers } from '#model/ledger/holds.ts';
import { redeem } from '#model/ledger/redeem.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import type { Hold } from '#model/documents/ledger.ts';
import { priceBasket, type Basket } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { RULES } from './articles.ts';
import { freshBasket, perform } from './acts.ts';
import type { Dice } from './dice.ts';
import { fundedAccounts, hold, holdsAt, movesAt, release } from './ledgers.ts';
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

/** Accounts a till knows to hold something: gift cards and store credit, not deposits, which pay for their own goods. */
export function accountsAt(run: TillRun | undefined): (AccountRef & { readonly balance: number })[] {
  const all = run === undefined ? [] : fundedAccounts(movesAt(run.documents));
  return all.filter(({ ledger }) => ledger !== 'deposit');
}

/**
 * Pays for something out of an account, as far as this till knows that it may (rules G8 and G9), and the rest in cash; or goes on with, or
 * lets go of, what waits for that. Some customers first fetch something else: the account is held for them meanwhile.
 */
export async function spend(till: TillHost, dice: Dice, wanted?: AccountRef): Promise<void> {
  const { run, machine } = till;
  if (run?.standing !== 'ready') return;
  const isNew = !waiting.has(run);
  const unpaid = waiting.get(run) ?? begin(till, run, dice, wanted);
  if (unpaid === undefined) return;
  waiting.set(run, unpaid);
  if (isNew) hold(run.documents, { ...unpaid.hold, at: machine.now() });
  if (isNew && wanted === undefined && dice.chance(0.3)) return;
  if (!isNew && dice.chance(0.3)) {
    release(run.documents, unpaid.hold.account, unpaid.hold.basket);
    waiting.delete(run);
    return;
  }
  await pay(till, run, unpaid, dice);
}

/** A basket with a part of an account as its payment. */
export type Unpaid = { readonly basket: Basket; readonly hold: Omit<Hold, 'at'> };

/** What is about to be paid on the screen of a page; gone with the page. */
const waiting = new WeakMap<TillRun, Unpaid>();

/** A new basket for an account, of which a cashier asks for what the card has or for what is left of that. */
function begin(till: TillHost, run: TillRun, dice: Dice, wanted: AccountRef | undefined): Unpaid | undefined {
  const known = accountsAt(run);
  const account = wanted === undefined ? dice.pick(known) : known.find(({ id }) => id === wanted.id);
  if (account === undefined) return undefined;
  const basket = freshBasket(dice);
  const left = account.balance - (dice.chance(0.5) ? heldFrom(till, run, account, basket.id) : 0);
  const amount = Math.min(priceBasket(basket, RULES).total, left);
  if (amount <= 0) return undefined;
  const { ledger, id } = account;
  return { basket, hold: { ledger, account: id, basket: basket.id, amount, register: till.name } };
}

/** What other baskets hold of an account, as far as it reached a page (rule G8). */
function heldFrom(
  { machine }: TillHost,
  { documents }: TillRun,
  account: AccountRef,
  basket: string,
): number {
  return heldByOthers(holdsAt(documents, account.id), account, { basket, now: machine.wall });
}

/** The same, reckoned apart from the model: a quarter of an hour by this till's clock, and not a moment more. */
function stillHeld({ machine }: TillHost, { documents }: TillRun, account: string, basket: string): number {
  let sum = 0;
  for (const one of holdsAt(documents, account))
    if (one.account === account && one.basket !== basket && machine.wall < Date.parse(one.at) + QUARTER_MS)
      sum += one.amount;
  return sum;
}

/** Pays for a basket out of an account as this till may (rule G9), and the rest in cash; whether it is sold then. */
export async function pay(till: TillHost, run: TillRun, unpaid: Unpaid, dice: Dice): Promise<boolean> {
  const { home, machine, ledger: told } = till;
  const { basket, hold: held } = unpaid;
  const { ledger, account, amount } = held;
  const known = fundedAccounts(movesAt(run.documents));
  const balance = known.find(({ id }) => id === account)?.balance ?? 0;
  const others = stillHeld(till, run, account, basket.id);
  const isAsked = run.documents.isLinked && home.relay?.status().peers.some(({ role }) => role === 'hq');
  const funds = {
    balance,
    held: heldFrom(till, run, { ledger, id: account }, basket.id),
    known: true,
    connected: isAsked === true,
  };
  const done = await perform(run, dice, (state, act) => {
    const allowed = redeem({ account, amount, funds, limit: OFFLINE_LIMIT }, act);
    const isHeldBack = !allowed.ok && HELD_BACK.has(allowed.error.code);
    if (isHeldBack && amount <= balance - others)
      told.broken.push(`${machine.name} did not pay ${amount} out of ${account} for holds that are over`);
    if (!allowed.ok) return allowed;
    return completeSale(state, { basket, payments: paymentsOf(unpaid), rules: RULES }, act);
  });
  const isSold = done?.kind === 'sale' && done.body.basket === basket.id;
  if (isSold && amount > balance - others)
    told.broken.push(
      `${machine.name} paid ${amount} out of ${account}, which had ${balance} and ${others} held`,
    );
  if (isSold) waiting.delete(run);
  return isSold;
}

const QUARTER_MS = 15 * 60_000;
/** What a till says where holds leave too little. */
const HELD_BACK: ReadonlySet<string> = new Set(['account-held', 'account-too-little']);

function paymentsOf({ basket, hold: { ledger, account, amount } }: Unpaid): Payment[] {
  const { total } = priceBasket(basket, RULES);
  const rest = total - amount;
  return [
    { tender: ledger, name: 'Card', kind: ledger as 'gift-card', given: amount, account },
    ...(rest > 0 ? [{ tender: 'cash', name: 'Cash', kind: 'cash' as const, given: rest }] : []),
  ];
}
