import { describe, expect, it, vi } from 'vitest';
import type { BridgeEvent, DrawerJob } from '#model/receipt/print-job.ts';
import { MEMORY_MS } from '../../hardware-bridge/job-ledger.ts';
import { copiesOf, reaches, startBench, startQueue, virtualPrinter } from './support/bench.ts';
import { memorySpool } from './support/memory-spool.ts';
import { job, paper, profile } from './support/papers.ts';
import { testClock } from './support/test-clock.ts';
import { PATIENCE } from '../support/patience.ts';

const FULL = { code: 'spool-full', message: 'full' } as const;

const drawerJob = (number: number): DrawerJob => ({ jobId: `drawer-${number}`, device: 'front' });

describe('a job id', () => {
  it('[P2] prints once, however often it is handed in', async () => {
    const bench = await startBench();
    const answers = await Promise.all(Array.from({ length: 50 }, () => bench.queue.accept(job(1))));
    expect(answers.filter((answer) => answer.ok && answer.value.fresh)).toHaveLength(1);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    await bench.reaches(job(1).jobId, 'printed');
    await bench.queue.accept(job(1));
    await bench.queue.accept(job(2));
    await bench.reaches(job(2).jobId, 'printed');
    expect(bench.printer.papers()).toHaveLength(2);
    expect(bench.copies(job(1).jobId)).toBe(1);
  });

  it('[P2] is refused for other content', async () => {
    const bench = await startBench();
    await bench.queue.accept(job(1));
    const other = await bench.queue.accept(job(1, { paper: paper({ kind: 'rule' }) }));
    expect(other).toMatchObject({ ok: false, error: { code: 'id-taken' } });
    expect(await bench.queue.accept(job(1, { openDrawer: true }))).toMatchObject({ ok: false });
    expect(await bench.queue.accept(job(1, { ttlMs: 60_000 }))).toMatchObject({
      ok: true,
      value: { fresh: false },
    });
  });

  it('[P2] is remembered for thirty days and then forgotten', async () => {
    const bench = await startBench();
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'printed');
    bench.clock.advance(MEMORY_MS - 1000);
    expect(await bench.queue.accept(job(1))).toMatchObject({ ok: true, value: { fresh: false } });
    bench.clock.advance(60 * 60 * 1000 + 2000);
    await vi.waitFor(() => expect(bench.queue.job(job(1).jobId)).toBeNull(), PATIENCE);
    expect([...bench.spool.files.keys()]).toEqual([]);
  });
});

describe('the order of papers', () => {
  it('is the order of arrival, 50 in a row', async () => {
    const bench = await startBench();
    const jobs = Array.from({ length: 50 }, (_, index) => job(index));
    await Promise.all(jobs.map((each) => bench.queue.accept(each)));
    await bench.reaches(job(49).jobId, 'printed');
    const printed = bench.printer.papers().map((each) => /<(.*?)>/.exec(JSON.stringify(each.lines))?.[1]);
    expect(printed).toEqual(jobs.map((each) => each.jobId));
  });

  it('holds for two printers of one address, which never get two connections at a time', async () => {
    const printer = await virtualPrinter();
    let most = 0;
    printer.listen(() => {
      most = Math.max(most, printer.state().connections);
    });
    const printers = [profile({ port: printer.port }), profile({ device: 'back', port: printer.port })];
    const queue = await startQueue({ printers, spool: memorySpool(), clock: testClock() });
    const jobs = Array.from({ length: 10 }, (_, index) =>
      job(index, { device: index % 2 === 0 ? 'front' : 'back' }),
    );
    for (const each of jobs) await queue.accept(each);
    await reaches(queue, job(9).jobId, 'printed');
    expect(printer.papers()).toHaveLength(10);
    expect(most).toBe(1);
  });
});

describe('a printer that holds things up', () => {
  it('[P3] is tried again after 1, 2, 5, 10 and 30 seconds, and prints when it is back', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ off: true });
    await bench.queue.accept(job(1));
    let updated = '';
    for (const wait of [1000, 2000, 5000, 10_000, 30_000, 30_000]) {
      await vi.waitFor(() => expect(bench.queue.job(job(1).jobId)?.state).toBe('blocked'), PATIENCE);
      expect(bench.queue.job(job(1).jobId)).toMatchObject({ cause: 'offline' });
      updated = bench.queue.job(job(1).jobId)?.updatedAt ?? '';
      bench.clock.advance(wait - 1);
      expect(bench.queue.job(job(1).jobId)).toMatchObject({ state: 'blocked', updatedAt: updated });
      if (wait === 30_000) await bench.printer.setFaults({ off: false });
      bench.clock.advance(1);
    }
    await bench.reaches(job(1).jobId, 'printed');
    expect(bench.copies(job(1).jobId)).toBe(1);
  });

  it.each([
    ['paperOut', 'paper-out'],
    ['coverOpen', 'cover-open'],
  ] as const)('[P3] for %s keeps the paper until it is mended', async (fault, cause) => {
    const bench = await startBench();
    await bench.printer.setFaults({ [fault]: true });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'blocked');
    expect(bench.queue.job(job(1).jobId)).toMatchObject({ cause });
    expect(await bench.queue.printerStatus('front', false)).toMatchObject({ state: cause, waiting: 1 });
    await bench.printer.setFaults({ [fault]: false });
    expect(await bench.queue.printerStatus('front', true)).toMatchObject({ state: 'ready' });
    await bench.reaches(job(1).jobId, 'printed');
    expect(bench.copies(job(1).jobId)).toBe(1);
  });

  it('[P3] lets papers expire that nobody waits for any more, in a row', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ off: true });
    await bench.queue.accept(job(1));
    await bench.queue.accept(job(2, { ttlMs: 60_000 }));
    await bench.reaches(job(1).jobId, 'blocked');
    bench.clock.advance(60_001);
    await bench.reaches(job(2).jobId, 'expired');
    expect(bench.queue.job(job(1).jobId)?.state).toBe('blocked');
    bench.clock.advance(15 * 60 * 1000);
    await bench.reaches(job(1).jobId, 'expired');
    await bench.printer.setFaults({ off: false });
    await bench.queue.accept(job(3));
    await bench.reaches(job(3).jobId, 'printed');
    expect(bench.printer.papers()).toHaveLength(1);
  });

  it('waits for a person to stop waiting: a queued paper can be cancelled, a printed one cannot', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ off: true });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'blocked');
    expect(await bench.queue.cancel(job(1).jobId)).toMatchObject({ ok: true, value: { state: 'cancelled' } });
    await bench.printer.setFaults({ off: false });
    await bench.queue.accept(job(2));
    bench.clock.advance(1000);
    await bench.reaches(job(2).jobId, 'printed');
    expect(bench.copies(job(1).jobId)).toBe(0);
    expect(await bench.queue.cancel(job(2).jobId)).toMatchObject({ ok: false, error: { code: 'too-late' } });
    expect(await bench.queue.cancel('nobody')).toMatchObject({ ok: false, error: { code: 'unknown-job' } });
  });
});

describe('a paper nobody can be sure of', () => {
  it('[P3] is never tried again by itself', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ resetAtByte: 20 });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'unknown');
    expect(bench.queue.job(job(1).jobId)).toMatchObject({ cause: 'connection-lost' });
    await bench.printer.setFaults({ resetAtByte: null });
    await bench.queue.accept(job(2));
    await bench.reaches(job(2).jobId, 'printed');
    bench.clock.advance(60 * 60 * 1000);
    expect(bench.queue.job(job(1).jobId)?.state).toBe('unknown');
    expect(bench.copies(job(1).jobId)).toBe(0);
  });

  it('[P3] prints again when a person says it did not come out, without opening the drawer again', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ resetAtByte: 20 });
    await bench.queue.accept(job(1, { openDrawer: true }));
    await bench.reaches(job(1).jobId, 'unknown');
    expect(bench.printer.state().drawer.openings).toBe(1);
    await bench.printer.setFaults({ resetAtByte: null });
    expect(await bench.queue.resolve(job(1).jobId, { action: 'reprint' })).toMatchObject({ ok: true });
    await bench.reaches(job(1).jobId, 'printed');
    expect(bench.copies(job(1).jobId)).toBe(1);
    expect(bench.printer.state().drawer.openings).toBe(1);
  });

  it.each([
    ['printed', 'printed', 'answered-by-person'],
    ['discard', 'cancelled', 'discarded-by-person'],
  ] as const)('[P3] is settled by the answer "%s"', async (action, state, cause) => {
    const bench = await startBench();
    await bench.printer.setFaults({ resetAtByte: 20 });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'unknown');
    expect(await bench.queue.resolve(job(1).jobId, { action })).toMatchObject({
      ok: true,
      value: { state, cause },
    });
    expect(await bench.queue.resolve(job(1).jobId, { action })).toMatchObject({
      ok: false,
      error: { code: 'too-late' },
    });
  });

  it('[P3] lets the printer go when a person has answered while it was still waited for', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ paperOutAtByte: 30 });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'unknown');
    expect(bench.queue.job(job(1).jobId)).toMatchObject({ cause: 'paper-out' });
    await bench.queue.resolve(job(1).jobId, { action: 'discard' });
    await bench.queue.accept(job(2));
    await bench.reaches(job(2).jobId, 'blocked');
    await bench.printer.setFaults({ paperOut: false });
    await bench.queue.printerStatus('front', true);
    await bench.reaches(job(2).jobId, 'printed');
    expect(bench.queue.job(job(1).jobId)?.state).toBe('cancelled');
  });
});

describe('the drawer', () => {
  it('[P4] opens for its own request and is confirmed', async () => {
    const bench = await startBench();
    await bench.queue.acceptDrawer(drawerJob(1));
    await bench.reaches('drawer-1', 'printed');
    expect(bench.printer.state().drawer).toEqual({ open: true, openings: 1, pin: 2 });
    expect(bench.printer.papers()).toEqual([]);
  });

  it('[P4] opens once for a paper that asks for it', async () => {
    const bench = await startBench();
    await bench.queue.accept(job(1, { openDrawer: true }));
    await bench.reaches(job(1).jobId, 'printed');
    expect(bench.printer.state().drawer.openings).toBe(1);
    expect(bench.printer.papers()[0]).toMatchObject({ drawerOpened: true, notes: [] });
  });

  it('[R14] is the one of the two that was asked for, with a paper, alone and on a stopped printer', async () => {
    const bench = await startBench();
    const pin = () => bench.printer.state().drawer.pin;
    await bench.queue.accept(job(1, { openDrawer: true, drawer: 2 }));
    await bench.reaches(job(1).jobId, 'printed');
    expect(pin()).toBe(5);
    await bench.queue.acceptDrawer(drawerJob(1));
    await bench.reaches('drawer-1', 'printed');
    expect(pin()).toBe(2);
    await bench.printer.setFaults({ paperOut: true });
    await bench.queue.acceptDrawer({ ...drawerJob(2), drawer: 2 });
    await bench.reaches('drawer-2', 'sent');
    expect(pin()).toBe(5);
    expect(await bench.queue.acceptDrawer(drawerJob(2))).toMatchObject({
      ok: false,
      error: { code: 'id-taken' },
    });
  });

  it('[P4] overtakes papers that wait for a roll, and opens on the stopped printer', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ paperOut: true });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'blocked');
    await bench.queue.acceptDrawer(drawerJob(1));
    await bench.reaches('drawer-1', 'sent');
    expect(bench.printer.state().drawer.openings).toBe(1);
    expect(bench.queue.job(job(1).jobId)?.state).toBe('blocked');
  });

  it('[P4] of a paper that has to wait opens at once, and not again with the paper', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ paperOut: true });
    await bench.queue.accept(job(1, { openDrawer: true }));
    await vi.waitFor(() => expect(bench.printer.state().drawer.openings).toBe(1), PATIENCE);
    await bench.printer.setFaults({ paperOut: false });
    bench.clock.advance(1000);
    await bench.reaches(job(1).jobId, 'printed');
    expect(bench.printer.state().drawer.openings).toBe(1);
  });

  it('[P4] opens for the next customer while the printer sits on a paper it has no roll for', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ paperOutAtByte: 30 });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'unknown');
    await bench.queue.acceptDrawer(drawerJob(1));
    await bench.reaches('drawer-1', 'sent');
    await bench.queue.accept(job(2, { openDrawer: true }));
    await vi.waitFor(() => expect(bench.printer.state().drawer.openings).toBe(2), PATIENCE);
    await bench.printer.setFaults({ paperOut: false });
    await bench.reaches(job(2).jobId, 'printed');
    expect(bench.queue.job(job(1).jobId)?.state).toBe('printed');
    expect(bench.printer.state().drawer.openings).toBe(2);
  });

  it('[P4] never opens later than ten seconds after it was asked for', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ off: true });
    await bench.queue.acceptDrawer(drawerJob(1));
    await bench.queue.accept(job(1, { openDrawer: true }));
    await bench.reaches('drawer-1', 'blocked');
    bench.clock.advance(10_001);
    await bench.reaches('drawer-1', 'expired');
    await bench.printer.setFaults({ off: false });
    bench.clock.advance(30_000);
    await bench.reaches(job(1).jobId, 'printed');
    expect(bench.printer.state().drawer.openings).toBe(0);
  });

  it('[P4] is not opened again on a person’s word', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ resetAtByte: 2 });
    await bench.queue.acceptDrawer(drawerJob(1));
    await bench.reaches('drawer-1', 'unknown');
    expect(await bench.queue.resolve('drawer-1', { action: 'reprint' })).toMatchObject({
      ok: false,
      error: { code: 'too-late' },
    });
    expect(await bench.queue.resolve('drawer-1', { action: 'discard' })).toMatchObject({ ok: true });
  });
});

describe('a full disk', () => {
  it('[P2] refuses new jobs, loses none and prints nothing it could not write down', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ off: true });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'blocked');
    bench.spool.fail(FULL);
    expect(await bench.queue.accept(job(2))).toMatchObject({ ok: false, error: { code: 'spool-full' } });
    expect(bench.queue.job(job(2).jobId)).toBeNull();
    await bench.printer.setFaults({ off: false });
    bench.clock.advance(1000);
    await vi.waitFor(
      () => expect(bench.queue.job(job(1).jobId)).toMatchObject({ state: 'blocked', cause: 'spool-full' }),
      PATIENCE,
    );
    expect(bench.printer.papers()).toEqual([]);
    bench.spool.fail(null);
    bench.clock.advance(2000);
    await bench.reaches(job(1).jobId, 'printed');
    expect(await bench.queue.accept(job(2))).toMatchObject({ ok: true, value: { fresh: true } });
    await bench.reaches(job(2).jobId, 'printed');
    expect(bench.copies(job(1).jobId)).toBe(1);
  });

  it('[P2] that fills up while a paper prints never makes it print twice, even over a restart', async () => {
    const bench = await startBench();
    const filled = bench.queue.subscribe((event) => {
      if (event.type === 'job' && event.job.state === 'sending') bench.spool.fail(FULL);
    });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'printed');
    filled();
    const restarted = await startQueue({
      printers: [profile({ port: bench.printer.port })],
      spool: memorySpool(bench.spool.files),
      clock: testClock(),
    });
    expect(restarted.job(job(1).jobId)).toMatchObject({ state: 'unknown', cause: 'bridge-restarted' });
    expect(await restarted.accept(job(1))).toMatchObject({ ok: true, value: { fresh: false } });
    await restarted.accept(job(2));
    await reaches(restarted, job(2).jobId, 'printed');
    expect(copiesOf(bench.printer, job(1).jobId)).toBe(1);
  });
});

describe('what cannot be printed', () => {
  it('is refused before it is kept', async () => {
    const bench = await startBench();
    expect(await bench.queue.accept(job(1, { device: 'kitchen' }))).toMatchObject({
      ok: false,
      error: { code: 'unknown-device' },
    });
    const wrong = paper({ kind: 'barcode', symbology: 'ean13', data: '1234567890123' });
    expect(await bench.queue.accept(job(1, { paper: wrong }))).toMatchObject({
      ok: false,
      error: { code: 'bad-document' },
    });
    expect([...bench.spool.files.keys()]).toEqual([]);
  });

  it('fails when its printer has been taken away', async () => {
    const bench = await startBench();
    await bench.printer.setFaults({ off: true });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'blocked');
    const restarted = await startQueue({
      printers: [profile({ device: 'back', port: bench.printer.port })],
      spool: memorySpool(bench.spool.files),
      clock: testClock(),
    });
    expect(restarted.job(job(1).jobId)).toMatchObject({ state: 'failed', cause: 'device-removed' });
  });
});

describe('listeners', () => {
  it('hear every state of a paper in its order, and how many wait', async () => {
    const bench = await startBench();
    const events: BridgeEvent[] = [];
    bench.queue.subscribe((event) => events.push(event));
    await bench.printer.setFaults({ paperNearEnd: true });
    await bench.queue.accept(job(1));
    await bench.reaches(job(1).jobId, 'printed');
    const states = events.flatMap((event) => (event.type === 'job' ? [event.job.state] : []));
    expect(states).toEqual(['accepted', 'queued', 'sending', 'confirming', 'printed']);
    expect(bench.queue.job(job(1).jobId)).toMatchObject({ paperNearEnd: true });
    const printers = events.flatMap((event) => (event.type === 'printer' ? [event.printer] : []));
    expect(printers.at(-1)).toEqual({ device: 'front', state: 'ready', paperNearEnd: true, waiting: 0 });
    expect(printers.some((each) => each.waiting === 1)).toBe(true);
  });
});
