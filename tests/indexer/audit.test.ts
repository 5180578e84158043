import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { pino } from 'pino';
import { auditChange, type AuditEntry } from '#model/audit/audit-entry.ts';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { documentId } from '#model/ids/document-id.ts';
import { storeId } from '#model/ids/register-id.ts';
import { assert } from '#model/result.ts';
import { reportsServer } from '../../reports-indexer/http.ts';
import { IndexedEvents } from '../../reports-indexer/indexed-events.ts';
import { Indexer } from '../../reports-indexer/indexer.ts';
import { RelayLink } from '../../reports-indexer/link.ts';
import { auditAct, auditReport, readPlace, type AuditQuery } from '../../reports-indexer/reports/audit.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import { ORGANIZATION, makeDocument, makeShop, writeEntries } from '../support/journal-fixture.ts';
import { PATIENCE } from '../support/patience.ts';
import { WirePeer } from '../support/wire-peer.ts';
import { dump, freshReports, wholeUpdate } from './flatten-fixture.ts';

const shop = makeShop(13, { stores: 2, registers: 2, sessions: 4, salesPerSession: 25 });
const records = shop.flatMap((journal) => journal.records);
const sensitive = records.filter((record) => sensitiveAct(record) !== undefined);
const staff = documentId({ organization: ORGANIZATION, key: { class: 'staff' } });
const LINK = () => ({
  connected: true,
  behind: 0,
  device: '0123456789abcdef',
  enrolled: true,
  standing: null,
});
const log = pino({ level: 'silent' });

const audit = (id: number, change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: String(id).padStart(16, '0'),
  at: '2026-11-21T09:00:00.000Z',
  by: 'mia',
  what: 'person.edit',
  subject: 'ana',
  details: { name: 'Ana María', role: 'cashier' },
  ...change,
});

async function reportsOf(entries: Readonly<Record<string, string>> = {}) {
  const reports = freshReports();
  for (const { sessions } of shop)
    await reports.writer.write(sessions.map((each) => wholeUpdate(each.documentId, each.entries)));
  await reports.writer.write([wholeUpdate(staff, entries)]);
  return reports;
}

const office = { ...auditChange(audit(1)), ...auditChange(audit(2, { by: 'zoe', what: 'device.revoke' })) };
const { query } = await reportsOf(office);

/** Every page of a question, one after the other. */
async function pagesOf(question: Omit<AuditQuery, 'limit' | 'before'>, limit = 7) {
  const pages: (readonly Record<string, unknown>[])[] = [];
  let next: string | null = null;
  do {
    const before = next === null ? undefined : readPlace(next);
    const page = await auditReport(query, { ...question, limit, before });
    pages.push(page.rows);
    next = page.next;
  } while (next !== null);
  return pages;
}

describe('the audit report', () => {
  test('[A3, A4] has what was edited in a catalog shard and in a store, also when it was taken out again', async () => {
    const { query: other, writer } = await reportsOf();
    const keys = [
      { class: 'catalog', shard: 3 },
      { class: 'store', store: storeId(1) },
    ] as const;
    const entry = (id: number, what: string) =>
      auditChange(audit(id, { what, at: '2027-01-01T09:00:00.000Z' }));
    const [catalog = '', store = ''] = keys.map((key) => documentId({ organization: ORGANIZATION, key }));
    await writer.write([
      wholeUpdate(catalog, entry(5, 'product.edit')),
      wholeUpdate(store, entry(6, 'setting.edit')),
    ]);
    await writer.write([wholeUpdate(store, {})]);
    const { rows } = await auditReport(other, { from: '2027-01-01', limit: 10, before: undefined });
    expect(rows.map(({ kind, gone }) => [kind, gone]).toSorted()).toEqual([
      ['product.edit', false],
      ['setting.edit', true],
    ]);
  });

  test('[A1] has every sensitive act of the journals and every entry of the office, once, newest first', async () => {
    const pages = await pagesOf({});
    const rows = pages.flat();
    expect(pages.length).toBeGreaterThan(3);
    expect(rows).toHaveLength(sensitive.length + 2);
    expect(new Set(rows.map((row) => row['id'])).size).toBe(rows.length);
    const places = rows.map((row) => `${row['day']}~${row['at']}~${row['id']}`);
    expect(places).toEqual(places.toSorted().toReversed());
    const kinds = new Set(sensitive.map((record) => sensitiveAct(record)?.kind));
    expect(kinds.size).toBeGreaterThan(3);
  });

  test('[A1] filters by place, person, kind, period and text, each as looking at all of it would', async () => {
    const all = (await pagesOf({})).flat();
    const values = (name: string) => all.map((row) => row[name]).filter((value) => typeof value === 'string');
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            person: fc.constantFrom(...values('by')),
            kind: fc.constantFrom(...values('kind')),
            store: fc.constantFrom(...values('store')),
            from: fc.constantFrom(...values('day')),
            to: fc.constantFrom(...values('day')),
            text: fc.constantFrom('ANA', 'S01-R1-0000', 'a', '%', ''),
          },
          { requiredKeys: [] },
        ),
        async ({ store, ...question }) => {
          const { person, kind, from = '', to = '~', text = '' } = question;
          const wanted = all.filter(
            (row) =>
              (person === undefined || row['by'] === person) &&
              (kind === undefined || row['kind'] === kind) &&
              (store === undefined || row['store'] === store) &&
              String(row['day']) >= from &&
              String(row['day']) <= to &&
              `${row['subject']}\n${row['detail']}`.toLowerCase().includes(text.toLowerCase()),
          );
          const found = await pagesOf({ ...question, ...(store ? { store } : {}) }, 50);
          expect(found.flat()).toEqual(wanted);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('[A1] an act comes with its record, an entry of the office with what it says', async () => {
    const [record] = sensitive;
    assert(record, () => 'the shop did nothing sensitive');
    const [row] = (await pagesOf({})).flat().filter(({ seq, store, register }) => {
      return seq === record.seq && store === record.store && register === record.register;
    });
    expect(await auditAct(query, String(row?.['id']))).toMatchObject({ content: record, by: record.by });
    const [edit] = (await pagesOf({ kind: 'person.edit' })).flat();
    const { id: _id, ...body } = audit(1);
    expect(await auditAct(query, String(edit?.['id']))).toMatchObject({ source: 'staff', content: body });
    expect(await auditAct(query, 'nothing')).toBeUndefined();
  });

  test('[A2] is served over HTTP, and what is asked wrongly gets a sentence', async () => {
    const server = reportsServer({
      database: query,
      events: new IndexedEvents(),
      link: LINK,
      log,
    });
    onTestFinished(() => server.close());
    const page = await server.inject('/reports/audit?limit=3&store=S01');
    expect(page.json()).toMatchObject({ rows: [{ store: 'S01' }, { store: 'S01' }, { store: 'S01' }] });
    const { next } = page.json<{ next: string }>();
    const second = await server.inject(`/reports/audit?limit=3&store=S01&before=${encodeURIComponent(next)}`);
    expect(second.statusCode).toBe(200);
    expect(second.json<{ rows: unknown[] }>().rows).not.toEqual(page.json<{ rows: unknown[] }>().rows);
    for (const wrong of ['before=x', 'limit=0', 'kind=A B', 'register=R1', 'more=1'])
      expect((await server.inject(`/reports/audit?${wrong}`)).statusCode).toBe(400);
    expect((await server.inject('/reports/audit/nothing')).statusCode).toBe(404);
  });
});

/** An indexer that follows a relay; every second `refollow` reads the document afresh. */
async function follow(peer: WirePeer) {
  const reports = freshReports();
  reports.writer.setOrganization(ORGANIZATION);
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
  const device = { id: '0123456789abcdef', role: 'indexer' as const, organization: ORGANIZATION };
  const link: RelayLink = new RelayLink(
    {
      url: peer.url,
      peerId: `${device.id}:1`,
      metadata: { device },
      device: { id: device.id, sign: () => '' },
      log,
      random: () => 0.5,
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
  return reports;
}

const codesOf = async ({ query: from }: ReturnType<typeof freshReports>) =>
  (await exceptionsReport(from)).rows.map((row) => String(row['code'])).toSorted();
const rowsOf = (reports: ReturnType<typeof freshReports>) => {
  const { document: _document, meta: _meta, ...rows } = dump(reports.database);
  return rows;
};

describe('audit entries that are no longer what they were', () => {
  test('[A3] are listed and stay in the audit, for who follows and for who reads the document afresh', async () => {
    const peer = await WirePeer.listen();
    onTestFinished(() => peer.close());
    const [kept = '', changed = ''] = Object.keys(office);
    let doc = makeDocument(office);
    peer.put(staff, doc);
    const following = await follow(peer);
    await vi.waitFor(
      async () => expect((await auditReport(following.query, { limit: 9 })).rows).toHaveLength(2),
      PATIENCE,
    );
    expect(await codesOf(following)).toEqual([]);

    const [[, other] = ['', '']] = Object.entries(auditChange(audit(2, { by: 'ana' })));
    doc = writeEntries(doc, { [kept]: undefined });
    doc = writeEntries(doc, { [changed]: other });
    peer.put(staff, doc);
    await vi.waitFor(
      async () => expect(await codesOf(following)).toEqual(['audit-changed', 'audit-removed']),
      PATIENCE,
    );
    const { rows } = await auditReport(following.query, { limit: 9 });
    expect(rows.map(({ by, gone }) => [by, gone])).toHaveLength(3);
    expect(
      rows
        .filter(({ gone }) => gone)
        .map(({ by }) => by)
        .toSorted(),
    ).toEqual(['mia', 'zoe']);

    const fresh = await follow(peer);
    await vi.waitFor(async () => expect(await codesOf(fresh)).toHaveLength(2), PATIENCE);
    expect(rowsOf(fresh)).toEqual(rowsOf(following));
  });

  test('[A3] an entry that is put back as it was is no exception any more', async () => {
    const reports = await reportsOf(office);
    const [kept = ''] = Object.keys(office);
    const { [kept]: _gone, ...rest } = office;
    await reports.writer.write([wholeUpdate(staff, rest)]);
    expect(reports.database.prepare('SELECT code FROM exception').all()).toEqual([{ code: 'audit-removed' }]);
    await reports.writer.write([wholeUpdate(staff, office)]);
    expect(rowsOf(reports)).toEqual(rowsOf(await reportsOf(office)));
  });

  test('[A2] an entry that cannot be read is an exception and no act', async () => {
    const reports = await reportsOf({ 'audit:2026-11-21T09:00:00.000Z:1': '{}' });
    expect(await codesOf(reports)).toEqual(['bad-shape']);
    expect((await auditReport(reports.query, { kind: 'person.edit', limit: 9 })).rows).toEqual([]);
  });
});
