import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { JobLedger } from '../../hardware-bridge/job-ledger.ts';
import { lockSpool } from '../../hardware-bridge/spool-lock.ts';
import { openSpool, type Spool } from '../../hardware-bridge/spool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { memorySpool } from './support/memory-spool.ts';
import { job, paper } from './support/papers.ts';
import { testClock } from './support/test-clock.ts';

type Kind = { readonly name: string; readonly open: () => Promise<Spool> };

const kinds: Kind[] = [
  { name: 'on disk', open: async () => openSpool(await temporaryFolder()) },
  { name: 'in memory', open: async () => memorySpool() },
];

describe.each(kinds)('a spool $name', ({ open }) => {
  it('gives back what was written last', async () => {
    const spool = await open();
    expect(await spool.write('a.job.json', 'first')).toEqual({ ok: true, value: null });
    await spool.write('a.job.json', 'second €');
    expect(await spool.read('a.job.json')).toBe('second €');
  });

  it('knows its files by name', async () => {
    const spool = await open();
    await spool.write('a.job.json', '1');
    await spool.write('b.state.json', '2');
    expect((await spool.names()).sort()).toEqual(['a.job.json', 'b.state.json']);
  });

  it('has nothing under a name nobody wrote', async () => {
    const spool = await open();
    expect(await spool.read('nothing.json')).toBeNull();
    expect(await spool.names()).toEqual([]);
  });

  it('removes a file, and does not mind when it is gone', async () => {
    const spool = await open();
    await spool.write('a.job.json', '1');
    await spool.remove('a.job.json');
    await spool.remove('a.job.json');
    expect(await spool.names()).toEqual([]);
  });
});

describe('the spool on disk', () => {
  it('clears what a power cut left half-written', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.job.json.unfinished'), '{"half');
    const spool = await openSpool(folder);
    expect(await spool.names()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says so when its folder has gone, and keeps nothing half', async () => {
    const folder = join(await temporaryFolder(), 'jobs');
    const spool = await openSpool(folder);
    await chmod(folder, 0o700);
    const taken = join(folder, 'a.job.json');
    await mkdir(taken);
    expect(await spool.write('a.job.json', 'text')).toMatchObject({
      ok: false,
      error: { code: 'spool-broken' },
    });
    expect(await readdir(folder)).toEqual(['a.job.json']);
  });

  it('belongs to one bridge at a time', async () => {
    const folder = await temporaryFolder();
    const release = lockOf(folder);
    const message = expect.stringContaining('Another bridge already works with the folder');
    expect(lockSpool(folder)).toEqual({ ok: false, error: message });
    release();
    lockOf(folder)();
  });
});

function lockOf(folder: string): () => void {
  const lock = lockSpool(folder);
  if (!lock.ok) throw new Error(lock.error);
  return lock.value;
}

describe('the ledger after a crash', () => {
  const log = pino({ level: 'silent' });

  async function ledgerOn(spool: Spool): Promise<JobLedger> {
    const ledger = new JobLedger({ spool, clock: testClock(), log });
    await ledger.restore();
    return ledger;
  }

  async function acceptOne(ledger: JobLedger, kind: 'receipt' | 'drawer' = 'receipt'): Promise<string> {
    const { jobId } = job(1);
    const acceptedAt = testClock().now();
    const times = { acceptedAt, wantedUntil: acceptedAt + 900_000, ttlMs: 900_000 };
    await ledger.accept(
      { jobId, device: 'front', kind, contentHash: 'x', drawer: 'wanted', ...times },
      paper({ kind: 'rule' }),
    );
    return jobId;
  }

  it('[P2] has every job it accepted, with its paper', async () => {
    const spool = memorySpool();
    const jobId = await acceptOne(await ledgerOn(spool));
    const restored = await ledgerOn(memorySpool(spool.files));
    expect(restored.get(jobId)).toMatchObject({ state: 'queued', order: 1 });
    expect(await restored.paperOf(jobId)).toEqual(paper({ kind: 'rule' }));
  });

  it.each(['sending', 'confirming'] as const)(
    '[P3] does not know what became of a job that was %s',
    async (state) => {
      const spool = memorySpool();
      const ledger = await ledgerOn(spool);
      const jobId = await acceptOne(ledger);
      await ledger.step(jobId, ['accepted'], { state });
      const restored = await ledgerOn(memorySpool(spool.files));
      expect(restored.get(jobId)).toMatchObject({ state: 'unknown', cause: 'bridge-restarted' });
    },
  );

  it('[P4] opens no drawer from before', async () => {
    const spool = memorySpool();
    const jobId = await acceptOne(await ledgerOn(spool), 'drawer');
    const restored = await ledgerOn(memorySpool(spool.files));
    expect(restored.get(jobId)).toMatchObject({ state: 'expired' });
    const other = memorySpool();
    const paperId = await acceptOne(await ledgerOn(other));
    expect((await ledgerOn(memorySpool(other.files))).get(paperId)).toMatchObject({
      state: 'queued',
      drawer: 'spent',
    });
  });

  it('[P3] does not trust a damaged state: the paper may have been printed', async () => {
    const spool = memorySpool();
    const ledger = await ledgerOn(spool);
    const jobId = await acceptOne(ledger);
    await ledger.step(jobId, ['accepted'], { state: 'sending' });
    for (const name of spool.files.keys())
      if (name.endsWith('.state.json')) spool.files.set(name, '{"version":1,');
    expect((await ledgerOn(spool)).get(jobId)).toMatchObject({ state: 'unknown' });
  });

  it('leaves a damaged paper alone and goes on', async () => {
    const spool = memorySpool();
    await acceptOne(await ledgerOn(spool));
    await spool.write('ff.job.json', 'not json');
    expect((await ledgerOn(spool)).list()).toHaveLength(1);
  });

  it('takes no step from a state the job has left', async () => {
    const ledger = await ledgerOn(memorySpool());
    const jobId = await acceptOne(ledger);
    await ledger.step(jobId, ['accepted'], { state: 'cancelled' });
    expect(await ledger.step(jobId, ['accepted'], { state: 'sending' })).toEqual({
      ok: false,
      error: { code: 'elsewhere', state: 'cancelled' },
    });
  });
});
