import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { Paper } from '#model/receipt/paper.ts';
import type { PrintState } from '#model/receipt/print-job.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Clock } from './clock.ts';
import {
  acceptedJobSchema,
  afterRestart,
  changed,
  isUnderWay,
  isWaiting,
  jobRecordSchema,
  type JobChange,
  type JobRecord,
} from './job-record.ts';
import type { Spool, SpoolFailure } from './spool.ts';

/** Job ids are remembered this long, in milliseconds: 30 days. */
export const MEMORY_MS = 30 * 24 * 60 * 60 * 1000;

/** Everything about a new job but its place in the order of arrival. */
export type NewJob = Omit<JobRecord, 'version' | 'order' | 'updatedAt' | 'state' | 'cause'>;

/** Why a job could not take a step: it is elsewhere by now, or the step could not be written. */
export type StepFailure = { readonly code: 'elsewhere'; readonly state: PrintState | null } | SpoolFailure;

/**
 * All jobs, in memory and in the spool. Every durable step is written before memory shows it, one after the other, so a reader never sees a
 * state that a power cut could take back.
 */
export class JobLedger {
  readonly #records = new Map<string, JobRecord>();
  readonly #unwritten = new Map<string, JobRecord>();
  readonly #spool: Spool;
  readonly #clock: Clock;
  readonly #log: Logger;
  #nextOrder = 1;
  #turn: Promise<unknown> = Promise.resolve();
  /** Called after every change with the record as it is now. */
  onChange: (record: JobRecord) => void = () => undefined;

  constructor(deps: { readonly spool: Spool; readonly clock: Clock; readonly log: Logger }) {
    this.#spool = deps.spool;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Reads what the last run left, and settles what it was in the middle of. Damaged files are set aside and logged. */
  async restore(): Promise<void> {
    const files = (await this.#spool.names()).filter((name) => /\.(job|state)\.json$/.test(name));
    for (const stem of new Set(files.map((name) => name.split('.')[0] ?? ''))) {
      const record = await this.#readRecord(stem, new Set(files));
      if (record) this.#records.set(record.jobId, record);
    }
    this.#nextOrder = 1 + Math.max(0, ...[...this.#records.values()].map((record) => record.order));
    for (const record of this.#records.values()) await this.#settle(record);
    await this.purge();
  }

  /** The job of this id, if it is known. */
  get(jobId: string): JobRecord | undefined {
    return this.#records.get(jobId);
  }

  /** All jobs in the order of arrival. */
  list(): JobRecord[] {
    return [...this.#records.values()].sort((a, b) => a.order - b.order);
  }

  /** Jobs of these devices of which no byte has left, in the order of arrival. */
  waitingFor(devices: ReadonlySet<string>): JobRecord[] {
    const waiting = [...this.#records.values()].filter(
      (record) => devices.has(record.device) && isWaiting(record),
    );
    return waiting.sort((a, b) => a.order - b.order);
  }

  /** How many jobs of a device are not finished. */
  unfinished(device: string): number {
    let count = 0;
    for (const record of this.#records.values()) {
      if (record.device === device && (isWaiting(record) || isUnderWay(record))) count += 1;
    }
    return count;
  }

  /**
   * Keeps a new job, or answers with the one of that id that is already here (`fresh: false`). Resolves after the job is on disk;
   * calls are carried out in the order they came.
   */
  accept(
    job: NewJob,
    paper: Paper | null,
  ): Promise<Result<{ record: JobRecord; fresh: boolean }, SpoolFailure>> {
    return this.#inTurn(async () => {
      const known = this.#records.get(job.jobId);
      if (known) return ok({ record: known, fresh: false });
      const record: JobRecord = {
        ...job,
        version: 1,
        order: this.#nextOrder,
        updatedAt: job.acceptedAt,
        state: 'accepted',
      };
      const written = await this.#spool.write(jobFile(job.jobId), JSON.stringify({ record, paper }));
      if (!written.ok) return written;
      this.#nextOrder += 1;
      this.#show(record);
      return ok({ record, fresh: true });
    });
  }

  /** Takes a durable step, if the job still is in one of the `from` states. */
  step(
    jobId: string,
    from: readonly PrintState[],
    change: JobChange,
  ): Promise<Result<JobRecord, StepFailure>> {
    return this.#inTurn(async () => {
      const record = this.#records.get(jobId);
      if (!record || !from.includes(record.state))
        return err({ code: 'elsewhere', state: record?.state ?? null });
      const next = changed(record, change, this.#clock.now());
      const written = await this.#writeState(next);
      if (!written.ok) return written;
      this.#show(next);
      return ok(next);
    });
  }

  /**
   * Takes a step that has already happened at the printer: memory follows even when the disk does not, and writing is tried again with
   * `writeOverdue`. Until then the disk says less than happened, which a restart turns into `unknown`, never into a second paper.
   */
  record(jobId: string, from: readonly PrintState[], change: JobChange): Promise<void> {
    return this.#inTurn(async () => {
      const record = this.#records.get(jobId);
      if (!record || !from.includes(record.state)) return;
      const next = changed(record, change, this.#clock.now());
      const written = await this.#writeState(next);
      if (!written.ok) {
        this.#unwritten.set(jobId, next);
        this.#log.error(
          { jobId, state: next.state, code: written.error.code },
          'a finished step could not be written yet',
        );
      }
      this.#show(next);
    });
  }

  /** Takes a step that a restart may forget, in memory only. */
  note(jobId: string, from: readonly PrintState[], change: JobChange): void {
    const record = this.#records.get(jobId);
    if (!record || !from.includes(record.state)) return;
    if (record.state === change.state && record.cause === change.cause) return;
    this.#show(changed(record, change, this.#clock.now()));
  }

  /** Writes what `record` could not write; false while that still fails. */
  writeOverdue(): Promise<boolean> {
    return this.#inTurn(async () => {
      for (const record of this.#unwritten.values()) {
        if (!(await this.#writeState(record)).ok) return false;
      }
      return true;
    });
  }

  /** The paper of a job from the spool, or null when it is missing or damaged. */
  async paperOf(jobId: string): Promise<Paper | null> {
    return (await this.#readAccepted(jobFile(jobId)))?.paper ?? null;
  }

  /** Forgets finished jobs older than `MEMORY_MS`; what a person still has to answer stays. */
  purge(): Promise<void> {
    return this.#inTurn(async () => {
      const oldest = this.#clock.now() - MEMORY_MS;
      for (const record of this.#records.values()) {
        if (
          record.updatedAt >= oldest ||
          isWaiting(record) ||
          isUnderWay(record) ||
          record.state === 'unknown'
        )
          continue;
        // The state goes last: a paper without one would look as if it had never been printed.
        await this.#spool.remove(jobFile(record.jobId));
        await this.#spool.remove(stateFile(record.jobId));
        this.#records.delete(record.jobId);
      }
    });
  }

  async #settle(record: JobRecord): Promise<void> {
    const change = afterRestart(record);
    if (!change) return;
    if (change.state === 'queued' && change.drawer === undefined)
      return this.note(record.jobId, [record.state], change);
    await this.record(record.jobId, [record.state], change);
  }

  async #writeState(record: JobRecord): Promise<Result<null, SpoolFailure>> {
    const written = await this.#spool.write(stateFile(record.jobId), JSON.stringify(record));
    if (written.ok) this.#unwritten.delete(record.jobId);
    return written;
  }

  async #readRecord(stem: string, files: ReadonlySet<string>): Promise<JobRecord | null> {
    const stateName = `${stem}.state.json`;
    const state = await this.#readParsed(stateName, jobRecordSchema);
    if (state) return state;
    const accepted = await this.#readAccepted(`${stem}.job.json`);
    if (!accepted) return null;
    // A state that cannot be read may have said "printed": nobody knows, so a person has to look.
    return files.has(stateName) ? { ...accepted.record, state: 'confirming' } : accepted.record;
  }

  async #readAccepted(name: string): Promise<v.InferOutput<typeof acceptedJobSchema> | null> {
    return this.#readParsed(name, acceptedJobSchema);
  }

  async #readParsed<Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
  ): Promise<v.InferOutput<Schema> | null> {
    const text = await this.#spool.read(name);
    if (text === null) return null;
    const parsed = v.safeParse(schema, parseJson(text));
    if (parsed.success) return parsed.output;
    this.#log.error({ file: name }, 'a file of the print queue is damaged and was ignored');
    return null;
  }

  #show(record: JobRecord): void {
    this.#records.set(record.jobId, record);
    this.onChange(record);
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(work);
    // The caller sees the failure; the next in line must not.
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

/** What makes two jobs of one id the same job. */
export function hashContent(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function jobFile(jobId: string): string {
  return `${stemOf(jobId)}.job.json`;
}

function stateFile(jobId: string): string {
  return `${stemOf(jobId)}.state.json`;
}

/** A file name that no job id can break out of and no file system folds into another's. */
function stemOf(jobId: string): string {
  return createHash('sha256').update(jobId).digest('hex').slice(0, 40);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
