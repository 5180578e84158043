import { once } from 'node:events';
import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { Indexer } from '../../reports-indexer/indexer.ts';
import { RelayLink } from '../../reports-indexer/link.ts';
import { drawn, forAll, mutated, requestBytes, sendRequest } from '../support/fuzz.ts';
import { ORGANIZATION, makeDocument, makeShop, writeEntries } from '../support/journal-fixture.ts';
import { PATIENCE } from '../support/patience.ts';
import { startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testKey } from '../support/test-key.ts';
import { WirePeer } from '../support/wire-peer.ts';
import { dump, freshReports } from './flatten-fixture.ts';

const [journal] = makeShop(3, { stores: 1, registers: 1, sessions: 1, salesPerSession: 8 });
const [session] = journal?.sessions ?? [];
const documentId = session?.documentId ?? '';
const keys = Object.keys(session?.entries ?? {}).sort();
const last = keys.at(-1) ?? '';
const { [last]: lastText = '', ...earlier } = session?.entries ?? {};
const doc = makeDocument(earlier);
const key = testKey();
const PEER = `${key.id}:1`;

/** Every frame a relay may send, with the content the indexer has already: what stays valid changes nothing. */
function framesOfRelay(): readonly Frame[] {
  const [, data] = A.generateSyncMessage(doc, A.initSyncState());
  const to = { senderId: 'relay', targetId: PEER };
  return [
    { type: 'peer', ...to, peerMetadata: {}, selectedProtocolVersion: '1' },
    { type: 'tillmesh-challenge', senderId: 'relay', nonce: 'n'.repeat(43), device: key.id },
    { type: 'sync', ...to, documentId, data: data ?? new Uint8Array() },
    { type: 'request', ...to, documentId, data: data ?? new Uint8Array() },
    { type: 'doc-unavailable', ...to, documentId },
    { type: 'error', ...to, message: 'no' },
    { type: 'tillmesh-ping', senderId: 'relay' },
    { type: 'tillmesh-pong', senderId: 'relay' },
    { type: 'tillmesh-refused', ...to, documentId },
  ];
}

/** An indexer in this process that dials without pause. */
function follow(url: string) {
  const reports = freshReports();
  reports.writer.setOrganization(ORGANIZATION);
  const log = pino({ level: 'silent' });
  const indexer = new Indexer({
    writer: reports.writer,
    log,
    schedule: (task) => void setImmediate(task),
    now: () => '2026-11-21T12:00:00.000Z',
    onIndexed: () => undefined,
    onDamaged: (error) => {
      throw error;
    },
  });
  const link: RelayLink = new RelayLink(
    {
      url,
      peerId: PEER,
      metadata: { device: { id: key.id, role: 'indexer', organization: ORGANIZATION } },
      device: key,
      log,
      random: () => 0,
      firstDelayMs: 1,
      mostDelayMs: 2,
      shutOutMs: 1,
    },
    {
      up: () => indexer.linkUp((id, data) => link.send(id, data)),
      sync: (id, data) => indexer.receive(id, data),
      down: () => indexer.linkDown(),
      standing: () => undefined,
      beat: () => indexer.tick(),
    },
  );
  onTestFinished(() => link.stop());
  link.start();
  const rows = () => {
    const { document: _document, meta: _meta, exception: _exception, ...others } = dump(reports.database);
    return others;
  };
  const findings = () =>
    reports.database
      .prepare('SELECT DISTINCT code FROM exception ORDER BY code')
      .all()
      .map((row) => row['code']);
  return {
    rows,
    findings,
    count: () => reports.database.prepare('SELECT count(*) AS n FROM record').get()?.['n'],
  };
}

/** One link of the indexer with a relay gone wrong: `greets` first, or not, then sends what it likes and hangs up. */
async function attack(socket: WebSocket, greets: boolean, batch: readonly Uint8Array[]): Promise<void> {
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([once(socket, 'message'), closed]);
  const [greeting] = framesOfRelay();
  if (greets && greeting) socket.send(encodeFrame(greeting));
  for (const frame of batch) socket.send(frame);
  const read = new Promise<void>((resolve) => socket.once('pong', () => resolve()));
  if (socket.readyState === socket.OPEN) socket.ping();
  await Promise.race([read, closed]);
  socket.terminate();
}

describe('[W4] a relay gone wrong', { timeout: 120_000 }, () => {
  test('ten thousand mutated frames neither end the indexer nor change a row', async () => {
    const good = await WirePeer.listen();
    const { port } = good;
    good.put(documentId, doc);
    const indexer = follow(good.url);
    await vi.waitFor(() => expect(indexer.count()).toBe(keys.length - 1), PATIENCE);
    const before = indexer.rows();
    await good.close();

    const frames = mutated(framesOfRelay().map((frame) => encodeFrame(frame)));
    const batches = fc.tuple(fc.boolean(), fc.array(frames, { minLength: 5, maxLength: 5 }));
    const { seed, values } = drawn(batches, 2000);
    onTestFinished(({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(`fuzz seed ${seed}\n`);
    });
    const bad = new WebSocketServer({ host: '127.0.0.1', port, path: '/sync' });
    const links: WebSocket[] = [];
    let arrived: () => void = () => undefined;
    bad.on('connection', (socket) => {
      links.push(socket);
      arrived();
    });
    for (const [greets, batch] of values) {
      while (links.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
      const socket = links.shift();
      if (socket) await attack(socket, greets, batch);
    }
    for (const socket of bad.clients) socket.terminate();
    await new Promise((resolve) => bad.close(resolve));
    expect(indexer.rows()).toEqual(before);
    // What cannot be read is listed, and nothing but that.
    const listed = ['foreign-document', 'unreadable-document'];
    expect(indexer.findings().filter((code) => !listed.includes(String(code)))).toEqual([]);

    const again = await WirePeer.listen(port);
    onTestFinished(() => again.close());
    again.put(documentId, writeEntries(doc, { [last]: lastText }));
    await vi.waitFor(() => expect(indexer.count()).toBe(keys.length), PATIENCE);
  });
});

describe('mutated requests', { timeout: 120_000 }, () => {
  test('for reports are refused with a code below 500, and the next report is made', async () => {
    const indexer = await startProgram('reports-indexer/main.ts', [
      '--data',
      await temporaryFolder(),
      '--port',
      '0',
      '--relay',
      'ws://127.0.0.1:9/sync',
    ]);
    onTestFinished(async () => {
      await indexer.stop();
    });
    const { port } = indexer.ready;
    const paths = [
      '/reports/health',
      '/reports/sales?by=day&from=2026-01-01&to=2026-12-31',
      '/reports/x?store=S01&register=R1',
      '/reports/z?store=S01&register=R1&session=1',
      '/reports/receipts?search=a%25&limit=5&offset=1',
      '/reports/receipts/S01-R1-000001',
      '/reports/totals?basketPrefix=x',
      '/reports/%',
      '//',
    ];
    const requests = mutated(paths.map((path) => requestBytes(port, 'GET', path)));
    const { seed, values } = drawn(requests, 10_000);
    onTestFinished(({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(`fuzz seed ${seed}\n`);
    });
    const failures: string[] = [];
    await forAll(values, 16, async (bytes) => {
      const answer = await sendRequest(port, bytes);
      if (answer.slice(9, 10) === '5') failures.push(`${Buffer.from(bytes).toString('latin1')} → ${answer}`);
    });
    expect(failures).toEqual([]);
    expect(indexer.process.exitCode).toBeNull();
    expect((await fetch(`http://127.0.0.1:${port}/reports/health`)).status).toBe(200);
  });
});
