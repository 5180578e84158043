import { describe, expect, test } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import type { Device } from '#model/trust/device.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { catchUp, hearRelay, type CatchUpWait } from '../../../app/lib/till/catch-up.ts';
import type { RelayStatus } from '../../../app/lib/till/links.svelte.ts';
import { recordNote } from '../../../app/lib/till/record-note.ts';
import { makeShop } from '../../support/journal-fixture.ts';
import { HeldSurroundings } from './till-fixture.ts';

const place = { store: storeId(1), register: registerId(1) };
const organization = 'a1b2c3d4e5f6';
const device = '00000000000000aa';
const latest: DocumentKey = { class: 'session', ...place, session: 7 };
const acknowledgements: DocumentKey = { class: 'acknowledgements', ...place };
const hq = { url: 'ws://hq.example/sync', kind: 'hq' as const, since: '2026-11-21T08:00:00.000Z' };
const status = (
  sessions: Record<string, number>,
  state: 'connected' | 'away' = 'connected',
): RelayStatus => ({
  peers: [],
  targets: [{ ...hq, state }],
  disk: 'ok',
  documents: 1,
  sessions,
});
const pause = () => Promise.resolve();
const unexpected = () => {
  throw new Error('nothing to wait for');
};
const mine = { place, organization, device, pause };

/** Whom a till waits for. */
const said = (awaited: CatchUpWait) =>
  awaited.name === 'awaits-holders' ? awaited.holders.map(({ name }) => name).join() : awaited.name;

/** The entry of a device of this place. */
const listed = (id: string, role: 'terminal' | 'relay', change: Partial<Device> = {}) => {
  const value: Device = {
    id,
    name: `Device ${id.slice(-2)}`,
    role,
    store: place.store,
    register: place.register,
    key: 'A'.repeat(43),
    enrolledAt: '2026-01-01T00:00:00.000Z',
    ...change,
  };
  return { [`device:${id}`]: canonicalJson(value) };
};

/** The world of a device that has caught up before, unless it is new. */
function world(isNew: 'known' | 'new' = 'known'): HeldSurroundings {
  const surroundings = new HeldSurroundings();
  if (isNew === 'known') surroundings.notes.set(`caught-up:${device}`, 'yes');
  return surroundings;
}

test('[R2] a till whose documents were cleared waits until the relay has sent its latest session', async () => {
  const documents = new MemoryDocuments();
  documents.relayConfirms = false;
  const waits: string[] = [];
  await catchUp({
    ...mine,
    documents,
    surroundings: world(),
    askRelay: () => Promise.resolve(status({ 'S01-R1': 7, 'S01-R2': 9 })),
    onWaiting: ({ name }) => {
      waits.push(name);
      if (waits.length === 3) documents.receive(latest, { '000000001': '{}' });
    },
  });
  expect(waits).toEqual(['awaits-relay', 'awaits-relay', 'awaits-relay']);
  expect(await documents.open(latest)).toEqual({ '000000001': '{}' });
});

test('a device that has caught up before does not wait for a relay that is away or never had its register', async () => {
  const documents = new MemoryDocuments({ connected: false });
  const parts = { ...mine, documents, surroundings: world(), onWaiting: unexpected };
  await catchUp({ ...parts, askRelay: () => Promise.resolve(status({ 'S01-R2': 4 })) });
  await catchUp({ ...parts, askRelay: () => Promise.resolve(undefined) });
  expect(await documents.known()).toEqual([]);
});

test('a till that has its latest session does not wait for a slow relay', async () => {
  const documents = new MemoryDocuments();
  documents.relayConfirms = false;
  documents.receive(latest, { '000000001': '{}' });
  await catchUp({
    ...mine,
    documents,
    surroundings: world(),
    askRelay: () => Promise.resolve(status({ 'S01-R1': 7 })),
    onWaiting: unexpected,
  });
  expect(await documents.known()).toEqual([latest]);
});

describe('a record that only the relay could keep', () => {
  const kept = makeShop(1, { stores: 1, registers: 1, sessions: 1, salesPerSession: 3 })[0]?.records ?? [];
  const entries = Object.fromEntries(kept.map((record) => [recordKey(record.seq), recordText(record)]));
  const session: DocumentKey = { class: 'session', ...place, session: 1 };
  const [first = '', second = '', third = ''] = Object.keys(entries).sort();
  /** A browser that holds so many records of the session, and the note of the third. */
  function browser(...keys: readonly string[]) {
    const documents = new MemoryDocuments();
    documents.relayConfirms = false;
    documents.receive(session, Object.fromEntries(keys.map((key) => [key, entries[key] ?? ''])));
    const surroundings = world();
    surroundings.notes.set(recordNote(organization, place), entries[third] ?? '');
    return { ...mine, documents, surroundings };
  }

  test('[N2] its number is not given a second time: the till waits until the relay has sent it', async () => {
    const parts = browser(first);
    const answers = [undefined, status({ 'S01-R1': 1 }), status({ 'S01-R1': 1 })];
    const waits: string[] = [];
    await catchUp({
      ...parts,
      askRelay: () => Promise.resolve(answers[waits.length] ?? status({ 'S01-R1': 1 })),
      onWaiting: ({ name }) => {
        waits.push(name);
        if (waits.length === 3) parts.documents.receive(session, entries);
      },
    });
    expect(waits).toEqual(['awaits-relay', 'awaits-relay', 'awaits-relay']);
  });

  test('[R18] where the relay that had it alone lost its disk, the till waits for everybody who may still have it', async () => {
    const parts = browser(first);
    parts.documents.relayConfirms = true;
    parts.documents.receive(
      { class: 'organization' },
      {
        ...listed('00000000000000f1', 'relay'),
        ...listed('00000000000000f2', 'relay', { register: registerId(2) }),
        ...listed(device, 'terminal'),
      },
    );
    const own = { ...status({}), device: '00000000000000f1' };
    const peer = { device: '00000000000000f2', role: 'relay', since: hq.since };
    const answers = [own, { ...own, targets: [] }, own, own, { ...own, peers: [{ ...peer, heard: false }] }];
    const heard = { ...own, peers: [{ ...peer, heard: true }] };
    const waits: string[] = [];
    let asked = 0;
    await catchUp({
      ...parts,
      askRelay: () => Promise.resolve(answers[asked++] ?? heard),
      onWaiting: (awaited) => {
        waits.push(said(awaited));
        if (asked === answers.length) parts.documents.receive(session, entries);
      },
    });
    expect(waits).toEqual(['awaits-head-office', 'Device f2', 'Device f2']);
    expect(await parts.documents.open(session)).toEqual(entries);
  });

  test('[R18] a till goes on where everybody was heard and nobody has it', async () => {
    const parts = browser(first);
    parts.documents.relayConfirms = true;
    await catchUp({ ...parts, askRelay: () => Promise.resolve(status({})), onWaiting: unexpected });
    expect(Object.keys(await parts.documents.open(session))).toEqual([first]);
  });

  test('a till that holds it, or everything before it, does not wait', async () => {
    const askRelay = () => Promise.resolve(undefined);
    await catchUp({ ...browser(first, second, third), askRelay, onWaiting: unexpected });
    await catchUp({ ...browser(first, second), askRelay, onWaiting: unexpected });
    expect(first < second && second < third).toBe(true);
  });
});

describe('[E9] a device that takes a register over', () => {
  test('waits until its relay is linked with head office and holds what head office has, and only the first time', async () => {
    const documents = new MemoryDocuments();
    const answers = [
      undefined,
      status({}, 'away'),
      status({}),
      // Head office's journal of the register arrives: what stood still for one look has moved.
      status({ 'S01-R1': 7 }),
      status({ 'S01-R1': 7 }),
    ];
    const surroundings = world('new');
    let asked = 0;
    const waits: string[] = [];
    const parts = { ...mine, documents, surroundings };
    await catchUp({
      ...parts,
      askRelay: () => Promise.resolve(answers[asked++]),
      onWaiting: ({ name }) => waits.push(name),
    });
    expect([asked, waits]).toEqual([5, ['awaits-relay', 'awaits-head-office']]);
    await catchUp({ ...parts, askRelay: () => Promise.resolve(undefined), onWaiting: unexpected });
  });

  test('waits for the record head office countersigned last', async () => {
    const documents = new MemoryDocuments();
    const head = {
      org: 'a1b2c3d4e5f6',
      ...place,
      session: 7,
      seq: 2,
      hash: 'A'.repeat(43),
      at: '2026-11-21T08:00:00.000Z',
      device,
      sig: 'A'.repeat(86),
    };
    documents.receive(acknowledgements, { head: JSON.stringify(head) });
    documents.receive(latest, { '000000001': '{}' });
    let pauses = 0;
    const waits: string[] = [];
    await catchUp({
      ...mine,
      documents,
      surroundings: world('new'),
      askRelay: () => Promise.resolve(status({ 'S01-R1': 7 })),
      onWaiting: ({ name }) => waits.push(name),
      pause: () => {
        pauses += 1;
        if (pauses === 4) documents.receive(latest, { '000000002': '{}' });
        return Promise.resolve();
      },
    });
    expect(pauses).toBe(4);
    expect(waits).toEqual(['awaits-head-office', 'awaits-head-office', 'awaits-head-office']);
    expect(await documents.open(latest)).toHaveProperty('000000002');
  });

  test('says that its own machine has not sent what it holds, however well head office is reached', async () => {
    const documents = new MemoryDocuments();
    documents.relayConfirms = false;
    const waits: string[] = [];
    await catchUp({
      ...mine,
      documents,
      surroundings: world('new'),
      askRelay: () => Promise.resolve(status({ 'S01-R1': 7 })),
      onWaiting: ({ name }) => {
        waits.push(name);
        documents.receive(latest, { '000000001': '{}' });
        documents.relayConfirms = true;
      },
    });
    expect(waits).toEqual(['awaits-relay']);
  });
});

test('[J9] a till whose app was taken back waits for the relay when its note is of the newer one, whose record may be there alone', async () => {
  const documents = new MemoryDocuments();
  const surroundings = world();
  surroundings.notes.set(recordNote(organization, place), '{"v":2}');
  let waits = 0;
  await catchUp({
    ...mine,
    documents,
    surroundings,
    askRelay: () => Promise.resolve(waits < 2 ? undefined : status({ 'S01-R1': 7 })),
    onWaiting: () => {
      waits += 1;
      if (waits === 2) documents.receive(latest, { '000000001': '{"v":2}' });
    },
  });
  expect(waits).toBe(2);
  expect(await documents.open(latest)).toEqual({ '000000001': '{"v":2}' });
});

describe('a till that just started', () => {
  const parts = (documents: MemoryDocuments, surroundings: HeldSurroundings) => ({
    documents,
    place,
    organization,
    surroundings,
    pause: async () => surroundings.pass(250),
  });

  test('[R16] hears its relay out: what a killed browser had not kept itself is here then', async () => {
    const documents = new MemoryDocuments();
    documents.receive(latest, { '000000001': '{}' });
    documents.relayConfirms = false;
    const surroundings = world();
    let looks = 0;
    await hearRelay({
      ...parts(documents, surroundings),
      askRelay: async () => {
        looks += 1;
        if (looks === 3) {
          documents.receive(latest, { '000000002': '{}' });
          documents.relayConfirms = true;
        }
        return looks === 1 ? undefined : status({ 'S01-R1': 7 });
      },
    });
    expect([looks, surroundings.ran]).toEqual([3, 500]);
  });

  test('[R16] does not wait longer than eight seconds for one that is away', async () => {
    const surroundings = world();
    await hearRelay({
      ...parts(new MemoryDocuments({ connected: false }), surroundings),
      askRelay: async () => undefined,
    });
    expect(surroundings.ran).toBe(8_000);
  });
});

describe('[R17] a device that takes over a register another one had', () => {
  const OTHER = '00000000000000b2';
  /** This machine's relay, the terminal of before, and the till beside it. */
  const shopOf = (...devices: Record<string, string>[]) => {
    const documents = new MemoryDocuments();
    documents.receive(
      { class: 'organization' },
      Object.assign({}, listed(device, 'terminal'), listed('00000000000000a1', 'relay'), ...devices),
    );
    documents.receive(latest, { '000000001': '{}' });
    return documents;
  };
  const before = listed('00000000000000a0', 'terminal', { revokedAt: '2026-11-20T00:00:00.000Z' });
  const beside = listed(OTHER, 'relay', { register: registerId(2) });
  const answer = (heard?: boolean, hqHeard?: boolean): RelayStatus => ({
    ...status({ 'S01-R1': 7 }),
    device: '00000000000000a1',
    peers: [
      {
        device: 'ffffffffffffffff',
        role: 'hq',
        since: hq.since,
        ...(hqHeard === undefined ? {} : { heard: hqHeard }),
      },
      ...(heard === undefined ? [] : [{ device: OTHER, role: 'relay', since: hq.since, heard }]),
    ],
  });

  /** Catches up while the relay answers so, one answer after the other; gives what it waited for, and how often it asked. */
  async function caughtUp(documents: MemoryDocuments, answers: readonly RelayStatus[]) {
    const asked: (string | undefined)[] = [];
    const waits: string[] = [];
    await catchUp({
      documents,
      place,
      organization,
      device,
      surroundings: world('new'),
      askRelay: (register) => {
        asked.push(register);
        const next = answers[asked.length - 1];
        if (!next) throw new Error('it waits for more than there is');
        return Promise.resolve(next);
      },
      onWaiting: (awaited) => waits.push(said(awaited)),
      pause,
    });
    return { asked: asked.length, registers: [...new Set(asked)], waits };
  }

  test('waits for a till that is away, and for one that is there until all it has is here', async () => {
    const answers = [answer(), answer(), answer(false), answer(false), answer(true)];
    expect(await caughtUp(shopOf(before, beside), answers)).toEqual({
      asked: 5,
      registers: ['S01-R1'],
      waits: ['Device b2', 'Device b2', 'Device b2'],
    });
  });

  test('waits for head office to be heard, however still its journal stands', async () => {
    const told = await caughtUp(shopOf(before), [
      answer(true, false),
      answer(true, false),
      answer(true, true),
      answer(true, true),
    ]);
    expect(told).toMatchObject({ asked: 4, waits: ['awaits-head-office', 'awaits-head-office'] });
  });

  test.each([
    ['nobody had the register before', [beside]],
    [
      'the other machine was revoked',
      [before, listed(OTHER, 'relay', { revokedAt: '2026-11-20T00:00:00.000Z' })],
    ],
    ['the other machine is of another store', [before, listed(OTHER, 'relay', { store: storeId(2) })]],
    ['the other machine is a terminal', [before, listed(OTHER, 'terminal', { register: registerId(2) })]],
  ])('does not wait where %s', async (_, devices) => {
    expect(await caughtUp(shopOf(...devices), [answer(), answer()])).toMatchObject({ asked: 2, waits: [] });
  });

  test('takes the word of a relay that is too old to be asked, once it is linked', async () => {
    const old: RelayStatus = {
      ...answer(),
      peers: [{ device: OTHER, role: 'relay', since: hq.since }],
    };
    expect(await caughtUp(shopOf(before, beside), [old, old])).toMatchObject({ asked: 2, waits: [] });
  });
});
