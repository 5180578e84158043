import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordKey } from '#model/journal/record.ts';
import { MemoryStorage } from '../../app/lib/repo/document-storage.ts';
import type { Documents } from '../../app/lib/repo/documents.ts';
import { createNodeDocuments } from '../../app/lib/repo/node-documents.ts';
import { ORGANIZATION } from '../support/journal-fixture.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { FrameTap, type Alter } from '../support/frame-tap.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';
import { saleTexts } from './sale-records.ts';

/** A year is 365; a busy machine needs very long to start with all of that held, so thirty days are measured unless told. */
const DAYS = Number(process.env['GROWTH_DAYS'] ?? 30);
const REGISTERS = 4;
const SALES = 300;
const KEPT_DAYS = 14;
const STEP = 5;
const WAIT_MS = 600_000;
/** How often the link is cut, and for how long, in milliseconds. */
const [ROUNDS, AWAY_MS] = [5, 2_000];
const MB = 1024 * 1024;

const session = (register: number, number: number): DocumentKey => ({
  class: 'session',
  store: storeId(1),
  register: registerId(register),
  session: number,
});

/** Sessions of a day on every register, oldest first. The records of all are alike: what is measured are documents, not sales. */
function allSessions(): DocumentKey[] {
  return Array.from({ length: DAYS }, (_, day) =>
    Array.from({ length: REGISTERS }, (__, register) => session(register + 1, day + 1)),
  ).flat();
}

function terminal(storage: MemoryStorage, syncUrl: string): Documents {
  const identity = {
    device: '0000000000000001',
    organization: ORGANIZATION,
    role: 'terminal',
    store: 'S01',
    register: 'R1',
  } as const;
  return createNodeDocuments({ identity, storage, syncUrl });
}

/** Writes the sessions as their tills would have, and leaves them at the relay and in this storage. */
async function fill(storage: MemoryStorage, syncUrl: string): Promise<void> {
  const documents = terminal(storage, syncUrl);
  const entries = Object.fromEntries(saleTexts(SALES).map((text, i) => [recordKey(i + 1), text]));
  await linked(documents);
  for (const key of allSessions()) {
    const saved = await documents.writeDurably(key, entries, WAIT_MS);
    if (saved.relay !== 'saved') throw new Error(`the relay did not take a session: ${saved.relay}`);
  }
  await documents.close();
}

function linked(documents: Documents): Promise<void> {
  return new Promise((resolve) => {
    const stop = documents.watch((event) => {
      if (event.type !== 'link' || !event.connected) return;
      stop();
      resolve();
    });
  });
}

async function equal(documents: Documents): Promise<void> {
  for (const key of await documents.known()) {
    let caught = await documents.caughtUp(key, WAIT_MS);
    // A link that was cut is told a moment later than it is dialled again.
    while (caught === 'away') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      caught = await documents.caughtUp(key, WAIT_MS);
    }
    if (caught !== 'caught-up') throw new Error(`a document did not become equal: ${caught}`);
  }
}

async function bytesIn(storage: MemoryStorage): Promise<number> {
  const chunks = await storage.loadRange([]);
  const { notes } = await storage.remembered();
  const noted = Object.values(notes).reduce((sum, text) => sum + text.length, 0);
  return chunks.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), noted);
}

type Figures = {
  readonly documents: number;
  readonly bytes: number;
  readonly restart: number;
  readonly again: number;
  readonly messages: number;
  readonly wire: number;
};

/** A start with this storage and then a wire that is cut again and again, each until everything held is equal with the relay. */
async function measure(storage: MemoryStorage, relay: RunningProgram, alter?: Alter): Promise<Figures> {
  const tap = await FrameTap.to(`ws://127.0.0.1:${relay.ready.port}/sync`, alter);
  const begun = performance.now();
  const documents = terminal(storage, tap.syncUrl);
  await linked(documents);
  await equal(documents);
  const restart = performance.now() - begun;
  const rounds: { took: number; messages: number; wire: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await settled(tap);
    rounds.push(await comesBack(documents, tap));
  }
  const median = (of: keyof (typeof rounds)[number]) =>
    quantile(
      rounds.map((one) => one[of]),
      0.5,
    );
  const held = (await documents.known()).length;
  await documents.close();
  await tap.cut();
  const [again, messages, wire] = [median('took'), median('messages'), median('wire')];
  return { documents: held, bytes: await bytesIn(storage), restart, again, messages, wire };
}

/** From when the relay can be reached again; both have said everything then, and a moment later are counted. */
async function comesBack(documents: Documents, tap: FrameTap) {
  const up = linked(documents);
  await tap.cut();
  tap.said = [];
  const before = tap.bytes;
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await tap.join();
  const joined = performance.now();
  await up;
  await equal(documents);
  const took = performance.now() - joined;
  await settled(tap);
  return { took, messages: tap.said.length, wire: tap.bytes - before };
}

async function settled(tap: FrameTap): Promise<void> {
  for (let before = -1; before !== tap.said.length;) {
    before = tap.said.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A till as it was before there were holdings: every document is spoken of. */
const everyDocument: Alter = (frame) => {
  if (frame.type !== 'join') return frame;
  const { holdings: _left, ...peerMetadata } = frame.peerMetadata;
  return { ...frame, peerMetadata };
};

/** Lets go of all sessions but those of the last days. */
async function letGo(storage: MemoryStorage, syncUrl: string): Promise<number> {
  const documents = terminal(storage, syncUrl);
  await linked(documents);
  await equal(documents);
  const old = allSessions().filter((key) => key.class === 'session' && key.session <= DAYS - KEPT_DAYS);
  const begun = performance.now();
  for (let at = 0; at < old.length; at += STEP) {
    const step = old.slice(at, at + STEP);
    const notes = Object.fromEntries(step.map((_, i) => [`session:${at + i}`, 'x'.repeat(1500)]));
    const outcome = await documents.letGo(step, notes, WAIT_MS);
    if (!outcome.gone) throw new Error('the relay holds something else');
  }
  const took = (performance.now() - begun) / Math.max(1, old.length);
  await documents.close();
  return took;
}

async function fetching(storage: MemoryStorage, syncUrl: string): Promise<number> {
  const documents = terminal(storage, syncUrl);
  await linked(documents);
  await equal(documents);
  const begun = performance.now();
  const fetched = await documents.fetch(session(1, 1), WAIT_MS);
  const took = performance.now() - begun;
  if (!fetched.found) throw new Error(`an old session could not be fetched: ${fetched.why}`);
  await documents.close();
  return took;
}

/** A till of a store with four registers before and after it let go of old sessions. Documents alone, in Node, without a browser. */
export async function benchGrowthTill(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-growth-'));
  const args = ['--data', folder, '--port', '0', '--open', '--no-discovery', '--log-level', 'error'];
  const relay = await startProgram('sync-relay/main.ts', args);
  try {
    const url = `ws://127.0.0.1:${relay.ready.port}/sync`;
    const storage = new MemoryStorage();
    await fill(storage, url);
    const spoken = await measure(storage, relay, everyDocument);
    const before = await measure(storage, relay);
    const took = await letGo(storage, url);
    const after = await measure(storage, relay);
    return rows(spoken, before, after, took, await fetching(storage, url));
  } finally {
    await relay.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function rows(spoken: Figures, before: Figures, after: Figures, took: number, fetched: number): BenchRow[] {
  const row = (name: string, of: (figures: Figures) => number, unit: string, target: string) =>
    besideBaseline(
      { name, value: of(after), unit, target },
      { name: `everything of ${DAYS} days held`, value: of(before) },
    );
  const all = (name: string, of: (figures: Figures) => number, unit: string, target = '') =>
    besideBaseline(
      { name: `${before.documents} sessions held: ${name}`, value: of(before), unit, target },
      { name: 'every document spoken of', value: of(spoken) },
    );
  return [
    all('reconnect, from when the relay can be reached until equal', ({ again }) => again, 'ms', '≤ 2000 ms'),
    all('messages of that, both ways', ({ messages }) => messages, '', '1 each way'),
    all('bytes of that, uncompressed', ({ wire }) => wire, 'B'),
    all('start until equal with the relay', ({ restart }) => restart, 'ms'),
    row('sessions held', ({ documents }) => documents, '', ''),
    row('on the disk of the till', ({ bytes }) => bytes / MB, 'MB', '≤ 50 MB'),
    row('start until equal with the relay', ({ restart }) => restart, 'ms', ''),
    row('reconnect until equal', ({ again }) => again, 'ms', '≤ 2000 ms'),
    row('messages of that, both ways', ({ messages }) => messages, '', '1 each way'),
    { name: 'letting go of one session', value: took, unit: 'ms', target: '' },
    { name: 'fetching one old session, link included', value: fetched, unit: 'ms', target: '' },
  ];
}
