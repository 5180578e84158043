import { describe, expect, test } from 'vitest';
import { emptyHead, sealRecord } from '#model/journal/chain.ts';
import type { RecordContent } from '#model/journal/record.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { paidSale } from '../../model/support/discounts.ts';
import { GST, ORG, REGISTER_ID, STORE_ID, basket, line } from '../../model/support/shop.ts';
import { firstFault, verdictOnRecords } from '../../support/exported-journal.ts';

const STAMP = { at: '2026-11-21T08:55:00.000Z', by: 'ann' };
const LEVY = { ...GST, id: 'levy', kind: 'fixed' as const, rate: '0.25', compounds: true };
const SALE = paidSale(
  {
    ...basket([
      { ...line({ price: '15.89' }, '2'), taxes: [LEVY, GST] },
      { ...line({ price: '3.33' }), discount: { kind: 'percent', percent: '10', name: 'dented' } },
    ]),
    discounts: [{ kind: 'percent', percent: '2', name: 'Club' }],
  },
  { currency: 'GBP', taxRounding: 'receipt', cashRounding: { step: 5, mode: 'half-up' } },
);

/** What the verifier says of a journal with one sale. */
async function verdict(body: SaleBody): Promise<string> {
  const opened: RecordContent = { kind: 'opened', body: { day: '2026-11-21', currency: 'GBP', float: 0 } };
  const first = sealRecord(emptyHead(ORG, STORE_ID, REGISTER_ID), 1, opened, STAMP);
  const head = { ...emptyHead(ORG, STORE_ID, REGISTER_ID), seq: 1, hash: first.hash };
  return firstFault(await verdictOnRecords([first, sealRecord(head, 1, { kind: 'sale', body }, STAMP)]));
}

describe('the independent verifier', () => {
  test('[J13] adds up a receipt with compound taxes, discounts and cash rounding', async () => {
    expect(SALE.rounding).not.toBe(0);
    expect(SALE.lines.map(({ discounts = [] }) => discounts.map(({ name }) => name))).toEqual([
      ['Club'],
      ['dented', 'Club'],
    ]);
    expect(await verdict(SALE)).toBe('valid');
  });

  test('[J13] finds a rounding that the tenders do not show', async () => {
    const { rounding = 0, ...without } = SALE;
    expect(await verdict(without)).toBe('seq 2: wrong-sums');
    expect(await verdict({ ...SALE, rounding: rounding + 1 })).toBe('seq 2: wrong-sums');
  });

  test('[L9] [J13] finds taxes of lines that do not make the tax, or are too few', async () => {
    const lines = (change: (amounts: number[]) => number[]) => ({
      ...SALE,
      lines: SALE.lines.map((one, i) =>
        i === 0 ? { ...one, taxAmounts: change(one.taxAmounts ?? []) } : one,
      ),
    });
    expect(await verdict(lines(([first = 0, ...rest]) => [first + 1, ...rest]))).toBe('seq 2: wrong-sums');
    expect(await verdict(lines((amounts) => amounts.slice(1)))).toBe('seq 2: wrong-sums');
  });
});
