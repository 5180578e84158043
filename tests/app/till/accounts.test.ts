import { describe, expect, it } from 'vitest';
import { masterEntry } from '#model/documents/catalog.ts';
import type { Tender } from '#model/catalog/product.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Loyalty } from '#model/loyalty/loyalty.ts';
import { R2, approve, codeOf, must, openTill, payCash, type TillBench } from './till-fixture.ts';

const LANTERN = '5012345678900';
const ACCOUNT: Tender = { id: 'account', name: 'On account', kind: 'account', order: 8 };
const POINTS: Tender = { id: 'points', name: 'Points', kind: 'points', order: 9 };

async function reward({ documents }: TillBench, loyalty: Loyalty): Promise<void> {
  const { organization = '' } = await documents.open({ class: 'organization' });
  const known = JSON.parse(organization) as object;
  documents.receive(
    { class: 'organization' },
    { organization: canonicalJson({ ...known, loyalty } as unknown as CanonicalValue) },
  );
}

/** A till with a customer who may owe 10.00, and one point a pound. */
async function shop(loyalty: Loyalty = { earnPer: 100, redeemValue: 1 }) {
  const bench = await openTill();
  await reward(bench, loyalty);
  const { customers } = bench.till;
  const joan = must(await customers.saveProfile(undefined, { name: 'Joan' }));
  const asking = customers.saveTerms(joan, { active: true, accountLimit: 1_000 });
  await approve(bench);
  must(await asking);
  return { bench, joan };
}

function scan({ till, view }: TillBench, customer: string, units: number): void {
  for (let unit = 0; unit < units; unit++) view.scan(LANTERN);
  must(till.customers.attach(customer));
  must(till.sale.startPaying());
}

describe('selling on account', () => {
  it('[U7] goes into debt up to the limit, and every till of the documents knows', async () => {
    const { bench, joan } = await shop();
    const { till } = bench;
    scan(bench, joan, 2);
    must(await till.accounts.payOnAccount(ACCOUNT, 678));
    const { body } = must(await till.completeSale());
    expect(body.tenders).toEqual([
      { tender: 'account', name: 'On account', kind: 'account', amount: 678, account: joan },
    ]);
    await expect.poll(() => till.accounts.balance(joan)).toBe(-678);
    const other = await openTill({ documents: bench.documents, register: R2 });
    expect(other.till.accounts.balance(joan)).toBe(-678);
  });

  it('[U7] beyond the limit a supervisor approves, and the tender names who', async () => {
    const { bench, joan } = await shop();
    const { till } = bench;
    scan(bench, joan, 4);
    expect(till.accounts.payable('account')).toBe(1_000);
    const asking = till.accounts.payOnAccount(ACCOUNT, 1_356);
    await expect
      .poll(() => till.staff.approvals.request)
      .toMatchObject({ permission: 'customer.over-limit' });
    await approve(bench);
    must(await asking);
    expect(must(await till.completeSale()).body.tenders[0]).toMatchObject({
      approvedBy: 'mia',
      amount: 1_356,
    });
  });

  it('[U7] two payments on account in one sale count together', async () => {
    const { bench, joan } = await shop();
    const { till } = bench;
    scan(bench, joan, 4);
    must(await till.accounts.payOnAccount(ACCOUNT, 900));
    const asking = till.accounts.payOnAccount(ACCOUNT, 101);
    await expect.poll(() => till.staff.approvals.request).toBeDefined();
    till.staff.approvals.decline();
    expect(codeOf(await asking)).toBe('approval-needed');
    must(await till.accounts.payOnAccount(ACCOUNT, 100));
  });

  it('[U7] a debt is paid in a sale, once, and earns nothing', async () => {
    const { bench, joan } = await shop();
    const { till } = bench;
    scan(bench, joan, 2);
    must(await till.accounts.payOnAccount(ACCOUNT, 678));
    must(await till.completeSale());
    till.nextSale();
    await expect.poll(() => till.accounts.balance(joan)).toBe(-678);
    must(till.customers.attach(joan));
    must(await till.accounts.payDebt('Paid on account'));
    expect(codeOf(await till.accounts.payDebt('Paid on account'))).toBe('no-debt');
    must(till.sale.startPaying());
    payCash(bench, 700);
    const { body } = must(await till.completeSale());
    expect(body).toMatchObject({
      total: 678,
      lines: [{ account: { ledger: 'account', id: joan }, amount: 678 }],
    });
    expect(body).not.toHaveProperty('points');
    await expect.poll(() => till.accounts.balance(joan)).toBe(0);
  });

  it('[U7] without a customer, or without a limit, nothing goes on account', async () => {
    const { bench } = await shop();
    const { till, view } = bench;
    const max = must(await till.customers.saveProfile(undefined, { name: 'Max' }));
    view.scan(LANTERN);
    must(till.sale.startPaying());
    expect(codeOf(await till.accounts.payOnAccount(ACCOUNT, 339))).toBe('account-needs-customer');
    must(till.customers.attach(max));
    expect(codeOf(await till.accounts.payOnAccount(ACCOUNT, 339))).toBe('account-not-agreed');
    expect(codeOf(await till.accounts.payDebt('Paid'))).toBe('no-debt');
  });
});

describe('points at the till', () => {
  it('[U8] [U10] are earned, shown on the receipt, and pay for the next sale', async () => {
    const { bench, joan } = await shop({ earnPer: 10, redeemValue: 1 });
    const { till } = bench;
    scan(bench, joan, 2);
    payCash(bench, 678);
    expect(must(await till.completeSale()).body.points).toEqual({ earned: 67, balance: 67 });
    expect(JSON.stringify(bench.bridge.papers.at(-1)?.paper)).toContain('Points: earned 67, balance 67');
    till.nextSale();
    await expect.poll(() => till.accounts.points(joan)).toBe(67);
    scan(bench, joan, 1);
    expect(till.accounts.payable('points')).toBe(67);
    expect(codeOf(await till.accounts.payWithPoints(POINTS, 68))).toBe('points-too-few');
    must(await till.accounts.payWithPoints(POINTS, 60));
    expect(codeOf(await till.accounts.payWithPoints(POINTS, 8))).toBe('points-too-few');
    payCash(bench, 279);
    const { body } = must(await till.completeSale());
    expect(body.tenders[0]).toMatchObject({ kind: 'points', amount: 60, points: 60, account: joan });
    expect(body.points).toEqual({ earned: 33, balance: 40 });
    await expect.poll(() => till.accounts.points(joan)).toBe(40);
  });

  it('[U10] pay in whole points only', async () => {
    const { bench, joan } = await shop({ earnPer: 1, redeemValue: 7 });
    const { till } = bench;
    scan(bench, joan, 1);
    payCash(bench, 339);
    must(await till.completeSale());
    till.nextSale();
    await expect.poll(() => till.accounts.points(joan)).toBe(339);
    scan(bench, joan, 1);
    expect(codeOf(await till.accounts.payWithPoints(POINTS, 338))).toBe('points-not-whole');
    expect(till.accounts.payable('points')).toBe(336);
    must(await till.accounts.payWithPoints(POINTS, 336));
    expect(till.sale.payments[0]).toMatchObject({ points: 48 });
  });

  it('[U11] a tier comes with enough of them, where nobody gave the customer one', async () => {
    const { bench, joan } = await shop({ earnPer: 10, redeemValue: 1, tiers: [{ tier: 'gold', from: 50 }] });
    const { till, documents } = bench;
    const { key, text } = masterEntry({
      kind: 'price-rule',
      id: 'gold',
      value: { id: 'gold', tier: 'gold', change: { kind: 'percent', percent: '50' } },
    });
    documents.receive({ class: 'catalog', shard: 0 }, { [key]: text });
    scan(bench, joan, 2);
    expect(till.sale.priced.total).toBe(678);
    payCash(bench, 678);
    must(await till.completeSale());
    till.nextSale();
    await expect.poll(() => till.accounts.points(joan)).toBe(67);
    scan(bench, joan, 2);
    expect(till.sale.basket.terms).toEqual({ tier: 'gold' });
    expect(till.sale.priced.total).toBe(339);
  });

  it('[U11] are gone when their days are over', async () => {
    const { bench, joan } = await shop({ earnPer: 10, redeemValue: 1, expiryDays: 30 });
    const { till, surroundings } = bench;
    scan(bench, joan, 1);
    payCash(bench, 339);
    must(await till.completeSale());
    await expect.poll(() => till.accounts.points(joan)).toBe(33);
    surroundings.pass(31 * 86_400_000);
    expect(till.accounts.points(joan)).toBe(0);
  });

  it('[U10] without a customer there are none to pay with', async () => {
    const { bench } = await shop();
    bench.view.scan(LANTERN);
    expect(codeOf(await bench.till.accounts.payWithPoints(POINTS, 10))).toBe('account-needs-customer');
    expect(bench.till.accounts.payable('points')).toBeUndefined();
  });
});
