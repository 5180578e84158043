import type * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import {
  COUNTERSIGNED_HEAD,
  countersignText,
  countersignedHeadSchema,
  type CountersignedHead,
} from '#model/documents/acknowledgements.ts';
import { readEntry } from '#model/documents/entries.ts';
import {
  documentId,
  parseDocumentId,
  type DocumentAddress,
  type DocumentId,
} from '#model/ids/document-id.ts';
import { registerName } from '#model/ids/register-id.ts';
import { isRecordKey, recordKey } from '#model/journal/record.ts';
import type { Device } from '#model/trust/device.ts';
import {
  UNCHECKED,
  checkEntries,
  type SessionAddress,
  type SessionVerdict,
  type SignatureJudge,
  type VerifySignature,
} from './journal-check.ts';
import { entriesSince, valuesUnder, type EntriesSince, type EntryValue } from './journal-entries.ts';
import type { KeptSeal } from './seal.ts';
import { RegisterJournal, type PlacedFault } from './register-journal.ts';
import { SignatureJudges, type Outdated } from './signature-judges.ts';

/** How long changes gather before they are looked at, in milliseconds: a burst of sales is one look. */
const GATHER_MS = 50;

/** So many times they gather while more come, before they are looked at all the same: what tills wait for goes first. */
const MOST_GATHERS = 10;

/**
 * Records checked in one go, two or three milliseconds, so that a long journal does not keep the tills waiting for their replies: when
 * all stores come back at once a day of theirs is checked between the messages about the next.
 */
const SLICE = 10;

/**
 * How long each of these waits while relays that came back wait to be answered, in milliseconds: nobody waits for what a check finds, but
 * it goes on all the same where somebody always comes back.
 */
const BUSY_MS = 1000;

/** Faults `/status` lists; it counts all of them. */
export const LISTED_FAULTS = 100;

/** What the watch needs of the relay it works in. */
export type WatchParts = {
  /** Looks at a document as it is on this relay's disk; undefined when it is not here or cannot be read. */
  readonly look: <Seen>(id: DocumentId, reader: (doc: A.Doc<unknown>) => Seen) => Promise<Seen | undefined>;
  readonly verify: VerifySignature;
  /** Calls back later, unless the relay has stopped by then. */
  readonly later: (milliseconds: number, callback: () => void) => void;
  /** Whether somebody waits for what the relay does besides. */
  readonly isBusy?: () => boolean;
  readonly log: Logger;
  /** A register's journal was looked at again, by the devices of the organization. */
  readonly onChecked?: (journal: RegisterJournal, organization: string) => void;
  /** What is known of a register's journal, or of head office's word for it, has changed, by the devices of the organization. */
  readonly onSettled?: (journal: RegisterJournal, organization: string) => void;
};

/** What did not verify, for `/status`. */
export type Quarantine = {
  readonly quarantined: number;
  readonly quarantine: readonly (PlacedFault & { readonly register: string })[];
};

/**
 * Verifies the journals a relay holds (rules J6 to J8, J16, E10) and lists what fails. It drops and changes nothing: a
 * record that is wrong is evidence. A new record costs one look at it; a session is read again as a whole only when
 * something old in it changed, or the terminals that may have signed it.
 */
export class JournalWatch {
  readonly #parts: WatchParts;
  readonly #journals = new Map<string, RegisterJournal>();
  readonly #dirty = new Set<DocumentId>();
  #devices: ReadonlyMap<string, Device> | undefined;
  readonly #judges: SignatureJudges;
  #running: Promise<void> | undefined;
  #waiting = false;
  /** How many there were, to see whether more come. */
  #changes = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#judges = new SignatureJudges(parts.verify);
  }

  /** A document appeared or changed; anything but journals and what head office acknowledges is passed over. */
  changed(id: DocumentId, { key }: DocumentAddress): void {
    if (key.class !== 'session' && key.class !== 'acknowledgements') return;
    this.#dirty.add(id);
    this.#changes += 1;
    this.#lookLater();
  }

  /** Takes note of a session that was archived; it is read again only when something in it changes. */
  sealed({ organization, store, register, session }: Omit<SessionAddress, 'class'>, seal: KeptSeal): void {
    this.#journal({ organization, store, register }).seal(session, seal);
  }

  /** Whether a session is archived. */
  isSealed({ organization, store, register, session }: Omit<SessionAddress, 'class'>): boolean {
    return this.#journals.get(nameOf({ organization, store, register }))?.isSealed(session) ?? false;
  }

  /** Takes the devices of the organization; undefined while its document is not here, when nobody can say who signed. */
  setDevices(devices: ReadonlyMap<string, Device> | undefined): void {
    this.#devices = devices;
    this.#judgeAgain(this.#judges.update(devices?.values()));
    // Head office's own devices may be new, and with them its word on every journal.
    for (const [name, journal] of this.#journals) this.#dirty.add(acknowledgementsOf(name, journal));
    this.#lookLater();
  }

  /** What did not verify. */
  status(): Quarantine {
    const quarantine: (PlacedFault & { register: string })[] = [];
    let quarantined = 0;
    for (const journal of this.#journals.values()) {
      quarantined += journal.faultCount;
      const register = registerName(journal.store, journal.register);
      for (const fault of journal.faults()) {
        if (quarantine.length >= LISTED_FAULTS) break;
        quarantine.push({ register, ...fault });
      }
    }
    return { quarantined, quarantine };
  }

  /** Resolves when everything that changed so far was looked at. */
  async settled(): Promise<void> {
    while (this.#running !== undefined || this.#dirty.size > 0) {
      this.#run();
      await this.#running;
    }
  }

  #lookLater(): void {
    if (this.#waiting || this.#dirty.size === 0) return;
    this.#waiting = true;
    this.#gather(1);
  }

  #gather(times: number): void {
    const changes = this.#changes;
    this.#parts.later(GATHER_MS, () => {
      if (changes !== this.#changes && times < MOST_GATHERS) return this.#gather(times + 1);
      this.#waiting = false;
      this.#run();
    });
  }

  #run(): void {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      this.#lookLater();
    });
  }

  async #work(): Promise<void> {
    const ids = [...this.#dirty];
    this.#dirty.clear();
    for (const id of ids) {
      const address = parseDocumentId(id);
      if (!address.ok) continue;
      const { organization, key } = address.value;
      try {
        if (key.class === 'session') await this.#checkSession(id, { ...key, organization });
        else if (key.class === 'acknowledgements') {
          const journal = this.#journal({ organization, ...key });
          await this.#readHead(id, journal);
          if (this.#devices !== undefined) this.#parts.onSettled?.(journal, organization);
        }
      } catch (cause) {
        // One document that defeats the checker must not hide what is wrong with the others.
        this.#parts.log.error({ err: cause, document: id }, 'a journal could not be checked');
      }
    }
  }

  async #checkSession(id: DocumentId, address: SessionAddress): Promise<void> {
    const journal = this.#journal(address);
    const known = journal.session(address.session);
    const found = await this.#parts.look(id, (doc) => entriesSince(doc, known?.seen ?? []));
    if (found === undefined) return;
    const before = known?.verdict ?? UNCHECKED;
    const isBehind = !found.whole && found.entries.every(([key]) => isRecordKey(key) && key > before.lastKey);
    const all = isBehind || found.whole ? found : await this.#parts.look(id, (doc) => entriesSince(doc, []));
    if (all === undefined) return;
    const judge = this.#judges.of(registerName(address.store, address.register));
    const verdict = await this.#check(address, isBehind ? before : UNCHECKED, all.entries, judge);
    this.#lookBeside(journal, address);
    const isCurrent = judge === this.#judges.of(registerName(address.store, address.register));
    journal.judged(address.session, verdict, isCurrent ? all.heads : []);
    if (verdict.faultCount > (isBehind ? before.faultCount : 0))
      // Not `document`: the disk is well, what somebody wrote is not, and an export shows that as it is.
      this.#parts.log.warn(
        { journal: id, faults: verdict.faultCount, last: verdict.faults.at(-1) },
        'journal fault',
      );
    // What head office said before is known before it says more.
    if (journal.countersigned === undefined)
      await this.#readHead(acknowledgementsOf(nameOf(address), journal), journal);
    await this.#compare(journal, address, all);
    if (this.#devices === undefined) return;
    this.#parts.onChecked?.(journal, address.organization);
    this.#parts.onSettled?.(journal, address.organization);
  }

  /** Checks entries in slices, with everything else of the relay in between. */
  async #check(
    address: SessionAddress,
    before: SessionVerdict,
    entries: EntriesSince['entries'],
    judge: SignatureJudge,
  ): Promise<SessionVerdict> {
    let verdict = before;
    for (let at = 0; at < entries.length; at += SLICE) {
      if (at > 0) await this.#pause();
      verdict = checkEntries(address, verdict, entries.slice(at, at + SLICE), judge);
    }
    return verdict;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#parts.isBusy?.() === true) this.#parts.later(BUSY_MS, resolve);
      else setImmediate(resolve);
    });
  }

  /**
   * An archived session is not what it was: what was joined to it is looked at again. So is an archived one behind any session, for of
   * that nothing is known but that it is there.
   */
  #lookBeside(journal: RegisterJournal, { organization, store, register, session }: SessionAddress): void {
    for (const beside of journal.isSealed(session) ? [session - 1, session + 1] : [session + 1]) {
      if (!journal.isSealed(beside)) continue;
      this.#dirty.add(
        documentId({ organization, key: { class: 'session', store, register, session: beside } }),
      );
    }
  }

  /** Looks again where head office's head points, when that may have changed. */
  async #compare(
    journal: RegisterJournal,
    address: SessionAddress,
    { entries, whole }: EntriesSince,
  ): Promise<void> {
    const head = journal.countersigned;
    if (head === undefined || head.session !== address.session) return;
    const key = recordKey(head.seq);
    if (whole || entries.some(([changed]) => changed === key)) await this.#compareWith(journal, head);
  }

  async #compareWith(journal: RegisterJournal, head: CountersignedHead): Promise<void> {
    const { org: organization, store, register, session, seq } = head;
    const end = journal.sealedEnd(session);
    if (end?.seq === seq && end.hash === head.hash) return journal.compare(head, [head.hash]);
    // Head office's word is mostly for the record that was checked last; to read its session again costs more than the check.
    const last = journal.session(session)?.verdict.heads ?? [];
    if (last.some((one) => one.seq === seq && one.hash === head.hash))
      return journal.compare(head, [head.hash]);
    const id = documentId({ organization, key: { class: 'session', store, register, session } });
    const values = await this.#parts.look(id, (doc) => valuesUnder(doc, recordKey(seq)));
    journal.compare(head, (values ?? []).map(hashOf));
  }

  async #readHead(id: DocumentId, journal: RegisterJournal): Promise<void> {
    const values = (await this.#parts.look(id, (doc) => valuesUnder(doc, COUNTERSIGNED_HEAD))) ?? [];
    const heads = values.map((value) => this.#trusted(value, journal)).filter((head) => head !== undefined);
    const latest = heads.sort((a, b) => b.seq - a.seq)[0];
    if (latest !== undefined) await this.#compareWith(journal, latest);
  }

  /** A head that head office signed and that speaks of this register. */
  #trusted(value: EntryValue, { store, register }: RegisterJournal): CountersignedHead | undefined {
    const read =
      typeof value === 'string' ? readEntry(countersignedHeadSchema, COUNTERSIGNED_HEAD, value) : undefined;
    if (!read?.ok) return undefined;
    const head = read.value;
    const signer = this.#devices?.get(head.device);
    const isOurs = head.store === store && head.register === register && signer?.role === 'hq';
    if (isOurs && this.#parts.verify(signer.key, countersignText(head), head.sig)) return head;
    // While the devices are unknown nothing can be said; it is read again when they come.
    if (this.#devices !== undefined)
      this.#parts.log.warn({ head }, 'a countersigned head is not from head office; it is not used');
    return undefined;
  }

  #journal({ organization, store, register }: Omit<SessionAddress, 'class' | 'session'>): RegisterJournal {
    const name = nameOf({ organization, store, register });
    const journal = this.#journals.get(name) ?? new RegisterJournal(store, register);
    this.#journals.set(name, journal);
    return journal;
  }

  #judgeAgain(isOutdated: Outdated): void {
    for (const [name, journal] of this.#journals) {
      const { store, register } = journal;
      for (const session of journal.sessions) {
        const known = journal.session(session);
        if (!known || !isOutdated(registerName(store, register), known.verdict)) continue;
        // Nothing is seen any more: the next look reads the whole session.
        journal.judged(session, known.verdict, []);
        const key = { class: 'session' as const, store, register, session };
        this.#dirty.add(documentId({ organization: organizationOf(name), key }));
      }
    }
  }
}

function nameOf({ organization, store, register }: Omit<SessionAddress, 'class' | 'session'>): string {
  return `${organization}/${registerName(store, register)}`;
}

function organizationOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

function acknowledgementsOf(name: string, { store, register }: RegisterJournal): DocumentId {
  return documentId({
    organization: organizationOf(name),
    key: { class: 'acknowledgements', store, register },
  });
}

function hashOf(value: EntryValue): string {
  try {
    const record: unknown = JSON.parse(typeof value === 'string' ? value : '');
    return typeof record === 'object' && record !== null && 'hash' in record ? String(record.hash) : '';
  } catch {
    return '';
  }
}
