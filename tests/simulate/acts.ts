import { parkedEntry, parkedKey, readParkedEntry, type ParkedBasket } from '#model/documents/parked.ts';
import { readStaffEntry } from '#model/documents/staff.ts';
import { parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import { issuedNumber } from '#model/ledger/account.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { actorOf, type Act, type Actor } from '#model/register/actor.ts';
import { discountBasket, discountLine, overridePrice } from '#model/register/basket-commands.ts';
import {
  closeSession,
  completeSale,
  moveCash,
  openDrawer,
  openSession,
  reprintReceipt,
} from '#model/register/commands.ts';
import { parkBasket, resumeBasket } from '#model/register/parking.ts';
import { isOpen, type RegisterState } from '#model/register/register-state.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { ok, type Result } from '#model/result.ts';
import { emptyBasket, priceBasket, refundLine, type Basket } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { quantityLeft, refundedSoFar } from '../../app/lib/till/refunds.ts';
import { ARTICLES, RULES, lineOf } from './articles.ts';
import type { Dice } from './dice.ts';
import { ifRefused } from './disk.ts';
import { STAFF, idOf } from './shop.ts';
import type { TillHost } from './till-host.ts';
import type { TillRun } from './till-run.ts';
import { BEGINNING } from './world.ts';

type Make = (state: RegisterState, act: Act) => Result<JournalRecord, unknown>;
type Sale = RecordOf<'sale'>;
/** Which line of which sale is taken back. */
export type Target = { readonly sale: Sale; readonly line: number };

/** Where a store parks, under the day of the beginning, whatever its clocks say. */
function parkedOf({ store }: TillRun): DocumentId {
  return idOf({ class: 'parked', store, day: Math.floor(BEGINNING / 86_400_000) });
}

/** Sells what is on the screen, or something new. */
export async function sell({ run }: TillHost, dice: Dice): Promise<void> {
  if (run === undefined) return;
  const basket = (run.basket ??= freshBasket(dice));
  // Rule H5: what somebody is known to have sold is not sold again.
  if (run.sales().some(({ body }) => body.basket === basket.id)) {
    run.basket = undefined;
    return;
  }
  const done = await perform(run, dice, (state, act) => complete(state, basket, dice, act));
  if (done?.kind === 'sale' && done.body.basket === basket.id) run.basket = undefined;
}

/** Sells with a discount, or at another price. */
export async function sellLowered({ run }: TillHost, dice: Dice): Promise<void> {
  const basket = freshBasket(dice);
  const lower = dice.pick([
    (act: Act) => discountLine(basket, 0, { kind: 'percent', percent: '10', reason: 'dented' }, RULES, act),
    (act: Act) => discountBasket(basket, { kind: 'amount', amount: 50, reason: 'late' }, RULES, act),
    (act: Act) => overridePrice(basket, 0, { price: '0.50', reason: 'label' }, act),
  ]);
  await perform(run, dice, (state, act) => {
    const lowered = lower?.(act) ?? ok(basket);
    return lowered.ok ? complete(state, lowered.value, dice, act) : lowered;
  });
}

/** Takes part of a sold line back, as far as this till knows that it may. */
export async function refund({ run }: TillHost, dice: Dice, target?: Target): Promise<void> {
  const wanted = target ?? dice.pick(targetsOf(run));
  if (run === undefined || wanted === undefined) return;
  const { sale, line } = wanted;
  const bodies = run.sales().map(({ body }) => body);
  const before = refundedSoFar(sale.body.receipt, bodies, [])(line);
  const left = Number(quantityLeft(sale.body.lines[line]?.quantity ?? '0', before));
  if (left <= 0) return;
  const quantity = target === undefined ? dice.between(1, left) : left;
  const back = refundLine(sale.body, line, String(quantity), before);
  if (!back.ok) return;
  const basket = { id: dice.hex(8), lines: [back.value] };
  await perform(run, dice, (state, act) => complete(state, basket, dice, act));
}

/** Lines of sales this till knows of. */
export function targetsOf(run: TillRun | undefined): Target[] {
  const sales = run?.sales().filter(({ body }) => body.type === 'sale') ?? [];
  return sales.flatMap((sale) => sale.body.lines.map((_, line) => ({ sale, line })));
}

/** Voids one of the latest sales of the session. */
export async function voidOne({ run }: TillHost, dice: Dice): Promise<void> {
  const sale = dice.pick((run?.records ?? []).filter((record) => record.kind === 'sale').slice(-3));
  if (run === undefined || sale === undefined) return;
  const args = { sale, later: run.sales().map(({ body }) => body), reason: 'mistake', basket: dice.hex(8) };
  await perform(run, dice, (state, act) => voidSale(state, args, act));
}

/** Puts a basket on hold. */
export async function park({ run, machine }: TillHost, dice: Dice): Promise<void> {
  if (run?.standing !== 'ready') return;
  const basket = run.basket ?? freshBasket(dice);
  const act = { at: machine.now(), actor: actorAt(run, 'ana') };
  const parked = parkBasket(run.state, { basket, name: 'later', rules: RULES }, act);
  if (!parked.ok) return;
  const { key, text } = parkedEntry(parked.value);
  run.documents.set(parkedOf(run), key, text);
  run.basket = undefined;
  await keep(run, parkedOf(run));
}

/** Baskets on hold as this till knows them. */
export function parkedAt(run: TillRun | undefined): ParkedBasket[] {
  const entries = Object.entries(run === undefined ? {} : run.documents.doc(parkedOf(run)).entries);
  const read = entries.map(([key, text]) => readParkedEntry(key, String(text))).filter((one) => one.ok);
  return read.map(({ value }) => value);
}

/** Takes a basket up again, and mostly sells it at once. */
export async function resume(till: TillHost, dice: Dice, wanted?: string): Promise<void> {
  const { run, machine } = till;
  if (run?.standing !== 'ready' || run.basket !== undefined) return;
  const held = parkedAt(run);
  const parked = wanted === undefined ? dice.pick(held) : held.find(({ basket }) => basket.id === wanted);
  const act = { at: machine.now(), actor: actorAt(run, 'ana') };
  const resumed = resumeBasket(run.state, { parked, open: emptyBasket('none') }, act);
  if (!resumed.ok) return;
  run.basket = resumed.value;
  run.documents.remove(parkedOf(run), parkedKey(resumed.value.id));
  void keep(run, parkedOf(run));
  if (wanted !== undefined || dice.chance(0.8)) await sell(till, dice);
}

/** Puts cash in or takes it out. */
export async function cash({ run }: TillHost, dice: Dice): Promise<void> {
  const [direction, amount] = [dice.pick(['in', 'out'] as const) ?? 'in', dice.between(1, 3_000)];
  await perform(run, dice, (state, act) => moveCash(state, { direction, amount, reason: 'errand' }, act));
}

/** Opens the drawer. */
export async function drawer({ run }: TillHost, dice: Dice): Promise<void> {
  await perform(run, dice, (state, act) => openDrawer(state, 'change', act));
}

/** Prints a receipt once more. */
export async function reprint({ run }: TillHost, dice: Dice): Promise<void> {
  const sale = dice.pick(run?.sales() ?? []);
  if (sale === undefined) return;
  await perform(run, dice, (state, act) =>
    reprintReceipt(state, { receipt: sale.body.receipt, copy: 1 }, act),
  );
}

/** Closes the session; the next act opens the next one. */
export async function close({ run }: TillHost, dice: Dice): Promise<void> {
  if (run === undefined || !isOpen(run.state)) return;
  const over = dice.chance(0.3) ? dice.between(-300, 300) : 0;
  await perform(run, dice, (state, act) => {
    const counted = (state.report?.drawer.expected ?? 0) + over;
    if (counted < 0) return moveCash(state, { direction: 'in', amount: 5_000, reason: 'filled up' }, act);
    return closeSession(state, { counted, ...(over === 0 ? {} : { reason: 'miscounted' }) }, act);
  });
}

/** Makes a record in somebody's name, opening the session where none is open. */
export function perform(
  run: TillRun | undefined,
  dice: Dice,
  make: Make,
): Promise<JournalRecord | undefined> {
  if (run === undefined) return Promise.resolve(undefined);
  const people = Object.keys(STAFF);
  const [person = 'ana', approver = 'ben'] = [dice.pick(people), dice.pick(people)];
  const approval = dice.chance(0.5) ? actorAt(run, approver) : undefined;
  const opening = (act: Act) => ({ day: act.at.slice(0, 10), currency: RULES.currency, float: 10_000 });
  return run.append(
    (state, act) => (isOpen(state) ? make(state, act) : openSession(state, opening(act), act)),
    { actor: actorAt(run, person), approval },
  );
}

/** Somebody as what this till knows them to be. */
export function actorAt(run: TillRun, id: string): Actor {
  const text = run.documents.doc(idOf({ class: 'staff' })).entries[`person:${id}`];
  const read = text === undefined ? undefined : readStaffEntry(`person:${id}`, String(text));
  if (read?.ok !== true || read.value.kind !== 'person') return { person: id, role: undefined };
  return actorOf(read.value.value, run.store, new Map());
}

function complete(state: RegisterState, basket: Basket, dice: Dice, act: Act) {
  const { total } = priceBasket(basket, RULES);
  const isCash = dice.chance(0.6);
  const extra = isCash && total > 0 && dice.chance(0.3) ? 500 : 0;
  const tender = isCash
    ? { tender: 'cash', name: 'Cash', kind: 'cash' as const }
    : { tender: 'card', name: 'Card', kind: 'card' as const };
  const isCredited = total < 0 && dice.chance(0.3);
  const credit = {
    tender: 'store-credit',
    name: 'Store credit',
    kind: 'store-credit' as const,
    account: issuedNumber('store-credit', basket.id),
  };
  const given = { ...(isCredited ? credit : tender), given: total + extra };
  const payments: Payment[] = total === 0 ? [] : [given];
  return completeSale(state, { basket, payments, rules: RULES }, act);
}

/** Something new on the screen. */
export function freshBasket(dice: Dice): Basket {
  const first = dice.between(0, ARTICLES - 1);
  const second = (first + dice.between(1, ARTICLES - 1)) % ARTICLES;
  const articles = dice.chance(0.4) ? [first, second] : [first];
  return { id: dice.hex(8), lines: articles.map((article) => lineOf(article, dice.between(1, 3))) };
}

/** A page that cannot keep a document goes on; the relay has it, or gets it again. */
async function keep(run: TillRun, id: DocumentId): Promise<void> {
  await run.documents.save(id).catch(ifRefused(undefined));
}

/** Whether a document is a journal. */
export function isSession(id: string): boolean {
  const address = parseDocumentId(id);
  return address.ok && address.value.key.class === 'session';
}
