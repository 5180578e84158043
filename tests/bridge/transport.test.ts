import type { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { PrintCause } from '#model/receipt/print-job.ts';
import { systemClock } from '../../hardware-bridge/clock.ts';
import type { PrinterProfile } from '../../hardware-bridge/printer-profiles.ts';
import type { PrinterReading } from '../../hardware-bridge/status-bytes.ts';
import { tcpLink, type Delivery, type Parcel } from '../../hardware-bridge/transport.ts';
import { profile } from './support/papers.ts';
import { answerStatus, scriptedPrinter } from './support/scripted-printer.ts';
import { PATIENCE } from '../support/patience.ts';

const WELL = { 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12 };
const PAPER = Buffer.from('PAPER BYTES\n');
const ASK_DONE = Buffer.from([0x1d, 0x72, 0x01]);
const timings = { connectMs: 1000, answerMs: 300, confirmMs: 300, drainMs: 100 };

type Course = {
  readonly delivery: Delivery;
  readonly steps: string[];
  readonly readings: (PrinterReading | null)[];
};

async function deliver(
  port: number,
  options: {
    parcel?: Partial<Parcel>;
    profile?: Partial<PrinterProfile>;
    journal?: boolean;
    abortAfter?: string;
  } = {},
): Promise<Course> {
  const steps: string[] = [];
  const readings: (PrinterReading | null)[] = [];
  const abort = new AbortController();
  const note = (step: string): void => {
    steps.push(step);
    if (options.abortAfter === step) abort.abort();
  };
  const parcel: Parcel = { bytes: PAPER, rows: 1, processId: 'A1B2', patienceMs: 300, ...options.parcel };
  const delivery = await tcpLink(systemClock, timings).deliver(
    profile({ port, ...options.profile }),
    parcel,
    {
      beforeFirstByte: async () => {
        note('before');
        return options.journal ?? true;
      },
      afterLastByte: async () => note('after'),
      overdue: async (cause: PrintCause) => note(`overdue ${cause}`),
      onReading: (reading) => void readings.push(reading),
    },
    abort.signal,
  );
  return { delivery, steps, readings };
}

/** A printer in good order that does `finish` when it is asked whether it is done. */
function printerThat(finish: (socket: Socket) => void) {
  return scriptedPrinter((socket, _soFar, portion) => {
    answerStatus(socket, portion, WELL);
    if (portion.includes(ASK_DONE)) finish(socket);
  });
}

describe('a delivery', () => {
  it('asks how the printer is, notes the start, sends everything once, asks whether it is done, and says goodbye', async () => {
    const printer = await printerThat((socket) => socket.write(Buffer.of(0x00)));
    const { delivery, steps } = await deliver(printer.port);
    expect(delivery).toEqual({ kind: 'printed', paperNearEnd: false });
    expect(steps).toEqual(['before', 'after']);
    const questions = Buffer.from([0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4]);
    expect(printer.received()).toEqual(Buffer.concat([questions, PAPER, ASK_DONE]));
    await vi.waitFor(() => expect(printer.connections()).toEqual({ made: 1, ended: 1 }), PATIENCE);
  });

  it('is done when the printer answers, whether or not it ever hangs up', async () => {
    const printer = await printerThat((socket) => socket.write(Buffer.of(0x03)));
    expect((await deliver(printer.port)).delivery).toEqual({ kind: 'printed', paperNearEnd: true });
  });

  it('is not confused by a printer that reports unasked', async () => {
    const chatter = Buffer.from([0x10, 0x00, 0x00, 0x00]);
    const printer = await scriptedPrinter((socket, _soFar, portion) => {
      socket.write(chatter);
      answerStatus(socket, portion, WELL);
      if (!portion.includes(ASK_DONE)) return;
      socket.write(chatter);
      socket.resetAndDestroy();
    });
    expect((await deliver(printer.port)).delivery).toEqual({ kind: 'unknown', cause: 'connection-lost' });
  });

  it('goes on with a printer that answers only the first question', async () => {
    const printer = await scriptedPrinter((socket, _soFar, portion) => {
      answerStatus(socket, portion, { 1: 0x12 });
      if (portion.includes(ASK_DONE)) socket.write(Buffer.of(0x00));
    });
    const { delivery, readings } = await deliver(printer.port);
    expect(delivery.kind).toBe('printed');
    expect(readings).toEqual([{ state: 'ready', paperNearEnd: false }]);
  });

  it('with a process id believes no other id', async () => {
    const wrong = Buffer.from([0x37, 0x22, 0x41, 0x41, 0x41, 0x41, 0x00]);
    const printer = await scriptedPrinter((socket, _soFar, portion) => {
      answerStatus(socket, portion, WELL);
      if (portion.includes('A1B2')) socket.write(Buffer.concat([wrong, Buffer.of(0x00)]));
    });
    const { delivery } = await deliver(printer.port, { profile: { confirm: 'gsh' } });
    expect(delivery).toEqual({ kind: 'unknown', cause: 'no-confirmation' });
  });
});

describe('[P3] nothing is sent', () => {
  it('when nobody listens', async () => {
    const { delivery, steps, readings } = await deliver(1);
    expect(delivery).toMatchObject({ kind: 'blocked', cause: 'offline' });
    expect(steps).toEqual([]);
    expect(readings).toEqual([null]);
  });

  it.each([
    ['paper-out', { ...WELL, 4: 0x72 }],
    ['cover-open', { ...WELL, 2: 0x16 }],
    ['printer-error', { ...WELL, 3: 0x1a }],
  ] as const)('when the printer says %s', async (cause, answers) => {
    const printer = await scriptedPrinter((socket, _soFar, portion) =>
      answerStatus(socket, portion, answers),
    );
    const { delivery, steps } = await deliver(printer.port);
    expect(delivery).toMatchObject({ kind: 'blocked', cause });
    expect(steps).toEqual([]);
    expect(printer.received().includes(PAPER)).toBe(false);
  });

  it('when the start could not be written down', async () => {
    const printer = await printerThat((socket) => socket.write(Buffer.of(0x00)));
    const { delivery } = await deliver(printer.port, { journal: false });
    expect(delivery).toMatchObject({ kind: 'blocked', cause: 'spool-full' });
    expect(printer.received().includes(PAPER)).toBe(false);
  });

  it('but the command a stopped printer obeys, when the parcel has one', async () => {
    const pulse = Buffer.from([0x10, 0x14, 1, 0, 1]);
    const printer = await scriptedPrinter((socket, _soFar, portion) =>
      answerStatus(socket, portion, { ...WELL, 4: 0x72 }),
    );
    const { delivery, steps } = await deliver(printer.port, { parcel: { bytesWhenStopped: pulse } });
    expect(delivery).toEqual({ kind: 'sent' });
    expect(steps).toEqual(['before']);
    expect(printer.received().includes(PAPER)).toBe(false);
    expect(printer.received().subarray(-5)).toEqual(pulse);
  });
});

describe('[P3] nobody knows', () => {
  it('when the printer hangs up instead of answering', async () => {
    const printer = await printerThat((socket) => socket.end());
    expect((await deliver(printer.port)).delivery).toEqual({ kind: 'unknown', cause: 'connection-lost' });
  });

  it('when the printer resets instead of answering', async () => {
    const printer = await printerThat((socket) => socket.resetAndDestroy());
    expect((await deliver(printer.port)).delivery).toEqual({ kind: 'unknown', cause: 'connection-lost' });
  });

  it('when the printer has swallowed everything for want of paper, although it answers', async () => {
    const printer = await printerThat((socket) => socket.write(Buffer.of(0x0c)));
    expect((await deliver(printer.port)).delivery).toEqual({ kind: 'unknown', cause: 'paper-out' });
  });

  it('when it never answers, after staying for a while', async () => {
    const printer = await printerThat(() => undefined);
    const { delivery, steps } = await deliver(printer.port);
    expect(delivery).toEqual({ kind: 'unknown', cause: 'no-confirmation' });
    expect(steps).toEqual(['before', 'after', 'overdue no-confirmation']);
  });

  it('when the bridge is stopped in the middle', async () => {
    const printer = await printerThat(() => undefined);
    const { delivery } = await deliver(printer.port, { abortAfter: 'after' });
    expect(delivery).toEqual({ kind: 'unknown', cause: 'bridge-stopped' });
  });

  it('until the answer comes after all', async () => {
    const printer = await scriptedPrinter((socket, soFar, portion) => {
      const asked = soFar.includes(ASK_DONE);
      answerStatus(socket, portion, asked ? { 2: 0x32, 4: 0x72 } : WELL);
      // The second question after the paper is the one about the roll: by then somebody puts one in.
      if (asked && portion.includes(Buffer.from([0x10, 4, 4]))) socket.write(Buffer.of(0x00));
    });
    const { delivery, steps, readings } = await deliver(printer.port);
    expect(delivery).toEqual({ kind: 'printed', paperNearEnd: false });
    expect(steps.slice(2)).toEqual(['overdue paper-out']);
    expect(readings.at(-1)).toMatchObject({ state: 'paper-out' });
  });

  it('but an answer between the questions is the answer', async () => {
    const printer = await scriptedPrinter((socket, soFar, portion) => {
      if (!soFar.includes(ASK_DONE)) answerStatus(socket, portion, WELL);
      else if (portion.includes(Buffer.from([0x10, 4, 2]))) socket.write(Buffer.of(0x00));
    });
    const { delivery, steps } = await deliver(printer.port);
    expect(delivery.kind).toBe('printed');
    expect(steps).toEqual(['before', 'after']);
  });
});

describe('a look at the printer', () => {
  it('reads it and hangs up politely', async () => {
    const printer = await scriptedPrinter((socket, _soFar, portion) =>
      answerStatus(socket, portion, { ...WELL, 2: 0x16 }),
    );
    const reading = await tcpLink(systemClock, timings).read(profile({ port: printer.port }));
    expect(reading).toEqual({ state: 'cover-open', paperNearEnd: false });
    await vi.waitFor(() => expect(printer.connections()).toEqual({ made: 1, ended: 1 }), PATIENCE);
  });

  it('says what it cannot know', async () => {
    const printer = await scriptedPrinter(() => undefined);
    const link = tcpLink(systemClock, timings);
    expect(await link.read(profile({ port: printer.port }))).toMatchObject({ state: 'unreported' });
    expect(await link.read(profile({ port: 1 }))).toBeNull();
  });
});
