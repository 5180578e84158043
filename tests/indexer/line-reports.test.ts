import { expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { recordText, sealRecord } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { nameRepresentative, quickLine } from '#model/register/line-commands.ts';
import { addRecord, newRegister, type RegisterState } from '#model/register/register-state.ts';
import { refundLine, type Basket, type BasketLine } from '#model/sale/basket.ts';
import { quickArticlesReport, representativesReport } from '../../reports-indexer/reports/line-reports.ts';
import { receiptsReport } from '../../reports-indexer/reports/receipts.ts';
import { paidSale } from '../model/support/discounts.ts';
import { RULES, actOf } from '../model/support/played-register.ts';
import { ORG, REGISTER_ID, STORE_ID, VAT, basket, line } from '../model/support/shop.ts';
import { signed } from '../support/journal-fixture.ts';
import { firstFault, verdictOnRecords } from '../support/exported-journal.ts';
import { freshReports, wholeUpdate } from './flatten-fixture.ts';

function must<Value>(result: { ok: true; value: Value } | { ok: false; error: { code: string } }): Value {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const soldBy = (person: string, of: BasketLine) => must(nameRepresentative(basket([of]), 0, person));
const oddMug = must(
  quickLine(
    { id: 'q1', barcode: '999', name: 'Odd mug', price: '4.50', taxes: [VAT], department: 'home' },
    actOf(1),
  ),
);

/** A session that sells for two representatives, takes a part back, and sells a code the catalog does not know twice. */
function session(): readonly JournalRecord[] {
  let state: RegisterState = newRegister(ORG, STORE_ID, REGISTER_ID);
  const records: JournalRecord[] = [];
  const add = (record: JournalRecord) => {
    state = must(addRecord(state, record) as { ok: true; value: RegisterState });
    records.push(record);
    return record;
  };
  const stamp = (minute: number) => ({
    at: new Date(Date.UTC(2026, 10, 21, 9, minute)).toISOString(),
    by: 'ann',
  });
  const sell = (of: Basket, count: number) =>
    add(
      sealRecord(
        state.head,
        1,
        { kind: 'sale', body: paidSale({ ...of, id: `b${count}` }, RULES, count) },
        stamp(count),
      ),
    );
  add(
    sealRecord(
      state.head,
      1,
      { kind: 'opened', body: { day: '2026-11-21', currency: 'GBP', float: 0 } },
      stamp(0),
    ),
  );
  const first = sell(soldBy('luis', line({}, '10')), 1);
  sell(soldBy('ana', line()), 2);
  if (first.kind === 'sale')
    sell(basket([must(refundLine(first.body, 0, '4', { quantity: '0', amount: 0 }))]), 3);
  sell(basket([oddMug]), 4);
  sell(basket([{ ...oddMug, name: 'Odder mug', quantity: '2' }]), 5);
  return records;
}

test('[C10] [C11] sales of representatives and new articles are reported, and the verifier knows what says so', async () => {
  const records = session();
  expect(firstFault(await verdictOnRecords(records))).toBe('valid');
  const { writer, query } = freshReports();
  const key = { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 } as const;
  const entries = Object.fromEntries(
    records.map((record) => [recordKey(record.seq), recordText(signed(record))]),
  );
  await writer.write([wholeUpdate(documentId({ organization: ORG, key }), entries)]);
  expect((await representativesReport(query, {})).rows).toEqual([
    { representative: 'luis', name: 'luis', receipts: 2, quantity: '6', gross: 720 },
    { representative: 'ana', name: 'ana', receipts: 1, quantity: '1', gross: 120 },
  ]);
  expect((await quickArticlesReport(query, { from: '2026-11-21', store: STORE_ID })).rows).toEqual([
    {
      code: '999',
      name: 'Odder mug',
      department: 'home',
      price: '4.50',
      receipts: 2,
      quantity: '3',
      gross: 1350,
      lastReceipt: 'S01-R2-000005',
      lastAt: '2026-11-21T09:05:00.000Z',
      by: 'ann',
      approvedBy: null,
    },
  ]);
  expect((await quickArticlesReport(query, { to: '2026-11-20' })).rows).toEqual([]);
  const about = { by: 'code', key: '999' } as const;
  expect(await receiptsReport(query, { about, limit: 50, offset: 0 })).toMatchObject({
    count: 2,
    rows: [{ receipt: 'S01-R2-000005' }, {}],
    about: { name: 'Odder mug' },
  });
});
