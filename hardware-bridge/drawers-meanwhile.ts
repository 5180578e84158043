import type { PrintState } from '#model/receipt/print-job.ts';
import type { Clock } from './clock.ts';
import { realTimeDrawerPulse } from './drawer.ts';
import type { JobLedger } from './job-ledger.ts';
import type { JobRecord } from './job-record.ts';
import { wantsDrawer } from './parcels.ts';
import type { PrinterProfile } from './printer-profiles.ts';
import type { Interject } from './transport.ts';

const WAITING: readonly PrintState[] = ['accepted', 'queued', 'blocked'];

/**
 * Opens the drawers that are asked for while a printer sits on a paper it has no roll for. Its only connection is taken, but over that one it
 * obeys the real-time command at once; the next customer does not wait for the roll.
 */
export async function openDrawersMeanwhile(
  parts: { readonly profiles: readonly PrinterProfile[]; readonly ledger: JobLedger; readonly clock: Clock },
  interject: Interject,
): Promise<void> {
  const { profiles, ledger, clock } = parts;
  for (const record of ledger.waitingFor(new Set(profiles.map(({ device }) => device)))) {
    const profile = profiles.find(({ device }) => device === record.device);
    if (!profile || !wantsDrawer(record, clock.now())) continue;
    const pulse = realTimeDrawerPulse(profile, record.whichDrawer);
    if (record.kind === 'drawer') await openAlone(ledger, record, () => interject(pulse));
    else if (await spendDrawer(ledger, record)) await interject(pulse);
  }
}

/** Notes that the drawer of a waiting paper is opened now; false when it cannot be written down, so it must stay shut. */
export async function spendDrawer(ledger: JobLedger, record: JobRecord): Promise<boolean> {
  const { state, cause } = ledger.get(record.jobId) ?? record;
  return (await ledger.step(record.jobId, WAITING, { state, ...(cause ? { cause } : {}), drawer: 'spent' }))
    .ok;
}

async function openAlone(ledger: JobLedger, record: JobRecord, pulse: () => Promise<boolean>): Promise<void> {
  const begun = await ledger.step(record.jobId, WAITING, { state: 'sending', drawer: 'spent' });
  if (!begun.ok) return;
  const sent = await pulse();
  await ledger.record(
    record.jobId,
    ['sending'],
    sent ? { state: 'sent' } : { state: 'unknown', cause: 'connection-lost' },
  );
}
