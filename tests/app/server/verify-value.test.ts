import { describe, expect, test } from 'vitest';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import type { Payment } from '#model/sale/payment.ts';
import { play, open, close, sell } from '../../model/support/played-register.ts';
import { ORG, basket, cash, line } from '../../model/support/shop.ts';
import { HEADER, firstFault, relinked, verdictOnRecords } from '../../support/exported-journal.ts';

const SHOP = { ...HEADER, organization: ORG, registers: ['S01-R2'] };
const TOP_UP = valueLine({
  account: { ledger: 'gift-card', id: 'GIFT12345678' },
  amount: 2000,
  name: 'Gift card',
  currency: 'GBP',
});
const BY_CARD: Payment = {
  tender: 'gift-card',
  name: 'Gift card',
  kind: 'gift-card',
  given: 600,
  account: 'GIFT12345678',
  approvedBy: 'sam',
};
const { records } = play([
  open(),
  sell(basket([TOP_UP, line()], 'b1'), [cash(2120)]),
  sell(basket([line({}, '5')], 'b2'), [BY_CARD]),
  close(),
]);

/** The first fault when one sale says something else, with hashes and links made anew. */
async function withSale(count: number, change: (body: RecordOf<'sale'>['body']) => object): Promise<string> {
  let seen = 0;
  const changed = records.map((record) =>
    record.kind === 'sale' && ++seen === count
      ? ({ ...record, body: { ...record.body, ...change(record.body) } } as JournalRecord)
      : record,
  );
  return firstFault(await verdictOnRecords(relinked(changed), SHOP));
}

describe('value in an export', () => {
  test('[J13] [G3] [G4] receipts that move value are valid, and the Z counts them as they are', async () => {
    expect(firstFault(await verdictOnRecords(records, SHOP))).toBe('valid');
  });

  test('[J13] a line of value that is not one piece, has a tax or something off is a fault', async () => {
    const lines = (part: object) => (body: RecordOf<'sale'>['body']) => ({
      lines: body.lines.map((one) => (one.account ? { ...one, ...part } : one)),
    });
    expect(await withSale(1, lines({ quantity: '2' }))).toContain('wrong-value');
    expect(await withSale(1, lines({ taxes: ['vat'] }))).toContain('wrong-value');
    expect(await withSale(1, lines({ discounts: [{ name: 'club', amount: 1 }] }))).toContain('wrong-value');
    expect(await withSale(1, lines({ account: { ledger: 'sweets', id: 'x' } }))).toContain('bad-shape');
  });

  test('[J13] [G1] a tender of a ledger names its account, and no other does', async () => {
    const tenders = (part: object) => (body: RecordOf<'sale'>['body']) => ({
      tenders: body.tenders.map((tender) => ({ ...tender, ...part })),
    });
    expect(await withSale(1, tenders({ account: 'GIFT12345678' }))).toContain('wrong-value');
    expect(await withSale(2, tenders({ kind: 'voucher' }))).toContain('wrong-value');
    expect(await withSale(2, tenders({ kind: 'store-credit' }))).toBe('valid');
  });
});
