import type { Minor } from '#model/money/money.ts';
import { absorbInLargestTax, cashAmount, cashChange, type CashRounding } from '#model/sale/cash-rounding.ts';
import { settle, type Payment } from '#model/sale/payment.ts';
import { refundTenders } from '#model/sale/refund-tenders.ts';
import type { RoundingMode } from '#model/money/rounding.ts';
import { COUNTRY_PRESETS } from '#model/settings/country-presets.ts';
import { taxDocument } from '#model/tax/tax-document.ts';
import { purseOf, type Purse } from './amounts.ts';
import { documentRules, noteLines } from './document-vectors.ts';
import { RegisterPlay } from './register-play.ts';
import {
  VectorFault,
  asCount,
  asList,
  asObject,
  firstOf,
  modeOf,
  type Family,
  type JsonObject,
  type Outcome,
  type Vector,
} from './vector.ts';

/** Examples of amounts rounded when they are paid in cash. */
export const cashRounding: Family = (vector) => {
  const { inputs } = vector;
  const purse = purseOf(inputs);
  const rule = cashRule(vector, purse);
  if (inputs['strategy'] !== undefined) return roundedDocument(inputs, purse, rule);
  const change = inputs['change'];
  const changes = change === undefined ? {} : changesOf(change, purse, rule);
  const many = firstOf(inputs, 'totals', 'gross');
  if (many !== undefined && Array.isArray(many))
    return { ...changes, ...manyTotals(many, inputs, purse, rule) };
  if (change !== undefined && firstOf(inputs, 'total', 'gross', 'lines', 'net') === undefined) return changes;
  return { ...changes, ...oneTotal(inputs, purse, rule) };
};

/** The rule of an example: its step and mode, or what its title says, or the preset of the country it names. */
function cashRule({ inputs, title }: Vector, purse: Purse): CashRounding {
  const preset = [...COUNTRY_PRESETS.values()].find(({ name }) => title.includes(name))?.cashRounding;
  const step = inputs['step'] === undefined ? preset?.step : purse.minor(inputs['step'], 'the step');
  if (step === undefined || step <= 0) throw new VectorFault('It names no rounding step above zero.');
  const mode = modeOf(inputs['mode']) ?? titledMode(title, 'total') ?? preset?.mode ?? 'half-up';
  const change =
    modeOf(inputs['change_mode']) ?? titledMode(title, 'change') ?? preset?.change ?? 'half-down';
  return { step, mode, change };
}

/** `total half-up`, `CHANGE uses half-down`, `5c down`. */
function titledMode(title: string, of: 'total' | 'change'): RoundingMode | undefined {
  const own = new RegExp(`\\b${of}\\b[^,;:]*?\\bhalf-(up|down|even)\\b`, 'i').exec(title)?.[1];
  const cents = /\b5c (up|down)\b/i.exec(title)?.[1];
  const any = /\bchange\b/i.test(title) ? undefined : /\bhalf-(up|down|even)\b/i.exec(title)?.[1];
  const found = own ?? cents ?? any;
  return found === undefined ? undefined : modeOf(`half-${found}`);
}

function changesOf(change: unknown, purse: Purse, rule: CashRounding): Outcome {
  // Change is what was handed over beyond the total: against a total of one step, which needs no rounding itself.
  const exact = (value: unknown) => purse.minor(value, 'the change');
  const given = (value: unknown) => purse.major(cashChange(exact(value) + rule.step, rule.step, rule));
  const changes = Array.isArray(change) ? change.map(given) : given(change);
  return { cash: changes, change: changes, change_cash: changes };
}

function manyTotals(
  totals: readonly unknown[],
  inputs: JsonObject,
  purse: Purse,
  rule: CashRounding,
): Outcome {
  const tenders = inputs['tender'];
  const paid = totals.map((total, i) => {
    const tender = Array.isArray(tenders) ? tenders[i] : (tenders ?? 'cash');
    const amount = purse.minor(total, 'a total');
    return purse.major(tender === 'cash' ? settle(amount, [], rule).cashDue : amount);
  });
  return { cash: paid, paid, total_cash: paid };
}

function oneTotal(inputs: JsonObject, purse: Purse, rule: CashRounding): Outcome {
  const { total, taxes } = taxedTotal(inputs, purse);
  const card = inputs['card'] === undefined ? 0 : purse.minor(inputs['card'], 'card');
  const payments: Payment[] = card === 0 ? [] : [payment('card', card)];
  const due = settle(total, payments, rule);
  const isCash = (inputs['tender'] ?? 'cash') === 'cash';
  const last = isCash ? due.cashDue : due.due;
  const settled = settle(total, [...payments, payment(isCash ? 'cash' : 'card', last)], rule);
  const paid = settled.tenders.reduce((sum, tender) => sum + tender.amount, 0);
  return {
    ...taxes,
    total: purse.major(total),
    cash: purse.major(due.cashDue),
    card: purse.major(card === 0 ? total : card),
    paid: purse.major(paid),
    rounding: purse.major(settled.rounding),
    refund_paid: purse.major(isCash ? settle(-total, [], rule).cashDue : -total),
  };
}

function payment(kind: 'cash' | 'card' | 'other', given: Minor): Payment {
  return { tender: kind, name: kind, kind, given };
}

/** The total of an example, reckoned from its lines and taxes where it has some. */
function taxedTotal(inputs: JsonObject, purse: Purse): { readonly total: Minor; readonly taxes: Outcome } {
  const net = inputs['net'];
  const amounts = ['gst', 'qst', 'pst', 'hst'].filter((name) => inputs[name] !== undefined);
  if (net !== undefined && amounts.length > 0) {
    // Taxes that are given as amounts are those fixed amounts on one article.
    const taxes = amounts.map((name) => ({ type: 'fixed', rate: inputs[name] }));
    const { rows, total } = taxDocument(noteLines({ price: net, taxes }), documentRules(inputs));
    const named = amounts.map((name, i) => [name, rows.find(({ tax }) => tax.id === `tax-${i + 1}`)?.amount]);
    return { total: purse.minor(total.toFixed(), 'the total'), taxes: Object.fromEntries(named) };
  }
  if (net === undefined && inputs['lines'] === undefined)
    return { total: purse.minor(firstOf(inputs, 'total', 'gross', 'amount'), 'the total'), taxes: {} };
  const lines = net === undefined ? asList(inputs['lines'], 'lines') : [net];
  const taxes = firstOf(inputs, 'tax_pct', 'tax', 'taxes');
  const document = taxDocument(noteLines({ lines, taxes }), documentRules(inputs));
  return {
    total: purse.minor(document.total.toFixed(), 'the total'),
    taxes: { tax: document.tax, net: document.net },
  };
}

/** A document whose total is rounded itself, the difference in its largest tax or in a line of its own. */
function roundedDocument(inputs: JsonObject, purse: Purse, rule: CashRounding): Outcome {
  const net = purse.minor(inputs['net'], 'net');
  const taxes = asList(inputs['taxes'], 'taxes').map((tax) => ({ amount: purse.minor(tax, 'a tax') }));
  const tax = taxes.reduce((sum, row) => sum + row.amount, 0);
  const rounding = cashAmount(net + tax, rule) - net - tax;
  const isAbsorbed = /tax/i.test(String(inputs['strategy']));
  const rounded = isAbsorbed
    ? absorbInLargestTax({ net, taxes }, rule)
    : { taxes, tax, total: net + tax + rounding };
  return {
    net: purse.major(net),
    taxes: rounded.taxes.map((row) => purse.major(row.amount)),
    tax: purse.major(rounded.tax),
    total: purse.major(rounded.total),
    rounding: purse.major(rounding),
  };
}

/** Examples of several tenders and change. */
export const paymentFamily: Family = ({ inputs }) => {
  const purse = purseOf(inputs);
  const total = purse.minor(inputs['total'], 'total');
  const payments = notedPayments(inputs['payments'], purse);
  const { change, due, tenders } = settle(total, payments);
  return {
    change: purse.major(change),
    due: purse.major(due),
    paid: purse.major(total - due),
    tenders: tenders.map((tender) => purse.major(tender.amount)),
  };
};

function notedPayments(value: unknown, purse: Purse): Payment[] {
  return asList(value, 'payments').map((item, i) => {
    if (typeof item === 'number') return payment(i === 0 ? 'card' : 'cash', purse.minor(item, 'a payment'));
    const one = asObject(item, 'a payment');
    const tender = String(firstOf(one, 'm', 'method', 'tender') ?? 'cash');
    return payment(
      tender === 'cash' ? 'cash' : 'card',
      purse.minor(firstOf(one, 'a', 'amount'), 'a payment'),
    );
  });
}

/** Examples of the money in a drawer. */
export const drawer: Family = ({ inputs }) => {
  const purse = purseOf(inputs);
  const amounts = (...names: string[]): Minor[] => {
    const value = firstOf(inputs, ...names);
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((one) => purse.minor(one, names[0] ?? ''));
  };
  const [float = inputs['expected'] === undefined ? 0 : purse.minor(inputs['expected'], 'expected')] =
    amounts('opening', 'float');
  const play = new RegisterPlay(purse.currency, float);
  const tendered = amounts('tendered', 'given');
  const sold = amounts('sales', 'sale', 'total').map((total, i) => play.sell(total, tendered[i] ?? total));
  amounts('refunds', 'refund').forEach((total) => play.sell(-total, -total));
  amounts('cash_in', 'paid_in', 'in').forEach((amount) => play.move('in', amount));
  amounts('cash_out', 'paid_out', 'out', 'expenses').forEach((amount) => play.move('out', amount));
  const times = inputs['sync_times'] === undefined ? 1 : asCount(inputs['sync_times'], 'sync_times');
  const report = play.reportAfter(times);
  const payments = sold.flatMap(({ tenders }) =>
    tenders.flatMap(({ amount, received, change }) => [received ?? amount, ...(change ? [-change] : [])]),
  );
  const paid = sold.reduce(
    (sum, { tenders }) => sum + tenders.reduce((all, { amount }) => all + amount, 0),
    0,
  );
  return {
    change: purse.major(
      sold.flatMap(({ tenders }) => tenders).reduce((sum, { change = 0 }) => sum + change, 0),
    ),
    expected_cash: purse.major(report.drawer.expected),
    closing_amount: purse.major(report.drawer.expected),
    qty: report.sales.count,
    payments: payments.map((amount) => purse.major(amount)),
    sum: purse.major(paid),
    ...closed(play, amounts('counted', 'closing'), purse),
  };
};

function closed(play: RegisterPlay, [counted]: readonly Minor[], purse: Purse): Outcome {
  if (counted === undefined) return {};
  const body = play.close(counted);
  const difference = body === undefined ? undefined : purse.major(body.difference);
  return { over_short: difference, difference, close_allowed: body !== undefined };
}

/** Examples of money given back to the tenders it came from. */
export const refund: Family = ({ inputs }) => {
  const purse = purseOf(inputs);
  const total = purse.minor(firstOf(inputs, 'sale', 'total'), 'the sale');
  const { tenders } = settle(total, notedPayments(inputs['payments'], purse));
  const amount =
    inputs['full_return'] === true
      ? total
      : purse.minor(firstOf(inputs, 'return_amount', 'return', 'refund'), 'the return');
  const back = refundTenders(tenders, amount);
  return {
    return_payments: back.map(({ given }) => purse.major(given)),
    total: purse.major(back.reduce((sum, { given }) => sum + given, 0)),
  };
};
