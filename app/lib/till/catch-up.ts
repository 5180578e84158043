import { COUNTERSIGNED_HEAD, countersignedHeadSchema } from '#model/documents/acknowledgements.ts';
import { readEntry } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { parseRecord, recordKey } from '#model/journal/record.ts';
import type { Documents } from '../repo/documents.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AskRelay, RelayStatus } from './links.svelte.ts';
import { unheardHolders, type Holder } from './other-holders.ts';
import { recordNote } from './record-note.ts';

/** How long one look at the relay may take, in milliseconds. */
const LOOK_MS = 5000;

/** How long a till that just started waits for its relay before its first record, in milliseconds. */
const HEAR_MS = 8000;

/**
 * Whom a register waits for before it continues its journal: the relay of its machine, which does not answer or has not sent all it has;
 * head office, which the relay has not heard; or the other machines named, which may hold more.
 */
export type CatchUpWait =
  | { readonly name: 'awaits-relay' }
  | { readonly name: 'awaits-head-office' }
  | { readonly name: 'awaits-holders'; readonly holders: readonly Holder[] };

const RELAY: CatchUpWait = { name: 'awaits-relay' };
const HEAD_OFFICE: CatchUpWait = { name: 'awaits-head-office' };

/** What a register must know before it may continue its journal. */
export type CatchUpParts = {
  readonly documents: Pick<Documents, 'open' | 'caughtUp'>;
  readonly organization: string;
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  /** The device that will write. */
  readonly device: string;
  readonly surroundings: Pick<Surroundings, 'now' | 'uptime' | 'readNote' | 'writeNote'>;
  readonly askRelay: AskRelay;
  /** Called with each look after which the till has to wait. A till that waits says so, and for whom. */
  readonly onWaiting: (awaited: CatchUpWait) => void;
  /** Resolves a moment later: a relay that answers but has no link yet must not be asked without end. */
  readonly pause: () => Promise<void>;
};

/**
 * Waits until this register's latest session is here. A browser whose storage was cleared knows nothing of its sessions;
 * opening one before the relay has sent them would give receipt numbers a second time. A device that has caught up once
 * does not wait for a relay that does not answer: that never had more than this till wrote, unless a record was kept there alone. One that takes the register
 * over knows nothing of it, and its relay may be as new, so it waits until head office has told the relay, and every other machine of the
 * store that may hold more (rules E9 and R17); and so does a till that noted a record which nobody here holds (rule R18).
 */
export async function catchUp(parts: CatchUpParts): Promise<void> {
  const { surroundings, device } = parts;
  const note = `caught-up:${device}`;
  if (surroundings.readNote(note) === undefined) await hearFromHeadOffice(parts, 'taken-over');
  else await hearFromRelay(parts);
  surroundings.writeNote(note, 'yes');
}

/**
 * Resolves when the latest session of the register is here as far as the relay has it, or when the relay did not say so in time. A
 * browser that was killed between its two copies of a record may have it at the relay alone: whoever writes before that came back
 * gives its number a second time. A till that sells without its relay does not wait longer than this.
 */
export async function hearRelay(parts: Omit<CatchUpParts, 'onWaiting' | 'device'>): Promise<void> {
  const { surroundings, askRelay, pause } = parts;
  const end = surroundings.uptime() + HEAR_MS;
  while (surroundings.uptime() < end) {
    const status = await askRelay();
    if (status !== undefined && (await hasLatest(parts, status, 'all'))) return;
    await pause();
  }
}

async function hearFromRelay(parts: CatchUpParts): Promise<void> {
  for (;;) {
    const status = await parts.askRelay();
    const noted = await holdsNoted(parts);
    if (noted === 'here' ? await hasLatest(parts, status, 'some') : await hasNoted(parts, status)) {
      if (noted === 'here' || (await holdsNoted(parts)) !== 'missing') return;
      // The relay has all it has, and not what it confirmed: it lost its disk, and only others may still hold that (rule R18).
      return hearFromHeadOffice(parts, 'own');
    }
    parts.onWaiting(RELAY);
    await parts.pause();
  }
}

/**
 * Takes what head office has through the relay. What the relay holds must stand still over two looks while it is linked
 * with head office, and reach as far as head office countersigned (rule J16); and no machine of the store may be left that did not say
 * that this is all.
 */
async function hearFromHeadOffice(parts: CatchUpParts, whose: 'own' | 'taken-over'): Promise<void> {
  let before: string | undefined;
  const { store, register } = parts.place;
  for (;;) {
    const status = await parts.askRelay(registerName(store, register));
    const seen = isLinkedWithHeadOffice(status)
      ? JSON.stringify([status.documents, status.sessions])
      : undefined;
    if (seen === undefined) parts.onWaiting(status ? HEAD_OFFICE : RELAY);
    else if (seen === before) {
      const awaited = await stillAwaited(parts, status, whose);
      if (!awaited) return;
      parts.onWaiting(awaited);
    }
    before = seen;
    await parts.pause();
  }
}

/** Whom a register waits for although its relay is linked with head office and stands still; undefined when all is here. */
async function stillAwaited(
  parts: CatchUpParts,
  status: RelayStatus | undefined,
  whose: 'own' | 'taken-over',
): Promise<CatchUpWait | undefined> {
  if (!(await hasLatest(parts, status, 'all'))) return RELAY;
  if (!(await reachesCountersigned(parts))) return HEAD_OFFICE;
  const holders = await unheardIn(parts, status, whose);
  return holders.length > 0 ? { name: 'awaits-holders', holders } : undefined;
}

function isLinkedWithHeadOffice(status: RelayStatus | undefined): status is RelayStatus {
  if (status === undefined || status.peers.some(({ role, heard }) => role === 'hq' && heard === false))
    return false;
  return (
    status.targets.some(({ kind, state }) => kind === 'hq' && state === 'connected') ||
    status.peers.some(({ role }) => role === 'hq')
  );
}

/** Who may hold more than the relay of this machine, as head office lists it. */
async function unheardIn(
  { documents, place, device, surroundings }: CatchUpParts,
  status: RelayStatus | undefined,
  whose: 'own' | 'taken-over',
): Promise<readonly Holder[]> {
  if (status === undefined) return [];
  const listed: DocumentKey = { class: 'organization' };
  // A list of before would not name a machine that was listed since.
  await documents.caughtUp(listed, LOOK_MS);
  const organization = await documents.open(listed);
  const takenOver = { ...place, ...(whose === 'own' ? {} : { device }) };
  return unheardHolders(organization, takenOver, status, surroundings.now().toISOString());
}

async function hasLatest(
  { documents, place }: Pick<CatchUpParts, 'documents' | 'place'>,
  status: RelayStatus | undefined,
  enough: 'some' | 'all',
): Promise<boolean> {
  const session = status?.sessions?.[registerName(place.store, place.register)] ?? 0;
  if (session === 0) return true;
  const key: DocumentKey = { class: 'session', store: place.store, register: place.register, session };
  const entries = await documents.open(key);
  if (enough === 'some' && Object.keys(entries).length > 0) return true;
  return (await documents.caughtUp(key, LOOK_MS)) === 'caught-up';
}

/**
 * Whether the record of the note is among the documents here, or the one before it, behind which it is tried again. Of one that a
 * newer app wrote nobody here can say: the relay may have its only copy, and its number must not be given again.
 */
async function holdsNoted({
  documents,
  organization,
  place,
  surroundings,
}: CatchUpParts): Promise<'here' | 'missing' | 'unknown'> {
  const note = surroundings.readNote(recordNote(organization, place));
  if (note === undefined) return 'here';
  const read = parseRecord(note);
  if (!read.ok) return read.error.code === 'unknown-version' ? 'unknown' : 'here';
  const { session, seq } = read.value;
  if (seq === 1) return 'here';
  for (const number of [session, session - 1].filter((one) => one > 0)) {
    const entries = await documents.open({ class: 'session', ...place, session: number });
    if (entries[recordKey(seq)] !== undefined || entries[recordKey(seq - 1)] !== undefined) return 'here';
  }
  return 'missing';
}

/** The relay kept what this browser could not: it must answer, and its latest session be here as a whole. */
async function hasNoted(parts: CatchUpParts, status: RelayStatus | undefined): Promise<boolean> {
  return status !== undefined && (await hasLatest(parts, status, 'all'));
}

/** Whether the records head office has countersigned are here. */
async function reachesCountersigned({ documents, place }: CatchUpParts): Promise<boolean> {
  const { store, register } = place;
  const key: DocumentKey = { class: 'acknowledgements', store, register };
  await documents.open(key);
  if ((await documents.caughtUp(key, LOOK_MS)) !== 'caught-up') return false;
  const text = (await documents.open(key))[COUNTERSIGNED_HEAD];
  if (text === undefined) return true;
  const head = readEntry(countersignedHeadSchema, COUNTERSIGNED_HEAD, text);
  // A word of head office that cannot be read promises nothing; the journal itself is checked record by record.
  if (!head.ok) return true;
  const { session, seq } = head.value;
  const entries = await documents.open({ class: 'session', store, register, session });
  return entries[recordKey(seq)] !== undefined;
}
