import * as v from 'valibot';
import { paperSchema } from '#model/receipt/paper.ts';
import {
  PRINT_CAUSES,
  PRINT_STATES,
  printJobSchema,
  type PrintCause,
  type PrintJobStatus,
  type PrintState,
} from '#model/receipt/print-job.ts';

const milliseconds = v.pipe(v.number(), v.finite());

/** A job as the spool keeps it, without its paper. Times are milliseconds since 1970. */
export const jobRecordSchema = v.strictObject({
  version: v.literal(1),
  /** Position in the order of arrival, over all printers. */
  order: v.pipe(v.number(), v.integer()),
  jobId: printJobSchema.entries.jobId,
  device: printJobSchema.entries.device,
  kind: v.picklist([...printJobSchema.entries.kind.options, 'drawer']),
  contentHash: v.string(),
  acceptedAt: milliseconds,
  updatedAt: milliseconds,
  /** After this a paper is no longer wanted. */
  wantedUntil: milliseconds,
  ttlMs: milliseconds,
  /** Whether the drawer is still to be opened; `spent` is written before the pulse leaves. */
  drawer: v.picklist(['none', 'wanted', 'spent']),
  /** Which drawer that is, where it is not the first. */
  whichDrawer: printJobSchema.entries.drawer,
  state: v.picklist(PRINT_STATES),
  cause: v.optional(v.picklist(PRINT_CAUSES)),
  paperNearEnd: v.optional(v.boolean()),
});

/** What is written when a job is accepted: the record and, unless it only opens a drawer, the paper. */
export const acceptedJobSchema = v.strictObject({ record: jobRecordSchema, paper: v.nullable(paperSchema) });

/** A job as the spool keeps it, without its paper. */
export type JobRecord = Readonly<v.InferOutput<typeof jobRecordSchema>>;

/** What is written when a job is accepted. */
export type AcceptedJob = Readonly<v.InferOutput<typeof acceptedJobSchema>>;

/** A step of a job: the new state, why, and what else changed. */
export type JobChange = {
  readonly state: PrintState;
  readonly cause?: PrintCause;
  readonly drawer?: JobRecord['drawer'];
  readonly paperNearEnd?: boolean;
  readonly acceptedAt?: number;
  readonly wantedUntil?: number;
};

const WAITING: ReadonlySet<PrintState> = new Set(['accepted', 'queued', 'blocked']);
const UNDER_WAY: ReadonlySet<PrintState> = new Set(['sending', 'confirming']);

/** Whether not one byte of the job has left yet. */
export function isWaiting(record: JobRecord): boolean {
  return WAITING.has(record.state);
}

/** Whether bytes are leaving or a confirmation is awaited. */
export function isUnderWay(record: JobRecord): boolean {
  return UNDER_WAY.has(record.state);
}

/** The record after a step; a cause belongs to the state it came with. */
export function changed(record: JobRecord, change: JobChange, now: number): JobRecord {
  const { cause: _, ...rest } = record;
  return { ...rest, ...change, updatedAt: now };
}

/**
 * What a record found at start-up becomes. Where bytes may have left, nobody can know (rule P3); a drawer from before the restart is one nobody
 * expects any more (rule P4); everything else waits again.
 */
export function afterRestart(record: JobRecord): JobChange | null {
  if (isUnderWay(record)) return { state: 'unknown', cause: 'bridge-restarted' };
  if (!isWaiting(record)) return null;
  if (record.kind === 'drawer') return { state: 'expired', cause: 'too-late' };
  return { state: 'queued', ...(record.drawer === 'wanted' ? { drawer: 'spent' as const } : {}) };
}

/** The record as the till sees it. */
export function statusOf(record: JobRecord): PrintJobStatus {
  return {
    jobId: record.jobId,
    device: record.device,
    kind: record.kind,
    state: record.state,
    ...(record.cause === undefined ? {} : { cause: record.cause }),
    ...(record.paperNearEnd === undefined ? {} : { paperNearEnd: record.paperNearEnd }),
    acceptedAt: new Date(record.acceptedAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
  };
}
