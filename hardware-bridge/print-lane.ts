import type { Logger } from 'pino';
import {
  DRAWER_PATIENCE_MS,
  drawerStillWanted,
  type PrinterStatus,
  type PrintState,
} from '#model/receipt/print-job.ts';
import { assert } from '#model/result.ts';
import { pause, type Clock } from './clock.ts';
import { openDrawersMeanwhile, spendDrawer } from './drawers-meanwhile.ts';
import type { JobLedger } from './job-ledger.ts';
import { isWaiting, type JobRecord } from './job-record.ts';
import { afterBrokenOff, drawerParcel, paperParcel, wantsDrawer } from './parcels.ts';
import type { PrinterProfile } from './printer-profiles.ts';
import type { PrinterReading } from './status-bytes.ts';
import type { Delivery, DeliverySteps, Interject, Parcel, PrinterLink } from './transport.ts';

/** Waiting times between tries at a printer that holds a job up, in milliseconds; the last one repeats. */
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000] as const;
const DRAWER_RETRY_MS = 1000;
/** Printers refuse a connection that follows too closely on the last one. */
const GAP_MS = 200;

const WAITING: readonly PrintState[] = ['accepted', 'queued', 'blocked'];
const LEFT: readonly PrintState[] = ['sending', 'confirming', 'unknown'];

/** What a lane works with. */
export type LaneParts = {
  readonly profiles: readonly PrinterProfile[];
  readonly ledger: JobLedger;
  readonly link: PrinterLink;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with every reading of the printer at this address. */
  readonly onReading: (state: PrinterStatus['state'], paperNearEnd: boolean) => void;
};

type Turn =
  | { readonly kind: 'paper' | 'drawer'; readonly record: JobRecord }
  | { readonly kind: 'reading' }
  | { readonly kind: 'idle'; readonly until: number | null };

/** The queue of one printer address: one job and one connection at a time, in the order of arrival; a drawer may overtake papers. */
export class PrintLane {
  readonly #parts: LaneParts;
  readonly #devices: ReadonlySet<string>;
  #tries = 0;
  #paperRetryAt = 0;
  #drawerRetryAt = 0;
  #stopping = false;
  /** Whether the printer may stand in the middle of a command. */
  #brokenOff = false;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #woken = false;
  /** The connection of a paper whose confirmation is overdue. */
  #interject: Interject | null = null;
  #meanwhile: Promise<void> = Promise.resolve();
  #askers: (() => void)[] = [];
  #current: { readonly jobId: string; readonly abort: AbortController } | null = null;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#devices = new Set(parts.profiles.map((profile) => profile.device));
  }

  /** Starts working the queue. */
  start(): void {
    this.#brokenOff = this.#parts.ledger
      .list()
      .some(({ device, state }) => this.#devices.has(device) && state === 'unknown');
    this.#running = this.#run();
  }

  /** Says that something changed: a new job, a cancelled one. */
  poke(): void {
    this.#openMeanwhile();
    this.#woken = true;
    this.#wake();
  }

  /** Resolves when the printer has been asked how it is; at once while it is busy, because its one connection is taken. */
  readAgain(): Promise<void> {
    if (this.#current || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.#askers.push(resolve);
      this.poke();
    });
  }

  /** Drops the connection a job is on, because a person has answered for it. */
  letGo(jobId: string): void {
    if (this.#current?.jobId === jobId) this.#current.abort.abort();
  }

  /** Takes no new job; the one under way gets `graceMs` to finish, then its connection is dropped and it becomes unknown. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.poke();
    const cancel = this.#parts.clock.after(graceMs, () => this.#current?.abort.abort());
    await this.#running;
    cancel();
    this.#answerAskers();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#expireOverdue();
      const turn = this.#nextTurn(this.#parts.clock.now());
      if (turn.kind === 'idle') {
        await this.#sleep(turn.until);
        continue;
      }
      if (turn.kind === 'reading') await this.#read();
      else await this.#attempt(turn.kind, turn.record);
      if (!this.#stopping) await pause(this.#parts.clock, GAP_MS);
    }
  }

  #nextTurn(now: number): Turn {
    const waiting = this.#parts.ledger.waitingFor(this.#devices);
    for (const record of waiting) this.#parts.ledger.note(record.jobId, ['accepted'], { state: 'queued' });
    const head = waiting.find((record) => record.kind !== 'drawer');
    const drawer = waiting.find(
      (record) => wantsDrawer(record, now) && (record.kind === 'drawer' || isHeldUp(head)),
    );
    if (drawer && now >= this.#drawerRetryAt) return { kind: 'drawer', record: drawer };
    if (head && now >= this.#paperRetryAt) return { kind: 'paper', record: head };
    if (this.#askers.length > 0) return { kind: 'reading' };
    return { kind: 'idle', until: this.#nextMoment(waiting, head, drawer) };
  }

  #nextMoment(
    waiting: readonly JobRecord[],
    head: JobRecord | undefined,
    drawer: JobRecord | undefined,
  ): number | null {
    const moments = waiting.map(expiryOf);
    if (head) moments.push(this.#paperRetryAt);
    if (drawer) moments.push(this.#drawerRetryAt);
    return moments.length === 0 ? null : Math.min(...moments);
  }

  async #sleep(until: number | null): Promise<void> {
    const { clock } = this.#parts;
    if (!this.#woken && !this.#stopping) {
      let cancel: () => void = () => undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (until !== null) cancel = clock.after(Math.max(1, until - clock.now()), resolve);
      });
      cancel();
    }
    this.#woken = false;
  }

  async #expireOverdue(): Promise<void> {
    const { ledger, clock } = this.#parts;
    for (const record of ledger.waitingFor(this.#devices)) {
      const tooLate =
        record.kind === 'drawer'
          ? !drawerStillWanted(record.acceptedAt, clock.now())
          : clock.now() >= record.wantedUntil;
      if (tooLate)
        await ledger.record(record.jobId, WAITING, { state: 'expired', cause: record.cause ?? 'too-late' });
    }
  }

  async #read(): Promise<void> {
    const [profile] = this.#parts.profiles;
    if (!profile) return;
    this.#noticeReading(await this.#parts.link.read(profile));
    this.#answerAskers();
  }

  #noticeReading(reading: PrinterReading | null): void {
    this.#parts.onReading(reading?.state ?? 'offline', reading?.paperNearEnd ?? false);
    if (reading?.state === 'ready') this.#paperRetryAt = 0;
  }

  #answerAskers(): void {
    for (const answer of this.#askers.splice(0)) answer();
  }

  async #attempt(kind: 'paper' | 'drawer', chosen: JobRecord): Promise<void> {
    const record = this.#parts.ledger.get(chosen.jobId);
    if (!record || !isWaiting(record)) return;
    const profile = this.#parts.profiles.find((candidate) => candidate.device === record.device);
    assert(profile, () => `a job of ${record.device} is in the lane of another printer`);
    const parcel =
      kind === 'drawer' ? drawerParcel(record, profile) : await this.#paperParcel(record, profile);
    if (!parcel)
      return this.#parts.ledger.record(record.jobId, WAITING, { state: 'failed', cause: 'bad-document' });
    const opensOnly = kind === 'drawer' && record.kind !== 'drawer';
    const delivery = await this.#deliver(
      profile,
      parcel,
      record,
      opensOnly ? this.#drawerSteps(record) : this.#jobSteps(record),
    );
    if (!opensOnly) await this.#settle(record, delivery);
    if (kind === 'drawer') this.#afterDrawer(delivery);
    else this.#afterPaper(record, delivery);
    this.#answerAskers();
  }

  async #deliver(
    profile: PrinterProfile,
    parcel: Parcel,
    record: JobRecord,
    steps: DeliverySteps,
  ): Promise<Delivery> {
    const abort = new AbortController();
    this.#current = { jobId: record.jobId, abort };
    try {
      const whole = this.#brokenOff ? afterBrokenOff(parcel) : parcel;
      const delivery = await this.#parts.link.deliver(profile, whole, steps, abort.signal);
      if (delivery.kind !== 'blocked') this.#brokenOff = delivery.kind === 'unknown';
      return delivery;
    } finally {
      this.#interject = null;
      await this.#meanwhile;
      this.#current = null;
      await this.#parts.ledger.writeOverdue();
    }
  }

  #openMeanwhile(): void {
    const interject = this.#interject;
    if (!interject) return;
    this.#meanwhile = this.#meanwhile
      .then(() => openDrawersMeanwhile(this.#parts, interject))
      .catch((cause: unknown) => this.#parts.log.error({ err: cause }, 'a drawer could not be opened'));
  }

  async #paperParcel(record: JobRecord, profile: PrinterProfile): Promise<Parcel | null> {
    const { ledger, clock, log } = this.#parts;
    const paper = await ledger.paperOf(record.jobId);
    if (!paper) return null;
    const parcel = paperParcel(record, paper, profile, clock.now());
    if (parcel.ok) return parcel.value;
    log.error({ jobId: record.jobId, problem: parcel.error }, 'a paper cannot be encoded');
    return null;
  }

  #jobSteps(record: JobRecord): DeliverySteps {
    const { ledger } = this.#parts;
    const spent = record.drawer === 'wanted' ? { drawer: 'spent' as const } : {};
    return {
      beforeFirstByte: async () => {
        if (!(await ledger.writeOverdue())) return false;
        return (await ledger.step(record.jobId, WAITING, { state: 'sending', ...spent })).ok;
      },
      afterLastByte: () => ledger.record(record.jobId, ['sending'], { state: 'confirming' }),
      overdue: async (cause, interject) => {
        await ledger.record(record.jobId, ['confirming'], { state: 'unknown', cause });
        this.#interject = interject;
        this.#openMeanwhile();
      },
      onReading: (reading) => this.#noticeReading(reading),
    };
  }

  /** A paper that waits while its drawer opens: the drawer is spent before the pulse leaves, the paper's state stays. */
  #drawerSteps(record: JobRecord): DeliverySteps {
    return {
      beforeFirstByte: () => spendDrawer(this.#parts.ledger, record),
      afterLastByte: () => Promise.resolve(),
      overdue: () => Promise.resolve(),
      onReading: (reading) => this.#noticeReading(reading),
    };
  }

  #afterDrawer(delivery: Delivery): void {
    this.#drawerRetryAt = delivery.kind === 'blocked' ? this.#parts.clock.now() + DRAWER_RETRY_MS : 0;
  }

  #afterPaper(record: JobRecord, delivery: Delivery): void {
    if (delivery.kind !== 'blocked' || this.#parts.ledger.get(record.jobId)?.state !== 'blocked') {
      this.#tries = 0;
      this.#paperRetryAt = 0;
      return;
    }
    const delay = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] ?? RETRY_MS[0];
    this.#tries += 1;
    this.#paperRetryAt = this.#parts.clock.now() + delay;
  }

  async #settle(record: JobRecord, delivery: Delivery): Promise<void> {
    const { ledger, log } = this.#parts;
    log.info({ jobId: record.jobId, device: record.device, ...delivery }, 'delivery ended');
    switch (delivery.kind) {
      case 'blocked':
        return ledger.note(record.jobId, WAITING, { state: 'blocked', cause: delivery.cause });
      case 'unknown':
        return ledger.record(record.jobId, LEFT, { state: 'unknown', cause: delivery.cause });
      case 'sent':
        return ledger.record(record.jobId, LEFT, { state: 'sent' });
      case 'printed':
        return ledger.record(record.jobId, LEFT, {
          state: 'printed',
          ...(delivery.paperNearEnd ? { paperNearEnd: true } : {}),
        });
    }
  }
}

function isHeldUp(head: JobRecord | undefined): boolean {
  return head?.state === 'blocked';
}

function expiryOf(record: JobRecord): number {
  return record.kind === 'drawer' ? record.acceptedAt + DRAWER_PATIENCE_MS + 1 : record.wantedUntil;
}
