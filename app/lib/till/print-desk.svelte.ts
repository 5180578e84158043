import * as v from 'valibot';
import {
  drawerJobSchema,
  printJobSchema,
  type DrawerJob,
  type PrinterStatus,
  type PrintJob,
  type PrintJobStatus,
  type PrintState,
} from '#model/receipt/print-job.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Bridge } from './bridge.ts';

/** Where a paper stands as the till shows it; `unsent` waits here until the bridge is back, `held` until somebody asks for it, `refused` never prints. */
export type PaperState = PrintState | 'unsent' | 'held' | 'refused';

/** A paper for the printer; one that is `held` waits until somebody asks for it. */
export type OfferedPaper = Omit<PrintJob, 'device'> & { readonly held?: boolean };

/** A paper of this page with its state. */
export type PaperStatus = {
  readonly jobId: string;
  readonly state: PaperState;
  readonly cause?: string | undefined;
};

const OUTBOX = 'outbox';
/** The paper held last, whose drawer was opened. */
const HELD = 'held-paper';
const FINAL = new Set<PaperState>(['printed', 'sent', 'failed', 'expired', 'cancelled', 'refused', 'held']);
const outboxSchema = v.array(printJobSchema);

/**
 * Papers on their way to the printer. What the bridge did not take is kept over a reload and offered again; a job's id makes
 * a second offer harmless. A sale never waits for any of this.
 */
export class PrintDesk {
  readonly #bridge: Bridge;
  readonly #surroundings: Surroundings;
  readonly device: string | undefined;
  #papers = $state.raw<ReadonlyMap<string, PaperStatus>>(new Map());
  #printer = $state.raw<PrinterStatus | 'away' | undefined>();
  #outbox: PrintJob[];
  #sending = false;

  constructor(bridge: Bridge, surroundings: Surroundings, device: string | undefined) {
    this.#bridge = bridge;
    this.#surroundings = surroundings;
    this.device = device;
    this.#outbox = readOutbox(surroundings.readNote(OUTBOX));
    for (const job of this.#outbox) this.#set({ jobId: job.jobId, state: 'unsent' });
  }

  /** The printer as last asked; `away` when the bridge does not answer, undefined before the first answer. */
  get printer(): PrinterStatus | 'away' | undefined {
    return this.#printer;
  }

  /** A paper's state; undefined for one this page never saw. */
  paper(jobId: string): PaperStatus | undefined {
    return this.#papers.get(jobId);
  }

  /** Papers of which nobody can say whether they came out. */
  get doubtful(): readonly PaperStatus[] {
    return [...this.#papers.values()].filter((paper) => paper.state === 'unknown');
  }

  /** Hands a paper to the printer, now or as soon as the bridge is back; one that is held only opens its drawer. */
  print({ held = false, ...job }: OfferedPaper): void {
    if (this.device === undefined) return;
    if (held) {
      this.#later(this.#hold(job));
      return;
    }
    if (!this.#outbox.some((waiting) => waiting.jobId === job.jobId)) {
      this.#outbox = [...this.#outbox, { ...job, device: this.device }];
      this.#keep();
      this.#set({ jobId: job.jobId, state: 'unsent' });
    }
    this.#later(this.sendWaiting());
  }

  /** Keeps a paper back until somebody asks for it; what was asked for before, also before a restart, stays as it is. */
  async #hold({ jobId, openDrawer = false, drawer }: OfferedPaper): Promise<void> {
    if (this.#papers.has(jobId)) return;
    this.#set({ jobId, state: 'held' });
    // A restart offers the last paper again and must not open the drawer again, neither of one held then nor of one printed.
    const isNew = this.#surroundings.readNote(HELD) !== jobId;
    this.#surroundings.writeNote(HELD, jobId);
    const answer = await this.#bridge.job(jobId);
    if (answer.kind !== 'taken') {
      if (isNew && openDrawer) this.openDrawer(`${jobId}:drawer`, drawer);
    } else if (this.paper(jobId)?.state === 'held') this.#note(answer.value);
  }

  /** Opens the drawer, of two the second where `drawer` is 2, now or not at all: a drawer that opens by itself later is worse than one that did not open. */
  openDrawer(jobId: string, drawer?: number): void {
    if (this.device === undefined) return;
    const which = drawer === 2 ? { drawer } : {};
    const job: DrawerJob = v.parse(drawerJobSchema, { jobId, device: this.device, ...which });
    this.#later(this.#bridge.openDrawer(job));
  }

  /** Answers whether a doubtful paper came out; if it did not, it is printed again. */
  async answer(jobId: string, cameOut: boolean): Promise<void> {
    const answer = await this.#bridge.resolve(jobId, { action: cameOut ? 'printed' : 'reprint' });
    if (answer.kind === 'taken') this.#note(answer.value);
    else if (answer.kind === 'refused') await this.#askAbout(jobId);
  }

  /** Offers what waits, then asks how the printer and every unfinished paper are. Called every two seconds. */
  async refresh(): Promise<void> {
    if (this.device === undefined) return;
    const printer = await this.#bridge.printer(this.device);
    this.#printer = printer.kind === 'taken' ? printer.value : 'away';
    await this.sendWaiting();
    for (const { jobId, state } of this.#papers.values()) {
      if (state !== 'unsent' && !FINAL.has(state)) await this.#askAbout(jobId);
    }
  }

  /** Offers the waiting papers in their order; stops at the first the bridge is not there for. */
  async sendWaiting(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (const job of this.#outbox) if (!(await this.#send(job))) return;
    } finally {
      this.#sending = false;
    }
    if (this.#outbox.length > 0) await this.sendWaiting();
  }

  async #send(job: PrintJob): Promise<boolean> {
    const answer = await this.#bridge.print(job);
    if (answer.kind === 'away') return false;
    this.#outbox = this.#outbox.filter((waiting) => waiting.jobId !== job.jobId);
    this.#keep();
    if (answer.kind === 'taken') this.#note(answer.value);
    // 409: the bridge has this id with another paper, from before an update. It was printed then.
    else if (answer.status === 409) await this.#askAbout(job.jobId);
    else this.#set({ jobId: job.jobId, state: 'refused', cause: answer.refusal.message });
    return true;
  }

  async #askAbout(jobId: string): Promise<void> {
    const answer = await this.#bridge.job(jobId);
    if (answer.kind === 'taken') this.#note(answer.value);
    else if (answer.kind === 'refused') this.#set({ jobId, state: 'refused', cause: answer.refusal.message });
  }

  #note({ jobId, state, cause }: PrintJobStatus): void {
    this.#set({ jobId, state, cause });
  }

  #set(status: PaperStatus): void {
    this.#papers = new Map(this.#papers).set(status.jobId, status);
  }

  #keep(): void {
    this.#surroundings.writeNote(
      OUTBOX,
      this.#outbox.length === 0 ? undefined : JSON.stringify(this.#outbox),
    );
  }

  #later(work: Promise<unknown>): void {
    work.catch((cause: unknown) => globalThis.reportError(cause));
  }
}

function readOutbox(note: string | undefined): PrintJob[] {
  if (note === undefined) return [];
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), outboxSchema), note);
  return read.success ? read.output : [];
}
