import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MailJob } from '#model/receipt/mail-job.ts';
import { MailOutbox } from '../../../app/server/mail-outbox.ts';
import { PATIENCE } from '../../support/patience.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openTill, sellLantern, startTill, type TillBench } from '../till/till-fixture.ts';

const JOB: MailJob = {
  mailId: 'S01-R1-000001-a',
  to: 'ana@example.org',
  subject: 'Receipt',
  text: 'TOTAL 3.39',
};

/** A real mail server of this test; addresses that begin with `no` are refused for good. */
async function mailServer(port = 0): Promise<{ port: number; mails: string[]; close: () => Promise<void> }> {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('no') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null,
      ),
    onData: (stream, _session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        mails.push(Buffer.concat(pieces).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: (server.server.address() as AddressInfo).port, mails, close };
}

async function outbox(folder: string, port: number): Promise<MailOutbox> {
  const parts = {
    folder,
    smtp: `smtp://127.0.0.1:${port}`,
    from: 'shop@example.org',
    log: () => {},
    retryMs: 20,
  };
  return MailOutbox.open(parts);
}

describe('receipts by e-mail', () => {
  it('[P10] go out once for one id, also over a restart', async () => {
    const folder = await temporaryFolder();
    const server = await mailServer();
    onTestFinished(server.close);
    const first = await outbox(folder, server.port);
    await Promise.all([first.accept(JOB), first.accept(JOB), first.accept(JOB)]);
    await expect.poll(() => first.state(JOB.mailId), PATIENCE).toBe('sent');
    await first.stop();
    const second = await outbox(folder, server.port);
    expect(await second.accept(JOB)).toBe('sent');
    await second.stop();
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]).toContain('TOTAL 3.39');
  });

  it('[P10] wait on the disk while the mail server is away', async () => {
    const folder = await temporaryFolder();
    const gone = await mailServer();
    await gone.close();
    const before = await outbox(folder, gone.port);
    expect(await before.accept(JOB)).toBe('waiting');
    await before.stop();
    const server = await mailServer();
    onTestFinished(server.close);
    const after = await outbox(folder, server.port);
    await expect.poll(() => after.state(JOB.mailId), PATIENCE).toBe('sent');
    await after.stop();
    expect(server.mails).toHaveLength(1);
  });

  it('[P10] are given up when the mail server refuses them, and hold nobody else up', async () => {
    const server = await mailServer();
    onTestFinished(server.close);
    const box = await outbox(await temporaryFolder(), server.port);
    await box.accept({ ...JOB, mailId: 'a', to: 'nobody@example.org' });
    await box.accept({ ...JOB, mailId: 'b' });
    await expect.poll(() => [box.state('a'), box.state('b')], PATIENCE).toEqual(['refused', 'sent']);
    await box.stop();
  });

  it('[P10] are kept by the till until its machine has them, and never enter the journal', async () => {
    const posted: string[] = [];
    let away = true;
    const bench: TillBench = await openTill({
      mail: async ({ mailId }) => {
        if (away) return 'away';
        posted.push(mailId);
        return 'taken';
      },
    });
    await sellLantern(bench);
    const { till, disk } = bench;
    const sale = till.finished?.record;
    if (!sale) throw new Error('nothing was sold');
    expect(till.mails.send(sale, 'nonsense').ok).toBe(false);
    expect(till.mails.send(sale, 'ana@example.org').ok).toBe(true);
    const kept = () => [...disk].filter(([name]) => name.startsWith('mail:'));
    await expect.poll(() => JSON.stringify(kept()), PATIENCE).toContain('ana@example.org');
    // What a power cut leaves is what the disk has.
    const again = await startTill({ ...bench, mail: async () => 'away' });
    expect(again.till.mails.waiting).toBe(1);
    away = false;
    await expect
      .poll(async () => {
        await till.mails.refresh();
        return till.mails.waiting;
      }, PATIENCE)
      .toBe(0);
    expect(posted).toHaveLength(1);
    await expect.poll(kept, PATIENCE).toEqual([]);
    expect(JSON.stringify(till.journal.records)).not.toContain('example.org');
  });

  it('[P10] that an earlier version left in its note are taken over, and the note goes once the disk has them', async () => {
    const bench = await openTill();
    bench.surroundings.notes.set('mails', JSON.stringify([JOB]));
    const { till, disk } = await startTill({ ...bench, mail: async () => 'away' });
    expect(till.mails.waiting).toBe(1);
    await expect.poll(() => bench.surroundings.notes.has('mails'), PATIENCE).toBe(false);
    expect(JSON.stringify([...disk])).toContain(JOB.mailId);
  });
});
