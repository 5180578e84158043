import { describe, expect, it } from 'vitest';
import { PrintDesk } from '../../../app/lib/till/print-desk.svelte.ts';
import type { PrintJob } from '#model/receipt/print-job.ts';
import { FakeBridge, HeldSurroundings } from './till-fixture.ts';

function job(jobId: string): Omit<PrintJob, 'device'> {
  return { jobId, kind: 'receipt', paper: { title: jobId, language: 'en', lines: [{ kind: 'rule' }] } };
}

function desk(
  surroundings = new HeldSurroundings(),
  bridge = new FakeBridge(),
  device: string | undefined = 'receipt',
) {
  return { bridge, surroundings, printing: new PrintDesk(bridge, surroundings, device) };
}

describe('a paper', () => {
  it('goes to the bridge at once', async () => {
    const { bridge, printing } = desk();
    printing.print(job('a:receipt:1'));
    await expect.poll(() => printing.paper('a:receipt:1')?.state).toBe('printed');
    expect(bridge.papers).toMatchObject([{ jobId: 'a:receipt:1', device: 'receipt' }]);
  });

  it('waits while the bridge is away, over a reload, and keeps the order', async () => {
    const { bridge, surroundings, printing } = desk();
    bridge.away = true;
    printing.print(job('a:receipt:1'));
    printing.print(job('b:receipt:1'));
    await printing.refresh();
    expect(printing.paper('b:receipt:1')?.state).toBe('unsent');
    expect(printing.printer).toBe('away');
    bridge.away = false;
    const { printing: later } = desk(surroundings, bridge);
    await later.refresh();
    expect(bridge.papers.map(({ jobId }) => jobId)).toEqual(['a:receipt:1', 'b:receipt:1']);
    expect(surroundings.readNote('outbox')).toBeUndefined();
  });

  it('is followed until it is out', async () => {
    const { bridge, printing } = desk();
    bridge.nextState = 'blocked';
    printing.print(job('a:receipt:1'));
    await expect.poll(() => printing.paper('a:receipt:1')?.state).toBe('blocked');
    bridge.set('a:receipt:1', 'printed');
    await printing.refresh();
    expect(printing.paper('a:receipt:1')?.state).toBe('printed');
  });

  it.each([
    [true, 'printed'],
    [false, 'reprint'],
  ])('[P3] that nobody is sure of is asked about: came out %s', async (cameOut, action) => {
    const { bridge, printing } = desk();
    bridge.nextState = 'unknown';
    printing.print(job('a:receipt:1'));
    await expect.poll(() => printing.doubtful.map(({ jobId }) => jobId)).toEqual(['a:receipt:1']);
    await printing.answer('a:receipt:1', cameOut);
    expect(bridge.resolutions).toEqual([{ action }]);
    expect(printing.doubtful).toEqual([]);
  });

  it('[P2] that the bridge has with another content counts as the one it has', async () => {
    const { bridge, printing } = desk();
    bridge.set('a:receipt:1', 'printed');
    bridge.print = async () => ({
      kind: 'refused',
      status: 409,
      refusal: { code: 'other-content', message: 'differs' },
    });
    printing.print(job('a:receipt:1'));
    await expect.poll(() => printing.paper('a:receipt:1')?.state).toBe('printed');
  });

  it('that the bridge refuses is said to be refused and does not hold up the next', async () => {
    const { bridge, printing } = desk();
    const print = bridge.print.bind(bridge);
    const refusal = { code: 'bad-request', message: 'the paper is too long' };
    bridge.print = async (paper) =>
      paper.jobId.startsWith('bad') ? { kind: 'refused', status: 400, refusal } : print(paper);
    printing.print(job('bad:receipt:1'));
    printing.print(job('good:receipt:1'));
    await expect.poll(() => printing.paper('good:receipt:1')?.state).toBe('printed');
    expect(printing.paper('bad:receipt:1')).toMatchObject({
      state: 'refused',
      cause: 'the paper is too long',
    });
  });

  it('is not asked for at a till without a printer', async () => {
    const { bridge } = desk();
    const printing = new PrintDesk(bridge, new HeldSurroundings(), undefined);
    printing.print(job('a:receipt:1'));
    await printing.refresh();
    expect(bridge.papers).toEqual([]);
    expect(printing.paper('a:receipt:1')).toBeUndefined();
  });

  it('survives an outbox note that was damaged', async () => {
    const surroundings = new HeldSurroundings();
    surroundings.writeNote('outbox', '[{"jobId":');
    const { bridge, printing } = desk(surroundings);
    printing.print(job('a:receipt:1'));
    await expect.poll(() => bridge.papers.length).toBe(1);
  });
});
