import { describe, expect, it } from 'vitest';
import {
  sessionKey,
  R1,
  R2,
  S01,
  codeOf,
  must,
  openTill,
  sellLantern,
  signIn,
  type TillBench,
} from './till-fixture.ts';
import {
  DAYS,
  GOODS,
  JOURNALS,
  acknowledge,
  sessionsHeld,
  startLongTill,
  storeDocuments,
} from './long-store.ts';

/** 14 business days and today: sessions 17 to 30 are of the last fourteen days. */
const OLDEST_HELD = DAYS - 13;
const sales = JOURNALS.flatMap(({ records }) => records.filter((record) => record.kind === 'sale'));
const oldSale = () => {
  const sale = sales.find(
    ({ register, session, body }) => register === R1 && session === 4 && body.type === 'sale',
  );
  if (!sale) throw new Error('the store sold something that day');
  return sale;
};

/** Everything a till says that comes from sessions of all ages. */
async function whatItSays({ till }: TillBench): Promise<unknown> {
  const receipts: unknown[] = [];
  for (const sale of sales.filter((_, i) => i % 4 === 0)) {
    const { receipt } = sale.body;
    const found = await till.refunds.find(receipt);
    const copy = await till.store.lastCopy(receipt, sale.at);
    receipts.push([receipt, found, till.refunds.lines, copy]);
  }
  till.refunds.leave();
  await till.books.check();
  return {
    receipts,
    checks: till.books.checks,
    seen: await till.store.salesWhere(({ body }) => body.total > 2_000, 4 * DAYS),
    past: await till.store.pastSessions(R1, () => false),
    elsewhere: await till.store.pastSessions(R2, () => false),
    stock: GOODS.map((id) => till.stock.here({ id })),
    state: till.journal.state,
    others: till.store.otherSales,
  };
}

describe('[D8] [D10] letting go of sessions', () => {
  it('leaves the sessions of fourteen days, and everything the till says is the same, also after a restart', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    const before = await whatItSays(bench);
    expect(await bench.till.keeper.tidy()).toBe(2 * (OLDEST_HELD - 1));
    const held = Array.from({ length: 14 }, (_, i) => i + OLDEST_HELD);
    expect(await sessionsHeld(documents)).toEqual(
      [...held.map((n) => `R1#${n}`), ...held.map((n) => `R2#${n}`)].sort(),
    );
    expect(await whatItSays(bench)).toEqual(before);
    const again = await startLongTill(documents, { surroundings: bench.surroundings });
    expect(await whatItSays(again)).toEqual(before);
    expect(await again.till.keeper.tidy()).toBe(0);
    expect(await sessionsHeld(documents)).toHaveLength(28);
  });

  it('finds every receipt there is, wherever its session is', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    await bench.till.keeper.tidy();
    for (const sale of sales)
      expect(await bench.till.store.findReceipt(sale.body.receipt)).toEqual({ ok: true, value: sale });
    const none = await bench.till.store.findReceipt('S01-R1-999999');
    expect(none).toEqual({ ok: true, value: undefined });
    expect(await bench.till.store.findReceipt('S02-R1-000001')).toEqual({ ok: true, value: undefined });
  });

  it('keeps what head office has not acknowledged, and what the relay doubts', async () => {
    const documents = storeDocuments();
    const [own] = JOURNALS;
    const lastOfNine = own?.records.findLast(({ session }) => session === 9);
    const doubtful = own?.records.find(({ session }) => session === 3);
    acknowledge(documents, R1, (lastOfNine?.seq ?? 0) - 1);
    const doubt = { register: R1, session: 3, seq: doubtful?.seq ?? 0, code: 'altered', detail: '' };
    const status = { peers: [], targets: [], disk: 'ok', quarantine: [doubt] } as const;
    const askRelay = async () => ({ ...status, peers: [], targets: [], quarantine: [doubt] });
    const bench = await startLongTill(documents, { askRelay });
    await bench.till.refresh();
    await bench.till.keeper.tidy();
    const gone = [1, 2, 4, 5, 6, 7, 8];
    const stays = Array.from({ length: DAYS }, (_, i) => i + 1).filter((n) => !gone.includes(n));
    const held = await sessionsHeld(documents);
    expect(held.filter((one) => one.startsWith('R1'))).toEqual(stays.map((n) => `R1#${n}`).sort());
    acknowledge(documents, R1);
    await bench.till.keeper.tidy();
    expect((await sessionsHeld(documents)).filter((one) => one.startsWith('R1'))).toContain('R1#3');
    expect(await sessionsHeld(documents)).toHaveLength(29);
  });

  it('keeps a session with a record it cannot read, and as many days as the store says', async () => {
    const documents = storeDocuments();
    documents.receive(sessionKey(5), { '000009999': '{"v":2}' });
    documents.receive({ class: 'store', store: S01 }, { 'settings:keepSessionsDays': '{"value":20}' });
    const bench = await startLongTill(documents);
    await bench.till.keeper.tidy();
    const held = (await sessionsHeld(documents)).filter((one) => one.startsWith('R1'));
    expect(held).toHaveLength(21);
    expect(held).toContain('R1#5');
    expect(held).toContain(`R1#${DAYS - 19}`);
  });

  it('[D9] keeps everything while the relay is away, and goes on when it is back', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    documents.setConnected(false);
    expect(await bench.till.keeper.tidy()).toBe(0);
    expect(await sessionsHeld(documents)).toHaveLength(2 * DAYS);
    documents.setConnected(true);
    expect(await bench.till.keeper.tidy()).toBe(2 * (OLDEST_HELD - 1));
  });

  it('waits while somebody works, and looks once a day', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    const { till, view, surroundings } = bench;
    await signIn(bench);
    view.scan('5012345678900');
    await till.keeper.look();
    expect(await sessionsHeld(documents)).toHaveLength(2 * DAYS);
    must(till.sale.remove(0));
    await till.keeper.look();
    expect(await sessionsHeld(documents)).toHaveLength(28);
    documents.receive({ class: 'store', store: S01 }, { 'settings:keepSessionsDays': '{"value":10}' });
    await till.keeper.look();
    expect(await sessionsHeld(documents)).toHaveLength(28);
    surroundings.pass(86_400_000);
    await till.keeper.look();
    expect(await sessionsHeld(documents)).toHaveLength(18);
  });

  it('lets old parked baskets and empty baskets of old sessions go, and keeps what waits in one', async () => {
    const documents = storeDocuments();
    const parked = (day: number) => ({ class: 'parked', store: S01, day }) as const;
    const today = Date.UTC(2026, 10, 21) / 86_400_000;
    for (const day of [today, today - 13, today - 14, today - 200])
      documents.receive(parked(day), { x: '{}' });
    const card = '{"given":100,"id":"p","name":"Card","tender":"card"}';
    const basketOf = (session: number, register = R1) =>
      ({ class: 'basket', store: S01, register, session }) as const;
    documents.receive(basketOf(2), { basket: '{"id":"b2","paying":false}' });
    documents.receive(basketOf(3), { basket: '{"id":"b3","paying":true}', card });
    // Another till's, which the stock of the store was told with: what waits in it is that till's to keep.
    documents.receive(basketOf(3, R2), { basket: '{"id":"b4","paying":true}', card });
    documents.receive(basketOf(DAYS, R2), { basket: '{"id":"b5","paying":false}' });
    const bench = await startLongTill(documents);
    await bench.till.keeper.tidy();
    const known = await documents.known();
    expect(known.flatMap((key) => (key.class === 'parked' ? [key.day] : [])).sort()).toEqual(
      expect.arrayContaining([today - 13, today]),
    );
    expect(known).not.toContainEqual(parked(today - 14));
    expect(known).not.toContainEqual(parked(today - 200));
    expect(known).not.toContainEqual(basketOf(2));
    expect(known).toContainEqual(basketOf(3));
    expect(known).not.toContainEqual(basketOf(3, R2));
    expect(known).toContainEqual(basketOf(DAYS, R2));
  });
});

describe('[D11] what is not held', () => {
  it('is out of reach without the relay, and is said to be; what is remembered still counts', async () => {
    const documents = storeDocuments();
    const before = await startLongTill(documents);
    const past = await before.till.store.pastSessions(R1, () => false);
    const stock = GOODS.map((id) => before.till.stock.here({ id }));
    await before.till.keeper.tidy();
    documents.setConnected(false);
    const bench = await startLongTill(documents, { surroundings: before.surroundings });
    const { receipt } = oldSale().body;
    expect(await bench.till.refunds.find(receipt)).toEqual({
      ok: false,
      error: { code: 'receipt-out-of-reach', receipt },
    });
    const seen = await bench.till.store.salesWhere(() => true, 2 * DAYS);
    expect(seen.outOfReach).toBe(true);
    expect(seen.sales.length).toBeGreaterThan(20);
    expect((await bench.till.store.salesWhere(() => true, 10)).outOfReach).toBe(false);
    expect(await bench.till.store.pastSessions(R1, () => false)).toEqual(past);
    expect(GOODS.map((id) => bench.till.stock.here({ id }))).toEqual(stock);
    documents.setConnected(true);
    expect((await bench.till.refunds.find(receipt)).ok).toBe(true);
  });

  it('is taken back once: what came back of an old receipt is known, whoever took it back', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    await bench.till.keeper.tidy();
    await signIn(bench);
    const { refunds } = bench.till;
    const old = sales.filter(({ session, body }) => session < 12 && body.type === 'sale');
    for (const { body } of old) {
      must(await refunds.find(body.receipt));
      if (refunds.lines.some(({ left }) => Number(left) > 0)) break;
    }
    const whole = refunds.lines.find(({ left }) => Number(left) > 0);
    if (!whole) throw new Error('something was never taken back');
    must(await refunds.takeBack(whole.index, whole.left));
    expect(bench.till.sale.basket.lines[0]?.refundOf?.receipt).toBe(refunds.found?.body.receipt);
    expect(codeOf(await refunds.takeBack(whole.index, '1'))).toBe('already-refunded');
    const returned = JOURNALS.flatMap(({ records }) => records)
      .filter((record) => record.kind === 'sale' && record.session < 12)
      .flatMap((record) => (record.kind === 'sale' ? record.body.lines : []))
      .find((line) => line.refundOf);
    must(await refunds.find(returned?.refundOf?.receipt ?? ''));
    expect(codeOf(await refunds.takeBack(returned?.refundOf?.line ?? 0, '1'))).toBe('already-refunded');
  });

  it('is printed again with the next number, also after its earlier copies are let go', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    await bench.till.keeper.tidy();
    await signIn(bench);
    const copied = JOURNALS.flatMap(({ records }) => records).find(
      (record) => record.kind === 'reprint' && record.session < OLDEST_HELD,
    );
    const receipt = copied?.kind === 'reprint' ? copied.body.receipt : '';
    const found = sales.find(({ body }) => body.receipt === receipt);
    if (!found) throw new Error('the receipt was sold');
    const record = must(await bench.till.receipts.reprint(found));
    expect(record.body).toEqual({ receipt, copy: 2 });
    await expect.poll(() => bench.bridge.papers.at(-1)?.kind).toBe('reprint');
  });

  it('is fetched again after it was let out of memory, and not while it is still asked for', async () => {
    const documents = storeDocuments();
    const bench = await startLongTill(documents);
    await bench.till.keeper.tidy();
    const { past } = bench.till.store;
    const key = sessionKey(4);
    const first = await past.records(key);
    past.dropUnused();
    expect(await past.records(key)).toBe(first);
    past.dropUnused();
    past.dropUnused();
    const second = await past.records(key);
    expect(second).not.toBe(first);
    expect(second).toEqual(first);
  });
});

describe('[D8] a till that begins with nothing', () => {
  it('sells at once with the latest sessions, never gives a number twice, and comes to know the rest', async () => {
    const whole = await startLongTill(storeDocuments());
    const before = await whatItSays(whole);
    const documents = storeDocuments(3);
    const bench = await startLongTill(documents);
    expect(await sessionsHeld(documents)).toHaveLength(6);
    expect(await whatItSays(bench)).toMatchObject({
      ...(before as object),
      past: expect.any(Array),
      elsewhere: expect.any(Array),
    });
    expect(await sessionsHeld(documents)).toHaveLength(6);
    await signIn(bench);
    const last = bench.till.journal.state.head.totals.receipts;
    expect(await sellLantern(bench)).toBe(`S01-R1-${String(last + 1).padStart(6, '0')}`);
  });

  it('sells without the relay, and says no stock before it knows all of it', async () => {
    const documents = storeDocuments(3);
    documents.setConnected(false);
    const bench = await startLongTill(documents);
    await signIn(bench);
    await sellLantern(bench);
    expect(GOODS.map((id) => bench.till.stock.here({ id })).every((here) => here === undefined)).toBe(true);
    documents.setConnected(true);
    await bench.till.stock.counted();
    const whole = await startLongTill(storeDocuments());
    expect(GOODS.map((id) => bench.till.stock.here({ id }))).toEqual(
      GOODS.map((id) => whole.till.stock.here({ id })),
    );
    expect(await sessionsHeld(documents)).toHaveLength(6);
  });
});

it('a store with few sessions and no acknowledgement lets go of nothing', async () => {
  const bench = await openTill();
  await sellLantern(bench);
  expect(await bench.till.keeper.tidy()).toBe(0);
});
