import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { recordText, sealRecord } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { historyActor } from '#model/register/actor.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { addRecord, newRegister, type RegisterState } from '#model/register/register-state.ts';
import type { Basket } from '#model/sale/basket.ts';
import type { PricingRules } from '#model/sale/pricing.ts';
import { xReport } from '../../reports-indexer/reports/session-report.ts';
import { discountedBaskets, paidSale, pricingRules } from '../model/support/discounts.ts';
import { ORG, REGISTER_ID, STORE_ID } from '../model/support/shop.ts';
import { signed } from '../support/journal-fixture.ts';
import { firstFault, verdictOnRecords } from '../support/exported-journal.ts';
import { foldSession, freshReports, wholeUpdate } from './flatten-fixture.ts';

const STAMP = { at: '2026-11-21T08:55:00.000Z', by: 'ann' };

/** The records of a session that sells baskets one after another, and voids the first. */
function session(baskets: readonly Basket[], rules: PricingRules): JournalRecord[] {
  let state: RegisterState = newRegister(ORG, STORE_ID, REGISTER_ID);
  const records: JournalRecord[] = [];
  const add = (record: JournalRecord) => {
    const next = addRecord(state, record);
    if (!next.ok) throw new Error(next.error);
    state = next.value;
    records.push(record);
  };
  add(
    sealRecord(
      state.head,
      1,
      { kind: 'opened', body: { day: '2026-11-21', currency: 'GBP', float: 10_000 } },
      STAMP,
    ),
  );
  baskets.forEach((sold, i) => {
    const body = paidSale({ ...sold, id: `basket-${i}` }, rules, i + 1);
    add(sealRecord(state.head, 1, { kind: 'sale', body }, STAMP));
  });
  const [, sale] = records;
  if (sale?.kind !== 'sale' || sale.body.type !== 'sale') return records;
  const act = { at: STAMP.at, actor: historyActor(STAMP.by) };
  const voided = voidSale(state, { sale, later: [], reason: 'wrong', basket: 'void' }, act);
  if (!voided.ok) throw new Error(voided.error.code);
  add(voided.value);
  return records;
}

describe('discounts, voids and cash rounding', () => {
  test('[J13] [Z2] [Z3] [Z7] [H6] receipt, journal, X, indexer and the independent verifier agree to the cent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(discountedBaskets, { minLength: 1, maxLength: 4 }),
        pricingRules,
        async (baskets, rules) => {
          const records = session(baskets, rules);
          expect(firstFault(await verdictOnRecords(records))).toBe('valid');
          const fold = foldSession(records);
          const bodies = records.flatMap((record) => (record.kind === 'sale' ? [record.body] : []));
          const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
          expect([fold.gross, fold.tax]).toStrictEqual([
            sum(bodies.map(({ total }) => total)),
            sum(bodies.map(({ tax }) => tax)),
          ]);
          expect(fold.drawer.expected).toBe(
            10_000 + fold.gross + sum(bodies.map(({ rounding = 0 }) => rounding)),
          );
          const { writer, query } = freshReports();
          const id = documentId({
            organization: ORG,
            key: { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 },
          });
          await writer.write([
            wholeUpdate(
              id,
              Object.fromEntries(
                records.map((record) => [recordKey(record.seq), recordText(signed(record))]),
              ),
            ),
          ]);
          expect(await xReport(query, { store: STORE_ID, register: REGISTER_ID })).toEqual(fold);
        },
      ),
      { numRuns: 25 },
    );
  });
});
