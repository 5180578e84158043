import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as A from '@automerge/automerge';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { canonicalJson } from '#model/journal/canonical.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { DATABASE_FILE } from '../../reports-indexer/database.ts';
import {
  ORGANIZATION,
  makeDocument,
  makeShop,
  writeEntries,
  type EntriesDocument,
  deviceEntries,
  terminals,
} from '../support/journal-fixture.ts';
import { PATIENCE } from '../support/patience.ts';
import { runProgram, startProgram, type RunningProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WirePeer } from '../support/wire-peer.ts';
import { dump, foldSession } from './flatten-fixture.ts';

const PROGRAM = join(import.meta.dirname, '../../reports-indexer/main.ts');
const shop = makeShop(9, { stores: 1, registers: 2, sessions: 2, salesPerSession: 10 });
const sessions = shop.flatMap((journal) => journal.sessions);
const records = shop.flatMap((journal) => journal.records);
const receipts = records.filter(({ kind }) => kind === 'sale').length;

const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
const person = (id: string, name: string) =>
  canonicalJson({
    id,
    name,
    role: 'cashier',
    language: 'en',
    stores: [],
    active: true,
    pin: { salt: 's'.repeat(22), hash: 'h'.repeat(43) },
  });

/** A relay that has a whole shop: the organization, its staff, one catalog shard and the sessions. */
async function shopRelay(): Promise<WirePeer> {
  const peer = await WirePeer.listen();
  onTestFinished(() => peer.close());
  const organization = {
    ...deviceEntries(terminals(9, 9)),
    organization: canonicalJson({
      tag: ORGANIZATION,
      name: 'Corner shop',
      currency: 'GBP',
      language: 'en',
      taxRounding: 'receipt',
      catalogShards: 1,
      foundedAt: '2026-01-01T00:00:00.000Z',
    }),
    'store:S01': canonicalJson({
      id: 'S01',
      name: 'High Street',
      timeZone: 'Europe/London',
      locale: 'en-GB',
      header: [],
      footer: [],
    }),
    'register:S01-R1': canonicalJson({ store: 'S01', register: 'R1', name: 'Front' }),
  };
  const catalog = {
    'department:D1': canonicalJson({ name: 'Toys' }),
    'product:P1:info': canonicalJson({
      sku: 'SKU-1',
      name: 'Catalog name',
      department: 'D1',
      barcodes: [],
      active: true,
    }),
    'product:P1:price': canonicalJson({ price: '1', taxes: [] }),
  };
  const staff = { 'person:ann': person('ann', 'Ann'), 'person:bob': person('rob', 'Bob') };
  peer.put(idOf({ class: 'organization' }), makeDocument(organization));
  peer.put(idOf({ class: 'catalog', shard: 0 }), makeDocument(catalog));
  peer.put(idOf({ class: 'staff' }), makeDocument(staff));
  peer.put(
    idOf({ class: 'basket', store: 'S01' as never, register: 'R1' as never, session: 0 }),
    makeDocument({}),
  );
  for (const { documentId: id, entries } of sessions) peer.put(id, makeDocument(entries));
  return peer;
}

async function start(data: string, peer: WirePeer, ...more: string[]): Promise<RunningProgram> {
  const args = ['--data', data, '--port', '0', '--relay', peer.url, '--organization', ORGANIZATION, ...more];
  const program = await startProgram(PROGRAM, args);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

async function get(
  program: RunningProgram,
  path: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${program.ready.port}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function whenIndexed(program: RunningProgram): Promise<void> {
  await vi.waitFor(async () => {
    const { body } = await get(program, '/reports/health');
    expect(body).toMatchObject({
      connected: true,
      records: records.length,
      documents: sessions.length + 4,
    });
  }, PATIENCE);
}

function dumpFile(data: string): Record<string, unknown[]> {
  const database = new DatabaseSync(join(data, DATABASE_FILE));
  const rows = dump(database);
  database.close();
  return rows;
}

describe('the program', () => {
  test('serves every report of a shop it follows', async () => {
    const peer = await shopRelay();
    const program = await start(await temporaryFolder(), peer);
    await whenIndexed(program);
    const ok = async (path: string) => {
      const { status, body } = await get(program, path);
      expect({ path, status }).toEqual({ path, status: 200 });
      return body;
    };
    const [journal] = shop;
    const first = journal?.records.filter(({ session }) => session === 1) ?? [];
    expect(await ok('/reports/z?store=S01&register=R1&session=1')).toEqual(foldSession(first));
    expect(await ok('/reports/x?store=S01&register=R1')).toMatchObject({ session: 2 });
    expect((await ok('/reports/sessions'))['rows']).toHaveLength(4);
    expect((await ok('/reports/tax?from=2026-10-28&to=2026-10-28'))['rows']).not.toEqual([]);
    const products = (await ok('/reports/sales?by=product'))['rows'] as { key: string; name: string }[];
    expect(products.find(({ key }) => key === 'P1')?.name).toBe('Catalog name');
    expect(products.find(({ key }) => key === 'P2')?.name).toBe('Product 2');
    expect(await ok('/reports/sales?by=register')).toMatchObject({
      rows: [{ name: 'Front' }, { key: 'S01-R2' }],
    });
    expect(await ok('/reports/receipts?limit=3')).toMatchObject({ count: receipts });
    const sale = records.find(({ kind }) => kind === 'sale');
    if (sale?.kind !== 'sale') throw new Error('no sale');
    expect(canonicalJson((await ok(`/reports/receipts/${sale.body.receipt}`)) as never)).toBe(
      recordText(sale),
    );
    expect(await ok('/reports/receipts?about=customer:joan')).toMatchObject({ count: 0 });
    expect(await ok('/reports/ledger-accounts?ledger=gift-card')).toMatchObject({ rows: [], count: 0 });
    expect(await ok('/reports/ledger-moves?from=2026-10-28')).toMatchObject({ rows: [], count: 0 });
    expect(await ok('/reports/totals')).toMatchObject({ receipts });
    expect(await ok('/reports/exceptions')).toMatchObject({ rows: [{ code: 'wrong-key' }] });
    expect(await ok('/reports/organization')).toEqual({
      name: 'Corner shop',
      currency: 'GBP',
      language: 'en',
      stores: [{ id: 'S01', name: 'High Street', timeZone: 'Europe/London', locale: 'en-GB' }],
      registers: [{ store: 'S01', register: 'R1', name: 'Front' }],
      people: [{ id: 'ann', name: 'Ann' }],
    });
  });

  test('a parameter that is not right gets 400 and a sentence, what is not there gets 404', async () => {
    const program = await start(await temporaryFolder(), await shopRelay());
    const bad = [
      '/reports/tax?from=yesterday',
      '/reports/tax?from=2026-11-02&to=2026-11-01',
      '/reports/tax?form=2026-11-02',
      '/reports/tax?from=2026-11-02&from=2026-11-03',
      '/reports/tax?register=R1',
      '/reports/x?store=S01',
      "/reports/x?store=S01'--&register=R1",
      '/reports/z?store=S01&register=R1&session=-1',
      '/reports/sales',
      '/reports/sales?by=weather',
      '/reports/receipts?limit=501',
      '/reports/receipts?offset=1e9',
      '/reports/receipts?about=weather:fine',
      '/reports/ledger-accounts',
      '/reports/ledger-accounts?ledger=tips',
      '/reports/ledger-moves?account=G1',
      '/reports/receipts/%00',
      '/reports/totals?basketPrefix=',
      '/reports/receipts/%E0%A4%A',
    ];
    for (const path of bad) {
      const { status, body } = await get(program, path);
      expect({ path, status }).toEqual({ path, status: 400 });
      expect(body).toEqual({ code: expect.any(String), message: expect.stringMatching(/\w{3,}.* .*/) });
    }
    for (const path of [
      '/',
      '/reports/weather',
      '/reports/receipts/S01-R1-999999',
      '/reports/x?store=S05&register=R1',
    ]) {
      expect({ path, status: (await get(program, path)).status }).toEqual({ path, status: 404 });
    }
    const posted = await fetch(`http://127.0.0.1:${program.ready.port}/reports/tax`, {
      method: 'POST',
      body: '{"broken',
      headers: { 'content-type': 'application/json' },
    });
    expect(posted.status).toBeGreaterThanOrEqual(400);
    expect(posted.status).toBeLessThan(500);
    expect((await get(program, '/reports/health')).status).toBe(200);
  });

  test('tells listeners when rows changed, and stops while they listen', async () => {
    const peer = await shopRelay();
    const program = await start(await temporaryFolder(), peer);
    await whenIndexed(program);
    const response = await fetch(`http://127.0.0.1:${program.ready.port}/reports/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('connected');
    const staff = idOf({ class: 'staff' });
    const doc = A.clone(peer.get(staff) as A.Doc<EntriesDocument>);
    peer.put(staff, writeEntries(doc, { 'person:ann': person('ann', 'Anna') }));
    expect((await reader?.read())?.value).toMatch(/^event: indexed\ndata: \{"at":"\d{4}-/);
    expect(await program.stop()).toBe(0);
  });

  test('a rebuild gives the same rows as following did', async () => {
    const peer = await shopRelay();
    const data = await temporaryFolder();
    const first = await start(data, peer);
    await whenIndexed(first);
    await first.stop();
    const followed = dumpFile(data);
    const again = await start(data, peer, '--rebuild');
    await whenIndexed(again);
    await again.stop();
    expect(dumpFile(data)).toEqual(followed);
  });

  test('after a kill it goes on where it was, and asks for nothing twice', async () => {
    const peer = await shopRelay();
    const data = await temporaryFolder();
    const first = await start(data, peer);
    await whenIndexed(first);
    await first.kill();
    await vi.waitFor(() => expect(peer.joined).toBe(0), PATIENCE);
    peer.frames.length = 0;
    const again = await start(data, peer);
    await whenIndexed(again);
    await vi.waitFor(() => expect(peer.joined).toBe(1), PATIENCE);
    expect(peer.received('sync')).toEqual([]);
  });

  test('a file that is no database is put aside and made again', async () => {
    const peer = await shopRelay();
    const data = await temporaryFolder();
    writeFileSync(
      join(data, DATABASE_FILE),
      'this is not a database, it only lies where one should be'.repeat(100),
    );
    const program = await start(data, peer);
    await whenIndexed(program);
    await vi.waitFor(
      () => expect(program.log()).toContain('the database was damaged; it was put aside'),
      PATIENCE,
    );
    expect(readdirSync(data).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
  });

  test('a database of another schema version is dropped and replayed', async () => {
    const peer = await shopRelay();
    const data = await temporaryFolder();
    const first = await start(data, peer);
    await whenIndexed(first);
    await first.stop();
    const database = new DatabaseSync(join(data, DATABASE_FILE));
    database.exec(`UPDATE meta SET value = '0' WHERE key = 'schemaVersion'; DELETE FROM sale;`);
    database.close();
    const again = await start(data, peer);
    await whenIndexed(again);
    expect(await get(again, '/reports/receipts')).toMatchObject({ body: { count: receipts } });
  });
});

describe('the command line', () => {
  test('a wrong flag ends with 2 and a sentence', async () => {
    const wrong: [string[], string][] = [
      [['--wrong'], '--wrong'],
      [[], '--data'],
      [['--data', 'x', '--port', 'many', '--relay', 'ws://h/sync'], '--port'],
      [['--data', 'x', '--port', '0', '--relay', 'http://h'], '--relay'],
      [['--data', 'x', '--port', '0', '--relay', 'ws://h', '--enrol', 'me'], '--enrol'],
      [['--data', 'x', '--port', '0', '--relay', 'ws://h', '--organization', 'me'], '--organization'],
    ];
    for (const [args, named] of wrong) {
      const { code, stderr } = await runProgram(PROGRAM, args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toContain(named);
      expect(stderr).not.toContain('    at ');
    }
  });

  test('help is on stdout', async () => {
    const { code, stdout } = await runProgram(PROGRAM, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--relay');
  });

  test('a port in use ends with 1 and a sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const args = [
      '--data',
      await temporaryFolder(),
      '--port',
      String(port),
      '--relay',
      'ws://127.0.0.1:9/sync',
    ];
    const { code, stderr } = await runProgram(PROGRAM, args);
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use`);
  });

  test('another organization than the database holds is refused with a sentence', async () => {
    const data = await temporaryFolder();
    const program = await start(data, await shopRelay());
    await program.stop();
    const args = [
      '--data',
      data,
      '--port',
      '0',
      '--relay',
      'ws://127.0.0.1:9/sync',
      '--organization',
      'f'.repeat(12),
    ];
    const { code, stderr } = await runProgram(PROGRAM, args);
    expect(code).toBe(1);
    expect(stderr).toContain(ORGANIZATION);
  });
});
