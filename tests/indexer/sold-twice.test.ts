import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registerId } from '#model/ids/register-id.ts';
import { newRegister } from '#model/register/register-state.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import {
  open,
  play,
  salesOf,
  sellExactly,
  type Played,
  type Step,
} from '../model/support/played-register.ts';
import { STORE_ID, basket, line } from '../model/support/shop.ts';
import { ORGANIZATION, sessionEntries, terminals } from '../support/journal-fixture.ts';
import { dump, freshReports, partialUpdate, wholeUpdate } from './flatten-fixture.ts';

const PARKED = basket([line({}, '3')], 'parked-1');

/** A register that sold some baskets, one after the other. */
function register(number: number, ...baskets: readonly (typeof PARKED)[]): Played {
  const fresh = { state: newRegister(ORGANIZATION, STORE_ID, registerId(number)), records: [] };
  return play([open(), ...baskets.map((sold) => sellExactly(sold, 'cash'))], fresh);
}

/** The register after it voided its sale number `which`, from 0. */
function voided(played: Played, which = 0): Played {
  const sale = salesOf(played.records)[which];
  if (!sale) throw new Error('nothing was sold');
  const step: Step = (state, act) =>
    voidSale(
      state,
      { sale, later: [], reason: 'sold at the other till', basket: `void-${sale.register}` },
      act,
    );
  return play([step], played);
}

/** What the documents of registers bring to the indexer. */
function updates(...registers: readonly Played[]) {
  return registers.flatMap(({ state, records }) =>
    sessionEntries({ store: state.head.store, register: state.head.register, records }).map((session) =>
      wholeUpdate(session.documentId, session.entries),
    ),
  );
}

async function listed(...batches: readonly ReturnType<typeof updates>[]) {
  const { writer, query } = freshReports(terminals(1, 4));
  for (const batch of batches) await writer.write(batch);
  return (await exceptionsReport(query)).rows;
}

describe('a basket that tills apart from each other both sold', () => {
  const twice = [register(1, PARKED), register(2, basket([line()], 'own'), PARKED)];

  test('[H5] is an exception that names both receipts, at the latest of them', async () => {
    expect(await listed(updates(...twice))).toMatchObject([
      {
        code: 'sold-twice',
        store: 'S01',
        register: 'R2',
        session: 1,
        seq: 3,
        detail: 'one basket was sold as S01-R1-000001, S01-R2-000002; all of them are counted',
      },
    ]);
  });

  test('[H5] is none while one till has sold it, nor for baskets of their own', async () => {
    expect(await listed(updates(register(1, PARKED)))).toStrictEqual([]);
    expect(await listed(updates(register(1, PARKED), register(2, basket([line()], 'other'))))).toStrictEqual(
      [],
    );
  });

  test('[H5] [H6] is settled when either of them is voided, also when the void comes first or later', async () => {
    const [one = register(1), two = register(2)] = twice;
    expect(await listed(updates(voided(one), two))).toStrictEqual([]);
    expect(await listed(updates(one, voided(two, 1)))).toStrictEqual([]);
    expect(await listed(updates(one, two), updates(voided(one)))).toStrictEqual([]);
    expect(await listed(updates(voided(two, 1)), updates(one))).toStrictEqual([]);
    // The sale beside it, voided, settles nothing.
    expect(await listed(updates(one, voided(two)))).toHaveLength(1);
  });

  test('[H5] three receipts stay an exception until one is left', async () => {
    const three = [1, 2, 3].map((number) => register(number, PARKED));
    const [one = register(1), two = register(2), last = register(3)] = three;
    const [found] = await listed(updates(...three));
    const [after] = await listed(updates(...three), updates(voided(one)));
    expect(found?.['detail']).toContain('S01-R1-000001, S01-R2-000001, S01-R3-000001;');
    expect(after?.['detail']).toContain('as S01-R2-000001, S01-R3-000001;');
    expect(after?.['id']).not.toBe(found?.['id']);
    expect(await listed(updates(voided(one), voided(two), last))).toStrictEqual([]);
  });

  test('[H5] [D2] has the same id on every indexer, in whatever order and parts the records came', async () => {
    const all = updates(...twice, register(3, PARKED));
    const whole = freshReports(terminals(1, 4));
    await whole.writer.write(all);
    const parts = all.flatMap((update) =>
      [...update.entries].map(([key, values]) =>
        partialUpdate(update.documentId, { [key]: values }, { [key]: values }),
      ),
    );
    const order = fc.shuffledSubarray(parts, { minLength: parts.length });
    await fc.assert(
      fc.asyncProperty(order, async (shuffled) => {
        const { writer, database } = freshReports(terminals(1, 4));
        for (const part of shuffled) await writer.write([part]);
        for (const update of all) await writer.write([update]);
        expect(dump(database)).toStrictEqual(dump(whole.database));
      }),
      { numRuns: 25 },
    );
    expect(dump(whole.database)['exception']).toHaveLength(1);
  });
});
