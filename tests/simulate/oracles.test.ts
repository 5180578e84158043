import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '#model/journal/record.ts';
import { holdKey, ledgerShard } from '#model/documents/ledger.ts';
import { falsify, sessionWith, textOf } from './falsified.ts';
import { holdsOfReplica } from './ledgers.ts';
import { ORACLES, type Evidence } from './oracles.ts';
import { recordTexts, type Seen } from './replica.ts';
import { idOf } from './shop.ts';
import { simulate, type Outcome, type Sabotage } from './simulation.ts';
import type { Plan, Step } from './steps.ts';

/** Two tills on a quiet day, so that whatever an oracle says is the sabotage's doing. */
function quietDay(...kinds: readonly Step['kind'][]): Plan {
  const steps = kinds.map((kind, i) => ({ kind, till: i, other: 0, wait: 700, draw: 1000 + i }));
  return { seed: 5, tills: 2, steps };
}

const DAY = quietDay('sell', 'sell', 'sell', 'sell', 'cash', 'sell', 'refund', 'close');

const play = (sabotage: Sabotage, plan: Plan = DAY): Promise<Outcome> => simulate(plan, sabotage);
/** Breaks the evidence and gives what every oracle says of it then. */
const judging = (beforeJudging: (evidence: Evidence) => void, plan?: Plan) => play({ beforeJudging }, plan);

describe('what the oracles say of a world that was broken on purpose', { timeout: 120_000 }, () => {
  test('nothing is wrong with a quiet day', async () => {
    const outcome = await play({});
    expect(outcome.faults).toEqual([]);
    expect(Object.fromEntries(outcome.counts)).toMatchObject({ sale: 3, opened: 2 });
  });

  test('disks that only say that they wrote', async () => {
    const { faults } = await play({
      beforeStep: ({ hosts }) => hosts.forEach(({ disk }) => (disk.mood = 'lying')),
    });
    expect(faults.join()).toMatch(/record 1 is done and on no disk/);
  });

  test('a receipt that is printed twice', async () => {
    const { faults } = await play({
      beforeStep: ({ ledger }, _step, index) => {
        const sale = ledger.printed.find(({ record }) => record.kind === 'sale');
        if (index === 6 && sale) ledger.printed.push(sale);
      },
    });
    expect(faults.join()).toMatch(/S01-R\d-000001 was printed twice/);
  });

  test('a network that does not come to rest', async () => {
    const { faults } = await play({
      beforeStep: ({ hq, relays }, _step, index) => {
        const chatter = (n: number) => {
          void hq.write({ class: 'staff' }, { 'person:chatter': String(n) });
          hq.machine.later(3_000, () => chatter(n + 1));
        };
        if (index === 0 && relays.length > 0) chatter(0);
      },
    });
    expect(faults.join()).toMatch(/\d+ messages when all should be quiet/);
  });

  test.each([
    ['the index is shown', 0, /what the index is shown of \S+ threw Error: made up/],
    ['a replica is compared by', 1, /hq’s \S+ threw Error: made up/],
  ])('a look that fails otherwise than by a disk, when it is what %s', async (_which, at, said) => {
    const { faults } = await play({
      beforeStep: ({ hq }, _step, index) => {
        const own = [...(hq.relay?.documents ?? [])].find(
          ({ address }) => address.key.class === 'organization',
        );
        if (own !== undefined && index === at) own.look = () => Promise.reject(new Error('made up'));
      },
    });
    expect(faults).toEqual([expect.stringMatching(said)]);
  });

  test('printedIsStored: a record that head office lost', async () => {
    const { faults } = await judging(({ office }) => {
      const { id, key } = sessionWith(office, 'sale');
      falsify(office, id, key, undefined);
    });
    expect(faults.join()).toMatch(/printed record \d+ is not at head office/);
  });

  test('receiptsAreUnique: a gap among the receipts', async () => {
    const { faults } = await judging((evidence) => {
      const { id, key, record } = sessionWith(evidence.office, 'sale');
      const ahead = { ...record, totals: { ...record.totals, receipts: 99 } };
      falsify(evidence.office, id, key, [textOf(ahead)]);
      expect(ORACLES.receiptsAreUnique(evidence).join()).toMatch(/receipt numbers with gaps/);
    });
    expect(faults.join()).toMatch(/receipt numbers with gaps/);
  });

  test('replicasAreEqual: a relay that holds what is another store’s, which it may not', async () => {
    const far: Plan = { ...DAY, tills: 4 };
    const { faults } = await judging(({ shop, office, replicas }) => {
      const [till, other] = [shop.tills[0], shop.tills[3]];
      expect([till?.store, other?.store, shop.stores.length]).toEqual(['S01', 'S02', 2]);
      const { id, seen } = sessionWith(office, 'opened');
      const [relay] = shop.relays.filter((one) => !one.mayHold(id));
      const replica = replicas.get(relay?.machine.name ?? '');
      (replica as unknown as Map<string, Seen>).set(id, seen);
    }, far);
    expect(faults).toEqual([expect.stringMatching(/relay \d differs from head office/)]);
  });

  test('replicasAreEqual: a relay that misses an entry, and a page that has one more', async () => {
    const { faults } = await judging(({ shop, replicas }) => {
      const [replica] = replicas.values();
      if (!replica) throw new Error('no relay');
      const { id, key } = sessionWith(replica, 'opened');
      falsify(replica, id, key, undefined);
      const [run] = shop.tills.map((till) => till.run);
      run?.documents.linkDown();
      const [own = ''] = run?.documents.ids.filter((known) => known === id) ?? [];
      if (own !== '') run?.documents.set(id, '000000999', 'made up');
      run?.documents.linkUp(() => undefined);
    });
    expect(faults.join()).toMatch(/relay 1 differs from head office/);
    expect(faults.join()).toMatch(/till 1 and head office differ/);
  });

  test('paymentsAddUp: a receipt that took less than it says', async () => {
    const { faults } = await judging(({ office }) => {
      const { id, key, record } = sessionWith(office, 'sale');
      if (record.kind !== 'sale') return;
      const tenders = record.body.tenders.map((tender) => ({
        ...tender,
        kind: 'cash' as const,
        amount: tender.amount - 1,
      }));
      falsify(office, id, key, [textOf({ ...record, body: { ...record.body, tenders } })]);
    }, DAY);
    expect(faults.join()).toMatch(/S01-R1-000001: \d+ paid of \d+/);
  });

  test('drawersAddUp: a closing that expects another amount', async () => {
    const { faults } = await judging(
      ({ office }) => {
        const { id, key, record } = sessionWith(office, 'closed');
        if (record.kind !== 'closed') return;
        const body = { ...record.body, expected: record.body.expected + 1 };
        falsify(office, id, key, [textOf({ ...record, body })]);
      },
      quietDay('sell', 'sell', 'sell', 'sell', 'close', 'close', 'close'),
    );
    expect(faults.join()).toMatch(/closed with \d+ expected, the records make \d+/);
  });

  test('reportsCountRight: an unsigned record counts, and one that should does not', async () => {
    const { faults } = await judging(({ shop, indexed }) => {
      const { printed, signers } = shop.ledger;
      const [forged, dropped] = printed
        .filter(({ record }) => record.kind === 'sale')
        .map(({ record }) => record);
      signers.delete(forged?.hash ?? '');
      indexed.database.prepare('DELETE FROM record WHERE hash = ?').run(dropped?.hash ?? '');
    });
    expect(faults.join()).toMatch(/record \d+ counts, and nobody who may has signed it/);
    expect(faults.join()).toMatch(/record \d+ does not count/);
  });

  test('a clone excuses neither a closing that expects another amount nor a record that does not count', async () => {
    const { faults } = await judging(
      ({ shop, office, indexed }) => {
        const { id, key, record } = sessionWith(office, 'closed');
        if (record.kind !== 'closed') return;
        shop.ledger.cloned.add(`${record.store}-${record.register}`);
        const body = { ...record.body, expected: record.body.expected + 1 };
        falsify(office, id, key, [textOf({ ...record, body })]);
        indexed.database.prepare('DELETE FROM record WHERE hash = ?').run(record.hash);
      },
      quietDay('sell', 'sell', 'sell', 'sell', 'close', 'close', 'close'),
    );
    expect(faults.join()).toMatch(/closed with \d+ expected, the records make \d+/);
    expect(faults.join()).toMatch(/record \d+ does not count/);
  });

  test('a lost disk excuses a gap where its receipts were, and no other', async () => {
    const said: (readonly string[])[] = [];
    await judging(
      (evidence) => {
        const { shop, office } = evidence;
        const { id, key, text, record } = sessionWith(office, 'sale');
        const later = { ...record, seq: 50, totals: { ...record.totals, receipts: 2 } };
        shop.ledger.lost.set(text, shop.ledger.signed);
        shop.ledger.signers.set('later', 'somebody');
        falsify(office, id, key, [textOf({ ...later, hash: 'later' })]);
        said.push(ORACLES.receiptsAreUnique(evidence));
        falsify(office, id, key, [
          textOf({ ...later, hash: 'later', totals: { ...later.totals, receipts: 3 } }),
        ]);
        said.push(ORACLES.receiptsAreUnique(evidence));
      },
      quietDay('sell', 'sell', 'sell', 'drawer'),
    );
    expect(said[0]).toEqual([]);
    expect(said[1]?.join()).toMatch(/receipt numbers with gaps/);
  });

  test('indexIsRebuilt: a sale that was added to a session twice', async () => {
    const { faults } = await judging(({ indexed }) => {
      indexed.database.exec('UPDATE session SET sales = sales + 1, gross = gross + 100');
    });
    expect(faults.join()).toMatch(/the index differs from one made anew/);
  });

  test('exceptionsAreTold: a fork on one replica only, and one that no clone explains', async () => {
    const { faults } = await judging(({ office, shop }) => {
      const { id, key, text, record } = sessionWith(office, 'sale');
      const twin = { ...record, at: '2026-01-05T09:00:00.000Z', hash: 'A'.repeat(43) };
      shop.ledger.signers.set(twin.hash, shop.ledger.signers.get(record.hash) ?? '');
      falsify(office, id, key, [text, textOf(twin)]);
    });
    expect(faults.join()).toMatch(/relay 1 tells other exceptions than head office/);
    expect(faults.join()).toMatch(/S01-R\d forked at record \d+, and one till must have known of both/);
    expect(faults.join()).toMatch(/relay 1 does not list fork of S01-R\d/);
  });

  test('exceptionsAreTold: refunds, baskets and stock are reckoned apart from the fold that tells them', async () => {
    const apart = quietDay(
      'sell',
      'sell',
      'sell',
      'sell',
      'park',
      'refund-apart',
      'join',
      'resume-apart',
      'join',
    );
    const untold: string[] = [];
    const { faults, counts } = await judging(
      (evidence) => untold.push(...ORACLES.exceptionsAreTold({ ...evidence, tell: () => [] })),
      { ...apart, steps: apart.steps.map((step) => ({ ...step, wait: 6_000 })) },
    );
    expect(faults).toEqual([]);
    expect(untold.join()).toMatch(/double refund S01-R\d-\d{6} 0 is no exception/);
    expect(untold.join()).toMatch(/basket sold twice [0-9a-f]{16} is no exception/);
    expect(counts.get('refund')).toBe(2);
  });

  test('exceptionsAreTold: a card that two stores spent apart is reckoned apart from the fold that tells it', async () => {
    const apart = ['spend-apart', 'join', 'spend-apart', 'join', 'spend-apart', 'join'] as const;
    const day = quietDay('sell', 'sell', 'sell', 'sell', 'gift-card', ...apart);
    const untold: string[] = [];
    const { faults } = await judging(
      (evidence) => untold.push(...ORACLES.exceptionsAreTold({ ...evidence, tell: () => [] })),
      { ...day, tills: 4, steps: day.steps.map((step) => ({ ...step, wait: 6_000 })) },
    );
    expect(faults).toEqual([]);
    expect(untold.join()).toMatch(/overspent account G\d{12} is no exception/);
  });

  const forging = (draw: number): Plan => {
    const plan = quietDay('sell', 'sell', 'sell', 'sell', 'close', 'close', 'sell', 'sell', 'forge');
    return {
      ...plan,
      steps: plan.steps.map((step) => ({ ...step, ...(step.kind === 'forge' ? { draw } : {}), wait: 3_000 })),
    };
  };

  /** Which step draws what. */
  const DRAWS = { gap: 1, broken: 8, altered: 5, waits: 1 };

  test.each([
    ['a gap', 'gap', DRAWS.gap],
    ['a forerunner that is not the one before', 'broken-link', DRAWS.broken],
    ['the hash and the signature of another record', 'altered', DRAWS.altered],
  ])(
    'forgeriesAreTold: a forged sale with %s is kept, listed by everybody and counted by nobody',
    async (_what, flaw, draw) => {
      const wrong: string[] = [];
      const { faults, counts } = await judging((evidence) => {
        const { shop, office } = evidence;
        const [forged] = shop.ledger.forged;
        if (!forged) throw new Error('nothing was forged');
        expect(recordTexts(office)).toContain(forged.text);
        wrong.push(...ORACLES.forgeriesAreTold(evidence));
      }, forging(draw));
      expect(wrong).toEqual([]);
      expect(faults).toEqual([]);
      expect(counts.get(`forged: ${flaw}`)).toBe(1);
    },
  );

  test('forgeriesAreTold: one that counts, one that nobody lists, and a report with a sale too much', async () => {
    const said: string[] = [];
    await judging((evidence) => {
      const { shop, indexed } = evidence;
      const { forged } = shop.ledger;
      const [one] = forged;
      const honest = shop.ledger.printed.find(({ record }) => record.kind === 'sale');
      if (!one || !honest) throw new Error('nothing was forged');
      indexed.database.prepare('UPDATE sale SET basket = ? WHERE seq = ?').run(one.basket, honest.record.seq);
      indexed.database.prepare('UPDATE session SET gross = gross + 1, records = records + 1').run();
      // As if an honest sale, which every till knows of and nobody lists, were forged.
      const { basket = '' } = honest.record.kind === 'sale' ? honest.record.body : {};
      forged.push({ register: honest.register, seq: honest.record.seq, basket, text: honest.text });
      said.push(...ORACLES.forgeriesAreTold(evidence));
    }, forging(DRAWS.gap));
    const all = said.join('\n');
    expect(all).toMatch(/forged record \d00\d{3} is in the table sale/);
    expect(all).toMatch(/S01-R\d#\d: \d+ in the report, its records make \d+/);
    expect(all).toMatch(/till \d takes forged record \d of S01-R\d for a sale/);
    expect(all).toMatch(/hq does not list forged record \d of S01-R\d/);
    expect(all).toMatch(/the index does not list forged record \d of S01-R\d/);
  });

  test('ledgersAreBooked: a gift card that no ledger knows of, and one that is held for a basket that is sold', async () => {
    const { faults } = await judging(
      ({ office, shop }) => {
        const sold = shop.ledger.printed
          .flatMap(({ record }) => (record.kind === 'sale' ? [record.body] : []))
          .find(({ lines }) => lines.some(({ account }) => account !== undefined));
        const account = sold?.lines[0]?.account;
        if (!sold || !account) throw new Error('nobody bought a card');
        const { ledger, id: card } = account;
        const hold = { ledger, account: card, basket: sold.basket, amount: 1, register: 'S01-R1' };
        const at = shop.hq.machine.now();
        const shard = idOf({ class: 'ledger', shard: ledgerShard(card) });
        falsify(office, shard, `${sold.receipt}:0`, undefined);
        falsify(office, shard, holdKey(hold), [textOf({ ...hold, at })]);
      },
      quietDay('sell', 'sell', 'sell', 'sell', 'gift-card', 'sell'),
    );
    expect(faults.join()).toMatch(/till \d has not booked S01-R\d-\d{6}:0/);
    expect(faults.join()).toMatch(/till \d sold [0-9a-f]{16}, which still holds G\d{12}/);
  });

  test('a card that waits for a payment is held, and with the payment it is not any more', async () => {
    const held: number[] = [];
    const spending = { kind: 'spend', till: 0, other: 0, wait: 3_000 } as const;
    const steps = [
      ...quietDay('sell', 'sell', 'sell', 'sell', 'gift-card').steps,
      { ...spending, draw: DRAWS.waits },
    ];
    const paying = [...steps, { ...spending, draw: 50 }];
    const look = ({ office }: Evidence) => held.push(holdsOfReplica(office).length);
    expect((await judging(look, { ...DAY, steps })).faults).toEqual([]);
    expect((await judging(look, { ...DAY, steps: paying })).faults).toEqual([]);
    expect(held).toEqual([1, 0]);
  });

  test('faultsAreListed: what a newer app wrote is kept, listed by every relay and counted by nobody', async () => {
    const plan = quietDay('sell', 'sell', 'sell', 'upgrade', 'sell', 'sell', 'sell', 'sell');
    const { faults } = await judging(
      ({ office, indexed }) => {
        const newer = recordTexts(office)
          .map((text) => JSON.parse(text) as JournalRecord)
          .filter(({ v }) => (v as number) === 2);
        expect(newer.length).toBeGreaterThan(0);
        const counted = indexed.database
          .prepare('SELECT hash FROM record')
          .all()
          .map(({ hash }) => hash);
        expect(newer.filter(({ hash }) => counted.includes(hash))).toEqual([]);
      },
      {
        ...plan,
        steps: plan.steps.map((step) => ({
          ...step,
          till: step.kind === 'upgrade' ? 1 : step.till,
          wait: 4_000,
        })),
      },
    );
    expect(faults).toEqual([]);
  });
});
