import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { registerId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { bookedMoves, ledgerExceptions } from '#model/ledger/ledger.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { newRegister } from '#model/register/register-state.ts';
import type { Payment } from '#model/sale/payment.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import { ledgersReport } from '../../reports-indexer/reports/ledgers.ts';
import { xReport } from '../../reports-indexer/reports/session-report.ts';
import { open, play, salesOf, sell, type Step } from '../model/support/played-register.ts';
import { ORG, STORE_ID, basket, cash, line } from '../model/support/shop.ts';
import { signed } from '../support/journal-fixture.ts';
import { dump, foldSession, freshReports, wholeUpdate } from './flatten-fixture.ts';

const CARD = 'GIFT12345678';
const R = [registerId(1), registerId(2)] as const;

const fill = (amount: number, basketId: string): Step =>
  sell(
    basket(
      [valueLine({ account: { ledger: 'gift-card', id: CARD }, amount, name: 'Gift card', currency: 'GBP' })],
      basketId,
    ),
    [cash(amount)],
  );
const spend = (basketId: string): Step => {
  const payment: Payment = {
    tender: 'gift-card',
    name: 'Gift card',
    kind: 'gift-card',
    given: 600,
    account: CARD,
  };
  return sell(basket([line({}, '5')], basketId), [payment]);
};

/** A session of one register as a document. */
function session(register: (typeof R)[number], steps: readonly Step[]) {
  const { records } = play([open(), ...steps], { state: newRegister(ORG, STORE_ID, register), records: [] });
  const key = { class: 'session', store: STORE_ID, register, session: 1 } as const;
  const entries = records.map((record) => [recordKey(record.seq), recordText(signed(record))] as const);
  return {
    records,
    update: wholeUpdate(documentId({ organization: ORG, key }), Object.fromEntries(entries)),
  };
}

const movesOf = (records: readonly JournalRecord[]) =>
  salesOf(records).flatMap(({ body, at }) => bookedMoves(body, at));
const ONE = session(R[0], [fill(1000, 'b1'), spend('b2')]);
const OTHER = session(R[1], [spend('b3')]);

describe('ledgers in the reports', () => {
  test('[G1] [G2] what was issued, redeemed and is open, and one account with its moves', async () => {
    const { writer, query } = freshReports();
    await writer.write([ONE.update]);
    expect(await ledgersReport(query, {})).toEqual({
      rows: [{ ledger: 'gift-card', accounts: 1, issued: 1000, redeemed: 600, balance: 400 }],
      open: 400,
    });
    expect(await ledgersReport(query, { ledger: 'deposit' })).toEqual({ rows: [], open: 0 });
    expect(await ledgersReport(query, { ledger: 'gift-card', account: CARD })).toMatchObject({
      balance: 400,
      moves: [
        { receipt: 'S01-R1-000002', index: 0, amount: -600 },
        { receipt: 'S01-R1-000001', index: 0, amount: 1000 },
      ],
    });
  });

  test('[G4] the X report is the fold of the journal: liabilities apart, no article among the sales', async () => {
    const { writer, query } = freshReports();
    await writer.write([ONE.update]);
    const report = await xReport(query, { store: STORE_ID, register: R[0] });
    expect(report).toEqual(foldSession(ONE.records));
    expect(report?.liabilities).toEqual({ 'gift-card': { count: 1, amount: 1000 } });
    const rolled = await query
      .selectFrom('rollup')
      .select('key')
      .where('dimension', '=', 'product')
      .execute();
    expect(new Set(rolled.map(({ key }) => key))).toEqual(new Set(['apple']));
  });

  test('[G5] an account that two tills spent is an exception, under the id every till finds', async () => {
    const { writer, query } = freshReports();
    await writer.write([ONE.update]);
    expect((await exceptionsReport(query)).rows).toEqual([]);
    await writer.write([OTHER.update]);
    const [found] = ledgerExceptions([...movesOf(ONE.records), ...movesOf(OTHER.records)]);
    expect(found).toMatchObject({ balance: -200, receipts: ['S01-R1-000002', 'S01-R2-000001'] });
    expect((await exceptionsReport(query)).rows).toMatchObject([{ id: found?.id, code: 'overspent' }]);
  });

  test('[G5] the order in which journals arrive changes nothing', async () => {
    const [a, b] = [freshReports(), freshReports()];
    await a.writer.write([ONE.update, OTHER.update]);
    await b.writer.write([OTHER.update]);
    await b.writer.write([ONE.update]);
    const { document: _a, ...first } = dump(a.database);
    const { document: _b, ...second } = dump(b.database);
    expect(second).toEqual(first);
  });

  test('[G5] money put onto the card later that is too little leaves the exception, which then says what still lacks', async () => {
    const more = session(registerId(3), [fill(100, 'b4')]);
    const [followed, made] = [freshReports(), freshReports()];
    await followed.writer.write([ONE.update, OTHER.update]);
    const [before] = (await exceptionsReport(followed.query)).rows;
    expect(before).toMatchObject({ code: 'overspent', amount: 200 });
    await followed.writer.write([more.update]);
    const [after] = (await exceptionsReport(followed.query)).rows;
    expect(after).toMatchObject({ id: before?.id, amount: 100, seq: expect.any(Number) });
    await made.writer.write([more.update, OTHER.update, ONE.update]);
    const [said] = (await exceptionsReport(made.query)).rows;
    expect({ ...after, seenAt: undefined }).toEqual({ ...said, seenAt: undefined });
  });

  test('[G5] money put onto the card later ends the exception', async () => {
    const { writer, query } = freshReports();
    await writer.write([ONE.update, OTHER.update]);
    await writer.write([session(R[1], [spend('b3'), fill(500, 'b4')]).update]);
    expect((await exceptionsReport(query)).rows).toEqual([]);
    expect(await ledgersReport(query, {})).toMatchObject({ open: 300 });
  });
});
