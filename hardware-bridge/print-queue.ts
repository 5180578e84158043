import type { Logger } from 'pino';
import type {
  BridgeEvent,
  BridgeRefusal,
  DrawerJob,
  PrinterDescription,
  PrinterStatus,
  PrintJob,
  PrintJobStatus,
  PrintState,
  Resolution,
} from '#model/receipt/print-job.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Clock } from './clock.ts';
import { encodePaper } from './encoder.ts';
import { hashContent, type JobLedger, type NewJob, type StepFailure } from './job-ledger.ts';
import { isWaiting, statusOf, type JobChange, type JobRecord } from './job-record.ts';
import { PrintLane } from './print-lane.ts';
import { addressOf, describePrinter, type PrinterProfile } from './printer-profiles.ts';
import type { PrinterLink } from './transport.ts';

/** How long a paper is wanted when the job does not say, in milliseconds: 15 minutes. */
export const USUAL_TTL_MS = 15 * 60 * 1000;

const MOST_WAITING = 1000;
const PURGE_EVERY_MS = 60 * 60 * 1000;

/** What the queue works with. `watchMs` is how often an idle printer is asked how it is; 0 means never. */
export type QueueParts = {
  readonly printers: readonly PrinterProfile[];
  readonly ledger: JobLedger;
  readonly link: PrinterLink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly watchMs: number;
};

/** A job that was handed in: new (202) or known already (200). */
export type Accepted = { readonly job: PrintJobStatus; readonly fresh: boolean };

type Reading = { readonly state: PrinterStatus['state']; readonly paperNearEnd: boolean };

/** All printers and their jobs: what the HTTP side talks to. */
export class PrintQueue {
  readonly #parts: QueueParts;
  readonly #profiles: ReadonlyMap<string, PrinterProfile>;
  readonly #lanes = new Map<string, PrintLane>();
  readonly #readings = new Map<string, Reading>();
  readonly #lastShown = new Map<string, string>();
  readonly #listeners = new Set<(event: BridgeEvent) => void>();
  readonly #timers = new Set<() => void>();
  #stopped = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#profiles = new Map(parts.printers.map((profile) => [profile.device, profile]));
    for (const profile of parts.printers) {
      const address = addressOf(profile);
      if (!this.#lanes.has(address)) this.#lanes.set(address, this.#newLane(address));
    }
  }

  /** Takes up what the last run left; before that no job may come in, or it could be printed a second time. */
  async restore(): Promise<void> {
    this.#parts.ledger.onChange = (record) => this.#announce(record);
    await this.#parts.ledger.restore();
    for (const record of this.#parts.ledger.list()) {
      if (!isWaiting(record) || this.#profiles.has(record.device)) continue;
      await this.#parts.ledger.record(record.jobId, [record.state], {
        state: 'failed',
        cause: 'device-removed',
      });
    }
  }

  /** Starts printing. */
  start(): void {
    for (const lane of this.#lanes.values()) lane.start();
    this.#every(PURGE_EVERY_MS, () => this.#parts.ledger.purge());
    if (this.#parts.watchMs === 0) return;
    // The first look happens while the first jobs come in; nobody waits for it.
    this.#soon(0, () => this.#askAll());
    this.#every(this.#parts.watchMs, () => this.#askAll());
  }

  /** Stops printing; what is under way gets `graceMs` milliseconds to finish. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop(graceMs)));
  }

  /** The configured printers. */
  devices(): PrinterDescription[] {
    return [...this.#profiles.values()].map(describePrinter);
  }

  /** How a printer is, as far as is known; `fresh` asks it first, unless it is printing. Null when there is no such printer. */
  async printerStatus(device: string, fresh: boolean): Promise<PrinterStatus | null> {
    const profile = this.#profiles.get(device);
    if (!profile) return null;
    if (fresh) await this.#lanes.get(addressOf(profile))?.readAgain();
    return this.#statusOfPrinter(profile);
  }

  /** Accepts a paper. Refusals: `unknown-device`, `bad-document`, `id-taken`, `spool-full`, `spool-broken`. */
  async accept(job: PrintJob): Promise<Result<Accepted, BridgeRefusal>> {
    const { jobId, device, kind, paper, openDrawer } = job;
    const profile = this.#profiles.get(device);
    if (!profile) return err(this.#unknownDevice(device));
    const encoded = encodePaper(paper, profile, { openDrawer: false });
    if (!encoded.ok) return err({ code: 'bad-document', message: encoded.error });
    const which = whichDrawer(job);
    const contentHash = hashContent({ device, kind, paper, openDrawer: openDrawer === true, ...which });
    const drawer = openDrawer === true ? 'wanted' : 'none';
    return this.#accept(
      { ...this.#newJob(jobId, device, job.ttlMs), kind, contentHash, drawer, ...which },
      paper,
    );
  }

  /** Accepts a request to open a drawer. Refusals as for `accept`. */
  async acceptDrawer(job: DrawerJob): Promise<Result<Accepted, BridgeRefusal>> {
    const { jobId, device } = job;
    if (!this.#profiles.has(device)) return err(this.#unknownDevice(device));
    const which = whichDrawer(job);
    const contentHash = hashContent({ device, kind: 'drawer', ...which });
    return this.#accept(
      { ...this.#newJob(jobId, device), kind: 'drawer', contentHash, drawer: 'wanted', ...which },
      null,
    );
  }

  /** One job, or null. */
  job(jobId: string): PrintJobStatus | null {
    const record = this.#parts.ledger.get(jobId);
    return record ? statusOf(record) : null;
  }

  /** Jobs in these states in the order of arrival, the latest `limit` of them; no states means all. */
  jobs(states: ReadonlySet<PrintState>, limit: number): PrintJobStatus[] {
    const records = this.#parts.ledger
      .list()
      .filter((record) => states.size === 0 || states.has(record.state));
    return records.slice(-limit).map(statusOf);
  }

  /** Calls off a job of which nothing has left. Refusals: `unknown-job`, `too-late`, `spool-full`, `spool-broken`. */
  async cancel(jobId: string): Promise<Result<PrintJobStatus, BridgeRefusal>> {
    const change = { state: 'cancelled', cause: 'cancelled-by-person' } as const;
    const done = await this.#parts.ledger.step(jobId, ['accepted', 'queued', 'blocked'], change);
    if (!done.ok) return err(refuseStep(jobId, done.error, 'can no longer be cancelled'));
    this.#laneOf(done.value)?.poke();
    return ok(statusOf(done.value));
  }

  /** Takes a person's word for what became of a job. Refusals as for `cancel`. */
  async resolve(jobId: string, resolution: Resolution): Promise<Result<PrintJobStatus, BridgeRefusal>> {
    const record = this.#parts.ledger.get(jobId);
    if (record?.kind === 'drawer' && resolution.action === 'reprint') {
      return err({
        code: 'too-late',
        message: 'A drawer is never opened by an old request. Open it again with a new one.',
      });
    }
    const done = await this.#parts.ledger.step(
      jobId,
      ['unknown', 'sent', 'expired'],
      this.#resolved(record, resolution),
    );
    if (!done.ok) return err(refuseStep(jobId, done.error, 'needs no answer'));
    this.#laneOf(done.value)?.letGo(jobId);
    this.#laneOf(done.value)?.poke();
    return ok(statusOf(done.value));
  }

  /** Calls `listener` with every change until the returned function is called. */
  subscribe(listener: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #newLane(address: string): PrintLane {
    const profiles = this.#parts.printers.filter((profile) => addressOf(profile) === address);
    return new PrintLane({
      ...this.#parts,
      profiles,
      onReading: (state, paperNearEnd) => {
        for (const profile of profiles) {
          this.#readings.set(profile.device, { state, paperNearEnd });
          this.#announcePrinter(profile);
        }
      },
    });
  }

  #newJob(
    jobId: string,
    device: string,
    ttlMs = USUAL_TTL_MS,
  ): Pick<NewJob, 'jobId' | 'device' | 'acceptedAt' | 'wantedUntil' | 'ttlMs'> {
    const acceptedAt = this.#parts.clock.now();
    return { jobId, device, acceptedAt, wantedUntil: acceptedAt + ttlMs, ttlMs };
  }

  async #accept(job: NewJob, paper: PrintJob['paper'] | null): Promise<Result<Accepted, BridgeRefusal>> {
    if (!this.#parts.ledger.get(job.jobId) && this.#parts.ledger.unfinished(job.device) >= MOST_WAITING) {
      const message = `${MOST_WAITING} jobs wait for ${job.device} already. See to the printer, or cancel some of them.`;
      return err({ code: 'spool-full', message });
    }
    const kept = await this.#parts.ledger.accept(job, paper);
    if (!kept.ok) return kept;
    const { record, fresh } = kept.value;
    if (record.contentHash !== job.contentHash) {
      const message = `Job ${job.jobId} was handed in before with other content. Give the new content an id of its own.`;
      return err({ code: 'id-taken', message });
    }
    if (fresh) {
      this.#parts.ledger.note(record.jobId, ['accepted'], { state: 'queued' });
      this.#laneOf(record)?.poke();
    }
    return ok({ job: statusOf(record), fresh });
  }

  #resolved(record: JobRecord | undefined, { action }: Resolution): JobChange {
    if (action === 'printed') return { state: 'printed', cause: 'answered-by-person' };
    if (action === 'discard') return { state: 'cancelled', cause: 'discarded-by-person' };
    const wantedUntil = this.#parts.clock.now() + (record?.ttlMs ?? USUAL_TTL_MS);
    return { state: 'queued', cause: 'answered-by-person', drawer: 'spent', wantedUntil };
  }

  #laneOf(record: JobRecord): PrintLane | undefined {
    const profile = this.#profiles.get(record.device);
    return profile && this.#lanes.get(addressOf(profile));
  }

  #unknownDevice(device: string): BridgeRefusal {
    const known = [...this.#profiles.keys()].join(', ') || 'none';
    return {
      code: 'unknown-device',
      message: `There is no printer "${device}" here. Known printers: ${known}.`,
    };
  }

  #statusOfPrinter(profile: PrinterProfile): PrinterStatus {
    const reading = this.#readings.get(profile.device) ?? {
      state: 'unreported' as const,
      paperNearEnd: false,
    };
    return { device: profile.device, ...reading, waiting: this.#parts.ledger.unfinished(profile.device) };
  }

  #announce(record: JobRecord): void {
    this.#tell({ type: 'job', job: statusOf(record) });
    const profile = this.#profiles.get(record.device);
    if (profile) this.#announcePrinter(profile);
  }

  #announcePrinter(profile: PrinterProfile): void {
    const printer = this.#statusOfPrinter(profile);
    const shown = JSON.stringify(printer);
    if (this.#lastShown.get(profile.device) === shown) return;
    this.#lastShown.set(profile.device, shown);
    this.#tell({ type: 'printer', printer });
  }

  #tell(event: BridgeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Asks every idle printer how it is; a busy one tells by itself. */
  async #askAll(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.readAgain()));
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#soon(ms, () => work().finally(() => this.#every(ms, work)));
  }

  #soon(ms: number, work: () => Promise<void>): void {
    if (this.#stopped) return;
    const cancel = this.#parts.clock.after(ms, () => {
      this.#timers.delete(cancel);
      work().catch((cause: unknown) => this.#parts.log.error({ err: cause }, 'housekeeping failed'));
    });
    this.#timers.add(cancel);
  }
}

function refuseStep(jobId: string, failure: StepFailure, phrase: string): BridgeRefusal {
  if (failure.code !== 'elsewhere') return failure;
  if (failure.state === null) return { code: 'unknown-job', message: `There is no job ${jobId} here.` };
  return { code: 'too-late', message: `Job ${jobId} is ${failure.state}; it ${phrase}.` };
}

function whichDrawer({ drawer }: Pick<PrintJob, 'drawer'>): Pick<JobRecord, 'whichDrawer'> {
  return drawer === undefined ? {} : { whichDrawer: drawer };
}
