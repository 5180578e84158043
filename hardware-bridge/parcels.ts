import type { Paper } from '#model/receipt/paper.ts';
import { drawerStillWanted } from '#model/receipt/print-job.ts';
import { ok, type Result } from '#model/result.ts';
import { drawerPulse, realTimeDrawerPulse } from './drawer.ts';
import { encodePaper } from './encoder.ts';
import type { JobRecord } from './job-record.ts';
import type { PrinterProfile } from './printer-profiles.ts';
import type { Parcel } from './transport.ts';

/** Whether the drawer of this job is still to be opened and somebody still expects it. */
export function wantsDrawer(record: JobRecord, now: number): boolean {
  return record.drawer === 'wanted' && drawerStillWanted(record.acceptedAt, now);
}

/** The pulse alone; on a stopped printer as the command that is obeyed at once. */
export function drawerParcel({ whichDrawer }: JobRecord, profile: PrinterProfile): Parcel {
  return {
    bytes: drawerPulse(profile, whichDrawer),
    bytesWhenStopped: realTimeDrawerPulse(profile, whichDrawer),
    rows: 0,
    processId: 'DRAW',
    patienceMs: 0,
  };
}

/** A paper, with the pulse in front when its drawer is still wanted. The error says which line cannot be printed. */
export function paperParcel(
  record: JobRecord,
  paper: Paper,
  profile: PrinterProfile,
  now: number,
): Result<Parcel, string> {
  const encoded = encodePaper(paper, profile, {
    openDrawer: wantsDrawer(record, now),
    drawer: record.whichDrawer,
  });
  if (!encoded.ok) return encoded;
  const patienceMs = Math.max(0, record.wantedUntil - now);
  return ok({ ...encoded.value, processId: processIdOf(record), patienceMs });
}

/** Four printable characters that differ from one job to the next. */
function processIdOf(record: JobRecord): string {
  return (record.order % 1_679_616).toString(36).toUpperCase().padStart(4, '0');
}

/** More bytes than any command of ours has parameters. */
const LONGEST_COMMAND = 600;

/**
 * The parcel for a printer whose last one broke off: it may stand in the middle of a command and would swallow the head of the next
 * paper. Zeros complete whatever it waits for (a drawer pulse of zero length opens nothing) and are ignored otherwise.
 */
export function afterBrokenOff(parcel: Parcel): Parcel {
  return { ...parcel, bytes: Buffer.concat([Buffer.alloc(LONGEST_COMMAND), parcel.bytes]) };
}
