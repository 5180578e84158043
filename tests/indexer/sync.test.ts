import { generateKeyPairSync, sign } from 'node:crypto';
import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import type { Standing } from '#model/trust/standing.ts';
import { Indexer } from '../../reports-indexer/indexer.ts';
import { RelayLink } from '../../reports-indexer/link.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import {
  ORGANIZATION,
  beginDocument,
  makeDocument,
  makeShop,
  writeEntries,
  type SessionEntries,
} from '../support/journal-fixture.ts';
import { DOOR_DEVICE } from '../support/doorkeeper.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';
import { WirePeer } from '../support/wire-peer.ts';
import { dump, freshReports, wholeUpdate } from './flatten-fixture.ts';

const shop = makeShop(5, { stores: 2, registers: 2, sessions: 3, salesPerSession: 8 });
const sessions = shop.flatMap((journal) => journal.sessions);
const [closed] = sessions as [SessionEntries];
const open = shop[0]?.sessions.at(-1) as SessionEntries;
const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ format: 'jwk' }).x ?? '';
const DEVICE = {
  id: '0123456789abcdef',
  sign: (text: string) => sign(null, Buffer.from(text), keys.privateKey).toString('base64url'),
};
const log = pino({ level: 'silent' });
type Reports = ReturnType<typeof freshReports>;

async function relay(): Promise<WirePeer> {
  const peer = await WirePeer.listen();
  onTestFinished(() => peer.close());
  return peer;
}

/** An indexer linked to a relay, with short delays. */
function follow(url: string, reports: Reports = freshReports(), heartbeatMs = 5000, device = DEVICE) {
  if (reports.writer.organization() === undefined) reports.writer.setOrganization(ORGANIZATION);
  const indexed = vi.fn<(at: string) => void>();
  const schedule = (task: () => void) => void setImmediate(task);
  const indexer = new Indexer({
    writer: reports.writer,
    log,
    schedule,
    now: () => '2026-11-21T12:00:00.000Z',
    onIndexed: indexed,
    onDamaged: (error) => {
      throw error;
    },
  });
  const metadata = {
    device: { id: device.id, role: 'indexer' as const, organization: ORGANIZATION },
  };
  const standings: Standing[] = [];
  const link: RelayLink = new RelayLink(
    {
      url,
      peerId: `${device.id}:1`,
      metadata,
      device,
      log,
      random: () => 0.5,
      heartbeatMs,
      firstDelayMs: 5,
      mostDelayMs: 20,
      shutOutMs: 50,
    },
    {
      up: () => indexer.linkUp((id, data) => link.send(id, data)),
      sync: (id, data) => indexer.receive(id, data),
      down: () => indexer.linkDown(),
      standing: (standing) => standings.push(standing),
      beat: () => indexer.tick(),
    },
  );
  onTestFinished(() => link.stop());
  link.start();
  return { ...reports, indexer, link, indexed, standings };
}

const countOf = ({ database }: Reports, table: string) =>
  Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);

const recordsIn = (documents: readonly SessionEntries[]) =>
  documents.reduce((sum, { entries }) => sum + Object.keys(entries).length, 0);

/** The rows without the heads, which are hashes of changes and differ from one made document to the next. */
function rowsOf(reports: Reports) {
  const { document: _document, meta: _meta, ...rows } = dump(reports.database);
  return rows;
}

describe('following a relay', () => {
  test('everything offered becomes the rows that the entries alone make', async () => {
    const peer = await relay();
    for (const { documentId: id, entries } of sessions) peer.put(id, makeDocument(entries));
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'record')).toBe(recordsIn(sessions)), PATIENCE);
    const direct = freshReports();
    await direct.writer.write(sessions.map(({ documentId: id, entries }) => wholeUpdate(id, entries)));
    expect(rowsOf(reports)).toEqual(rowsOf(direct));
  });

  test('it joins as an indexer and never sends a change', async () => {
    const peer = await relay();
    const doc = makeDocument(open.entries);
    peer.put(open.documentId, doc);
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
    // The relay lost its disk: the indexer has what it misses and must keep it for itself.
    peer.cut();
    peer.put(open.documentId, beginDocument());
    await vi.waitFor(() => expect(peer.received('join')).toHaveLength(2), PATIENCE);
    peer.put(open.documentId, writeEntries(beginDocument(), { 'person:x': 'x' }));
    await vi.waitFor(() => expect(countOf(reports, 'exception')).toBeGreaterThan(1), PATIENCE);
    expect(peer.received('join')[0]?.peerMetadata.device).toMatchObject({ role: 'indexer' });
    const sent = peer.received('sync').map(({ data }) => A.decodeSyncMessage(data));
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.flatMap(({ changes }) => changes)).toEqual([]);
  });

  test('a sale made later appears, one row more', async () => {
    const peer = await relay();
    const keys = Object.keys(open.entries).sort();
    const last = keys.at(-1) ?? '';
    const { [last]: text = '', ...before } = open.entries;
    const doc = makeDocument(before);
    peer.put(open.documentId, doc);
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'record')).toBe(keys.length - 1), PATIENCE);
    peer.put(open.documentId, writeEntries(doc, { [last]: text }));
    await vi.waitFor(() => expect(countOf(reports, 'record')).toBe(keys.length), PATIENCE);
    expect(reports.indexed).toHaveBeenCalledTimes(2);
  });

  test('documents that two devices wrote to show both records of a fork', async () => {
    const peer = await relay();
    const keys = Object.keys(open.entries).sort();
    const last = keys.at(-1) ?? '';
    const { [last]: text = '', ...before } = open.entries;
    const base = makeDocument(before);
    const one = writeEntries(A.clone(base), { [last]: text });
    const other = writeEntries(A.clone(base), { [last]: text.replace('"by":"', '"by":"x') });
    peer.put(open.documentId, one);
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'record')).toBe(keys.length), PATIENCE);
    peer.put(open.documentId, A.merge(one, other));
    await vi.waitFor(() => expect(countOf(reports, 'exception')).toBe(2), PATIENCE);
    const codes = (await exceptionsReport(reports.query)).rows.map((row) => row['code']);
    expect(codes.sort()).toEqual(['altered', 'gap']);
    expect(countOf(reports, 'record')).toBe(keys.length);
  });

  test('unchanged documents are not fetched again after a restart, changed ones are', async () => {
    const peer = await relay();
    const keys = Object.keys(open.entries).sort();
    const last = keys.at(-1) ?? '';
    const { [last]: text = '', ...before } = open.entries;
    const doc = makeDocument(before);
    for (const { documentId: id, entries } of sessions.slice(0, 2)) peer.put(id, makeDocument(entries));
    peer.put(open.documentId, doc);
    const first = follow(peer.url);
    const all = recordsIn(sessions.slice(0, 2)) + keys.length;
    await vi.waitFor(() => expect(countOf(first, 'record')).toBe(all - 1), PATIENCE);
    first.link.stop();
    await vi.waitFor(() => expect(peer.joined).toBe(0), PATIENCE);
    peer.frames.length = 0;
    peer.put(open.documentId, writeEntries(doc, { [last]: text }));
    const again = follow(peer.url, first);
    await vi.waitFor(() => expect(countOf(again, 'record')).toBe(all), PATIENCE);
    expect(new Set(peer.received('sync').map((frame) => frame.documentId))).toEqual(
      new Set([open.documentId]),
    );
  });

  test('a closed session that changes after all is fetched once more', async () => {
    const peer = await relay();
    const doc = makeDocument(closed.entries);
    peer.put(closed.documentId, doc);
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
    peer.put(closed.documentId, writeEntries(doc, { '000009999': '{}' }));
    await vi.waitFor(() => expect(countOf(reports, 'exception')).toBe(2), PATIENCE);
    expect(countOf(reports, 'record')).toBe(Object.keys(closed.entries).length);
  });

  test('two maps of entries in one document are both read, and reported', async () => {
    const peer = await relay();
    const [first = '', second = ''] = Object.keys(open.entries).sort();
    const one = makeDocument({ [first]: open.entries[first] ?? '' });
    const stranger = A.from({ entries: { [second]: new A.ImmutableString(open.entries[second] ?? '') } });
    peer.put(open.documentId, A.merge(one as A.Doc<unknown>, stranger as A.Doc<unknown>));
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'record')).toBe(2), PATIENCE);
    const codes = (await exceptionsReport(reports.query)).rows.map((row) => row['code']);
    expect(codes.sort()).toEqual(['gap', 'split-document']);
  });
});

describe('what is not ours or not sound', () => {
  test('[D1] foreign documents are reported and not opened', async () => {
    const peer = await relay();
    const foreign = documentId({ organization: 'ffffffffffff', key: closed.key });
    peer.put(foreign, makeDocument(closed.entries));
    peer.put('no-id-at-all', makeDocument({}));
    peer.put(open.documentId, makeDocument(open.entries));
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'document')).toBe(3), PATIENCE);
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
    const { rows } = await exceptionsReport(reports.query);
    const found = rows.filter((row) => row['code'] === 'foreign-document').map((row) => row['documentId']);
    expect(new Set(found)).toEqual(new Set([foreign, 'no-id-at-all']));
    expect(new Set(peer.received('sync').map((frame) => frame.documentId))).toEqual(
      new Set([open.documentId]),
    );
  });

  test('[W4] a malformed frame ends the link, and the next one goes on', async () => {
    const peer = await relay();
    const reports = follow(peer.url);
    const bad = [new Uint8Array([0xf6]), new Uint8Array([1, 2, 3]), new Uint8Array(), 'text'];
    for (const [i, frame] of bad.entries()) {
      await vi.waitFor(() => expect(peer.joined).toBe(1), PATIENCE);
      peer.sendRaw(frame);
      await vi.waitFor(() => expect(peer.received('join')).toHaveLength(i + 2), PATIENCE);
    }
    peer.put(open.documentId, makeDocument(open.entries));
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
  });

  test('a sync message that Automerge refuses is reported, other documents go on', async () => {
    const peer = await relay();
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(peer.joined).toBe(1), PATIENCE);
    const data = new Uint8Array([0x42, 9, 9, 9]);
    peer.send({ type: 'sync', senderId: 'relay', targetId: 'indexer', documentId: closed.documentId, data });
    peer.put(open.documentId, makeDocument(open.entries));
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
    const codes = (await exceptionsReport(reports.query)).rows.map((row) => row['code']);
    expect(codes).toContain('unreadable-document');
    expect(peer.received('join')).toHaveLength(1);
  });
});

test('a database that cannot be written for a while catches up by itself', async () => {
  const peer = await relay();
  const reports = freshReports();
  reports.writer.setOrganization(ORGANIZATION);
  const noted = vi.spyOn(log, 'error');
  onTestFinished(() => noted.mockRestore());
  reports.database.exec('PRAGMA query_only = 1');
  for (const { documentId: id, entries } of sessions.slice(0, 3)) peer.put(id, makeDocument(entries));
  const following = follow(peer.url, reports, 10);
  await vi.waitFor(() => expect(noted).toHaveBeenCalled(), PATIENCE);
  expect(countOf(following, 'record')).toBe(0);
  reports.database.exec('PRAGMA query_only = 0');
  await vi.waitFor(
    () => expect(countOf(following, 'record')).toBe(recordsIn(sessions.slice(0, 3))),
    PATIENCE,
  );
  expect(peer.received('join')).toHaveLength(1);
});

describe('the link', () => {
  test('[W3] a relay silent for two heartbeats is dialled again', async () => {
    const peer = await relay();
    peer.answersPings = false;
    follow(peer.url, freshReports(), 10);
    await vi.waitFor(() => expect(peer.received('join').length).toBeGreaterThan(1), PATIENCE);
    expect(peer.received('tillmesh-ping').length).toBeGreaterThan(0);
  });

  test('[W3] pings are answered, and a relay that answers is kept', async () => {
    const peer = await relay();
    follow(peer.url, freshReports(), 10);
    await vi.waitFor(() => expect(peer.received('tillmesh-ping').length).toBeGreaterThan(5), PATIENCE);
    peer.send({ type: 'tillmesh-ping', senderId: 'relay' });
    await vi.waitFor(() => expect(peer.received('tillmesh-pong')).toHaveLength(1), PATIENCE);
    expect(peer.received('join')).toHaveLength(1);
  });

  test('a relay that is not there yet is found when it comes', async () => {
    const port = await freePort();
    const reports = follow(`ws://127.0.0.1:${port}/sync`);
    const peer = await WirePeer.listen(port);
    onTestFinished(() => peer.close());
    peer.put(open.documentId, makeDocument(open.entries));
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
    expect(reports.link.connected).toBe(true);
  });
});

describe('a relay that asks who is there', () => {
  test('[E5] the device signs the challenge of each link for this relay and this peer id', async () => {
    const peer = await relay();
    peer.door.devices = new Map([[DEVICE.id, publicKey]]);
    peer.put(open.documentId, makeDocument(open.entries));
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(countOf(reports, 'session')).toBe(1), PATIENCE);
    peer.cut();
    await vi.waitFor(() => expect(peer.door.proofs).toHaveLength(2), PATIENCE);
    const [first = '', second = ''] = peer.door.proofs;
    expect(first.split('\n').slice(2)).toEqual([DOOR_DEVICE, DEVICE.id, `${DEVICE.id}:1`]);
    expect(second).not.toBe(first);
    expect(reports.standings).toEqual(['accepted']);
  });

  test('[E5] a signature of another key is told as unproven, and a device nobody listed as unknown', async () => {
    const peer = await relay();
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';
    peer.door.devices = new Map([[DEVICE.id, other]]);
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(reports.standings).toEqual(['unproven']), PATIENCE);
    peer.door.devices = new Map();
    await vi.waitFor(() => expect(reports.standings).toEqual(['unproven', 'unknown']), PATIENCE);
    await vi.waitFor(() => expect(peer.door.joins.length).toBeGreaterThan(4), PATIENCE);
    expect(reports.standings).toEqual(['unproven', 'unknown']);
    expect(reports.link.connected).toBe(false);
  });

  test('[E2] an unknown device is let in once it is listed, and hears at once that it was revoked', async () => {
    const peer = await relay();
    peer.door.devices = new Map();
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(reports.standings).toEqual(['unknown']), PATIENCE);
    peer.door.devices = new Map([[DEVICE.id, publicKey]]);
    await vi.waitFor(() => expect(reports.standings).toEqual(['unknown', 'accepted']), PATIENCE);
    peer.door.turnedAway.set(DEVICE.id, CLOSE_CODES.revoked);
    peer.closeAll(CLOSE_CODES.revoked);
    await vi.waitFor(() => expect(reports.standings).toEqual(['unknown', 'accepted', 'revoked']), PATIENCE);
    expect(reports.link.connected).toBe(false);
  });

  test('[E5] it is back at once when its rights were changed', async () => {
    const peer = await relay();
    peer.door.devices = new Map([[DEVICE.id, publicKey]]);
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(peer.joined).toBe(1), PATIENCE);
    peer.closeAll(CLOSE_CODES.rightsChanged);
    await vi.waitFor(() => expect(peer.door.proofs).toHaveLength(2), PATIENCE);
    expect(reports.standings).toEqual(['accepted']);
  });

  test('[W4] a second challenge on one link ends it', async () => {
    const peer = await relay();
    const reports = follow(peer.url);
    await vi.waitFor(() => expect(reports.link.connected).toBe(true), PATIENCE);
    const nonce = 'n'.repeat(43);
    peer.send({ type: 'tillmesh-challenge', senderId: 'relay', nonce, device: DOOR_DEVICE });
    await vi.waitFor(() => expect(peer.door.joins).toHaveLength(2), PATIENCE);
    expect(peer.received('tillmesh-proof')).toEqual([]);
  });
});
