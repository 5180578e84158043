import { describe, expect, it } from 'vitest';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import {
  R1,
  R2,
  S01,
  approve,
  codeOf,
  must,
  openTill,
  sellLantern,
  sessionKey,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const DAY_MS = 86_400_000;

/** Sells a lantern, closes what is open with what should be in the drawer, and leaves the Z. */
async function sellAndClose(bench: TillBench): Promise<void> {
  await sellLantern(bench);
  bench.till.nextSale();
  must(await bench.till.session.close({ counted: bench.till.journal.state.report?.drawer.expected ?? 0 }));
  bench.till.session.leaveClosed();
}

const kinds = ({ till }: TillBench) => till.journal.records.map(({ kind }) => kind);

/** Writes what head office would set for the store. */
function setStore(documents: MemoryDocuments, change: object): void {
  const store = {
    id: S01,
    name: 'Camden',
    timeZone: 'America/Mexico_City',
    locale: 'en-GB',
    header: [],
    footer: [],
  };
  const text = canonicalJson({ ...store, ...change } as CanonicalValue);
  documents.receive({ class: 'organization' }, { 'store:S01': text });
}

describe('the drawer in other hands', () => {
  it('[R10] counts it, names who takes it, and opens the drawer', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    must(await bench.till.session.handOver('luis', { counted: 10_300, reason: 'wrong change' }));
    expect(bench.till.journal.records.at(-1)?.body).toMatchObject({
      from: 'ana',
      to: 'luis',
      expected: 10_339,
      difference: -39,
    });
    expect(bench.till.journal.state).toMatchObject({
      holders: { 1: 'luis' },
      report: { drawer: { expected: 10_300 } },
    });
    await expect.poll(() => bench.bridge.drawers).toContain('S01-R1-3:drawer:1');
    const again = await startTill(bench);
    expect(again.till.journal.state).toEqual(bench.till.journal.state);
  });

  it('[R10] [S7] waits for an approval above the limit', async () => {
    const bench = await openTill();
    const handing = bench.till.session.handOver('luis', { counted: 9_000, reason: 'missing' });
    await approve(bench);
    expect(must(await handing)).toMatchObject({ by: 'ana', approvedBy: 'mia', body: { difference: -1_000 } });
  });

  it('[R8] takes cash to the safe in a bag with a number, and keeps the pieces of the float', async () => {
    const bench = await startTill();
    await signIn(bench);
    must(await bench.till.session.open(10_000, { 1000: 10 }));
    expect(bench.till.journal.records[0]?.body).toMatchObject({ denominations: { 1000: 10 } });
    expect(codeOf(await bench.till.session.dropToSafe(4_000, ' ', 'full'))).toBe('bag-missing');
    must(await bench.till.session.dropToSafe(4_000, 'B-17', 'full'));
    expect(bench.till.journal.state.report).toMatchObject({ safeDrops: { count: 1, amount: 4_000 } });
  });

  it('[R9] keeps what was counted before in the closing', async () => {
    const bench = await openTill();
    must(await bench.till.session.close({ counted: 10_000, earlier: [9_000] }));
    expect(bench.till.session.justClosed?.body.earlier).toEqual([9_000]);
  });
});

describe('[R13] [R8] what a till reminds of', () => {
  it('names the day of an older session, the time to close, and a full drawer', async () => {
    const bench = await openTill();
    expect(bench.till.reminders).toEqual({ close: false });
    setStore(bench.documents, { closeReminder: '20:30', drawerLimit: 5_000 });
    await expect.poll(() => bench.till.reminders.drawerLimit).toBe(5_000);
    // The shop stands in Mexico City: 03:00 there.
    bench.surroundings.pass(18 * 3_600_000);
    await bench.till.refresh();
    expect(bench.till.reminders).toEqual({ close: true, drawerLimit: 5_000 });
    bench.surroundings.pass(DAY_MS);
    await bench.till.refresh();
    expect(bench.till.reminders).toEqual({ close: false, olderDay: '2026-11-21', drawerLimit: 5_000 });
    await sellAndClose(bench);
    expect(bench.till.reminders).toEqual({ close: false });
  });
});

describe('[R11] the store’s day', () => {
  it('sums what this till knows of all registers, names the open and the silent, and is closed behind the own Z', async () => {
    const one = await openTill();
    await sellLantern(one);
    const two = await startTill({ ...one, register: R2 });
    await signIn(two, 'mia');
    must(await two.till.session.open(5_000));
    await sellAndClose(two);
    must(await two.view.openStoreDay().then(() => ({ ok: true as const, value: true })));
    expect(two.till.books.day).toMatchObject({ day: '2026-11-21', silent: [], totals: { gross: 678 } });
    expect(
      two.till.books.day?.sessions.map(({ report }) => [report.register, report.closed !== undefined]),
    ).toEqual([
      [R1, false],
      [R2, true],
    ]);
    const zz = must(await two.till.books.closeDay());
    expect(zz.body).toMatchObject({ gross: 678, sales: 2, silent: [] });
    await expect.poll(() => two.bridge.papers.map(({ jobId }) => jobId)).toContain('S01-R2-4:zz:1');
    expect(kinds(two)).toEqual(['opened', 'sale', 'closed', 'zz']);
    // The register that was open goes on: late for that ZZ.
    await sellAndClose(one);
    must(await two.till.books.showDay());
    expect(two.till.books.day?.sessions.map(({ late }) => late)).toEqual([true, false]);
    must(await two.till.session.open(5_000));
    expect(two.till.journal.state.session).toBe(2);
  });

  it('[S6] is shown to who may read reports, others need an approval, and not closed while the register is open', async () => {
    const bench = await openTill();
    const shown = bench.till.books.showDay();
    await approve(bench);
    expect(must(await shown).silent).toEqual([R2]);
    expect(codeOf(await bench.till.books.closeDay())).toBe('session-still-open');
    bench.till.staff.signOut();
    expect(bench.till.books.day).toBeUndefined();
  });
});

describe('[R12] months and years', () => {
  it('are closed before the first session of the next one opens, and printed', async () => {
    const bench = await openTill();
    await sellAndClose(bench);
    bench.surroundings.pass(2 * DAY_MS);
    must(await bench.till.session.open(10_000));
    await sellAndClose(bench);
    bench.surroundings.pass(12 * DAY_MS);
    const again = await startTill(bench);
    await signIn(again);
    must(await again.till.session.open(10_000));
    const entries = Object.values(await bench.documents.open(sessionKey(2)));
    const periods = entries.flatMap((text) => /"period":"([^"]+)"/.exec(text)?.[1] ?? []);
    expect(periods).toEqual(['2026-11']);
    expect(entries.find((text) => text.includes('"period":'))).toContain('"from":1,"gross":678');
    await expect.poll(() => again.bridge.papers.map(({ jobId }) => jobId)).toContain('S01-R1-7:period:1');
    await sellAndClose(again);
    again.surroundings.pass(30 * DAY_MS);
    must(await again.till.session.open(10_000));
    const third = Object.values(await bench.documents.open(sessionKey(3)));
    expect(third.flatMap((text) => /"period":"([^"]+)"/.exec(text)?.[1] ?? [])).toEqual(['2026-12', '2026']);
    expect(third.at(-1)).toContain('"gross":1017');
  });

  it('do not keep a till from opening that does not hold all sessions', async () => {
    const bench = await openTill();
    await sellAndClose(bench);
    must(await bench.till.session.open(10_000));
    await sellAndClose(bench);
    const other = await startTill();
    other.documents.receive(sessionKey(2), await bench.documents.open(sessionKey(2)));
    await expect.poll(() => other.till.journal.state.session).toBe(2);
    other.surroundings.time = Date.parse('2026-12-02T18:00:00.000Z');
    await signIn(other);
    must(await other.till.session.open(10_000));
    expect(other.till.open).toBe(true);
    expect(Object.keys(await other.documents.open(sessionKey(2)))).toHaveLength(3);
  });
});

describe('[J17] the sequence check', () => {
  it('finds registers sound, and a gap of another one', async () => {
    const one = await openTill();
    const two = await startTill({ ...one, register: R2 });
    await signIn(two);
    must(await two.till.session.open(0));
    await sellLantern(two);
    await sellLantern(two);
    await one.till.books.check();
    expect(one.till.books.checks).toMatchObject([
      { register: R1, checked: 1, gaps: [], breaks: [] },
      { register: R2, checked: 3, gaps: [], lastReceipt: 'S01-R2-000002' },
    ]);
    const apart = await startTill();
    const { '000000002': _missing, ...rest } = await one.documents.open(sessionKey(1, R2));
    apart.documents.receive(sessionKey(1, R2), rest);
    await apart.till.books.check();
    expect(apart.till.books.checks).toMatchObject([{ register: R2, gaps: [{ from: 2, to: 2 }] }]);
  });
});
