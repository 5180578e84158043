import { describe, expect, it } from 'vitest';
import { masterEntry } from '#model/documents/catalog.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { fitsSearch } from '../../../app/lib/till/sale-search.ts';
import { codeOf, must, openTill, type TillBench } from './till-fixture.ts';

const LANTERN = '5012345678900';
const HOLDER = '4006381333931';

/** Sells articles by card, to a customer where one is named. */
async function sellByCard(bench: TillBench, codes: readonly string[], cardTail: string, customer?: string) {
  const { till, view } = bench;
  for (const code of codes) view.scan(code);
  if (customer !== undefined) must(till.customers.attach(customer));
  must(till.sale.startPaying());
  must(
    till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: till.sale.priced.total, cardTail }),
  );
  return must(await till.completeSale()).body;
}

async function shopWithSales() {
  const bench = await openTill();
  const { customers } = bench.till;
  const joan = must(await customers.saveProfile(undefined, { name: 'Joan Builder' }));
  const first = await sellByCard(bench, [LANTERN], '4711', joan);
  const second = await sellByCard(bench, [LANTERN, HOLDER], '1234');
  return { bench, joan, first, second };
}

describe('finding a sale without its number', () => {
  it('[U12] by the card’s last digits, the customer, the day and the amount', async () => {
    const { bench, first, second } = await shopWithSales();
    const { refunds } = bench.till;
    const receipts = async (remembered: Parameters<typeof refunds.search>[0]) =>
      (await refunds.search(remembered, 60)).sales.map(({ body }) => body.receipt);
    expect(await receipts({ cardTail: '4711' })).toEqual([first.receipt]);
    expect(await receipts({ customer: 'joan' })).toEqual([first.receipt]);
    expect(await receipts({ amount: 454 })).toEqual([second.receipt]);
    // 09:00 in London is the small hours in Mexico City, where this store is.
    expect(await receipts({ day: '2026-11-21' })).toEqual([second.receipt, first.receipt]);
    expect(await receipts({ day: '2026-11-20' })).toEqual([]);
    expect(await receipts({ cardTail: '4711', amount: 454 })).toEqual([]);
    expect(await receipts({ customer: 'nobody' })).toEqual([]);
    expect(await receipts({})).toEqual([]);
  });

  it('[U12] says how far back it looked', async () => {
    const { bench } = await shopWithSales();
    expect(await bench.till.refunds.search({ cardTail: '9999' }, 60)).toEqual({
      sales: [],
      since: '2026-11-21T09:00:00.000Z',
      more: false,
      outOfReach: false,
    });
  });

  it.each([
    [{ kind: 'card', reference: 'VISA 4711' }, true],
    [{ kind: 'card', reference: '994711' }, false],
    [{ kind: 'card', reference: 'APPROVED 471' }, false],
    [{ kind: 'voucher', reference: 'GIFT 4711' }, false],
    [{ kind: 'card', reference: 'VISA 4711', cardTail: '1234' }, false],
  ])('[U12] a tender %j ends with 4711: %s', (tender, fits) => {
    const sale = { total: 100, tenders: [tender] } as unknown as SaleBody;
    expect(fitsSearch(sale, '2026-11-21', { cardTail: '4711' })).toBe(fits);
  });
});

describe('what comes back from a customer’s purchase', () => {
  it('[U9] brings the customer along, and takes their points back', async () => {
    const { bench, joan } = await shopWithSales();
    const { till, documents } = bench;
    const organization = JSON.parse(
      (await documents.open({ class: 'organization' }))['organization'] ?? '',
    ) as object;
    documents.receive(
      { class: 'organization' },
      { organization: JSON.stringify({ ...organization, loyalty: { earnPer: 100, redeemValue: 1 } }) },
    );
    const sold = await sellByCard(bench, [LANTERN, LANTERN], '4711', joan);
    expect(sold.points?.earned).toBe(6);
    must(await till.refunds.find(sold.receipt));
    must(await till.refunds.takeBack(0, '1'));
    expect(till.sale.basket).toMatchObject({ customer: joan, lines: [{ points: 3 }] });
    expect(codeOf(till.customers.detach())).toBe('other-customer');
    must(till.sale.startPaying());
    must(till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: -339 }));
    const { body } = must(await till.completeSale());
    expect(body).toMatchObject({ customer: joan, points: { earned: 0, back: 3 } });
    expect(body.lines[0]).not.toHaveProperty('points');
  });

  it('[U9] does not go into a sale to somebody else', async () => {
    const { bench, first } = await shopWithSales();
    const { till } = bench;
    const max = must(await till.customers.saveProfile(undefined, { name: 'Max' }));
    till.nextSale();
    must(till.customers.attach(max));
    must(await till.refunds.find(first.receipt));
    expect(codeOf(await till.refunds.takeBack(0, '1'))).toBe('other-customer');
    expect(till.sale.basket.lines).toEqual([]);
  });

  it('[U9] a customer who is sold to no more still gives back', async () => {
    const { bench, first, joan } = await shopWithSales();
    const { key, text } = masterEntry({ kind: 'tier', id: 'trade', value: { name: 'Trade' } });
    bench.documents.receive({ class: 'catalog', shard: 0 }, { [key]: text });
    const { till } = bench;
    const asking = till.customers.saveTerms(joan, { active: false });
    await expect.poll(() => till.staff.approvals.request).toBeDefined();
    const mia = till.shop.person('mia');
    if (!mia) throw new Error('no manager');
    must(await till.staff.approvals.approve(mia, '1234'));
    must(await asking);
    must(await till.refunds.find(first.receipt));
    must(await till.refunds.takeBack(0, '1'));
    expect(till.sale.basket.customer).toBe(joan);
  });
});
