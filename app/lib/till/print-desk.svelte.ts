import * as v from 'valibot';
import {
  drawerJobSchema,
  drawerStillWanted,
  printJobSchema,
  type DrawerJob,
  type PrinterStatus,
  type PrintJob,
  type PrintJobStatus,
  type PrintState,
} from '#model/receipt/print-job.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Bridge } from './bridge.ts';
import type { KeptNotes, Sureness } from './kept-notes.ts';
import { WaitingJobs } from './waiting-jobs.svelte.ts';

/** Where a paper stands as the till shows it; `unsent` waits here until the bridge is back, `held` until somebody asks for it, `refused` never prints. */
export type PaperState = PrintState | 'unsent' | 'held' | 'refused';

/**
 * A paper for the printer; one that is `held` waits until somebody asks for it. `since` is when its drawer was asked for, an instant;
 * now unless told.
 */
export type OfferedPaper = Omit<PrintJob, 'device'> & { readonly held?: boolean; readonly since?: string };

/** A paper of this page with its state. */
export type PaperStatus = {
  readonly jobId: string;
  readonly state: PaperState;
  readonly cause?: string | undefined;
};

/** A paper the bridge does not have yet, and since when its drawer is asked for, in milliseconds. */
type WaitingPaper = { readonly job: PrintJob; readonly since: number };

/** Begins the name of the note of the last record whose papers were handed over; the terminal's id ends it. */
const FOLLOWED = 'followed:';
const FINAL = new Set<PaperState>(['printed', 'sent', 'failed', 'expired', 'cancelled', 'refused', 'held']);
const waitingPaperSchema = v.object({ job: printJobSchema, since: v.number() });
/** Papers as an earlier version kept them. When their drawers were asked for nobody noted: too long ago to open them. */
const earlierPapersSchema = v.array(
  v.pipe(
    printJobSchema,
    v.transform((job): WaitingPaper => ({ job, since: 0 })),
  ),
);

/**
 * Papers on their way to the printer. What the bridge did not take is kept on the disk and offered again, also after a power
 * cut, and so is the number of the last record whose papers were handed over: what follows from a later one is owed still. A
 * job's id makes a second offer harmless. A sale never waits for any of this.
 */
export class PrintDesk {
  readonly #bridge: Bridge;
  readonly #surroundings: Surroundings;
  readonly #notes: KeptNotes;
  readonly #waiting: WaitingJobs<WaitingPaper>;
  readonly device: string | undefined;
  #papers = $state.raw<ReadonlyMap<string, PaperStatus>>(new Map());
  #printer = $state.raw<PrinterStatus | 'away' | undefined>();
  #sending = false;

  constructor(bridge: Bridge, surroundings: Surroundings, notes: KeptNotes, device: string | undefined) {
    this.#bridge = bridge;
    this.#surroundings = surroundings;
    this.#notes = notes;
    this.#waiting = new WaitingJobs(notes, {
      prefix: 'paper:',
      schema: waitingPaperSchema,
      idOf: ({ job }) => job.jobId,
    });
    this.device = device;
  }

  /** Takes up the papers an earlier page left waiting. */
  async start(): Promise<void> {
    await this.#waiting.read();
    this.#later(this.#waiting.takeOver(this.#surroundings, 'outbox', earlierPapersSchema));
    for (const { job } of this.#waiting.jobs) this.#set({ jobId: job.jobId, state: 'unsent' });
  }

  /**
   * The number of the last record of a terminal whose papers were handed over; undefined where it never made one here, or where
   * nobody can say because the disk cannot be read.
   */
  async followedTo(terminal: string): Promise<number | 'unreadable' | undefined> {
    const notes = await this.#notes.read(FOLLOWED + terminal);
    if (!notes) return 'unreadable';
    const [seq] = notes.values();
    return seq === undefined ? undefined : Number(seq);
  }

  /** Notes that everything a terminal's records up to `seq` print was handed over. It reaches the disk behind those papers, not before. */
  followed(terminal: string, seq: number, sureness: Sureness = 'in-order'): void {
    this.#notes.write(FOLLOWED + terminal, String(seq), sureness);
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
  print(offered: OfferedPaper): void {
    if (this.device === undefined) return;
    if (offered.held) {
      this.#later(this.#hold(offered));
      return;
    }
    const { held: _, since, ...job } = offered;
    if (!this.#waiting.has(job.jobId)) {
      this.#waiting.add({ job: { ...job, device: this.device }, since: this.#time(since) });
      this.#set({ jobId: job.jobId, state: 'unsent' });
    }
    this.#later(this.sendWaiting());
  }

  /** Keeps a paper back until somebody asks for it; what was asked for before, also before a restart, stays as it is. */
  async #hold({ jobId, openDrawer = false, drawer, since }: OfferedPaper): Promise<void> {
    if (this.#papers.has(jobId)) return;
    this.#set({ jobId, state: 'held' });
    const answer = await this.#bridge.job(jobId);
    if (answer.kind !== 'taken') {
      // The same id opens once: a restart that offers the paper again does not open the drawer again.
      if (openDrawer) this.openDrawer(`${jobId}:drawer`, drawer, since);
    } else if (this.paper(jobId)?.state === 'held') this.#note(answer.value);
  }

  /**
   * Opens the drawer, of two the second where `drawer` is 2, now or not at all: a drawer that opens by itself later is worse than one
   * that did not open. `since` is when it was asked for.
   */
  openDrawer(jobId: string, drawer?: number, since?: string): void {
    if (this.device === undefined || !this.#isWanted(this.#time(since))) return;
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
    await Promise.all([this.#notes.kept(), this.sendWaiting()]);
    for (const { jobId, state } of this.#papers.values()) {
      if (state !== 'unsent' && !FINAL.has(state)) await this.#askAbout(jobId);
    }
  }

  /** Offers the waiting papers in their order; stops at the first the bridge is not there for. */
  async sendWaiting(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (const paper of this.#waiting.jobs) if (!(await this.#send(paper))) return;
    } finally {
      this.#sending = false;
    }
    if (this.#waiting.jobs.length > 0) await this.sendWaiting();
  }

  async #send({ job, since }: WaitingPaper): Promise<boolean> {
    // A drawer that opens long after its sale is one nobody stands at (rule P4).
    const answer = await this.#bridge.print(this.#isWanted(since) ? job : { ...job, openDrawer: false });
    if (answer.kind === 'away') return false;
    this.#waiting.remove(job.jobId);
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

  #time(since: string | undefined): number {
    return since === undefined ? this.#surroundings.now().getTime() : Date.parse(since);
  }

  #isWanted(since: number): boolean {
    return drawerStillWanted(since, this.#surroundings.now().getTime());
  }

  #later(work: Promise<unknown>): void {
    work.catch((cause: unknown) => globalThis.reportError(cause));
  }
}
