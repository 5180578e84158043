import { documentId, parseDocumentId, type DocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import { CLOSE_CODES, decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import type { Act, Actor } from '#model/register/actor.ts';
import { recordTime, type ClockReading } from '#model/register/clock.ts';
import { recordClock } from '#model/register/commands.ts';
import {
  addRecord,
  newRegister,
  resumeRegister,
  type RegisterState,
} from '#model/register/register-state.ts';
import { assert, type Result } from '#model/result.ts';
import type { Basket } from '#model/sale/basket.ts';
import { challengeText } from '#model/trust/challenge.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { recordNote } from '../../app/lib/till/record-note.ts';
import { contradictionOf } from '../../app/lib/till/session-records.ts';
import { caughtUp, notePath } from './caught-up.ts';
import { ifRefused } from './disk.ts';
import { drawHex } from './keys.ts';
import { book } from './ledgers.ts';
import type { End } from './network.ts';
import { PageDocuments } from './page-documents.ts';
import { NEWER, readNewerRecord, readRecord, salesIn, type ReadRecord } from './reading.ts';
import type { TillHost } from './till-host.ts';

const RELAY_WAIT_MS = 2_000;
const DIAL_AGAIN_MS = 700;
/** How long a page that was shut out waits before it asks again, as the app does. */
const SHUT_OUT_MS = 15_000;
/** Where a page keeps that its device was shut out. */
const EXCLUDED = notePath('excluded');

/** How a till stands: it waits for its register's journal, sells, found its journal broken, or may not sell any more. */
export type Standing = 'waiting' | 'ready' | 'faulty' | 'excluded';

/**
 * One life of a till's page, from start to crash. It does what the app does around a record (catching up, signing,
 * clock records, both copies before anything is printed, the note that survives a crash) with the model's commands.
 */
export class TillRun {
  readonly documents: PageDocuments;
  standing: Standing = 'waiting';
  state: RegisterState;
  records: readonly JournalRecord[] = [];
  readonly #host: TillHost;
  readonly #peerId: string;
  #clocks: ClockReading;
  #unsaved: JournalRecord | undefined;
  #writing = false;
  #end: End | undefined;
  readonly #waiters = new Set<() => void>();
  readonly #read: ReadRecord;
  /** Where the record that is being written is noted, as the app notes it. */
  readonly #recordNote: string;
  /** The basket on the screen; gone after a crash, as one that was never kept. */
  basket: Basket | undefined;

  constructor(host: TillHost) {
    this.#host = host;
    this.#read = host.version === NEWER ? readNewerRecord : readRecord;
    this.#recordNote = notePath(recordNote(ORGANIZATION, host));
    this.documents = new PageDocuments(host.disk);
    this.documents.onChanged = (id) => this.#changed(id);
    this.#peerId = `${host.key.id}:${drawHex(host.machine.world, 4)}`;
    this.state = newRegister(ORGANIZATION, host.store, host.register);
    this.#clocks = this.#readClocks();
    if (this.#note(EXCLUDED) === host.key.id) this.standing = 'excluded';
    for (const session of this.#sessions().sort((a, b) => b - a)) if (this.#load(session)) break;
    this.#recall();
    this.#dial();
    this.#catchUp().catch((cause: unknown) =>
      host.ledger.broken.push(`${host.machine.name} could not catch up: ${String(cause)}`),
    );
  }

  get store(): StoreId {
    return this.#host.store;
  }

  /** The record no copy of which could be saved; nothing else is written before it. */
  get unsaved(): JournalRecord | undefined {
    return this.#unsaved;
  }

  /** Makes the next record and writes it durably, in the name of `who`; a record that waits is tried again instead. */
  async append(
    make: (state: RegisterState, act: Act) => Result<JournalRecord, unknown>,
    who: { readonly actor: Actor; readonly approval?: Actor | undefined },
  ): Promise<JournalRecord | undefined> {
    if (this.standing === 'waiting' || this.standing === 'excluded' || this.#writing) return undefined;
    if (this.#unsaved !== undefined) return this.#write(this.#unsaved);
    if (this.standing === 'faulty') return undefined;
    const last = this.records.at(-1)?.at;
    const { at, expected } = recordTime(this.#readClocks(), this.#clocks, last);
    const made = make(this.state, { at, ...who });
    if (!made.ok) {
      this.#host.ledger.count(`refused: ${codeOf(made.error)}`);
      return undefined;
    }
    if (expected === undefined || made.value.kind === 'opened') return this.#write(made.value);
    const told = recordClock(this.state, expected, { at, by: who.actor.person });
    assert(told.ok, () => 'the clock is told while a session is open');
    return this.#write(told.value);
  }

  async #write(sealed: JournalRecord): Promise<JournalRecord | undefined> {
    const { disk, ledger, machine } = this.#host;
    this.#writing = true;
    const record = this.#sign(sealed);
    const text = recordText(record);
    disk.note(this.#recordNote, text);
    const id = this.#sessionId(record.session);
    const there = this.documents.texts(id, recordKey(record.seq));
    this.documents.set(id, recordKey(record.seq), text);
    const kept = this.documents.texts(id, recordKey(record.seq));
    if (!there.every((one) => kept.includes(one)))
      ledger.broken.push(`${machine.name} writes record ${record.seq} over one that it holds`);
    const here = this.documents.save(id).then(() => true, ifRefused(false));
    const relay = this.#confirmed(id);
    const [isHere, isThere] = [await here, await relay];
    this.#writing = false;
    if (!isHere && !isThere) {
      this.#unsaved = record;
      ledger.count('not saved');
      return undefined;
    }
    if (!isHere || !isThere) ledger.count(isHere ? 'saved here only' : 'saved at the relay only');
    this.#unsaved = undefined;
    if (isHere) disk.note(this.#recordNote, undefined);
    this.#clocks = this.#readClocks();
    this.#take(record);
    book(this.documents, [record]);
    // One id never prints twice (rule P2): a record that was recalled may have been printed before.
    if (!ledger.printed.some((printed) => printed.text === text))
      ledger.printed.push({ till: machine.name, register: this.#host.name, record, text });
    ledger.count(record.kind === 'sale' ? record.body.type : record.kind);
    return record;
  }

  /** A newer app writes its own version, whose hash is another one. */
  #sign(sealed: JournalRecord): JournalRecord {
    if (sealed.sig !== '') return sealed;
    const { key, ledger, line, version } = this.#host;
    const newer = { ...sealed, v: NEWER } as unknown as JournalRecord;
    const record = version === NEWER ? { ...newer, hash: hashRecord(newer) } : sealed;
    const signed = { ...record, sig: key.sign(record.hash) };
    ledger.made(signed, recordText(signed), { device: key.id, line });
    return signed;
  }

  #confirmed(id: DocumentId): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (outcome: boolean) => {
        cancel();
        this.#waiters.delete(check);
        resolve(outcome);
      };
      const check = () => {
        if (this.documents.isConfirmed(id)) finish(true);
        else if (!this.documents.isLinked) finish(false);
      };
      const cancel = this.#host.machine.later(RELAY_WAIT_MS, () => finish(false));
      this.#waiters.add(check);
      check();
    });
  }

  #take(record: JournalRecord): void {
    if (this.records.some(({ hash }) => hash === record.hash)) return;
    const next = addRecord(this.state, record);
    if (!next.ok) {
      this.#load(record.session);
      return;
    }
    this.state = next.value;
    this.records = record.kind === 'opened' ? [record] : [...this.records, record];
  }

  /** Something came from the relay. */
  #changed(id: DocumentId): void {
    const address = parseDocumentId(id);
    if (!address.ok || !this.#isOwn(address.value.key) || address.value.key.session < this.state.session)
      return;
    this.#load(address.value.key.session);
    this.#recall();
  }

  /** Folds a session from its document; true when it holds records, sound or not. */
  #load(session: number): boolean {
    const entries = this.documents.doc(this.#sessionId(session)).entries;
    const pending = this.#unsaved ?? this.#noted();
    const found: JournalRecord[] = [];
    for (const key of Object.keys(entries).sort()) {
      const read = this.#read(String(entries[key]));
      if (read === undefined) return this.#fail();
      // What is being written is in the document, but not done.
      if (read.hash !== pending?.hash) found.push(read);
    }
    if (found.length === 0) return false;
    const counted = session === this.state.session ? this.records : [];
    const contradiction = contradictionOf(found, { session, counted, pending });
    const resumed = resumeRegister(found);
    if (contradiction !== undefined || !resumed.ok) return this.#fail();
    this.state = resumed.value;
    this.records = found;
    return true;
  }

  /** The record that is being written, as it is noted. */
  #noted(): JournalRecord | undefined {
    const note = this.#writing ? this.#note(this.#recordNote) : undefined;
    return note === undefined ? undefined : this.#read(note);
  }

  #fail(): true {
    if (this.standing !== 'excluded') this.standing = 'faulty';
    return true;
  }

  #recall(): void {
    if (this.standing === 'faulty' || this.#unsaved !== undefined || this.#writing) return;
    const note = this.#note(this.#recordNote);
    if (note === undefined) return;
    const read = this.#read(note);
    if (read !== undefined && addRecord(this.state, read).ok) this.#unsaved = read;
    else if (read !== undefined && read.seq <= this.state.head.seq)
      this.#host.disk.note(this.#recordNote, undefined);
  }

  /** Waits until this register may give its next number. */
  async #catchUp(): Promise<void> {
    await caughtUp(this.#host, this.documents);
    if (this.standing !== 'waiting') return;
    this.standing = 'ready';
    book(this.documents, this.records);
  }

  #dial(): void {
    const { machine, home, network } = this.#host;
    const again = () =>
      machine.later(this.standing === 'excluded' ? SHUT_OUT_MS : DIAL_AGAIN_MS, () => this.#dial());
    const wire = network.dial(machine, home.machine);
    if (wire === undefined || !home.accept(wire.far)) {
      wire?.near.reset();
      again();
      return;
    }
    const { near } = wire;
    near.onMessage = (bytes) => this.#receive(near, bytes);
    near.onClose = (code) => {
      if (this.#end === near) this.#hangUp();
      if (code === CLOSE_CODES.revoked || code === CLOSE_CODES.expired) this.#exclude();
      again();
    };
    const { id } = this.#host.key;
    const device = { id, role: 'terminal' as const, store: this.#host.store, register: this.#host.register };
    const peerMetadata = { isEphemeral: true, device };
    this.#post(near, {
      type: 'join',
      senderId: this.#peerId,
      peerMetadata,
      supportedProtocolVersions: ['1'],
    });
  }

  #hangUp(): void {
    this.#end = undefined;
    this.documents.linkDown();
    for (const check of this.#waiters) check();
  }

  #exclude(): void {
    this.standing = 'excluded';
    this.#host.disk.note(EXCLUDED, this.#host.key.id);
  }

  #receive(end: End, bytes: Uint8Array): void {
    const read = decodeFrame(bytes);
    assert(read.ok, () => `the relay sent a bad frame: ${JSON.stringify(read)}`);
    const frame = read.value;
    const { key } = this.#host;
    if (frame.type === 'tillmesh-challenge') {
      const { nonce, device: verifier } = frame;
      const text = challengeText({ nonce, verifier, prover: key.id, peerId: this.#peerId });
      this.#post(end, { type: 'tillmesh-proof', senderId: this.#peerId, signature: key.sign(text) });
    } else if (frame.type === 'peer') {
      this.#end = end;
      const targetId = frame.senderId;
      this.documents.linkUp((documentIdText, data) =>
        this.#post(end, { type: 'sync', senderId: this.#peerId, targetId, documentId: documentIdText, data }),
      );
    } else if (frame.type === 'sync') {
      this.documents.receive(frame.documentId as DocumentId, frame.data);
      for (const check of this.#waiters) check();
    } else if (frame.type === 'tillmesh-refused') {
      this.#host.ledger.count('changes refused');
      this.documents.putAside(frame.documentId as DocumentId);
    }
  }

  #post(end: End, frame: Frame): void {
    end.send(encodeFrame(frame), () => undefined);
  }

  /** Every finished sale this till knows of and nobody doubts, its own and the others'. */
  sales(): readonly RecordOf<'sale'>[] {
    const doubted = new Set(this.#host.home.quarantine.map(({ register, seq }) => `${register} ${seq}`));
    return this.documents.ids.flatMap((id) => {
      const address = parseDocumentId(id);
      if (!address.ok || address.value.key.class !== 'session') return [];
      return salesIn(this.documents.doc(id), this.#read).filter(
        ({ store, register, seq }) => !doubted.has(`${store}-${register} ${seq}`),
      );
    });
  }

  #sessions(): number[] {
    return this.documents.ids.flatMap((id) => {
      const address = parseDocumentId(id);
      return address.ok && this.#isOwn(address.value.key) ? [address.value.key.session] : [];
    });
  }

  #isOwn(key: DocumentKey): key is Extract<DocumentKey, { class: 'session' }> {
    return key.class === 'session' && key.store === this.#host.store && key.register === this.#host.register;
  }

  #sessionId(session: number): DocumentId {
    const { store, register } = this.#host;
    return documentId({ organization: ORGANIZATION, key: { class: 'session', store, register, session } });
  }

  #note(name: string): string | undefined {
    return this.#host.disk.files.get(name)?.toString();
  }

  #readClocks(): ClockReading {
    const { wall, steady } = this.#host.machine;
    return { wall, steady };
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}
