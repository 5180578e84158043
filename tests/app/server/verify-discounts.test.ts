import { describe, expect, test } from 'vitest';
import { receiptNumber } from '#model/ids/register-id.ts';
import { emptyHead, sealRecord } from '#model/journal/chain.ts';
import type { JournalRecord, RecordContent } from '#model/journal/record.ts';
import { historyActor } from '#model/register/actor.ts';
import { resumeRegister } from '#model/register/register-state.ts';
import { voidSale } from '#model/register/void-sale.ts';
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

/** What the verifier says of a journal with one sale, and perhaps others after it. */
async function verdict(body: SaleBody, ...more: readonly SaleBody[]): Promise<string> {
  const opened: RecordContent = { kind: 'opened', body: { day: '2026-11-21', currency: 'GBP', float: 0 } };
  const first = sealRecord(emptyHead(ORG, STORE_ID, REGISTER_ID), 1, opened, STAMP);
  const records: JournalRecord[] = [first];
  for (const sale of [body, ...more]) {
    const last = records.at(-1) ?? first;
    const head = {
      ...emptyHead(ORG, STORE_ID, REGISTER_ID),
      seq: last.seq,
      hash: last.hash,
      totals: last.totals,
    };
    records.push(sealRecord(head, 1, { kind: 'sale', body: sale }, STAMP));
  }
  return firstFault(await verdictOnRecords(records));
}

/** The void of the sale, as the product makes it, and perhaps changed. */
function voidOf(change: Partial<SaleBody> = {}): SaleBody {
  const opened: RecordContent = { kind: 'opened', body: { day: '2026-11-21', currency: 'GBP', float: 0 } };
  const head = emptyHead(ORG, STORE_ID, REGISTER_ID);
  const first = sealRecord(head, 1, opened, STAMP);
  const sale = sealRecord({ ...head, seq: 1, hash: first.hash }, 1, { kind: 'sale', body: SALE }, STAMP);
  const state = resumeRegister([first, sale]);
  if (!state.ok || sale.kind !== 'sale') throw new Error('the register does not go on');
  const act = { at: STAMP.at, actor: historyActor(STAMP.by) };
  const made = voidSale(state.value, { sale, later: [], reason: 'wrong', basket: 'void' }, act);
  if (!made.ok) throw new Error(made.error.code);
  return { ...made.value.body, ...change };
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

  test('[H6] [J13] takes an exact void, once, and of a sale of the session only', async () => {
    expect(await verdict(SALE, voidOf())).toBe('valid');
    const twice = voidOf({ receipt: receiptNumber(STORE_ID, REGISTER_ID, 3) });
    expect(await verdict(SALE, voidOf(), twice)).toBe('seq 4: wrong-void');
    const other = { receipt: receiptNumber(STORE_ID, REGISTER_ID, 9), reason: 'wrong' };
    expect(await verdict(SALE, voidOf({ voids: other }))).toBe('seq 3: wrong-void');
  });

  test('[H6] [J13] finds a void that gives back something else', async () => {
    const { lines } = voidOf();
    expect(await verdict(SALE, voidOf({ lines: lines.toReversed() }))).toBe('seq 3: wrong-void');
    const total = voidOf().total + 1;
    expect(await verdict(SALE, voidOf({ total, net: voidOf().net + 1 }))).toBe('seq 3: wrong-sums');
  });
});
