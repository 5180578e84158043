import { describe, expect, it } from 'vitest';
import { encodePaper } from '../../hardware-bridge/encoder.ts';
import type { Confirmation } from '../../hardware-bridge/printer-profiles.ts';
import { NO_FAULTS, type FaultChange } from '../../hardware-bridge/virtual-printer/faults.ts';
import { startBench, type Bench } from './support/bench.ts';
import { job, profile } from './support/papers.ts';

const only = job(1);
const encoded = encodePaper(only.paper, profile(), { openDrawer: false });
const length = encoded.ok ? encoded.value.bytes.length : 0;
const offsets = [0, 1, 7, Math.floor(length / 2), length - 4, length - 1, length, length + 1, length + 2];

/** What may never happen, whatever the printer did: two papers, or "printed" without a whole paper. */
function expectHonest(bench: Bench): void {
  expect(bench.copies(only.jobId)).toBeLessThanOrEqual(1);
  const whole = bench.printer
    .papers()
    .filter((paper) => paper.complete && JSON.stringify(paper.lines).includes(only.jobId));
  if (bench.queue.job(only.jobId)?.state === 'printed') expect(whole).toHaveLength(1);
}

/** Prints one job on a faulty printer, then mends it, waits for the next job and looks again. */
async function printThroughFault(fault: FaultChange, confirm: Confirmation): Promise<string> {
  const bench = await startBench({ confirm });
  await bench.printer.setFaults(fault);
  await bench.queue.accept(only);
  await bench.reaches(only.jobId, 'printed', 'sent', 'unknown', 'blocked');
  expectHonest(bench);
  const first = bench.queue.job(only.jobId)?.state ?? 'gone';
  await bench.printer.setFaults(NO_FAULTS);
  bench.clock.advance(1000);
  await bench.queue.accept(job(2));
  await bench.reaches(job(2).jobId, 'printed', 'sent');
  expect(bench.copies(job(2).jobId)).toBe(1);
  expectHonest(bench);
  const last = bench.queue.job(only.jobId)?.state ?? 'gone';
  return `${first} ${last}`;
}

describe.each(['auto', 'gsh'] as const)(
  '[P3] one paper at most, and never "printed" without one (confirmed by %s)',
  (confirm) => {
    it.each(offsets)('when the connection breaks at byte %i', async (offset) => {
      const course = await printThroughFault({ resetAtByte: offset }, confirm);
      expect(course).toMatch(/^unknown unknown$/);
    });

    it.each(offsets)('when the roll ends at byte %i', async (offset) => {
      const course = await printThroughFault({ paperOutAtByte: offset }, confirm);
      expect(course).toMatch(/^unknown (printed|unknown)$/);
    });

    it.each([
      ['is off', { off: true }, /^blocked printed$/],
      ['has no paper', { paperOut: true }, /^blocked printed$/],
      ['has its cover open', { coverOpen: true }, /^blocked printed$/],
      ['is near the end of its roll', { paperNearEnd: true }, /^printed printed$/],
      ['is slow', { bytesPerSecond: 400 }, /^printed printed$/],
      ['answers a little late', { answerDelayMs: 60 }, /^printed printed$/],
    ] as const)('when the printer %s', async (_what, fault, course) => {
      expect(await printThroughFault(fault, confirm)).toMatch(course);
    });
  },
);

describe('[P3] a printer that says nothing', () => {
  it.each([
    ['cannot answer', { silent: true }],
    ['never reads', { mute: true }],
    ['answers much too late', { answerDelayMs: 900 }],
  ] as const)('is printed on without confirmation when it %s', async (_what, fault) => {
    expect(await printThroughFault(fault, 'auto')).toBe('sent sent');
  });

  it.each(['gsr', 'gsh'] as const)(
    'holds the paper up when confirmation by %s is asked for',
    async (confirm) => {
      expect(await printThroughFault({ silent: true }, confirm)).toBe('blocked printed');
    },
  );

  it('holds the paper up when it has answered before', async () => {
    const bench = await startBench();
    await bench.queue.printerStatus('front', true);
    await bench.printer.setFaults({ mute: true });
    await bench.queue.accept(only);
    await bench.reaches(only.jobId, 'blocked');
    expect(bench.queue.job(only.jobId)).toMatchObject({ cause: 'no-answer' });
  });

  it('falls silent in the middle: the paper is unknown, although it came out', async () => {
    const bench = await startBench();
    bench.queue.subscribe((event) => {
      if (event.type === 'job' && event.job.state === 'sending')
        void bench.printer.setFaults({ silent: true });
    });
    await bench.queue.accept(only);
    await bench.reaches(only.jobId, 'unknown');
    expect(bench.queue.job(only.jobId)).toMatchObject({ cause: 'no-confirmation' });
    expect(bench.copies(only.jobId)).toBe(1);
  });

  it('is taken at its word when it never should be asked', async () => {
    const bench = await startBench({ confirm: 'none' });
    await bench.queue.accept(only);
    await bench.reaches(only.jobId, 'sent');
    await bench.queue.accept(job(2));
    await bench.reaches(job(2).jobId, 'sent');
    expect(bench.copies(only.jobId)).toBe(1);
  });
});

describe('a printer that talks back while a long report is sent', () => {
  it('gets all of it, because nobody hangs up on it', async () => {
    const bench = await startBench({ confirm: 'none' });
    const lines = Array.from({ length: 4000 }, (_, index) => ({
      kind: 'text' as const,
      text: `row ${index} ${'x'.repeat(30)}`,
    }));
    const report = job('report', { kind: 'z-report', paper: { title: 'Z', language: 'en', lines } });
    await bench.printer.setFaults({ bytesPerSecond: 200_000, answerDelayMs: 50 });
    await bench.queue.accept(report);
    await bench.reaches(report.jobId, 'sent');
    const [paper] = bench.printer.papers();
    expect(paper).toMatchObject({ complete: true });
    expect(paper?.lines.filter((line) => line.kind === 'text')).toHaveLength(4000);
  });
});
