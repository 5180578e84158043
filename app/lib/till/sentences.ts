import { m } from '$lib/paraglide/messages.js';
import type { AmountRefusal, Minor } from '#model/money/money.ts';
import type { QuantityRefusal } from '#model/money/quantity.ts';
import type { Permission } from '#model/staff/permission.ts';
import { customerFieldWords } from './customer-field-words.ts';
import type { Figures } from './figures.ts';
import type { PaperState } from './print-desk.svelte.ts';
import { permissionWords } from './staff-words.ts';
import { valueSentences } from './value-words.ts';
import type { Trouble } from './view.svelte.ts';

type Sentences = {
  readonly [Code in Trouble['code']]: (trouble: Extract<Trouble, { code: Code }>) => string;
};

/** What happened, what it means for the sale, what to do: a sentence for every refusal, in the person's language. */
export function troubleSentence(trouble: Trouble, figures: Figures): string {
  const sentence = sentencesWith(figures)[trouble.code] as (trouble: Trouble) => string;
  return sentence(trouble);
}

function sentencesWith(figures: Figures): Sentences {
  const money = (amount: Minor) => figures.money(Math.abs(amount));
  return {
    ...sessionSentences(money),
    ...basketSentences(figures),
    ...articleSentences(figures),
    ...paymentSentences(money),
    ...valueSentences(money),
    ...customerSentences(money),
    ...signInSentences(),
  };
}

function sessionSentences(money: (amount: Minor) => string) {
  return {
    'session-not-open': () => m.trouble_session_not_open(),
    'session-already-open': () => m.trouble_session_already_open(),
    'basket-empty': () => m.trouble_basket_empty(),
    'basket-not-empty': () => m.trouble_basket_not_empty(),
    'payment-missing': ({ due }: { due: Minor }) => m.trouble_payment_missing({ due: money(due) }),
    'amount-negative': () => m.trouble_amount_negative(),
    'amount-zero': () => m.trouble_amount_zero(),
    'amount-absurd': () => m.trouble_amount_absurd(),
    'reason-missing': () => m.trouble_reason_missing(),
    'reason-too-long': ({ most }: { most: number }) => m.trouble_reason_too_long({ most }),
    'difference-needs-reason': ({ difference }: { difference: Minor }) =>
      m.trouble_difference_needs_reason({ difference: money(difference) }),
    'bag-missing': () => m.trouble_bag_missing(),
    'bag-too-long': () => m.trouble_bag_too_long(),
    'same-holder': () => m.trouble_same_holder(),
    'session-still-open': () => m.trouble_session_still_open(),
    'nothing-to-close': () => m.trouble_nothing_to_close(),
    'sessions-missing': () => m.trouble_sessions_missing(),
    'not-voidable': ({ receipt }: { receipt: string }) => m.trouble_not_voidable({ receipt }),
    'already-taken-back': ({ receipt }: { receipt: string }) => m.trouble_already_taken_back({ receipt }),
    'sold-elsewhere': ({ receipt }: { receipt: string }) => m.trouble_sold_elsewhere({ receipt }),
    'no-such-basket': () => m.trouble_no_such_basket(),
    'not-parked': () => m.trouble_not_parked(),
    busy: () => m.trouble_busy(),
    'not-saved': () => m.trouble_not_saved(),
    'not-signed': () => m.trouble_not_signed(),
    'record-unsaved': () => m.trouble_record_unsaved(),
    'journal-faulty': () => m.trouble_journal_faulty(),
    'nobody-signed-in': () => m.trouble_nobody(),
    'scan-not-now': () => m.trouble_scan_not_now(),
  };
}

function basketSentences(figures: Figures) {
  return {
    'quantity-out-of-range': () => m.trouble_quantity(),
    'quantity-not-understood': ({ why }: { why: QuantityRefusal }) => quantitySentence(why),
    'amount-out-of-range': () => m.trouble_amount_out_of_range(),
    'no-such-line': () => m.trouble_no_such_line(),
    'layaway-fee-stays': () => m.trouble_layaway_fee_stays(),
    'unknown-tax': ({ tax }: { tax: string }) => m.trouble_unknown_tax({ tax }),
    'already-refunded': ({ name, left }: { name: string; left: string }) =>
      m.trouble_already_refunded({ name, left: figures.quantity(left) }),
    'discount-out-of-range': ({ most }: { most: Minor }) =>
      m.trouble_discount_range({ most: figures.money(most) }),
    'return-above-price': ({ most }: { most: string }) =>
      m.trouble_return_price({ price: figures.price(most) }),
    'price-not-understood': () => m.trouble_price({ example: figures.quantity('12.5') }),
    'too-many-lines': () => m.trouble_too_many_lines(),
    'payments-taken': () => m.trouble_payments_taken(),
    'sale-frozen': () => m.trouble_sale_frozen(),
    'receipt-not-found': ({ receipt }: { receipt: string }) => m.trouble_receipt_not_found({ receipt }),
    'receipt-out-of-reach': ({ receipt }: { receipt: string }) => m.trouble_receipt_out_of_reach({ receipt }),
    'amount-not-understood': ({ why }: { why: AmountRefusal }) => amountSentence(why, figures),
  };
}

function articleSentences(figures: Figures) {
  return {
    'product-inactive': ({ name }: { name: string }) => m.trouble_product_inactive({ name }),
    'variant-not-chosen': ({ name }: { name: string }) => m.trouble_variant_not_chosen({ name }),
    'article-needs': ({ name }: { name: string }) => m.trouble_article_needs({ name }),
    'measure-not-usable': ({ name }: { name: string }) => m.trouble_measure_not_usable({ name }),
    expired: ({ name, on }: { name: string; on: string }) =>
      m.article_tracking_expired({ name, on: figures.day(on) }),
    'scan-not-understood': () => m.trouble_scan_not_understood(),
    'unknown-barcode': ({ barcode }: { barcode: string }) => m.trouble_unknown_barcode({ barcode }),
    'name-missing': () => m.trouble_name_missing(),
    'barcode-too-long': () => m.trouble_barcode_too_long(),
    'unknown-coupon': ({ coupon }: { coupon: string }) => m.trouble_unknown_coupon({ coupon }),
    'coupon-not-now': ({ coupon }: { coupon: string }) => m.trouble_coupon_not_now({ coupon }),
    'too-many-coupons': () => m.trouble_too_many_coupons(),
  };
}

function paymentSentences(money: (amount: Minor) => string) {
  return {
    'payment-zero': () => m.trouble_amount_zero(),
    'payment-wrong-sign': () => m.trouble_payment_wrong_sign(),
    'nothing-due': () => m.trouble_nothing_due(),
    'change-only-from-cash': ({ due }: { due: Minor }) =>
      m.trouble_change_only_from_cash({ due: money(due) }),
    'refund-too-large': ({ due }: { due: Minor }) => m.trouble_refund_too_large({ due: money(due) }),
    'payment-absurd': () => m.trouble_amount_absurd(),
    'card-pending': () => m.trouble_card_pending(),
    'card-not-kept': () => m.trouble_card_not_kept(),
    'card-cancelled': () => m.trouble_card_cancelled(),
    'card-not-given-back': () => m.trouble_card_not_given_back(),
    'card-no-terminal': () => m.trouble_card_no_terminal(),
    'card-declined': ({ reason }: { reason: string }) => m.trouble_card_declined({ reason }),
  };
}

function customerSentences(money: (amount: Minor) => string) {
  return {
    'account-needs-customer': () => m.trouble_account_needs_customer(),
    'account-not-agreed': ({ name }: { name: string }) => m.trouble_account_not_agreed({ name }),
    'no-debt': () => m.trouble_no_debt(),
    'points-too-few': ({ points, most }: { points: number; most: Minor }) =>
      m.trouble_points_too_few({ points, most: money(most) }),
    'points-not-whole': ({ step }: { step: Minor }) => m.trouble_points_not_whole({ step: money(step) }),
    'bad-customer': ({ field }: { field: string }) =>
      m.trouble_bad_customer({ field: customerFieldWords(field) }),
    'card-taken': ({ card, name }: { card: string; name: string }) => m.trouble_card_taken({ card, name }),
    'unknown-customer': () => m.trouble_unknown_customer(),
    'customer-inactive': ({ name }: { name: string }) => m.trouble_customer_inactive({ name }),
    'other-customer': () => m.trouble_other_customer(),
    'customer-not-saved': () => m.trouble_customer_not_saved(),
    'loss-missing': () => m.trouble_loss_missing(),
    'already-resolved': () => m.trouble_already_resolved(),
    'resolution-not-saved': () => m.trouble_resolution_not_saved(),
  };
}

/** The sign-in screen names the person itself; these are for everywhere else. */
function signInSentences() {
  return {
    'not-a-pin': () => m.signin_not_a_pin(),
    'wrong-pin': () => m.signin_not_a_pin(),
    locked: () => m.trouble_busy(),
    'not-here': () => m.trouble_nobody(),
    'not-permitted': ({ permission }: { permission: Permission }) =>
      m.trouble_not_permitted({ what: permissionWords(permission) }),
    'approval-needed': ({ permission }: { permission: Permission }) =>
      m.trouble_approval_needed({ what: permissionWords(permission) }),
  };
}

function quantitySentence(why: QuantityRefusal): string {
  if (why === 'negative') return m.trouble_quantity_negative();
  if (why === 'zero') return m.trouble_quantity_zero();
  if (why === 'too-large') return m.trouble_quantity_too_large();
  return m.trouble_quantity();
}

function amountSentence(why: AmountRefusal, figures: Figures): string {
  if (why === 'too-large') return m.trouble_amount_absurd();
  const example = figures.quantity('12.5');
  return why === 'too-many-decimals'
    ? m.trouble_amount_decimals({ example })
    : m.trouble_amount_not_a_number({ example });
}

const PAPER_SENTENCES: Record<PaperState, () => string> = {
  accepted: () => m.paper_accepted(),
  queued: () => m.paper_accepted(),
  sending: () => m.paper_accepted(),
  confirming: () => m.paper_accepted(),
  printed: () => m.paper_printed(),
  sent: () => m.paper_sent(),
  blocked: () => m.paper_blocked(),
  unknown: () => m.paper_unknown(),
  failed: () => m.paper_failed(),
  expired: () => m.paper_expired(),
  cancelled: () => m.paper_cancelled(),
  unsent: () => m.paper_unsent(),
  held: () => m.paper_held(),
  refused: () => m.paper_refused(),
};

/** How a paper stands, in words; undefined state means that this till has no printer. */
export function paperSentence(state: PaperState | undefined): string {
  return state === undefined ? m.paper_none() : PAPER_SENTENCES[state]();
}
