import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachCustomer, detachCustomer, termsForSale } from '#model/customers/attach-customer.ts';
import { writeProfile, writeTerms } from '#model/customers/customer-commands.ts';
import { foldCustomers, readCustomerEntry } from '#model/customers/customer-entries.ts';
import { CUSTOMER_SHARDS, PLAIN_TERMS, customerShard, type Customer } from '#model/customers/customer.ts';
import { openSaleEntries, readOpenSale } from '#model/documents/basket.ts';
import { parkedEntry, readParkedEntry } from '#model/documents/parked.ts';
import { actorOf, type Act } from '#model/register/actor.ts';
import { overridePrice } from '#model/register/basket-commands.ts';
import type { Result } from '#model/result.ts';
import { addLine, changeQuantity, priceBasket, type Basket } from '#model/sale/basket.ts';
import { finishedSale } from '#model/sale/finished-sale.ts';
import { withPricedLine, withPricedLines, type PriceList } from '#model/sale/line-prices.ts';
import { auditOf } from './support/office.ts';
import { RULES, actOf } from './support/played-register.ts';
import { REDUCED, STORE_ID, TAXES, VAT, basket, cash, line } from './support/shop.ts';

const person = (id: string, role: string) =>
  actorOf({ id, role, active: true, stores: [] }, STORE_ID, new Map());
const byAna: Act = actOf(1, { actor: person('ana', 'cashier') });
const byMia: Act = actOf(1, { actor: person('mia', 'manager') });
const AUDIT = '0123456789abcdef';
const customer = (change: Partial<Customer['terms']> = {}, id = 'c-1'): Customer => ({
  id,
  profile: { name: 'Joan Builder' },
  terms: { ...PLAIN_TERMS, ...change },
});
const TRADE: PriceList = {
  rules: [
    { id: 'trade', tier: 'trade', change: { kind: 'percent', percent: '10' } },
    { id: 'many', product: 'apple', from: '12', change: { kind: 'price', price: '0.95' } },
  ],
  store: 'S01',
  tiers: [],
  taxes: TAXES,
  mappings: new Map([['reduced', { id: 'reduced', name: 'Reduced', replaces: { vat: ['reduced'] } }]]),
};

function must<Value>(result: Result<Value, { readonly code: string }>): Value {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe('what a customer is', () => {
  test('[U1] a customer has one of sixteen documents, whoever asks', () => {
    const shards = fc.sample(fc.uuid(), { numRuns: 400, seed: 5 }).map(customerShard);
    expect(new Set(shards).size).toBe(CUSTOMER_SHARDS);
    expect(customerShard('c-1')).toBe(customerShard('c-1'));
    expect(Math.max(...shards)).toBeLessThan(CUSTOMER_SHARDS);
  });

  test('[U2] two edits made apart, one of each group, are both there whatever arrives first', () => {
    const before = customer();
    const made = must(writeProfile('c-1', { name: 'Joan Builder', phone: '020 7946 0000' }, [], byAna));
    const terms = must(writeTerms(before, { active: true, tier: 'trade' }, AUDIT, byMia));
    const entries = [...Object.entries(made), ...Object.entries(terms)];
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (order) => {
        expect(foldCustomers(order).get('c-1')).toEqual({
          id: 'c-1',
          profile: { name: 'Joan Builder', phone: '020 7946 0000' },
          terms: { active: true, tier: 'trade' },
        });
      }),
    );
  });

  test('[U2] terms alone name nobody, and a profile alone has everybody’s terms', () => {
    const terms = must(writeTerms(customer(), { active: true, tier: 'trade' }, AUDIT, byMia));
    expect(foldCustomers(Object.entries(terms)).size).toBe(0);
    const made = must(writeProfile('c-9', { name: 'Nan' }, [], byAna));
    expect(foldCustomers(Object.entries(made)).get('c-9')?.terms).toEqual(PLAIN_TERMS);
  });

  test.each([
    ['customer:c-1', 'unknown-key'],
    ['customer:c-1:wishes', 'unknown-key'],
    ['customer::profile', 'unknown-key'],
    ['product:c-1:profile', 'unknown-key'],
    ['customer:c-1:profile', 'bad-shape'],
  ])('[D5] %s with strange content is a fault: %s', (key, code) => {
    expect(readCustomerEntry(key, '{"surname":"X"}')).toMatchObject({ ok: false, error: { code } });
  });
});

describe('who writes what', () => {
  test('[U3] a cashier writes a profile, and empty fields are left out', () => {
    const made = must(writeProfile('c-1', { name: ' Joan ', phone: '', email: '', cards: [] }, [], byAna));
    expect(made).toEqual({ 'customer:c-1:profile': '{"name":"Joan"}' });
  });

  test('[U3] a cashier needs an approval for terms; the audit entry names both and the fields', () => {
    const wanted = { active: true, tier: 'trade', accountLimit: 50_000 };
    expect(writeTerms(customer(), wanted, AUDIT, byAna)).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'customer.edit-terms' },
    });
    const done = must(
      writeTerms(customer(), wanted, AUDIT, { ...byAna, approval: person('mia', 'manager') }),
    );
    const [[key = '', text = ''] = []] = Object.entries(done).filter(([name]) => name.startsWith('audit:'));
    expect(readCustomerEntry(key, text)).toMatchObject({
      ok: true,
      value: {
        kind: 'audit',
        value: {
          by: 'ana',
          what: 'customer.terms',
          subject: 'c-1',
          details: { name: 'Joan Builder', tier: 'trade', accountLimit: '50000', approvedBy: 'mia' },
        },
      },
    });
  });

  test('[U3] a field that goes away stands in the audit as empty, one that stays not at all', () => {
    const before = customer({ tier: 'trade', accountLimit: 100 });
    const done = must(writeTerms(before, { active: false, accountLimit: 100 }, AUDIT, byMia));
    expect(auditOf(done).details).toEqual({ name: 'Joan Builder', tier: '', active: 'false' });
  });

  test.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'Joan', email: 'no mail' }, 'email'],
    [{ name: 'Joan', cards: ['1'] }, 'cards'],
  ])('[U3] %j is refused by its field %s', (wish, field) => {
    expect(writeProfile('c-1', wish, [], byAna)).toMatchObject({
      ok: false,
      error: { code: 'bad-customer', field },
    });
  });

  test('[U6] a card somebody else has is refused, one’s own stays', () => {
    const joan: Customer = { ...customer(), profile: { name: 'Joan', cards: ['990001'] } };
    expect(writeProfile('c-2', { name: 'Max', cards: ['990001'] }, [joan], byAna)).toEqual({
      ok: false,
      error: { code: 'card-taken', card: '990001', name: 'Joan' },
    });
    expect(writeProfile('c-1', { name: 'Joan', cards: ['990001'] }, [joan], byAna).ok).toBe(true);
  });

  test('[U3] terms of a customer nobody knows are refused', () => {
    expect(writeTerms(undefined, { active: true }, AUDIT, byMia)).toEqual({
      ok: false,
      error: { code: 'unknown-customer' },
    });
  });
});

describe('a basket with a customer', () => {
  const two = basket([line({}, '3'), line({ id: 'pear', price: '2.00', taxes: [] }, '1')]);
  const total = (of: Basket) => priceBasket(of, RULES).total;

  test('[U4] [X12] attached, the tier’s rule lowers the lines and the line says which and from what', () => {
    const sold = must(attachCustomer(two, customer({ tier: 'trade' }), TRADE));
    expect(sold.lines.map(({ price, priced }) => [price, priced])).toEqual([
      ['1.08', { rule: 'trade', from: '1.20' }],
      ['1.8', { rule: 'trade', from: '2.00' }],
    ]);
    expect(sold).toMatchObject({ customer: 'c-1', terms: { tier: 'trade' } });
    const body = must(
      finishedSale({ receipt: 'S01-R2-000001' as never, basket: sold, payments: [cash(504)], rules: RULES }),
    );
    expect(body).toMatchObject({ customer: 'c-1', terms: { tier: 'trade' }, total: 504 });
    expect(body.lines[0]).toMatchObject({ price: '1.08', priced: { rule: 'trade', from: '1.20' } });
  });

  test('[X13] a certificate takes the taxes out of shelf prices; the record says so', () => {
    const free = must(attachCustomer(two, customer({ taxFree: { certificate: 'EX-77' } }), TRADE));
    expect(free.lines.map(({ price, taxes }) => [price, taxes])).toEqual([
      ['1', []],
      ['2.00', []],
    ]);
    const priced = priceBasket(free, RULES);
    expect([priced.total, priced.tax]).toEqual([500, 0]);
    const body = must(
      finishedSale({ receipt: 'S01-R2-000001' as never, basket: free, payments: [cash(500)], rules: RULES }),
    );
    expect(body.terms).toEqual({ certificate: 'EX-77' });
    expect(body.lines[0]).not.toHaveProperty('plain');
  });

  test('[X13] a mapping puts other taxes in, and the shelf price follows them', () => {
    const mapped = must(attachCustomer(two, customer({ taxMapping: 'reduced' }), TRADE));
    expect(mapped.lines[0]).toMatchObject({ price: '1.05', taxes: [REDUCED] });
    expect(mapped.lines[0]?.plain).toEqual({ price: '1.20', taxes: [VAT] });
  });

  test('[X13] attached and detached, whatever the terms, a basket is what it was', () => {
    const lines = fc.array(
      fc.record({
        id: fc.constantFrom('apple', 'pear', 'plum'),
        price: fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
        quantity: fc.integer({ min: 1, max: 30 }).map(String),
        taxes: fc.constantFrom<string[]>([], ['vat'], ['reduced'], ['gst'], ['gst', 'qst']),
        override: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const terms = fc.record(
      {
        tier: fc.constantFrom('trade', 'club'),
        taxFree: fc.constant({ certificate: 'EX-1' }),
        taxMapping: fc.constantFrom('reduced', 'none'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(lines, terms, terms, (wanted, first, second) => {
        let before = withPricedLines(
          basket(wanted.map(({ quantity, override: _said, ...each }) => line(each, quantity))),
          TRADE,
        );
        wanted.forEach(({ override }, index) => {
          if (override)
            before = must(overridePrice(before, index, { price: '0.50', reason: 'damaged' }, byMia));
        });
        const once = must(attachCustomer(before, customer(first), TRADE));
        const twice = must(attachCustomer(once, customer(second, 'c-2'), TRADE));
        expect(must(detachCustomer(twice, TRADE))).toEqual(before);
      }),
    );
  });

  test('[X12] a price a person set stays, with and without a customer', () => {
    const said = must(overridePrice(two, 0, { price: '1.00', reason: 'dented' }, byMia));
    const sold = must(attachCustomer(said, customer({ tier: 'trade' }), TRADE));
    expect(sold.lines[0]).toMatchObject({ price: '1.00', override: { from: '1.20' } });
    const later = must(
      overridePrice(
        must(attachCustomer(two, customer({ tier: 'trade' }), TRADE)),
        0,
        { price: '1', reason: 'dented' },
        byMia,
      ),
    );
    expect(later.lines[0]).not.toHaveProperty('priced');
    expect(later.lines[0]?.override?.from).toBe('1.08');
  });

  test('[X12] what comes back keeps its price', () => {
    const back = { ...line({}, '1'), quantity: '-1', amount: -120 };
    const mixed = { ...two, lines: [...two.lines, back] };
    expect(must(attachCustomer(mixed, customer({ tier: 'trade' }), TRADE)).lines[2]).toEqual(back);
  });

  test('[X12] a quantity that reaches a rule lowers its own line, and a second scan joins a lowered one', () => {
    const grown = must(changeQuantity(two, 0, '12'));
    const priced = withPricedLine(grown.basket, grown.index, TRADE);
    expect(priced.lines[0]).toMatchObject({ price: '0.95', priced: { rule: 'many', from: '1.20' } });
    const again = must(addLine(priced, line()));
    expect(again.basket.lines).toHaveLength(2);
    const shrunk = must(changeQuantity(again.basket, 0, '2'));
    expect(withPricedLine(shrunk.basket, 0, TRADE).lines[0]).toEqual(line({}, '2'));
  });

  test('[X5] [U4] a special for a tier counts for a customer of that tier', () => {
    const special = { id: 'club', name: 'Club', priority: 0, stacks: false, scope: {}, tiers: ['club'] };
    const rules = { ...RULES, specials: [{ ...special, effect: { kind: 'off' as const, percent: '50' } }] };
    const sold = must(attachCustomer(two, customer({ tier: 'club' }), TRADE));
    expect([priceBasket(two, rules).total, priceBasket(sold, rules).total]).toEqual([560, 280]);
    expect(total(sold)).toBe(560);
  });

  test('[U4] who is not active is not attached; a tier of points counts where nobody gave one', () => {
    expect(attachCustomer(two, customer({ active: false }), TRADE)).toEqual({
      ok: false,
      error: { code: 'customer-inactive', name: 'Joan Builder' },
    });
    expect(termsForSale(PLAIN_TERMS, 'gold')).toEqual({ tier: 'gold' });
    expect(termsForSale({ active: true, tier: 'trade' }, 'gold')).toEqual({ tier: 'trade' });
  });

  test('[D6] [H4] customer and terms survive a restart and a parking', () => {
    const sold = must(
      attachCustomer(two, customer({ tier: 'trade', taxFree: { certificate: 'EX' } }), TRADE),
    );
    const sale = { basket: sold, paying: false, payments: [] };
    expect(must(readOpenSale(openSaleEntries(sale)))).toEqual(sale);
    const parked = { basket: sold, amount: 504, at: '2026-01-05T09:00:00.000Z', by: 'ana', register: 'R2' };
    const { key, text } = parkedEntry(parked);
    expect(must(readParkedEntry(key, text))).toEqual(parked);
  });
});
