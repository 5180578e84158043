import { receiptNumber } from '../ids/register-id.ts';
import type { RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { negateQuantity } from '../money/quantity.ts';
import { err, type Result } from '../result.ts';
import type { SaleBody, SaleLine, Tendered } from '../sale/sale-body.ts';
import type { Act } from './actor.ts';
import { seal, type CommandRefusal } from './commands.ts';
import { drawerMember } from './drawer-number.ts';
import { checkReason } from './reason.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** How a card payment was given back (rule V8): by the terminal with its proof, or by hand with the approval code of a slip. */
export type CardGivenBack = Required<Pick<Tendered, 'givenBack'>> &
  Pick<Tendered, 'reference' | 'cardBrand' | 'cardTail' | 'cardReference'>;

/** As much of a receipt made later as tells what it took back. */
export type LaterReceipt = { readonly lines: readonly Pick<SaleBody['lines'][number], 'refundOf'>[] };

/**
 * Voids a sale of the open session (rule H6): a receipt of its own that takes back everything, to the same tenders. `later` are the
 * receipts this till knows, among which no part of the sale may have come back; `basket` is an id of the void's own.
 */
export function voidSale(
  state: RegisterState,
  args: {
    readonly sale: RecordOf<'sale'>;
    readonly later: Iterable<LaterReceipt>;
    readonly reason: string;
    readonly basket: string;
    /** The drawer the cash goes back out of, from 1, whichever it came into (rule R14). */
    readonly drawer?: number;
    /** How card payments were given back, by the places of their tenders (rule V8). */
    readonly cards?: ReadonlyMap<number, CardGivenBack>;
  },
  act: Act,
): Result<RecordOf<'sale'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { sale, reason } = args;
  const { store, register, totals } = state.head;
  const { receipt } = sale.body;
  const isHere = sale.store === store && sale.register === register && sale.session === state.session;
  if (!isHere || sale.body.type !== 'sale') return err({ code: 'not-voidable', receipt });
  for (const { lines } of args.later)
    if (lines.some(({ refundOf }) => refundOf?.receipt === receipt))
      return err({ code: 'already-taken-back', receipt });
  const refusal = checkReason(reason);
  if (refusal) return err(refusal);
  const body: SaleBody = {
    ...reversed(sale.body, args.cards),
    ...drawerMember(state.report.drawers?.length ?? 1, args.drawer),
    receipt: receiptNumber(store, register, totals.receipts + 1),
    basket: args.basket,
    voids: { receipt, reason: reason.trim() },
  };
  return seal<'sale'>(state, { kind: 'sale', body }, act, ['sale.void']);
}

/** Zero has one sign only in a record. */
function negated(amount: Minor): Minor {
  return amount === 0 ? 0 : -amount;
}

function reversed(sale: SaleBody, cards: ReadonlyMap<number, CardGivenBack> = new Map()): SaleBody {
  const { rounding, points, drawer: _drawer, ...kept } = sale;
  return {
    ...kept,
    type: 'refund',
    lines: sale.lines.map((line, index) => reversedLine(line, { receipt: sale.receipt, line: index })),
    taxes: sale.taxes.map((row) => ({ ...row, base: negated(row.base), amount: negated(row.amount) })),
    net: negated(sale.net),
    tax: negated(sale.tax),
    total: negated(sale.total),
    tenders: sale.tenders.map(({ received: _received, change: _change, ...tender }, index) => ({
      ...reversedCard(tender, cards.get(index)),
      amount: negated(tender.amount),
      ...(tender.points === undefined ? {} : { points: negated(tender.points) }),
    })),
    ...(rounding === undefined ? {} : { rounding: negated(rounding) }),
    ...(points === undefined
      ? {}
      : { points: { earned: 0, ...(points.earned === 0 ? {} : { back: points.earned }) } }),
  };
}

/** A card payment as it was given back says so, with its own codes instead of those of the sale. */
function reversedCard(tender: Tendered, back: CardGivenBack | undefined): Tendered {
  if (!back) return tender;
  const { reference: _code, cardReference: _reference, ...kept } = tender;
  return { ...kept, ...back };
}

function reversedLine(line: SaleLine, refundOf: NonNullable<SaleLine['refundOf']>): SaleLine {
  const { discounts: _off, override: _override, priced: _priced, note: _note, quick: _quick, ...kept } = line;
  return {
    ...kept,
    quantity: negateQuantity(line.quantity),
    amount: negated(line.amount),
    ...(line.taxAmounts ? { taxAmounts: line.taxAmounts.map(negated) } : {}),
    refundOf,
  };
}
