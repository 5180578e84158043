import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { auditChange } from '#model/audit/audit-entry.ts';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { documentId } from '#model/ids/document-id.ts';
import { AuditPage, ACTS_PER_PAGE } from '../../../app/lib/office/audit-page.svelte.ts';
import {
  auditHref,
  changeAuditFilter,
  readAuditQuery,
  type AuditQuery,
} from '../../../app/lib/office/audit-query.ts';
import { actDetail, actWords } from '../../../app/lib/office/audit-sheet.ts';
import { createFormats } from '../../../app/lib/office/formats.ts';
import { createNames } from '../../../app/lib/office/organization-names.ts';
import { ReportsClient } from '../../../app/lib/office/reports-client.ts';
import type { OrganizationAnswer } from '../../../app/lib/office/reports-schema.ts';
import { reportsServer } from '../../../reports-indexer/http.ts';
import { IndexedEvents } from '../../../reports-indexer/indexed-events.ts';
import { freshReports, wholeUpdate } from '../../indexer/flatten-fixture.ts';
import { makeShop, ORGANIZATION } from '../../support/journal-fixture.ts';

const shop = makeShop(13, { stores: 2, registers: 2, sessions: 6, salesPerSession: 40 });
const acts = shop.flatMap(({ records }) => records).filter((record) => sensitiveAct(record) !== undefined);
const known: OrganizationAnswer = {
  name: 'Lantern',
  currency: 'GBP',
  language: 'en',
  stores: [{ id: 'S01', name: 'Camden', timeZone: 'Europe/London', locale: 'en-GB' }],
  registers: [],
  people: [{ id: 'mia', name: 'Mia' }],
};
const entry = {
  id: '0123456789abcdef',
  at: '2026-11-21T09:00:00.000Z',
  by: 'mia',
  what: 'person.pin',
  subject: 'mia',
  details: { name: 'Mia, the "boss"' },
};
const formats = createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' });
const { writer, query, database } = freshReports();
const server = reportsServer({
  database: query,
  events: new IndexedEvents(),
  link: () => ({ connected: true, behind: 0, device: '0123456789abcdef', enrolled: true, standing: null }),
  log: pino({ level: 'silent' }),
});
const client = new ReportsClient(async (input) => {
  const { statusCode, body } = await server.inject(input);
  return new Response(body, { status: statusCode });
});

beforeAll(async () => {
  for (const { sessions } of shop)
    await writer.write(sessions.map((each) => wholeUpdate(each.documentId, each.entries)));
  const staff = documentId({ organization: ORGANIZATION, key: { class: 'staff' } });
  await writer.write([wholeUpdate(staff, auditChange(entry))]);
});

afterAll(async () => {
  await server.close();
  database.close();
});

const pageOf = (wanted: () => AuditQuery) =>
  new AuditPage({ client, known, names: createNames(known), formats }, wanted);

describe('the address of the audit', () => {
  test('holds the whole filter and what is open', () => {
    const wanted: AuditQuery = {
      filter: {
        from: '2026-11-01',
        store: 'S01',
        register: 'R1',
        person: 'ana',
        kind: 'role.edit',
        text: 'a & b',
      },
      open: 'S01-R1-000000012',
    };
    const href = auditHref(wanted);
    expect(readAuditQuery(new URL(href, 'http://x').searchParams)).toEqual(wanted);
    expect(auditHref({ filter: {} })).toBe('/office/audit');
  });

  test('leaves out what it does not understand', () => {
    const params = new URLSearchParams({
      kind: 'A B',
      person: 'x y',
      from: 'today',
      open: '<b>',
      register: 'R1',
    });
    expect(readAuditQuery(params)).toEqual({ filter: {} });
  });

  test('lets the register go with its store', () => {
    const filter = changeAuditFilter({ store: 'S01', register: 'R1', kind: 'drawer' }, { store: 'S02' });
    expect(filter).toEqual({ store: 'S02', kind: 'drawer' });
  });
});

describe('[A1] the list', () => {
  test('[A1] begins with the newest, grows at its end, and stays as long when it is asked again', async () => {
    const page = pageOf(() => ({ filter: {} }));
    await page.refresh();
    expect(acts.length).toBeGreaterThan(ACTS_PER_PAGE);
    expect(page.sheet?.rows).toHaveLength(ACTS_PER_PAGE);
    expect(page.sheet?.rows[0]?.cells).toMatchObject({
      kind: actWords('person.pin'),
      by: 'Mia',
      subject: 'Mia',
    });
    expect(page.hasMore).toBe(true);
    await page.more();
    await page.refresh();
    expect(page.sheet?.rows).toHaveLength(Math.min(acts.length + 1, 2 * ACTS_PER_PAGE));
  });

  test('[A1] of another filter begins anew, and its file has all of it', async () => {
    let wanted: AuditQuery = { filter: {} };
    const page = pageOf(() => wanted);
    await page.refresh();
    await page.more();
    wanted = { filter: { store: 'S02' } };
    await page.refresh();
    const inStore = acts.filter(({ store }) => store === 'S02').length;
    expect(page.sheet?.rows).toHaveLength(Math.min(inStore, ACTS_PER_PAGE));
    const csv = await page.csv();
    expect(csv.ok && csv.value.trim().split('\r\n')).toHaveLength(inStore + 1);
    wanted = { filter: { kind: 'person.pin' } };
    const quoted = await page.csv();
    expect(quoted.ok && quoted.value).toContain('"name: Mia, the ""boss"""');
  });

  test('[A2] opens the entry or the record behind a row, and says when there is none', async () => {
    let wanted: AuditQuery = { filter: { kind: 'person.pin' } };
    const page = pageOf(() => wanted);
    await page.refresh();
    const [row] = page.sheet?.rows ?? [];
    wanted = { ...wanted, open: row?.id ?? '' };
    await page.refreshDetail();
    expect(page.detail.value).toMatchObject({ source: 'staff', content: { what: 'person.pin', by: 'mia' } });
    wanted = { ...wanted, open: 'nothing' };
    await page.refreshDetail();
    expect(page.detail.failure?.code).toBe('missing');
    expect(page.detail.value).toBeUndefined();
  });
});

test('[R7] a clock that moved is told by the time it should have said, on the clock of its store', () => {
  const words = { names: createNames(known), formats };
  const moved = { kind: 'clock', store: 'S01', detail: '2026-07-21T11:32:05.250Z' };
  expect(actDetail(moved, words)).toBe('should have said 21 Jul 2026, 12:32');
  expect(actDetail({ ...moved, kind: 'drawer' }, words)).toBe(moved.detail);
  expect(actDetail({ ...moved, detail: 'unknown' }, words)).toBe('unknown');
});

test('an act of a newer program is called what it is called there', () => {
  expect(actWords('gadget.polish')).toBe('gadget.polish');
});
