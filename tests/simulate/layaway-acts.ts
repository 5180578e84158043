import {
  layawayEntry,
  basketOfLayaway,
  leastDeposit,
  putOnLayaway,
  readLayaway,
} from '#model/ledger/layaway.ts';
import { layawayStanding, type Layaway } from '#model/ledger/layaway.ts';
import { cancellationFee, layawayFeeLine } from '#model/ledger/layaway-fee.ts';
import { balanceOf } from '#model/ledger/ledger.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { completeSale } from '#model/register/commands.ts';
import { priceBasket, type BasketLine } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { actorAt, freshBasket, perform } from './acts.ts';
import { RULES } from './articles.ts';
import type { Dice } from './dice.ts';
import { ifRefused } from './disk.ts';
import { hold, isLedgerDocument, ledgerOf, movesAt } from './ledgers.ts';
import type { TillHost } from './till-host.ts';
import type { TillRun } from './till-run.ts';
import { pay } from './value-acts.ts';

/** What the simulated stores keep of a deposit. */
const FEE = { kind: 'percent', percent: 10 } as const;

/** A layaway as a till knows it: what was paid on it by the moves that are here. */
export type KnownLayaway = { readonly layaway: Layaway; readonly paid: number };

/** Layaways a till knows of on which something is paid, so that they can be fetched, cancelled or paid on. */
export function layawaysAt(run: TillRun | undefined): KnownLayaway[] {
  if (run === undefined) return [];
  const moves = movesAt(run.documents);
  const entries = run.documents.ids
    .filter(isLedgerDocument)
    .flatMap((id) => Object.entries(run.documents.doc(id).entries));
  return layawaysIn(entries.map(([key, text]) => [key, String(text)])).flatMap((layaway) => {
    if (layawayStanding(layaway, moves) !== 'open') return [];
    return [{ layaway, paid: balanceOf(moves, { ledger: 'deposit', id: layaway.number }) }];
  });
}

/** The layaways among entries of ledger documents. */
export function layawaysIn(entries: Iterable<readonly [string, string]>): Layaway[] {
  return [...entries].flatMap(([key, text]) => {
    if (!key.startsWith('layaway:')) return [];
    const read = readLayaway(key, text);
    return read.ok ? [read.value] : [];
  });
}

/** Puts a basket aside for somebody, who pays the first deposit: it is kept before anything is paid on it (rule G10). */
export async function putAside({ run, machine }: TillHost, dice: Dice): Promise<void> {
  if (run?.standing !== 'ready') return;
  const basket = freshBasket(dice);
  const { total } = priceBasket(basket, RULES);
  const deposit = dice.between(leastDeposit(total, undefined), total);
  const wish = { name: 'Eve', phone: '', due: '2026-03-06', deposit };
  const act = { at: machine.now(), actor: actorAt(run, 'ana') };
  const made = putOnLayaway(run.state, { basket, rules: RULES, settings: undefined, wish }, act);
  if (!made.ok) return;
  const { key, text } = layawayEntry(made.value);
  const id = ledgerOf(made.value.number);
  run.documents.set(id, key, text);
  if (await run.documents.save(id).then(() => true, ifRefused(false)))
    await settle(run, [depositLine(made.value.number, deposit)], dice);
}

/** Pays something more on a layaway. */
export async function payIn({ run }: TillHost, dice: Dice): Promise<void> {
  const known = dice.pick(layawaysAt(run).filter(({ layaway, paid }) => layaway.total > paid));
  if (run === undefined || known === undefined) return;
  const { layaway, paid } = known;
  await settle(run, [depositLine(layaway.number, dice.between(1, layaway.total - paid))], dice);
}

/** Hands the goods of a layaway over, as far as this till knows once: paid with the deposit, and with what is left in cash. */
export async function pickUp(till: TillHost, dice: Dice, wanted?: string): Promise<void> {
  const { run, machine, name } = till;
  const known = pick(run, dice, wanted);
  if (run?.standing !== 'ready' || known === undefined) return;
  const { layaway, paid } = known;
  // Rule H5: what somebody is known to have sold is not sold again.
  if (run.sales().some(({ body }) => body.basket === layaway.basket)) return;
  const amount = Math.min(paid, layaway.total);
  const account = { ledger: 'deposit' as const, account: layaway.number, basket: layaway.basket };
  const held = { ...account, amount, register: name };
  hold(run.documents, { ...held, at: machine.now() });
  await pay(till, run, { basket: basketOfLayaway(layaway), hold: held }, dice);
}

/** Gives a deposit back, less what the store keeps (rules G10 and G11). */
export async function cancel({ run }: TillHost, dice: Dice, wanted?: string): Promise<void> {
  const known = pick(run, dice, wanted);
  if (run === undefined || known === undefined) return;
  const { layaway, paid } = known;
  const fee = cancellationFee(paid, FEE);
  const back = { ...depositLine(layaway.number, -paid), note: 'not wanted any more' };
  await settle(run, [back, ...(fee === 0 ? [] : [layawayFeeLine(fee, 'Fee', RULES.currency)])], dice);
}

function pick(run: TillRun | undefined, dice: Dice, wanted: string | undefined): KnownLayaway | undefined {
  const known = layawaysAt(run);
  return wanted === undefined ? dice.pick(known) : known.find(({ layaway }) => layaway.number === wanted);
}

function depositLine(number: string, amount: number): BasketLine {
  const account = { ledger: 'deposit' as const, id: number };
  return valueLine({ account, amount, name: 'Deposit', currency: RULES.currency });
}

/** Makes lines a receipt that is paid in cash. */
async function settle(run: TillRun, lines: readonly BasketLine[], dice: Dice): Promise<void> {
  const basket = { id: dice.hex(8), lines };
  const { total } = priceBasket(basket, RULES);
  const payments: Payment[] =
    total === 0 ? [] : [{ tender: 'cash', name: 'Cash', kind: 'cash', given: total }];
  await perform(run, dice, (state, act) => completeSale(state, { basket, payments, rules: RULES }, act));
}
