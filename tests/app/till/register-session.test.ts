import { describe, expect, it, vi } from 'vitest';
import { recordText, sealRecord } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { codeOf, must, openTill, sellLantern, sessionKey, signIn, startTill } from './till-fixture.ts';

describe('opening', () => {
  it('[R1] counts to the day of the store, not of the clock in UTC', async () => {
    const bench = await startTill();
    bench.surroundings.pass(18.5 * 3_600_000);
    await signIn(bench);
    must(await bench.till.session.open(5_000));
    expect(bench.till.open).toBe(true);
    expect(bench.till.journal.state.report).toMatchObject({
      day: '2026-11-21',
      session: 1,
      drawer: { float: 5_000 },
    });
  });

  it('needs somebody signed in', async () => {
    const { till } = await startTill();
    expect(codeOf(await till.session.open(0))).toBe('nobody-signed-in');
  });

  it('happens once when it is asked for twice at the same moment', async () => {
    const bench = await startTill();
    await signIn(bench);
    const asked = await Promise.all([bench.till.session.open(100), bench.till.session.open(100)]);
    expect(asked.map(codeOf)).toEqual([undefined, 'busy']);
    expect(codeOf(await bench.till.session.open(100))).toBe('session-already-open');
  });

  it('is told to take long where it does, and not before a person could read it', async () => {
    const heard = Promise.withResolvers<void>();
    const bench = await startTill({ heard: heard.promise, settled: false });
    await signIn(bench);
    vi.useFakeTimers();
    try {
      const opening = bench.till.session.open(100);
      await vi.advanceTimersByTimeAsync(199);
      expect(bench.till.journal.isSlow).toBe(false);
      await vi.advanceTimersByTimeAsync(2);
      expect(bench.till.journal.isSlow).toBe(true);
      heard.resolve();
      expect(codeOf(await opening)).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
    expect(bench.till.journal.isSlow).toBe(false);
  });

  it.each([
    [-1, 'amount-negative'],
    [1_000_000_000, 'amount-absurd'],
  ])('refuses a float of %d', async (float, code) => {
    const bench = await startTill();
    await signIn(bench);
    expect(codeOf(await bench.till.session.open(float))).toBe(code);
  });
});

describe('cash and drawer', () => {
  it('[R3] counts what is put in and taken out, and opens the drawer', async () => {
    const { till, bridge } = await openTill();
    must(await till.session.moveCash('in', 2_000, 'more change'));
    must(await till.session.moveCash('out', 500, 'postage'));
    expect(till.journal.state.report?.drawer).toMatchObject({
      paidIn: 2_000,
      paidOut: 500,
      expected: 11_500,
    });
    expect(bridge.drawers).toEqual(['S01-R1-2:drawer:1', 'S01-R1-3:drawer:1']);
  });

  it('[R4] needs a reason', async () => {
    const { till, bridge } = await openTill();
    expect(codeOf(await till.session.openDrawer(' '))).toBe('reason-missing');
    expect(codeOf(await till.session.moveCash('out', 500, ''))).toBe('reason-missing');
    expect(bridge.drawers).toEqual([]);
  });

  it('[P4] does not open the drawer later when the bridge was away', async () => {
    const bench = await openTill();
    const { till, bridge } = bench;
    await signIn(bench, 'mia');
    bridge.away = true;
    must(await till.session.openDrawer('give change'));
    bridge.away = false;
    await till.refresh();
    expect(bridge.drawers).toEqual([]);
  });
});

describe('reports and copies', () => {
  it('[Z1] prints an X report without ending anything', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    await signIn(bench, 'mia');
    must(await bench.till.session.showReport());
    bench.till.session.printReport();
    await expect.poll(() => bench.bridge.papers.map(({ kind }) => kind)).toContain('x-report');
    expect(bench.till.open).toBe(true);
  });

  it('[R5] counts and marks every copy of a receipt', async () => {
    const bench = await openTill();
    const receipt = await sellLantern(bench);
    const sale = bench.till.finished?.record;
    if (!sale) throw new Error('nothing was finished');
    must(await bench.till.receipts.reprint(sale));
    must(await bench.till.receipts.reprint(sale));
    const copies = [`${receipt}:reprint:1`, `${receipt}:reprint:2`];
    await expect
      .poll(() => bench.bridge.papers.map(({ jobId }) => jobId))
      .toEqual(expect.arrayContaining(copies));
    expect(bench.till.journal.state.report?.reprints).toBe(2);
    const marked = bench.bridge.papers
      .filter(({ kind }) => kind === 'reprint')
      .map(({ paper }) => JSON.stringify(paper));
    expect(marked.every((text) => text.includes('COPY'))).toBe(true);
  });
});

describe('closing', () => {
  it('[R6] needs a reason for a difference, then prints the Z report', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    bench.till.nextSale();
    const refused = await bench.till.session.close({ counted: 10_000 });
    expect(refused).toEqual({ ok: false, error: { code: 'difference-needs-reason', difference: -339 } });
    must(await bench.till.session.close({ counted: 10_000, reason: 'wrong change' }));
    expect(bench.till.open).toBe(false);
    expect(bench.till.session.justClosed?.body).toMatchObject({
      expected: 10_339,
      counted: 10_000,
      difference: -339,
    });
    await expect.poll(() => bench.bridge.papers.at(-1)?.kind).toBe('z-report');
    bench.till.session.leaveClosed();
    expect(bench.till.session.justClosed).toBeUndefined();
  });

  it('waits until the open sale is finished or cleared', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    expect(codeOf(await bench.till.session.close({ counted: 10_000 }))).toBe('basket-not-empty');
    must(bench.till.sale.clear());
    expect((await bench.till.session.close({ counted: 10_000 })).ok).toBe(true);
  });

  it('[N2] is followed by a second session that goes on with the numbers', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    must(await bench.till.session.close({ counted: 10_339 }));
    must(await bench.till.session.open(5_000));
    expect(bench.till.journal.state).toMatchObject({ session: 2, report: { sales: { count: 0 } } });
    expect(await sellLantern(bench)).toBe('S01-R1-000002');
    const again = await startTill(bench);
    expect(again.till.journal.state).toEqual(bench.till.journal.state);
    expect(again.till.journal.records).toHaveLength(2);
  });

  it('refuses to sell in a closed session', async () => {
    const bench = await openTill();
    must(await bench.till.session.close({ counted: 10_000 }));
    bench.view.scan('5012345678900');
    expect(bench.view.trouble).toEqual({ code: 'scan-not-now' });
  });
});

describe('[J6] a journal that does not hold together', () => {
  it('stops the till and keeps every record (odoo#14214)', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const entries = await bench.documents.open(sessionKey(1));
    const altered = (entries[recordKey(2)] ?? '').replace('"total":339', '"total":39');
    bench.documents.receive(sessionKey(1), { [recordKey(2)]: altered });
    const again = await startTill(bench);
    expect(again.till.journal.fault).toMatchObject({ code: 'altered', session: 1 });
    await signIn(again);
    expect(codeOf(await again.till.session.openDrawer('look'))).toBe('journal-faulty');
    expect(Object.keys(await bench.documents.open(sessionKey(1)))).toHaveLength(2);
  });

  it('is noticed when a second record with a taken number arrives from elsewhere', async () => {
    const bench = await openTill();
    const { head } = bench.till.journal.state;
    await sellLantern(bench);
    const stamp = { at: '2026-11-21T09:01:00.000Z', by: 'luis' };
    const other = sealRecord(head, 1, { kind: 'drawer', body: { reason: 'elsewhere' } }, stamp);
    bench.documents.receive(sessionKey(1), { [recordKey(other.seq)]: recordText(other) });
    await expect.poll(() => bench.till.journal.fault?.code).toBe('fork');
    expect(codeOf(await bench.till.session.openDrawer('again'))).toBe('journal-faulty');
  });

  it('is noticed when a record is missing', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    await sellLantern(bench);
    bench.documents.receive(sessionKey(1), { [recordKey(2)]: undefined });
    await expect.poll(() => bench.till.journal.fault?.code).toBe('gap');
  });

  it('takes records that arrive one by one from the relay', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const entries = await bench.documents.open(sessionKey(1));
    const other = await startTill();
    for (const key of Object.keys(entries).sort())
      other.documents.receive(sessionKey(1), { [key]: entries[key] });
    await expect.poll(() => other.till.journal.state).toEqual(bench.till.journal.state);
    expect(other.till.journal.fault).toBeUndefined();
  });
});
