import { describe, expect, it } from 'vitest';
import { KeptNotes, notesInMemory } from '../../../app/lib/till/kept-notes.ts';
import { PrintDesk } from '../../../app/lib/till/print-desk.svelte.ts';
import type { PrintJob } from '#model/receipt/print-job.ts';
import { FakeBridge, HeldSurroundings } from './till-fixture.ts';

function job(jobId: string): Omit<PrintJob, 'device'> {
  return { jobId, kind: 'receipt', paper: { title: jobId, language: 'en', lines: [{ kind: 'rule' }] } };
}

const TERMINAL = '0123456789abcdef';

async function desk(
  given: { disk?: Map<string, string>; bridge?: FakeBridge; surroundings?: HeldSurroundings } = {},
) {
  const { disk = new Map(), bridge = new FakeBridge(), surroundings = new HeldSurroundings() } = given;
  const notes = new KeptNotes(notesInMemory(disk), () => undefined);
  const printing = new PrintDesk(bridge, surroundings, notes, 'receipt');
  await printing.start();
  return { bridge, disk, surroundings, notes, printing };
}

describe('a paper', () => {
  it('goes to the bridge at once', async () => {
    const { bridge, printing } = await desk();
    printing.print(job('a:receipt:1'));
    await expect.poll(() => printing.paper('a:receipt:1')?.state).toBe('printed');
    expect(bridge.papers).toMatchObject([{ jobId: 'a:receipt:1', device: 'receipt' }]);
  });

  it('waits while the bridge is away, over a reload, and keeps the order', async () => {
    const { bridge, disk, notes, printing } = await desk();
    bridge.away = true;
    printing.print(job('b:receipt:1'));
    printing.print(job('a:receipt:1'));
    await printing.refresh();
    expect(printing.paper('a:receipt:1')?.state).toBe('unsent');
    expect(printing.printer).toBe('away');
    expect(await notes.kept()).toBe(true);
    bridge.away = false;
    const { printing: later, notes: laterNotes } = await desk({ disk, bridge });
    expect(later.paper('a:receipt:1')?.state).toBe('unsent');
    await later.refresh();
    expect(bridge.papers.map(({ jobId }) => jobId)).toEqual(['b:receipt:1', 'a:receipt:1']);
    expect(await laterNotes.kept()).toBe(true);
    expect([...disk.keys()]).toEqual([]);
  });

  it('that an earlier version left in its note is taken over, without its drawer, and the note goes once the disk has it', async () => {
    const surroundings = new HeldSurroundings();
    const left = { ...job('a:receipt:1'), device: 'receipt', openDrawer: true };
    surroundings.notes.set('outbox', JSON.stringify([left]));
    const bridge = new FakeBridge();
    bridge.away = true;
    const { disk, notes, printing } = await desk({ bridge, surroundings });
    expect(printing.paper('a:receipt:1')?.state).toBe('unsent');
    expect(await notes.kept()).toBe(true);
    expect([...disk.keys()]).toEqual(['paper:a:receipt:1']);
    await expect.poll(() => surroundings.notes.has('outbox')).toBe(false);
    bridge.away = false;
    const { printing: later } = await desk({ disk, bridge, surroundings });
    await later.refresh();
    expect(bridge.papers).toMatchObject([{ jobId: 'a:receipt:1', openDrawer: false }]);
  });

  it('of an earlier version stays in its note where the disk refuses it, and is printed all the same', async () => {
    const surroundings = new HeldSurroundings();
    const note = JSON.stringify([{ ...job('a:receipt:1'), device: 'receipt' }]);
    surroundings.notes.set('outbox', note);
    const full = { ...notesInMemory(), write: () => Promise.reject(new Error('disk full')) };
    const notes = new KeptNotes(full, () => undefined);
    const bridge = new FakeBridge();
    const printing = new PrintDesk(bridge, surroundings, notes, 'receipt');
    await printing.start();
    await printing.refresh();
    expect(await notes.kept()).toBe(false);
    expect(bridge.papers).toMatchObject([{ jobId: 'a:receipt:1' }]);
    expect(surroundings.notes.get('outbox')).toBe(note);
  });

  it('[P4] that waited longer than a drawer is wanted opens none when it goes', async () => {
    const { bridge, disk, surroundings, printing } = await desk();
    bridge.away = true;
    const cash = { openDrawer: true };
    printing.print({ ...job('a:receipt:1'), ...cash });
    surroundings.pass(9_000);
    printing.print({ ...job('b:receipt:1'), ...cash });
    surroundings.pass(2_000);
    await printing.refresh();
    bridge.away = false;
    const { printing: later } = await desk({ disk, bridge, surroundings });
    await later.refresh();
    const opened = bridge.papers.map(({ jobId, openDrawer }) => [jobId, openDrawer]);
    expect(opened).toEqual([
      ['a:receipt:1', false],
      ['b:receipt:1', true],
    ]);
  });

  it('[P4] offered again long after its record opens no drawer, printed or held', async () => {
    const { bridge, surroundings, printing } = await desk();
    const since = surroundings.now().toISOString();
    surroundings.pass(11_000);
    printing.print({ ...job('a:receipt:1'), openDrawer: true, since });
    printing.print({ ...job('b:receipt:1'), openDrawer: true, held: true, since });
    printing.openDrawer('S01-R1-7:drawer:1', undefined, since);
    await expect.poll(() => printing.paper('a:receipt:1')?.state).toBe('printed');
    await expect.poll(() => printing.paper('b:receipt:1')?.state).toBe('held');
    expect([bridge.papers[0]?.openDrawer, bridge.drawers]).toEqual([false, []]);
  });

  it('is followed until it is out', async () => {
    const { bridge, printing } = await desk();
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
    const { bridge, printing } = await desk();
    bridge.nextState = 'unknown';
    printing.print(job('a:receipt:1'));
    await expect.poll(() => printing.doubtful.map(({ jobId }) => jobId)).toEqual(['a:receipt:1']);
    await printing.answer('a:receipt:1', cameOut);
    expect(bridge.resolutions).toEqual([{ action }]);
    expect(printing.doubtful).toEqual([]);
  });

  it('[P2] that the bridge has with another content counts as the one it has', async () => {
    const { bridge, printing } = await desk();
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
    const { bridge, printing } = await desk();
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
    const { bridge, notes } = await desk();
    const printing = new PrintDesk(bridge, new HeldSurroundings(), notes, undefined);
    printing.print(job('a:receipt:1'));
    await printing.refresh();
    expect(bridge.papers).toEqual([]);
    expect(printing.paper('a:receipt:1')).toBeUndefined();
  });

  it('survives a note that was damaged', async () => {
    const disk = new Map([['paper:b:receipt:1', '{"order":1,"job":']]);
    const { bridge, printing } = await desk({ disk });
    printing.print(job('a:receipt:1'));
    await expect.poll(() => bridge.papers.length).toBe(1);
  });
});

describe('the last record whose papers were handed over', () => {
  it('is known for its own terminal, over a restart', async () => {
    const { disk, notes, printing } = await desk();
    expect(await printing.followedTo(TERMINAL)).toBeUndefined();
    printing.followed(TERMINAL, 7);
    expect(await notes.kept()).toBe(true);
    const { printing: later } = await desk({ disk });
    expect([await later.followedTo(TERMINAL), await later.followedTo('fedcba9876543210')]).toEqual([
      7,
      undefined,
    ]);
  });

  it('is not known where the disk cannot be read, which is not the same as none', async () => {
    const trouble: string[] = [];
    const broken = { ...notesInMemory(), read: () => Promise.reject(new Error('no disk')) };
    const notes = new KeptNotes(broken, (sentence) => trouble.push(sentence));
    const printing = new PrintDesk(new FakeBridge(), new HeldSurroundings(), notes, 'receipt');
    await printing.start();
    expect(await printing.followedTo(TERMINAL)).toBe('unreadable');
    expect(trouble[0]).toContain('no disk');
  });
});
