import { expect, describe, test } from 'vitest';
import { resolveInOffice } from '#model/audit/resolve-exception.ts';
import { readExceptionsEntry } from '#model/documents/exceptions.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { ok, err } from '#model/result.ts';
import { pinVerifier, type Person } from '#model/staff/pin.ts';
import { editRole } from '#model/staff/role-commands.ts';
import { setActive, setPin } from '#model/staff/staff-commands.ts';
import { BackOffice } from '../../../app/lib/office/back-office.svelte.ts';
import { EditDesk } from '../../../app/lib/office/edit-desk.svelte.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { person, S01 } from '../../model/support/office.ts';
import { HeldSurroundings } from '../till/till-fixture.ts';

const STAFF = { class: 'staff' } as const;
const ORGANIZATION = { class: 'organization' } as const;
const json = (value: unknown) => canonicalJson(value as CanonicalValue);
const withPin = (who: Person, pin: string): Person => ({
  ...who,
  pin: pinVerifier(pin, `${who.id}-salt-0123456789`),
});
const MIA = withPin(person('mia', 'manager'), '9876');
const ANA = withPin(person('ana', 'cashier'), '2580');
const MAX = withPin(person('max', 'manager', { stores: [S01] }), '2468');

/** A started office over documents that hold these people. */
async function startOffice(people: readonly Person[] = [MIA, ANA, MAX]) {
  const documents = new MemoryDocuments();
  const surroundings = new HeldSurroundings();
  await documents.write(STAFF, Object.fromEntries(people.map((who) => [`person:${who.id}`, json(who)])));
  const office = await openOffice(documents, surroundings);
  return { documents, surroundings, office };
}

async function openOffice(documents: MemoryDocuments, surroundings: HeldSurroundings) {
  let drawn = 0;
  const office = new BackOffice({
    open: async () => ok(documents),
    checkPin: async (pin, verifier) => pinVerifier(pin, verifier.salt).hash === verifier.hash,
    surroundings,
    random: (bytes) => new Uint8Array(bytes).fill(++drawn),
  });
  await office.start();
  return office;
}

async function auditOf(documents: MemoryDocuments, key: typeof STAFF | typeof ORGANIZATION) {
  const entries = await documents.open(key);
  return Object.entries(entries)
    .filter(([name]) => name.startsWith('audit:'))
    .map(([, text]) => JSON.parse(text) as { by: string; what: string; subject: string });
}

describe('who works in the office', () => {
  test('[S11] may be everybody who works in all stores, and what they may follows their own role', async () => {
    const { office } = await startOffice();
    expect(office.signIn.people.map(({ id }) => id)).toEqual(['ana', 'mia']);
    expect(office.signIn.may('staff.edit')).toBe(false);
    expect(await office.signIn.signIn(ANA, '2580')).toEqual(ok(true));
    expect(office.signIn.may('staff.edit')).toBe(false);
    expect(await office.signIn.signIn(MIA, '9876')).toEqual(ok(true));
    expect(office.signIn.may('staff.edit')).toBe(true);
  });

  test('[S2] is locked out after three wrong PINs, also after a reload', async () => {
    const { office, documents, surroundings } = await startOffice();
    for (const wrong of ['0000', '1111', '2222']) await office.signIn.signIn(MIA, wrong);
    expect(await office.signIn.signIn(MIA, '9876')).toMatchObject({ ok: false, error: { code: 'locked' } });
    const again = await openOffice(documents, surroundings);
    expect(await again.signIn.signIn(MIA, '9876')).toMatchObject({ ok: false, error: { code: 'locked' } });
    surroundings.pass(5_000);
    expect(await again.signIn.signIn(MIA, '9876')).toEqual(ok(true));
  });

  test('[S8] stays over a reload, and is signed out when head office says so elsewhere', async () => {
    const { office, documents, surroundings } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    const again = await openOffice(documents, surroundings);
    expect(again.signIn.person?.id).toBe('mia');
    documents.receive(STAFF, { 'person:mia': json({ ...MIA, stores: [S01] }) });
    expect(again.signIn.person).toBeUndefined();
    expect(again.signIn.farewell).toEqual({ person: 'mia', why: 'left' });
  });

  test('[S8] is signed out by a new PIN from elsewhere, not by their own', async () => {
    const { office, documents } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    const wanted = { pin: '7391', salt: 'f'.repeat(32), oldPin: '9876' };
    const edited = await office.edit('staff', (book, doing) => setPin(book, 'mia', wanted, doing));
    expect(edited).toEqual(ok({ relay: 'saved' }));
    expect(office.signIn.person?.id).toBe('mia');
    documents.receive(STAFF, { 'person:mia': json(withPin(MIA, '1357')) });
    expect(office.signIn.farewell).toEqual({ person: 'mia', why: 'changed' });
  });

  test('[S9] is signed out when nobody touches the office', async () => {
    const { office, surroundings } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    surroundings.pass(9.75 * 60_000);
    office.signIn.autoSignOut.check();
    expect(office.signIn.autoSignOut.secondsLeft).toBe(15);
    surroundings.pass(15_000);
    office.signIn.autoSignOut.check();
    expect(office.signIn.farewell).toEqual({ person: 'mia', why: 'idle' });
  });

  test('an office without documents says why, and waits for people to come', async () => {
    const surroundings = new HeldSurroundings();
    const parts = { checkPin: async () => true, surroundings, random: () => new Uint8Array() };
    const code = 'already-open-in-another-tab';
    const taken = new BackOffice({ ...parts, open: async () => err({ code, message: '' }) });
    await taken.start();
    expect(taken.stage).toEqual({ name: 'other-tab' });
    const { office, documents } = await startOffice([]);
    expect(office.stage).toEqual({ name: 'waiting' });
    documents.receive(STAFF, { 'person:mia': json(MIA) });
    expect(office.stage).toEqual({ name: 'ready' });
  });
});

describe('edits', () => {
  const deactivate = {
    document: 'staff',
    name: 'Ana',
    done: 'done',
    command: (book: Parameters<typeof setActive>[0], doing: Parameters<typeof setActive>[3]) =>
      setActive(book, 'ana', false, doing),
    undo: (book: Parameters<typeof setActive>[0], doing: Parameters<typeof setActive>[3]) =>
      setActive(book, 'ana', true, doing),
  } as const;

  test('[A2] are written with who made them, and taken back as an act of its own', async () => {
    const { office, documents } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    const desk = new EditDesk(office);
    expect(await desk.make(deactivate)).toBe(true);
    expect(office.owner.book.people.get('ana')?.active).toBe(false);
    expect(desk.outcome).toMatchObject({ meaning: 'done', text: 'done' });
    await desk.outcome?.undo?.();
    expect(office.owner.book.people.get('ana')).toEqual(ANA);
    const acts = await auditOf(documents, STAFF);
    expect(acts.map(({ by, what, subject }) => [by, what, subject])).toEqual([
      ['mia', 'person.deactivate', 'ana'],
      ['mia', 'person.activate', 'ana'],
    ]);
  });

  test('[S11] are refused to who may not, and to nobody', async () => {
    const { office, documents } = await startOffice();
    const desk = new EditDesk(office);
    expect(await desk.make(deactivate)).toBe(false);
    await office.signIn.signIn(ANA, '2580');
    expect(await desk.make(deactivate)).toBe(false);
    expect(desk.outcome?.meaning).toBe('danger');
    expect(await auditOf(documents, STAFF)).toEqual([]);
  });

  test('say when head office has not got them yet, and when the disk refused them', async () => {
    const { office, documents } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    const desk = new EditDesk(office);
    documents.setConnected(false);
    await desk.make(deactivate);
    expect(desk.outcome?.meaning).toBe('attention');
    documents.failHere = 'the disk is full';
    expect(await desk.make({ ...deactivate, command: deactivate.undo })).toBe(false);
    expect(desk.outcome?.meaning).toBe('danger');
  });

  test('[S3] of a role hold from the next act on, and one that became unreadable gives nothing', async () => {
    const { office, documents } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    const cashier = { id: 'cashier', name: 'Cashier', permissions: ['report.read'] };
    await office.edit('organization', (book, doing) => editRole(book, cashier, doing));
    expect(office.owner.book.roles.get('cashier')).toEqual(cashier);
    expect((await auditOf(documents, ORGANIZATION)).map(({ what }) => what)).toEqual(['role.edit']);
    documents.receive(ORGANIZATION, { 'role:manager': '{}' });
    expect(office.signIn.may('staff.edit')).toBe(false);
  });
});

describe('an exception resolved in the office', () => {
  const WISH = {
    exception: { kind: 'double-refund', id: 'a'.repeat(43) },
    about: 'S01-R1-000001',
    outcome: 'corrected' as const,
    reason: 'the money is back',
  };
  const document = { class: 'exceptions', store: S01 } as const;

  test('[F10] [F11] is one entry in the document of its store, in the name of who is signed in', async () => {
    const { office, documents } = await startOffice();
    await office.signIn.signIn(MIA, '9876');
    const edited = await office.edit(document, (book, doing) =>
      resolveInOffice(book, WISH, undefined, doing),
    );
    expect(edited).toEqual(ok({ relay: 'saved' }));
    const entries = Object.entries(await documents.open(document));
    const read = entries.map(([key, text]) => readExceptionsEntry(key, text));
    expect(read).toMatchObject([{ ok: true, value: { exception: WISH.exception, by: 'mia' } }]);
  });

  test('[F10] is refused to who may not, and nothing is written', async () => {
    const { office, documents } = await startOffice();
    await office.signIn.signIn(ANA, '2580');
    const edited = await office.edit(document, (book, doing) =>
      resolveInOffice(book, WISH, undefined, doing),
    );
    expect(edited).toMatchObject({ ok: false, error: { code: 'not-permitted' } });
    expect(await documents.open(document)).toEqual({});
  });
});
