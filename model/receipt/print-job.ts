import * as v from 'valibot';
import { paperSchema } from './paper.ts';

/**
 * A print job as the till hands it to the bridge (rule P2). `jobId` is `receipt number:kind:copy` and is the idempotency key:
 * the same id never prints twice. `ttlMs` says how long the paper is still wanted, in milliseconds.
 */
export const printJobSchema = v.strictObject({
  jobId: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9:_-]{1,120}$/, 'a job id holds letters, digits, ":", "_" and "-"'),
  ),
  device: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9-]{1,40}$/, 'a device is named with small letters, digits and "-"'),
  ),
  kind: v.picklist(['receipt', 'refund', 'x-report', 'z-report', 'test', 'reprint', 'gift']),
  paper: paperSchema,
  openDrawer: v.optional(v.boolean()),
  /** Which of two drawers opens, on the other pin of the connector; absent for the first (rule R14). */
  drawer: v.optional(v.literal(2)),
  ttlMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(86_400_000))),
});

/** A request to open the cash drawer, apart from any paper; older than ten seconds it is never carried out (rule P4). */
export const drawerJobSchema = v.strictObject({
  jobId: printJobSchema.entries.jobId,
  device: printJobSchema.entries.device,
  drawer: printJobSchema.entries.drawer,
});

/** A drawer that opens later than this after it was asked for is a drawer nobody expects, in milliseconds (rule P4). */
export const DRAWER_PATIENCE_MS = 10_000;

/** Whether a drawer asked for at `askedAt` may still open (rule P4), both in milliseconds; a clock that was set back counts as too late as well. */
export function drawerStillWanted(askedAt: number, now: number): boolean {
  return Math.abs(now - askedAt) <= DRAWER_PATIENCE_MS;
}

/** Where a print job stands; `unknown` means bytes left and no confirmation came, so a person must look (rule P3). */
export const PRINT_STATES = [
  'accepted',
  'queued',
  'sending',
  'confirming',
  'printed',
  'sent',
  'blocked',
  'unknown',
  'failed',
  'expired',
  'cancelled',
] as const;

/** A state of the print queue. */
export type PrintState = (typeof PRINT_STATES)[number];

/** Why a job stands where it stands, machine readable; the screen turns it into a sentence. */
export const PRINT_CAUSES = [
  'offline',
  'paper-out',
  'cover-open',
  'printer-error',
  'no-answer',
  'spool-full',
  'connection-lost',
  'no-confirmation',
  'bridge-restarted',
  'bridge-stopped',
  'bad-document',
  'device-removed',
  'too-late',
  'answered-by-person',
  'discarded-by-person',
  'cancelled-by-person',
] as const;

/** Why a job stands where it stands. */
export type PrintCause = (typeof PRINT_CAUSES)[number];

/** What a person answers about a job nobody can be sure of: it came out, print it again, or leave it. */
export const resolutionSchema = v.strictObject({ action: v.picklist(['printed', 'reprint', 'discard']) });

/** What a person answers about a job nobody can be sure of. */
export type Resolution = v.InferOutput<typeof resolutionSchema>;

/** A print job as the till hands it to the bridge. */
export type PrintJob = v.InferOutput<typeof printJobSchema>;

/** A drawer job as the till hands it to the bridge. */
export type DrawerJob = v.InferOutput<typeof drawerJobSchema>;

/**
 * What the bridge answers about a job; `kind` is a kind of print job or `drawer`. Times are ISO 8601 in UTC. `paperNearEnd` says that
 * the printer asked for a new roll when it printed this.
 */
export type PrintJobStatus = {
  readonly jobId: string;
  readonly device: string;
  readonly kind: string;
  readonly state: PrintState;
  readonly cause?: PrintCause;
  readonly paperNearEnd?: boolean;
  readonly acceptedAt: string;
  readonly updatedAt: string;
};

/** A printer as the till sees it in its status bar; `waiting` counts jobs not finished yet. */
export type PrinterStatus = {
  readonly device: string;
  readonly state: 'ready' | 'offline' | 'paper-out' | 'cover-open' | 'error' | 'unreported';
  readonly paperNearEnd: boolean;
  readonly waiting: number;
};

/** A printer as it is configured: `address` is host:port, `columns` in characters, `dots` across the paper. */
export type PrinterDescription = {
  readonly device: string;
  readonly address: string;
  readonly columns: number;
  readonly dots: number;
  readonly codePage: number;
  readonly confirm: 'auto' | 'gsr' | 'gsh' | 'none';
};

/** One message of the bridge's event stream. */
export type BridgeEvent =
  | { readonly type: 'job'; readonly job: PrintJobStatus }
  | { readonly type: 'printer'; readonly printer: PrinterStatus };

/** How the bridge refuses a request. */
export type BridgeRefusal = { readonly code: string; readonly message: string };
