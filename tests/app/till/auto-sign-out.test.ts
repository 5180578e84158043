import { describe, expect, it } from 'vitest';
import { codeOf, openTill, payCash, must, startTill, type TillBench } from './till-fixture.ts';

const MINUTE = 60_000;

/** Lets time pass on an untouched till, which is asked once a second. */
function leaveAlone({ till, surroundings }: TillBench, milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 1_000) {
    surroundings.pass(1_000);
    till.staff.autoSignOut.check();
  }
}

/** Sets the minutes of the store, as head office would. */
async function setMinutes({ documents }: TillBench, signOutMinutes: number): Promise<void> {
  const entries = await documents.open({ class: 'organization' });
  const store = { ...(JSON.parse(entries['store:S01'] ?? '') as object), signOutMinutes };
  documents.receive({ class: 'organization' }, { 'store:S01': JSON.stringify(store) });
}

describe('[S9] a till that nobody touches', () => {
  it('warns for half a minute, then signs out; the open sale and its payments stay', async () => {
    const bench = await openTill();
    const { till } = bench;
    bench.view.scan('5012345678900');
    must(till.sale.startPaying());
    payCash(bench, 100);
    leaveAlone(bench, 10 * MINUTE - 31_000);
    expect(till.staff.autoSignOut.secondsLeft).toBeUndefined();
    leaveAlone(bench, 1_000);
    expect(till.staff.autoSignOut.secondsLeft).toBe(30);
    leaveAlone(bench, 29_000);
    expect([till.staff.autoSignOut.secondsLeft, till.signIn.person]).toEqual([1, 'ana']);
    leaveAlone(bench, 1_000);
    expect(till.signIn.person).toBeUndefined();
    expect(till.signIn.farewell).toEqual({ person: 'ana', why: 'idle' });
    const again = await startTill(bench);
    expect(again.till.signIn.person).toBeUndefined();
    expect([again.till.sale.basket.lines.length, again.till.sale.payments.length]).toEqual([1, 1]);
  });

  it('stays while somebody touches it now and then', async () => {
    const bench = await openTill();
    for (let hour = 0; hour < 6; hour++) {
      leaveAlone(bench, 10 * MINUTE - 5_000);
      bench.till.staff.autoSignOut.touch();
      expect(bench.till.staff.autoSignOut.secondsLeft).toBeUndefined();
    }
    expect(bench.till.signIn.person).toBe('ana');
  });

  it('goes by what the store says', async () => {
    const bench = await openTill();
    await setMinutes(bench, 2);
    leaveAlone(bench, 2 * MINUTE - 1_000);
    expect(bench.till.signIn.person).toBe('ana');
    leaveAlone(bench, 1_000);
    expect(bench.till.signIn.person).toBeUndefined();
    expect(bench.till.staff.autoSignOut.minutes).toBe(2);
  });

  it('signs out at once when it wakes up after a night', async () => {
    const bench = await openTill();
    bench.surroundings.pass(9 * 60 * MINUTE);
    bench.till.staff.autoSignOut.check();
    expect(bench.till.signIn.person).toBeUndefined();
  });

  it('is not kept by the touch that wakes it up', async () => {
    const bench = await openTill();
    bench.surroundings.pass(9 * 60 * MINUTE);
    bench.till.staff.autoSignOut.touch();
    expect(bench.till.signIn.farewell).toEqual({ person: 'ana', why: 'idle' });
  });

  it('waits anew when its clock was set back', async () => {
    const bench = await openTill();
    bench.surroundings.pass(-60 * MINUTE);
    leaveAlone(bench, 9 * MINUTE);
    expect(bench.till.signIn.person).toBe('ana');
    leaveAlone(bench, 2 * MINUTE);
    expect(bench.till.signIn.person).toBeUndefined();
  });

  it('does not count while nobody is signed in', async () => {
    const bench = await startTill();
    leaveAlone(bench, 30 * MINUTE);
    expect(bench.till.signIn.farewell).toBeUndefined();
  });

  it('keeps its person while a record is on no disk', async () => {
    const bench = await openTill();
    bench.documents.failHere = 'the disk is full';
    bench.documents.setConnected(false);
    expect(codeOf(await bench.till.session.moveCash('in', 100, 'coins'))).toBe('not-saved');
    leaveAlone(bench, 30 * MINUTE);
    expect(bench.till.signIn.person).toBe('ana');
    bench.documents.failHere = undefined;
    must(await bench.till.retry());
    leaveAlone(bench, 10 * MINUTE);
    expect(bench.till.signIn.person).toBeUndefined();
  });

  it('declines what waits for an approval', async () => {
    const bench = await openTill();
    const asking = bench.till.session.openDrawer('give change');
    await expect.poll(() => bench.till.staff.approvals.request).toBeDefined();
    leaveAlone(bench, 11 * MINUTE);
    expect(codeOf(await asking)).toBe('approval-needed');
    expect(bench.till.journal.records).toHaveLength(1);
  });
});
