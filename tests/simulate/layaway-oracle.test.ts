import { describe, expect, test } from 'vitest';
import { moveEntry } from '#model/documents/ledger.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { bookedMoves } from '#model/ledger/ledger.ts';
import { falsify, placeOf, textOf } from './falsified.ts';
import { layawaysAt } from './layaway-acts.ts';
import { ledgerOf } from './ledgers.ts';
import { ORACLES, type Evidence } from './oracles.ts';
import { simulate } from './simulation.ts';
import type { Plan, StepKind } from './steps.ts';

const { layawaysAddUp } = ORACLES;

const OPENING = ['sell', 'sell', 'sell', 'sell'] as const;
/** Something is put aside, fetched by another till, and something else is put aside. */
const FETCHED = [...OPENING, 'layaway', 'pick-up', 'layaway'] as const;
/** Two tills hand the same goods over while they are apart. */
const TWICE = [...OPENING, 'layaway', 'pick-up-apart', 'join'] as const;

/** Two tills, the second step of each pair at the other till; long waits, so that each hears of the other. */
function day(kinds: readonly StepKind[]): Plan {
  const steps = kinds.map((kind, i) => ({ kind, till: i, other: 0, wait: 6_000, draw: 2_000 + i }));
  return { seed: 6, tills: 2, steps };
}

/** What the oracle says of a day on which nothing is wrong, before and after it is broken on purpose. */
async function saidOf(kinds: readonly StepKind[], sabotage: (evidence: Evidence) => Evidence | void) {
  const said: string[] = [];
  const { faults } = await simulate(day(kinds), {
    beforeJudging: (evidence) => {
      expect(layawaysAddUp(evidence)).toEqual([]);
      said.push(...layawaysAddUp(sabotage(evidence) ?? evidence));
    },
  });
  return { said, faults };
}

type Sale = RecordOf<'sale'>;
const isSale = (record: JournalRecord): record is Sale => record.kind === 'sale';
/** The sale by which the goods of a layaway went out. */
const isFetched = (record: JournalRecord): record is Sale =>
  isSale(record) && record.body.tenders.some(({ kind }) => kind === 'deposit');
/** The sale by which something was paid on one. */
const isDeposit = (record: JournalRecord): record is Sale =>
  isSale(record) && record.body.lines.some(({ account }) => account?.ledger === 'deposit');

describe('layawaysAddUp names what was broken on purpose:', { timeout: 120_000 }, () => {
  test('[G10] a deposit of which less is owed than was paid', async () => {
    const { said } = await saidOf(FETCHED, ({ office }) => {
      const { id, key, record } = placeOf(office, isDeposit);
      const [line, ...more] = record.body.lines;
      if (!line) throw new Error('a deposit has a line');
      const lines = [{ ...line, amount: line.amount - 1 }, ...more];
      falsify(office, id, key, [textOf({ ...record, body: { ...record.body, lines } })]);
    });
    expect(said.join('\n')).toMatch(/^\d+ was paid in all, \d+ was sold and \d+ is owed on accounts$/m);
  });

  test('[G10] goods that went out without anybody paying the rest', async () => {
    const { said } = await saidOf(FETCHED, ({ office }) => {
      const { id, key, record } = placeOf(office, isFetched);
      const tenders = record.body.tenders.filter(({ kind }) => kind === 'deposit');
      expect(tenders.length).toBeLessThan(record.body.tenders.length);
      falsify(office, id, key, [textOf({ ...record, body: { ...record.body, tenders } })]);
    });
    expect(said).toEqual([expect.stringMatching(/^\d+ was paid in all, \d+ was sold and \d+ is owed/)]);
  });

  test('[G1] a move that the reports do not have, and one they count twice', async () => {
    const { said } = await saidOf([...FETCHED, 'layaway'], ({ indexed: { database } }) => {
      const rows = database
        .prepare('SELECT account FROM ledger_move GROUP BY account HAVING count(*) = 1')
        .all();
      const [lost, twice] = rows.map(({ account }) => String(account));
      if (lost === undefined || twice === undefined) throw new Error('two layaways are open');
      database.prepare('DELETE FROM ledger_move WHERE account = ?').run(lost);
      database.prepare('UPDATE ledger_move SET amount = 2 * amount WHERE account = ?').run(twice);
    });
    expect(said).toHaveLength(2);
    expect(said.join('\n')).toMatch(/the reports owe 0 on L\d{12}, the records [1-9]\d*/);
    const [, told, wanted] =
      /the reports owe ([1-9]\d*) on L\d{12}, the records (\d+)/.exec(said.join('\n')) ?? [];
    expect(Number(told)).toBe(2 * Number(wanted));
  });

  test('[G10] goods that went out at another price than the one that was agreed', async () => {
    const { said } = await saidOf(FETCHED, ({ office }) => {
      const { id, key, record } = placeOf(office, isFetched);
      const dearer = { ...record.body, total: record.body.total + 1 };
      falsify(office, id, key, [textOf({ ...record, body: dearer })]);
    });
    expect(said).toEqual([
      expect.stringMatching(/^S01-R\d-\d{6} sold L\d{12} for \d+, which was agreed for \d+$/),
    ]);
  });

  test('[F3] goods that two tills handed over, of which not everybody tells', async () => {
    const untold = await saidOf(TWICE, (evidence) => ({ ...evidence, tell: () => [] }));
    expect(untold.faults).toEqual([]);
    // Head office and both relays of the store must tell.
    expect(untold.said).toHaveLength(3);
    expect(new Set(untold.said)).toEqual(
      new Set([expect.stringMatching(/^L\d{12} was handed over twice and somebody does not tell$/)]),
    );
    const deaf = await saidOf(TWICE, ({ replicas }) => {
      const [replica] = replicas.values();
      if (!replica) throw new Error('there are relays');
      const { id, key } = placeOf(replica, isFetched);
      falsify(replica, id, key, undefined);
    });
    expect(deaf.said).toHaveLength(1);
  });

  test('[G10] goods that a till still lists although they were fetched, whatever else it knows', async () => {
    const { said, faults } = await saidOf(FETCHED, ({ shop, office }) => {
      const { record } = placeOf(office, isFetched);
      const [move] = bookedMoves(record.body, record.at);
      const [till] = shop.tills;
      if (!move || till?.run === undefined) throw new Error('a till and a move are there');
      const listed = layawaysAt(till.run).length;
      till.run.documents.remove(ledgerOf(move.account), moveEntry(move).key);
      expect(layawaysAt(till.run)).toHaveLength(listed + 1);
    });
    expect(said).toEqual([expect.stringMatching(/^till 1 lists L\d{12}, which is settled$/)]);
    expect(faults).toContain(said[0]);
  });

  test('[G10] nothing of a layaway on which something is left to be fetched', async () => {
    const said: (readonly string[])[] = [];
    await simulate(day([...FETCHED, 'pay-in']), {
      beforeJudging: (evidence) => {
        const listed = evidence.shop.tills.map(({ run }) => layawaysAt(run).length);
        expect(listed).toEqual([1, 1]);
        said.push(layawaysAddUp(evidence));
      },
    });
    expect(said).toEqual([[]]);
  });
});
