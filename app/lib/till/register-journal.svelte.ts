import type { EntryChange } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { parseRecord, recordKey, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import { recordTime, type ClockReading, type RecordTime } from '#model/register/clock.ts';
import { recordClock, type CommandRefusal } from '#model/register/commands.ts';
import {
  addRecord,
  newRegister,
  resumeRegister,
  type RegisterState,
} from '#model/register/register-state.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { DeviceKey } from '../device/device-key.ts';
import type { Documents, DocumentsEvent, Saved } from '../repo/documents.ts';
import type { Surroundings } from '../surroundings.ts';
import { recordNote } from './record-note.ts';
import {
  contradictionOf,
  isOvertaken,
  readRecord,
  readRecords,
  type JournalFault,
} from './session-records.ts';

/** Which register this till works. */
export type RegisterPlace = {
  readonly organization: string;
  readonly store: StoreId;
  readonly register: RegisterId;
};

/** Why nothing was written: the register refused, or it cannot write now. */
export type AppendRefusal =
  | CommandRefusal
  | { readonly code: 'busy' | 'not-saved' | 'not-signed' | 'record-unsaved' | 'journal-faulty' };

/** How long a sale waits for the second copy, in milliseconds (design §5). */
export const RELAY_WAIT_MS = 2000;

/** A record that takes longer to be written is told to the person, in milliseconds: a sign of less would only flicker. */
const SLOW_MS = 200;

/**
 * This register's own journal: the latest session folded, and the only way to write a record. A record is sealed and signed
 * once, and nothing without a signature is kept anywhere (rule J8); if no copy of it could be saved it stays here and only the same record can be tried again, so a number is never given twice.
 */
export class RegisterJournal {
  /** Called once for every record that has become durable through this page. */
  onWritten: (record: JournalRecord, saved: Saved) => void = () => {};
  readonly #documents: Documents;
  readonly #place: RegisterPlace;
  readonly #deviceKey: DeviceKey;
  readonly #surroundings: Surroundings;
  /** What the first record waits for; undefined once it was heard. */
  #heard: Promise<unknown> | undefined;
  #loading: Promise<unknown> = Promise.resolve();
  /** The clocks as they were at the last record of this page, or when it started (rule R7). */
  #clocks: ClockReading;
  #state = $state.raw<RegisterState>();
  #records = $state.raw<readonly JournalRecord[]>([]);
  #fault = $state.raw<JournalFault | undefined>();
  #unsaved = $state.raw<JournalRecord | undefined>();
  #writing = $state.raw<JournalRecord | undefined>();
  #lastSaved = $state.raw<Saved | undefined>();
  #isSlow = $state(false);
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  /** Nothing is written before `heard` is settled: until then the relay may still send records this register made. */
  constructor(
    documents: Documents,
    place: RegisterPlace,
    key: DeviceKey,
    surroundings: Surroundings,
    heard?: Promise<unknown>,
  ) {
    this.#documents = documents;
    this.#heard = heard;
    this.#place = place;
    this.#deviceKey = key;
    this.#surroundings = surroundings;
    this.#clocks = this.#readClocks();
    this.#state = newRegister(place.organization, place.store, place.register);
  }

  /** Reads the latest session stored here and follows it. */
  async follow(): Promise<() => void> {
    const stop = this.#documents.watch((event) => this.#hear(event));
    const sessions = (await this.#documents.known())
      .filter((key) => this.#isOwn(key))
      .map((key) => key.session)
      .sort((a, b) => b - a);
    for (const session of sessions) if (await this.#load(session)) break;
    this.#recallUnsaved();
    return stop;
  }

  /** Resolves when the relay has sent what it has of this register, or did not in time. */
  async heard(): Promise<void> {
    await this.#heard;
    await this.#loading;
    this.#heard = undefined;
  }

  /** The register as its journal makes it. */
  get state(): RegisterState {
    return this.#state as RegisterState;
  }

  /** The records of the latest session, oldest first. */
  get records(): readonly JournalRecord[] {
    return this.#records;
  }

  /** Why this register must not write: its chain does not hold. Undefined when all is well. */
  get fault(): JournalFault | undefined {
    return this.#fault;
  }

  /** The record that could not be saved anywhere; nothing else can be written before it. */
  get unsaved(): JournalRecord | undefined {
    return this.#unsaved;
  }

  /** Whether a record is being written now. */
  get writing(): boolean {
    return this.#writing !== undefined;
  }

  /** Whether a record takes so long to be written that a person should see it: mostly it is done before a sign could be read. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Where the last record became durable; undefined before the first of this page. */
  get lastSaved(): Saved | undefined {
    return this.#lastSaved;
  }

  /** The finished sale made from a basket, if there is one in this session. */
  saleOfBasket(basket: string): RecordOf<'sale'> | undefined {
    return this.#records.find(
      (record): record is RecordOf<'sale'> => record.kind === 'sale' && record.body.basket === basket,
    );
  }

  /**
   * Makes the next record from the register as it is, at the time it is given, and writes it durably. One at a time: a
   * second call meanwhile is `busy`. A clock that was moved gets a record of its own first (rule R7).
   */
  append<Kind extends JournalRecord>(
    make: (state: RegisterState, at: string) => Result<Kind, CommandRefusal>,
  ): Promise<Result<Kind, AppendRefusal>> {
    return this.#toldWhenSlow(() => this.#append(make));
  }

  async #append<Kind extends JournalRecord>(
    make: (state: RegisterState, at: string) => Result<Kind, CommandRefusal>,
  ): Promise<Result<Kind, AppendRefusal>> {
    if (this.#heard) await this.heard();
    if (this.#fault) return err({ code: 'journal-faulty' });
    if (this.#writing) return err({ code: 'busy' });
    if (this.#unsaved) return err({ code: 'record-unsaved' });
    const time = this.#time();
    const made = make(this.state, time.at);
    if (!made.ok) return made;
    if (time.expected === undefined) return this.#write(made.value);
    if (made.value.kind === 'opened') return this.#openWithClock(made.value, time.expected);
    const told = await this.#tellClock(time, made.value.by);
    if (!told.ok) return told;
    if (this.#writing) return err({ code: 'busy' });
    // The number the first attempt had is the clock record's now.
    const behind = make(this.state, time.at);
    return behind.ok ? this.#write(behind.value) : behind;
  }

  /** Only a session's first record may stand outside of one (rule R2), so a clock moved meanwhile is told right behind it. */
  async #openWithClock<Kind extends JournalRecord>(
    opened: Kind,
    expected: string,
  ): Promise<Result<Kind, AppendRefusal>> {
    const written = await this.#write(opened);
    if (!written.ok) return written;
    // The session is open whatever becomes of this; what could not be saved is shown and tried again.
    await this.#tellClock({ at: opened.at, expected }, opened.by);
    return written;
  }

  /** Writes down that the clock was moved. A refusal is never `not-saved`: the record the person wanted is not made yet. */
  async #tellClock({ at, expected = at }: RecordTime, by: string): Promise<Result<void, AppendRefusal>> {
    const moved = recordClock(this.state, expected, { at, by });
    if (!moved.ok) return moved;
    const written = await this.#write(moved.value);
    if (written.ok) return ok(undefined);
    return written.error.code === 'not-saved' ? err({ code: 'record-unsaved' }) : written;
  }

  #time(): RecordTime {
    return recordTime(this.#readClocks(), this.#clocks, this.#records.at(-1)?.at);
  }

  #readClocks(): ClockReading {
    return { wall: this.#surroundings.now().getTime(), steady: this.#surroundings.uptime() };
  }

  /** Tries the record again that could not be saved; the very same one. */
  async retry(): Promise<Result<JournalRecord, AppendRefusal>> {
    const record = this.#unsaved;
    if (!record || this.#writing) return err({ code: 'busy' });
    return this.#toldWhenSlow(() => this.#write(record));
  }

  /** A second one meanwhile is over at once, and takes nothing from the sign of the first. */
  async #toldWhenSlow<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#slowTimer !== undefined) return work();
    this.#slowTimer = setTimeout(() => (this.#isSlow = true), SLOW_MS);
    try {
      return await work();
    } finally {
      clearTimeout(this.#slowTimer);
      this.#slowTimer = undefined;
      this.#isSlow = false;
    }
  }

  /** Asks whether both copies hold everything written so far: after a start, and after one of them was away. */
  async confirmCopies(): Promise<void> {
    if (this.#writing || this.#unsaved || this.#fault) return;
    const last = this.#records.at(-1);
    if (!last) return;
    const saved = await this.#documents.writeDurably(
      this.#key(last.session),
      { [recordKey(last.seq)]: recordText(last) },
      RELAY_WAIT_MS,
    );
    if (!this.#writing && this.#records.at(-1) === last) this.#lastSaved = saved;
  }

  async #write<Kind extends JournalRecord>(sealed: Kind): Promise<Result<Kind, AppendRefusal>> {
    this.#writing = sealed;
    const signed = await this.#sign(sealed);
    if (!signed.ok) {
      this.#writing = undefined;
      return signed;
    }
    const record = signed.value;
    this.#writing = record;
    const text = recordText(record);
    this.#surroundings.writeNote(this.#noteKey(), text);
    const saved = await this.#save(record, text);
    this.#writing = undefined;
    this.#lastSaved = saved;
    if (saved.here === 'failed' && saved.relay !== 'saved') {
      this.#unsaved = record;
      return err({ code: 'not-saved' });
    }
    this.#settle(record, saved);
    return ok(record);
  }

  /** The record with this device's signature (rule J8). Without one nothing has happened yet: its number is still free. */
  async #sign<Kind extends JournalRecord>(record: Kind): Promise<Result<Kind, AppendRefusal>> {
    if (record.sig !== '') return ok(record);
    try {
      return ok({ ...record, sig: await this.#deviceKey.sign(record.hash) });
    } catch (cause) {
      globalThis.reportError(cause);
      return err({ code: 'not-signed' });
    }
  }

  async #save(record: JournalRecord, text: string): Promise<Saved> {
    const key = this.#key(record.session);
    try {
      if (record.kind === 'opened') await this.#documents.open(key);
      return await this.#documents.writeDurably(key, { [recordKey(record.seq)]: text }, RELAY_WAIT_MS);
    } catch (cause) {
      return { here: 'failed', relay: 'away', cause: String(cause) };
    }
  }

  #settle(record: JournalRecord, saved: Saved): void {
    this.#unsaved = undefined;
    // What only the relay has is not here after a restart: the note tells that its number is taken.
    if (saved.here !== 'failed') this.#surroundings.writeNote(this.#noteKey(), undefined);
    this.#clocks = this.#readClocks();
    this.#take(record);
    this.onWritten(record, saved);
  }

  /**
   * A page that was closed while nothing could be saved left its record as a note: it must be tried again, not made anew.
   * A note that is ahead of the journal waits, for the records before it may still come from the relay; and so does one of a
   * newer app, until that is back.
   */
  #recallUnsaved(): void {
    if (this.#fault || this.#unsaved || this.#writing) return;
    const note = this.#surroundings.readNote(this.#noteKey());
    if (note === undefined) return;
    const read = parseRecord(note);
    if (read.ok && addRecord(this.state, read.value).ok) this.#unsaved = read.value;
    else if (read.ok ? read.value.seq <= this.state.head.seq : read.error.code !== 'unknown-version') {
      this.#surroundings.writeNote(this.#noteKey(), undefined);
    }
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'changed' || !this.#isOwn(event.key)) return;
    const { session } = event.key;
    if (session < this.state.session) return;
    if (this.#takeAll(session, event.changes, event.remote)) this.#recallUnsaved();
    else {
      this.#loading = this.#load(session).then(
        () => this.#recallUnsaved(),
        (cause: unknown) => globalThis.reportError(cause),
      );
    }
  }

  /** Takes new records one behind the other; false when they do not simply continue what is known. */
  #takeAll(session: number, changes: readonly EntryChange[], remote: boolean): boolean {
    const sorted = [...changes].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { key, text } of sorted) {
      if (text === undefined) return false;
      const read = readRecord(session, key, text);
      if (!read.ok) return false;
      if (!this.#takeOne(read.value, remote)) return false;
    }
    return true;
  }

  #takeOne(record: JournalRecord, remote: boolean): boolean {
    if (this.#has(record) || record.hash === this.#writing?.hash) return true;
    if (record.hash !== this.#unsaved?.hash) return !isOvertaken(this.#pending, record) && this.#take(record);
    // What we could not confirm came back from the relay: it is durable there.
    if (remote) this.#settle(record, { here: 'failed', relay: 'saved' });
    return true;
  }

  #take(record: JournalRecord): boolean {
    if (this.#has(record)) return true;
    const next = addRecord(this.state, record);
    if (!next.ok) return false;
    this.#state = next.value;
    this.#records = record.kind === 'opened' ? [record] : [...this.#records, record];
    return true;
  }

  #has(record: JournalRecord): boolean {
    return this.#records.some((known) => known.hash === record.hash);
  }

  /** Folds a session from its document; true when it holds records, sound or not. */
  async #load(session: number): Promise<boolean> {
    const entries = await this.#documents.open(this.#key(session));
    const kept = this.#pending;
    const texts = Object.entries(entries).filter(([, text]) => !kept || text !== recordText(kept));
    if (texts.length === 0 || session < this.state.session) return false;
    const records = readRecords(session, Object.fromEntries(texts));
    if (!records.ok) {
      this.#fault = records.error;
      return true;
    }
    const resumed = resumeRegister(records.value);
    const counted = session === this.state.session ? this.#records : [];
    const known = { session, counted, pending: this.#pending };
    const fault = resumed.ok ? contradictionOf(records.value, known) : resumed.error;
    if (fault || !resumed.ok) {
      const detail = `session ${session} of ${this.#place.store}-${this.#place.register}`;
      this.#fault = { code: fault ?? 'wrong-session', session, detail };
      return true;
    }
    this.#state = resumed.value;
    this.#records = records.value;
    this.#fault = undefined;
    return true;
  }

  /** The record that is not done yet. */
  get #pending(): JournalRecord | undefined {
    return this.#unsaved ?? this.#writing;
  }

  #isOwn(key: DocumentKey): key is Extract<DocumentKey, { class: 'session' }> {
    return (
      key.class === 'session' && key.store === this.#place.store && key.register === this.#place.register
    );
  }

  #key(session: number): DocumentKey {
    return { class: 'session', store: this.#place.store, register: this.#place.register, session };
  }

  #noteKey(): string {
    return recordNote(this.#place.organization, this.#place);
  }
}
