import { fault, type Fault } from './fault.ts';
import type { JournalRecord, SaleBody, Totals } from './record.ts';
import type { CountersignedHead } from './head.ts';
import type { DeviceKeys } from './signatures.ts';
import { PeriodCheck, zzFault } from './closings.ts';
import {
  addToSums,
  closedFault,
  drawerFault,
  handoverFault,
  openedFault,
  openedSums,
  saleFault,
  totalsAfter,
  voidFault,
  type SessionSums,
} from './sums.ts';

/** The days a file was asked for. */
export type Range = { readonly from?: string; readonly to?: string };

/** The first fault of a register and where it is. `seq` is missing where no record could be read. */
export type RegisterFault = Fault & { readonly line: number; readonly seq?: number };

/** What was found out about a register. Sequence numbers, receipts and totals are those of its sound records. */
export type RegisterVerdict = {
  readonly register: string;
  readonly valid: boolean;
  /** All its lines, those behind a fault too. */
  readonly records: number;
  readonly checked: number;
  readonly signed: number;
  readonly unsigned: number;
  readonly unknownSignatures: number;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
  readonly firstReceipt?: string;
  readonly lastReceipt?: string;
  readonly currency?: string;
  readonly totals: Totals;
  /** The hash of the last sound record: what to compare with a copy from elsewhere. */
  readonly head: string;
  /** Whether its last session is still open. */
  readonly open: boolean;
  /** Records of a moved clock (rule R7), and records whose time goes back without one. */
  readonly clockMoves: number;
  readonly backwards: number;
  /** The record up to which head office countersigned the register (rule J16). */
  readonly countersigned?: number;
  readonly fault?: RegisterFault;
};

const NOTHING: Totals = { receipts: 0, signed: 0, absolute: 0 };

/** Checks one register, record by record, in constant memory (rules J4 to J8, R1, R2 and R6). */
export class RegisterCheck {
  readonly name: string;
  readonly #organization: string;
  readonly #range: Range;
  readonly #keys: DeviceKeys;
  readonly #held: CountersignedHead | undefined;
  #lastAt = '';
  #clockMoves = 0;
  #backwards = 0;
  #owesClock = false;
  #seq = 0;
  #head = '';
  #totals = NOTHING;
  #session = 0;
  #day = '';
  #sums: SessionSums | undefined;
  readonly #periods = new PeriodCheck();
  #records = 0;
  #counts = { checked: 0, signed: 0, unsigned: 0, unknown: 0 };
  #firstSeq: number | undefined;
  /** The receipts of the session, for voids of them. */
  #sales: SaleBody[] = [];
  #receipts: { first: string; last: string } | undefined;
  #currency: string | undefined;
  #fault: RegisterFault | undefined;

  constructor(name: string, organization: string, range: Range, keys: DeviceKeys, held?: CountersignedHead) {
    this.name = name;
    this.#organization = organization;
    this.#range = range;
    this.#keys = keys;
    this.#held = held;
  }

  /** Takes the next record of the file. Behind the first fault records are only counted. */
  take(record: JournalRecord, line: number): void {
    this.#records += 1;
    if (this.#fault) return;
    const found = this.#check(record);
    if (found) this.#fault = { ...found, line, seq: record.seq };
    else this.#accept(record);
  }

  /** Takes a line that should have been a record of this register and is none. */
  refuse(found: Fault, line: number, seq?: number): void {
    this.#records += 1;
    this.#fault ??= { ...found, line, ...(seq === undefined ? {} : { seq }) };
  }

  /** What was found out, once no more records come. */
  finish(line: number): RegisterVerdict {
    if (!this.#fault) {
      const found = this.#endFault();
      if (found) this.#fault = { ...found, line, ...(this.#seq === 0 ? {} : { seq: this.#seq }) };
    }
    const { checked, signed, unsigned, unknown } = this.#counts;
    return {
      register: this.name,
      valid: this.#fault === undefined,
      records: this.#records,
      checked,
      signed,
      unsigned,
      unknownSignatures: unknown,
      ...(this.#firstSeq === undefined ? {} : { firstSeq: this.#firstSeq, lastSeq: this.#seq }),
      ...(this.#receipts && { firstReceipt: this.#receipts.first, lastReceipt: this.#receipts.last }),
      ...(this.#currency === undefined ? {} : { currency: this.#currency }),
      totals: this.#totals,
      head: this.#head,
      open: this.#sums !== undefined,
      clockMoves: this.#clockMoves,
      backwards: this.#backwards + (this.#owesClock ? 1 : 0),
      ...(this.#held && { countersigned: this.#held.seq }),
      ...(this.#fault && { fault: this.#fault }),
    };
  }

  #check(record: JournalRecord): Fault | undefined {
    if (this.#firstSeq === undefined) {
      const found = this.#begin(record);
      if (found) return found;
    }
    const found =
      this.#chainFault(record) ??
      this.#totalsFault(record) ??
      this.#sessionFault(record) ??
      this.#headFault(record) ??
      this.#bodyFault(record);
    if (found) return found;
    const signed = this.#keys.check(record);
    if (typeof signed !== 'string') return signed;
    this.#counts[signed] += 1;
    return undefined;
  }

  /** Whether what the record says adds up (rule J13). */
  #bodyFault(record: JournalRecord): Fault | undefined {
    const drawer = this.#sums && drawerFault(this.#sums, record);
    if (drawer) return drawer;
    if (record.kind === 'opened') return openedFault(record.body);
    if (record.kind === 'sale') return saleFault(record.body) ?? voidFault(record.body, this.#sales);
    if (record.kind === 'zz') return zzFault(record.body);
    if (record.kind === 'period') return this.#periods.take(record.body, record.session);
    if (!this.#sums) return undefined;
    if (record.kind === 'handover') return handoverFault(this.#sums, record.body);
    return record.kind === 'closed' ? closedFault(this.#sums, record.body) : undefined;
  }

  /** A file of some days may begin anywhere, with a session; what its first record says of before is taken as given. */
  #begin(record: JournalRecord): Fault | undefined {
    const outside = record.kind === 'opened' ? this.#rangeFault(record.body.day, 'first') : undefined;
    if (record.seq === 1 || outside) return outside;
    if (this.#range.from === undefined)
      return fault('gap', `records 1 to ${record.seq - 1} are missing, and the file names no first day`);
    if (record.kind !== 'opened')
      return fault('gap', `the file begins in the middle of session ${record.session}`);
    if (record.prev === '') return fault('broken-link', 'only record 1 follows no other');
    this.#seq = record.seq - 1;
    this.#head = record.prev;
    this.#totals = record.totals;
    this.#session = record.session - 1;
    this.#periods.beginLate();
    return undefined;
  }

  #chainFault(record: JournalRecord): Fault | undefined {
    const { org, store, register, seq, prev } = record;
    if (org !== this.#organization || `${store}-${register}` !== this.name)
      return fault('wrong-register', `the record belongs to ${store}-${register} of organization ${org}`);
    const next = this.#seq + 1;
    const missing =
      next === seq - 1 ? `record ${next} is missing` : `records ${next} to ${seq - 1} are missing`;
    if (seq > next) return fault('gap', missing);
    if (seq < next)
      return fault('fork', `record ${seq} comes after record ${this.#seq}: again, or a second one`);
    return prev === this.#head
      ? undefined
      : fault(
          'broken-link',
          `the record does not follow record ${this.#seq} of this file: their link is broken`,
        );
  }

  #totalsFault(record: JournalRecord): Fault | undefined {
    const due = totalsAfter(this.#totals, record);
    for (const name of ['receipts', 'signed', 'absolute'] as const) {
      if (record.totals[name] !== due[name])
        return fault('wrong-totals', `totals.${name} is ${record.totals[name]} and should be ${due[name]}`);
    }
    if (record.kind !== 'sale') return undefined;
    const number = `${this.name}-${String(due.receipts).padStart(6, '0')}`;
    return record.body.receipt === number
      ? undefined
      : fault('wrong-receipt-number', `the receipt is ${record.body.receipt} and should be ${number}`);
  }

  #sessionFault({ kind, session }: JournalRecord): Fault | undefined {
    if (kind === 'opened' && this.#sums)
      return fault('already-open', `session ${session} opens while session ${this.#session} is open`);
    const behind = kind === 'zz' || kind === 'period';
    if (behind && this.#sums) return fault('still-open', `a ${kind} record while session ${session} is open`);
    if (kind !== 'opened' && !behind && !this.#sums)
      return fault('not-open', `a ${kind} record while no session is open`);
    const due = kind === 'opened' ? this.#session + 1 : this.#session;
    return session === due
      ? undefined
      : fault('wrong-session', `the record says session ${session} and session ${due} is due`);
  }

  /** Another record where head office held one is a second history (rule J16). */
  #headFault({ seq, hash }: JournalRecord): Fault | undefined {
    const { seq: held, hash: expected, at } = this.#held ?? {};
    if (seq !== held || hash === expected) return undefined;
    return fault('fork', `head office held another record ${seq} at ${at}`);
  }

  /** Times go back only where a clock record says so, or at an opening with one right behind it (rule R7). */
  #followClock({ kind, at }: JournalRecord): void {
    if (kind === 'clock') this.#clockMoves += 1;
    else if (this.#owesClock) this.#backwards += 1;
    this.#owesClock = kind === 'opened' && at < this.#lastAt;
    if (at < this.#lastAt && kind !== 'opened' && kind !== 'clock') this.#backwards += 1;
    this.#lastAt = at;
  }

  #accept(record: JournalRecord): void {
    this.#followClock(record);
    this.#counts.checked += 1;
    this.#firstSeq ??= record.seq;
    this.#seq = record.seq;
    this.#head = record.hash;
    this.#totals = record.totals;
    if (record.kind === 'opened') this.#open(record);
    else if (record.kind === 'closed') this.#close(record.session);
    else if (this.#sums) addToSums(this.#sums, record);
    if (record.kind !== 'sale') return;
    this.#sales.push(record.body);
    this.#receipts = { first: this.#receipts?.first ?? record.body.receipt, last: record.body.receipt };
  }

  #close(session: number): void {
    if (this.#sums) this.#periods.close(session, this.#day, this.#sums);
    this.#sums = undefined;
  }

  #open({ session, body }: Extract<JournalRecord, { kind: 'opened' }>): void {
    this.#session = session;
    this.#day = body.day;
    this.#currency = body.currency;
    this.#sums = openedSums(body);
    this.#sales = [];
  }

  /** The days between may be any: the sessions of a file are a run (rule J11). */
  #rangeFault(day: string, which: 'first' | 'last'): Fault | undefined {
    const { from = '', to = '9999-12-31' } = this.#range;
    if (this.#range[which === 'first' ? 'from' : 'to'] === undefined || (day >= from && day <= to))
      return undefined;
    return fault('outside-range', `the ${which} session is of ${day}, outside the days the header names`);
  }

  #endFault(): Fault | undefined {
    if (this.#firstSeq === undefined)
      return fault('missing', 'the header names the register and the file has no record of it');
    if (this.#held && this.#held.seq > this.#seq && this.#range.to === undefined)
      return fault(
        'truncated',
        `the journal ends with record ${this.#seq}; head office held record ${this.#held.seq} at ${this.#held.at}`,
      );
    return this.#rangeFault(this.#day, 'last');
  }
}
