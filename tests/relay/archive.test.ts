import { createHash } from 'node:crypto';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { nodeDisk, type LogDisk } from '../../sync-relay/document-log.ts';
import { keepJournals } from '../../sync-relay/journal-keeping.ts';
import type { Relay } from '../../sync-relay/relay.ts';
import { holdings, memoryRelay, wire, type MemoryRelayParts } from '../support/memory-relays.ts';
import { PATIENCE } from '../support/patience.ts';
import { entriesOfSession, signedJournal } from '../support/signed-journal.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { deviceEntry, testKey } from '../support/test-key.ts';

const PLACE = { store: storeId(1), register: registerId(1) };
const sessionKey = (session: number): DocumentKey => ({ class: 'session', ...PLACE, session });
const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
const till = testKey('aaaaaaaaaaaaaaaa');
const hqKey = testKey('2222222222222222');
const HQ = { id: hqKey.id, role: 'hq' } as const;
const STORE = { id: '1111111111111111', role: 'relay', store: 'S01' } as const;
/** The last session of the journal is still open. */
const SESSIONS = 4;
const CLOSED = SESSIONS - 1;
const RECORDS = signedJournal(till, SESSIONS, 3);
const ENTRIES = Object.fromEntries(
  Array.from({ length: SESSIONS }, (_, i) => [idOf(sessionKey(i + 1)), entriesOfSession(RECORDS, i + 1)]),
);

/** A head office that verifies and countersigns what it holds, on a folder of its own or the one named. */
async function headOffice(parts: MemoryRelayParts = {}) {
  const { relay, folder } = await memoryRelay(HQ, parts);
  const keeping = keepJournals(relay, {
    own: { id: hqKey.id, key: hqKey.publicKey, role: 'hq' },
    organization: ORGANIZATION,
    sign: hqKey.sign,
    log: pino({ level: 'silent' }),
    now: () => '2026-03-01T00:00:00.000Z',
    // The seconds in which records gather before they are countersigned are not waited for.
    later: (_milliseconds, callback) => {
      const timer = setImmediate(callback);
      return () => clearImmediate(timer);
    },
  });
  onTestFinished(keeping.stop);
  return { relay, folder, keeping };
}

/** Gives a head office its devices and the sessions of the journal. */
async function fill(relay: Relay, sessions = SESSIONS): Promise<void> {
  await relay.document({ class: 'organization' }).write({
    ...deviceEntry(till, PLACE),
    ...deviceEntry(hqKey, { role: 'hq' }),
  });
  for (let session = 1; session <= sessions; session++)
    await relay.document(sessionKey(session)).write(ENTRIES[idOf(sessionKey(session))] ?? {});
}

const namesIn = async (folder: string, ending: string) =>
  (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
const archivesOfAll = (folder: string) => namesIn(join(folder, 'archive'), '.saved');
const archivesIn = async (folder: string) =>
  (await archivesOfAll(folder)).filter((name) => ENTRIES[name.split('.')[0] ?? ''] !== undefined);
const sessionLogs = async (folder: string) =>
  (await namesIn(folder, '.log')).filter((name) => ENTRIES[basename(name, '.log')] !== undefined);

const allArchived = (folder: string) =>
  vi.waitFor(
    async () => {
      expect(await archivesIn(folder)).toHaveLength(CLOSED);
      expect(await sessionLogs(folder)).toEqual([`${idOf(sessionKey(SESSIONS))}.log`]);
    },
    { ...PATIENCE, interval: 20 },
  );

const basketKey = (session: number): DocumentKey => ({ class: 'basket', ...PLACE, session });
const BASKETS = Array.from({ length: SESSIONS }, (_, i) => i + 1);
/** A basket somebody is paying. */
const basketWith = (session: number) => ({
  basket: `{"id":"b${session}","paying":true}`,
  card: '{"given":100,"id":"p","name":"Card","tender":"card"}',
});
const EMPTIED = { basket: undefined, card: undefined };
const basketArchives = async (folder: string, session: number) =>
  (await archivesOfAll(folder)).filter((name) => name.startsWith(idOf(basketKey(session))));
const archivedBaskets = async (folder: string) => {
  const names = await archivesOfAll(folder);
  return BASKETS.filter((session) => names.some((name) => name.startsWith(idOf(basketKey(session)))));
};
const looseBaskets = async (folder: string) => {
  const names = await namesIn(folder, '.log');
  return BASKETS.filter((session) => names.includes(`${idOf(basketKey(session))}.log`));
};

/** These baskets are archived, and those alone are in logs: the log of what is archived goes when the archive is there. */
const basketsAre = (folder: string, archived: readonly number[], loose: readonly number[]) =>
  vi.waitFor(async () => {
    expect(await archivedBaskets(folder)).toEqual(archived);
    expect(await looseBaskets(folder)).toEqual(loose);
  }, PATIENCE);

/** What a relay holds of sessions. */
async function sessionsOf(relay: Relay) {
  const held = await holdings(relay);
  return Object.fromEntries(Object.entries(held).filter(([id]) => ENTRIES[id] !== undefined));
}

describe('a closed session at head office', () => {
  test('[D12] is archived once verified and countersigned: one file each, named by its hash, and no log', async () => {
    const { relay, folder } = await headOffice();
    await fill(relay);
    await allArchived(folder);
    for (const name of await archivesIn(folder)) {
      const [id = '', sha] = name.split('.');
      expect(Object.keys(ENTRIES)).toContain(id);
      const bytes = await readFile(join(folder, 'archive', name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha);
    }
    expect(await sessionsOf(relay)).toEqual(ENTRIES);
  });

  test('[D13] leaves memory at once', async () => {
    const { relay, folder } = await headOffice();
    await fill(relay);
    await allArchived(folder);
    // The organization, the register's acknowledgements and the open session are in use.
    await vi.waitFor(() => expect(relay.status().inMemory).toBeLessThanOrEqual(3), PATIENCE);
    expect(relay.status().documents).toBe(SESSIONS + 2);
  });

  test('[D12] that has a fault, or is still open, keeps its log', async () => {
    const { relay, folder } = await headOffice();
    const id = idOf(sessionKey(2));
    await fill(relay, 1);
    const [[key, text] = ['', '']] = Object.entries(ENTRIES[id] ?? {}).slice(1);
    await relay
      .document(sessionKey(2))
      .write({ ...ENTRIES[id], [key]: text.replace(/"by":"[^"]*"/, '"by":"other"') });
    // The log of what is archived goes when the archive is there.
    await vi.waitFor(async () => {
      expect(await archivesIn(folder)).toHaveLength(1);
      expect(await sessionLogs(folder)).toEqual([`${id}.log`]);
    }, PATIENCE);
  });

  test('[D12] is read again for a late record, which is kept, and archived anew when it may be', async () => {
    const { relay, folder, keeping } = await headOffice();
    await fill(relay);
    await allArchived(folder);
    const id = idOf(sessionKey(1));
    await relay.document(sessionKey(1)).write({ '000000900': '{"not":"a record"}' });
    await vi.waitFor(() => expect(keeping.status().quarantined).toBeGreaterThan(0), PATIENCE);
    expect(await sessionLogs(folder)).toContain(`${id}.log`);
    await relay.document(sessionKey(1)).write({ '000000900': undefined });
    await allArchived(folder);
    expect(await sessionsOf(relay)).toEqual(ENTRIES);
    expect(keeping.status().quarantined).toBe(0);
  });

  test('[D14] takes its basket along once nothing is in it, and that leaves memory too', async () => {
    const { relay, folder } = await headOffice();
    for (const session of [1, 2, 3])
      expect(await relay.document(basketKey(session)).write(basketWith(session))).toBe('saved');
    expect(await relay.document(basketKey(1)).write(EMPTIED)).toBe('saved');
    await fill(relay);
    await basketsAre(folder, [1], [2, 3]);
    // What was in the others when their till closed is taken out later.
    expect(await relay.document(basketKey(3)).write(EMPTIED)).toBe('saved');
    await basketsAre(folder, [1, 3], [2]);
    await vi.waitFor(() => expect(relay.status().inMemory).toBeLessThanOrEqual(4), PATIENCE);
    const held = await holdings(relay);
    expect(held[idOf(basketKey(2))]).toEqual(basketWith(2));
    expect(held[idOf(basketKey(3))]).toBeUndefined();
  });

  test('[D14] baskets kept from before are archived after a start, and one that comes late once more', async () => {
    const first = await headOffice();
    await fill(first.relay);
    await allArchived(first.folder);
    await first.relay.stop();
    first.keeping.stop();
    // As a relay left them that did not archive baskets.
    const plain = await memoryRelay(HQ, { folder: first.folder });
    for (const session of [1, 2, SESSIONS]) {
      expect(await plain.relay.document(basketKey(session)).write(basketWith(session))).toBe('saved');
      expect(await plain.relay.document(basketKey(session)).write(EMPTIED)).toBe('saved');
    }
    await plain.relay.stop();
    const { relay, folder } = await headOffice({ folder: first.folder });
    await basketsAre(folder, [1, 2], [SESSIONS]);
    const [before] = await basketArchives(folder, 1);
    expect(await relay.document(basketKey(1)).write({ basket: '{"id":"late","paying":false}' })).toBe(
      'saved',
    );
    await vi.waitFor(async () => {
      const now = await basketArchives(folder, 1);
      expect(now).toHaveLength(1);
      expect(now).not.toContain(before);
      expect(await looseBaskets(folder)).toEqual([SESSIONS]);
    }, PATIENCE);
    expect((await holdings(relay))[idOf(basketKey(1))]).toEqual({ basket: '{"id":"late","paying":false}' });
  });

  test('[D13] is not read at the next start, and comes when a store asks for it', async () => {
    const first = await headOffice();
    await fill(first.relay);
    await allArchived(first.folder);
    await first.relay.stop();
    const read: string[] = [];
    const disk: LogDisk = {
      ...nodeDisk,
      read: (path) => {
        read.push(path);
        return nodeDisk.read(path);
      },
    };
    const again = await headOffice({ folder: first.folder, disk });
    expect(again.relay.status().documents).toBe(SESSIONS + 2);
    expect(read.filter((path) => path.endsWith('.saved'))).toEqual([]);
    const store = await memoryRelay(STORE);
    wire(store.relay, again.relay);
    await vi.waitFor(async () => expect(await sessionsOf(store.relay)).toEqual(ENTRIES), {
      ...PATIENCE,
      interval: 20,
    });
  });
});

describe('an index that is lost or wrong', () => {
  test.each([
    ['missing', (path: string) => rm(path)],
    ['torn', async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 60))],
    ['nonsense', (path: string) => writeFile(path, 'x'.repeat(500))],
  ])('[D13] %s: it is made again from logs and archives', async (_how, harm) => {
    const first = await headOffice();
    await fill(first.relay);
    await allArchived(first.folder);
    await first.relay.stop();
    await harm(join(first.folder, 'archive', 'heads.log'));
    const again = await headOffice({ folder: first.folder });
    expect(await sessionsOf(again.relay)).toEqual(ENTRIES);
    await allArchived(first.folder);
  });

  test('[D13] a document that was written behind its back is read', async () => {
    const { relay, folder } = await memoryRelay(HQ);
    await relay.document(sessionKey(1)).write({ '1': 'a' });
    await relay.stop();
    const index = join(folder, 'archive', 'heads.log');
    const old = await readFile(index);
    const second = await memoryRelay(HQ, { folder });
    await second.relay.document(sessionKey(1)).write({ '2': 'b' });
    await second.relay.stop();
    // As after a crash between the document and the index.
    await writeFile(index, old);
    const third = await memoryRelay(HQ, { folder });
    const store = await memoryRelay(STORE);
    await store.relay.document(sessionKey(1)).write({ '1': 'a' });
    wire(store.relay, third.relay);
    await vi.waitFor(
      async () => expect((await holdings(store.relay))[idOf(sessionKey(1))]).toMatchObject({ '2': 'b' }),
      PATIENCE,
    );
  });
});

describe('archiving that is broken off', () => {
  /** A disk whose power goes before the given write of an archiving: it and all after it do nothing and never come back. */
  function powerCutAt(step: number): LogDisk & { steps: number } {
    const disk = { steps: 0 };
    const cut = <Args extends readonly unknown[]>(
      write: (...args: Args) => Promise<void>,
      isPart: (path: string) => boolean,
    ) => {
      return (...args: Args): Promise<void> => {
        if (isPart(String(args[0]))) disk.steps += 1;
        return disk.steps > step ? new Promise<void>(() => undefined) : write(...args);
      };
    };
    const isArchiving = (path: string) => path.endsWith('.saved');
    return Object.assign(disk, {
      ...nodeDisk,
      replace: cut(nodeDisk.replace, isArchiving),
      remove: cut(nodeDisk.remove, () => true),
      append: cut(nodeDisk.append, () => false),
    });
  }

  test.each([0, 1, 2, 3, 4])(
    '[D12] after %i of its writes: everything is there at the next start',
    async (step) => {
      const folder = await temporaryFolder();
      const disk = powerCutAt(step);
      const before = await memoryRelay(HQ, { folder });
      await fill(before.relay);
      await before.relay.stop();
      await headOffice({ folder, disk, stops: false });
      await vi.waitFor(() => expect(disk.steps).toBeGreaterThan(step), PATIENCE);
      const again = await headOffice({ folder });
      expect(await sessionsOf(again.relay)).toEqual(ENTRIES);
      await allArchived(folder);
      expect(await sessionsOf(again.relay)).toEqual(ENTRIES);
    },
  );

  test('[D12] an archive that is not what its name says is put aside, and a peer sends the session again', async () => {
    const first = await headOffice();
    await fill(first.relay);
    await allArchived(first.folder);
    const store = await memoryRelay(STORE);
    const over = wire(store.relay, first.relay);
    await vi.waitFor(async () => expect(await sessionsOf(store.relay)).toEqual(ENTRIES), PATIENCE);
    over.cut();
    await first.relay.stop();
    const [name = ''] = await archivesIn(first.folder);
    const path = join(first.folder, 'archive', name);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const again = await headOffice({ folder: first.folder });
    wire(store.relay, again.relay);
    await vi.waitFor(async () => expect(await sessionsOf(again.relay)).toEqual(ENTRIES), PATIENCE);
    expect(await namesIn(join(first.folder, 'archive'), '.damaged')).toEqual([`${name}.damaged`]);
  });
});
