import pino from 'pino';
import { onTestFinished, vi } from 'vitest';
import type { PrintState } from '#model/receipt/print-job.ts';
import { systemClock } from '../../../hardware-bridge/clock.ts';
import { JobLedger } from '../../../hardware-bridge/job-ledger.ts';
import { PrintQueue } from '../../../hardware-bridge/print-queue.ts';
import type { PrinterProfile } from '../../../hardware-bridge/printer-profiles.ts';
import type { Spool } from '../../../hardware-bridge/spool.ts';
import { tcpLink, type LinkTimings, type PrinterLink } from '../../../hardware-bridge/transport.ts';
import {
  startVirtualPrinter,
  type VirtualPrinter,
} from '../../../hardware-bridge/virtual-printer/virtual-printer.ts';
import { freePort } from '../../support/free-ports.ts';
import { PATIENCE } from '../../support/patience.ts';
import { memorySpool, type MemorySpool } from './memory-spool.ts';
import { profile } from './papers.ts';
import { testClock, type TestClock } from './test-clock.ts';

/** Short for the tests' sake, long enough for a busy machine. */
export const quickTimings: LinkTimings = { connectMs: 1000, answerMs: 400, confirmMs: 500, drainMs: 100 };

/** A queue in this process with a virtual printer at its other end. */
export type Bench = {
  readonly queue: PrintQueue;
  readonly printer: VirtualPrinter;
  readonly clock: TestClock;
  readonly spool: MemorySpool;
  /** Waits until the job is in one of these states. */
  reaches(jobId: string, ...states: PrintState[]): Promise<void>;
  /** How many papers on the shelf carry the job's id. */
  copies(jobId: string): number;
};

/** Starts a virtual printer that ends with the test. */
export async function virtualPrinter(columns = 42): Promise<VirtualPrinter> {
  const printer = await startVirtualPrinter({ port: await freePort(), columns });
  onTestFinished(() => printer.stop());
  return printer;
}

/** Starts a queue that ends with the test. */
export async function startQueue(parts: {
  readonly printers: readonly PrinterProfile[];
  readonly spool: Spool;
  readonly clock: TestClock;
  readonly link?: PrinterLink;
}): Promise<PrintQueue> {
  const log = pino({ level: 'silent' });
  const ledger = new JobLedger({ spool: parts.spool, clock: parts.clock, log });
  const link = parts.link ?? tcpLink(systemClock, quickTimings);
  const queue = new PrintQueue({
    printers: parts.printers,
    ledger,
    link,
    clock: parts.clock,
    log,
    watchMs: 0,
  });
  await queue.restore();
  queue.start();
  onTestFinished(async () => {
    const stopped = queue.stop(1000);
    parts.clock.advance(1000);
    await stopped;
  });
  return queue;
}

/** A virtual printer and a queue that prints on it. */
export async function startBench(changes: Partial<PrinterProfile> = {}): Promise<Bench> {
  const printer = await virtualPrinter(changes.columns);
  const clock = testClock();
  const spool = memorySpool();
  const queue = await startQueue({ printers: [profile({ port: printer.port, ...changes })], spool, clock });
  return {
    queue,
    printer,
    clock,
    spool,
    reaches: (jobId, ...states) => reaches(queue, jobId, ...states),
    copies: (jobId) => copiesOf(printer, jobId),
  };
}

/** Waits until the job is in one of these states. */
export async function reaches(queue: PrintQueue, jobId: string, ...states: PrintState[]): Promise<void> {
  await vi.waitFor(
    () => {
      const state = queue.job(jobId)?.state;
      if (state === undefined || !states.includes(state))
        throw new Error(`${jobId} is ${state}, not ${states.join(' or ')}`);
    },
    { ...PATIENCE, interval: 10 },
  );
}

/** How many papers on the shelf carry the job's id. */
export function copiesOf(printer: VirtualPrinter, jobId: string): number {
  return printer.papers().filter((paper) => JSON.stringify(paper.lines).includes(`<${jobId}>`)).length;
}
