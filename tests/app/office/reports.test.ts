import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assert } from '#model/result.ts';
import type { Result } from '#model/result.ts';
import { LiveFeed } from '$lib/office/live-feed.svelte.ts';
import { Office } from '$lib/office/office.svelte.ts';
import { askAllRows, askReport, askSession, sheetOf } from '$lib/office/report-answer.ts';
import { downloadCsv } from '$lib/office/report-download.ts';
import { ReportPage } from '$lib/office/report-page.svelte.ts';
import { readQuery, type ReportKind, type ReportQuery } from '$lib/office/report-query.ts';
import { ReportsClient } from '$lib/office/reports-client.ts';
import type { Sheet } from '$lib/office/sheet.ts';
import { Today } from '$lib/office/today.svelte.ts';
import { overwriteGetLocale } from '$lib/paraglide/runtime.js';
import { foldSession } from '../../indexer/flatten-fixture.ts';
import type { RegisterJournal } from '../../support/journal-fixture.ts';
import { startOfficeHost, type OfficeHost } from './office-host.ts';

let host: OfficeHost;
let office: Office;
let client: ReportsClient;

beforeAll(async () => {
  overwriteGetLocale(() => 'en');
  host = await startOfficeHost();
  client = new ReportsClient(fetch, host.url);
  const feed = new LiveFeed({ open: () => assertNoStream(), later: () => () => undefined });
  office = new Office(client, feed, () => 'en');
  await office.refresh();
});

afterAll(() => host.close());

function assertNoStream(): never {
  throw new Error('these tests do not listen');
}

function query(search: string): ReportQuery {
  return readQuery(new URLSearchParams(search));
}

function valueOf<Value>(result: Result<Value, unknown>): Value {
  assert(result.ok, () => `refused: ${JSON.stringify(result)}`);
  return result.value;
}

async function sheet(search: string): Promise<Sheet> {
  const asked = query(search);
  return sheetOf(valueOf(await askReport(client, asked)), asked, office.names);
}

/** Σ over the sales of a journal's sessions that are in the reports. */
function grossOf(journals: readonly RegisterJournal[]): number {
  const records = journals.flatMap((journal) => journal.records);
  return records.reduce((sum, record) => sum + (record.kind === 'sale' ? record.body.total : 0), 0);
}

/** The shop without the session that arrives later. */
function arrived(): readonly RegisterJournal[] {
  return host.shop.map((journal) =>
    journal.store === 'S02' && journal.register === 'R2'
      ? { ...journal, records: journal.records.filter((record) => record.session < 3) }
      : journal,
  );
}

describe('the office', () => {
  test('knows the organization, how fresh the figures are and how to write them', () => {
    expect(office.known.name).toBe('Lantern & Lace');
    expect(office.feed.indexedAt).toBe('2026-11-21T11:32:05.000Z');
    expect(office.formats.money(123456)).toBe('£1,234.56');
    expect(office.timeZone).toBe('Europe/London');
  });

  test('today is the newest business day, with every open register', async () => {
    const today = new Today(client);
    await Promise.all([today.refresh(), today.refreshRelay()]);
    expect(today.day).toBe('2026-10-30');
    expect(today.before?.day).toBe('2026-10-29');
    expect(today.open.map((session) => `${session.store}-${session.register}`)).toEqual([
      'S01-R1',
      'S01-R2',
      'S02-R1',
    ]);
    const sold = arrived()
      .flatMap((journal) => journal.records)
      .filter((record) => record.session === 3 && record.kind === 'sale');
    expect(today.figures?.receipts).toBe(sold.length);
    expect(today.exceptions.value).toEqual([]);
    expect(today.relay.value?.disk).toBe('ok');
  });
});

describe('reports as tables', () => {
  test.each<ReportKind>(['day', 'store', 'register', 'customer', 'tier', 'tender'])(
    'sales by %s sum up to what was sold',
    async (kind) => {
      const { rows, total } = await sheet(`kind=${kind}`);
      expect(rows.reduce((sum, row) => sum + Number(row.cells['gross']), 0)).toBe(grossOf(arrived()));
      expect(total?.['gross']).toBe(grossOf(arrived()));
    },
  );

  test('a day leads to its receipts, a store to its registers, a register to its sessions', async () => {
    expect((await sheet('kind=day')).rows[0]?.href).toBe(
      '/office/reports?kind=receipts&from=2026-10-28&to=2026-10-28',
    );
    expect((await sheet('kind=store&from=2026-10-28')).rows[0]?.href).toBe(
      '/office/reports?kind=register&from=2026-10-28&store=S01',
    );
    const [register] = (await sheet('kind=register')).rows;
    expect(register).toMatchObject({
      href: '/office/reports?kind=z&store=S01&register=R1',
      cells: { key: 'S01-R1', name: 'Camden · Front' },
    });
  });

  test('what was sold outside any department says so', async () => {
    const { rows } = await sheet('kind=department');
    expect(rows.map((row) => row.cells['name'])).toContain('No department');
  });

  test('tenders and papers go by their usual names in the language of the office', async () => {
    const names = async () => (await sheet('kind=tender')).rows.map((row) => row.cells['name']);
    const made = new ReportPage(office, () => query('kind=z&open=S01-R1-1'));
    await Promise.all([made.refresh(), made.refreshDetail()]);
    expect(await names()).toContain('Cash');
    overwriteGetLocale(() => 'es');
    const spanish = await names();
    const { rows = [] } = made.paper?.sections[2] ?? {};
    overwriteGetLocale(() => 'en');
    expect(spanish).toContain('Efectivo');
    expect(spanish).not.toContain('Cash');
    expect(rows.map((row) => row.label)).toContain('Efectivo');
  });

  test('tax is by rate, with base, tax and both together', async () => {
    const { rows, total } = await sheet('kind=tax');
    expect(rows.map((row) => [row.cells['rate'], row.cells['included']])).toEqual(
      expect.arrayContaining([
        ['20', 'inside the price'],
        ['2', 'on top'],
      ]),
    );
    const tax = rows.reduce((sum, row) => sum + Number(row.cells['amount']), 0);
    expect(total?.['amount']).toBe(tax);
  });

  test('X lists the open sessions and Z the closed ones, whatever period was looked at', async () => {
    const open = await sheet('kind=x&from=2001-01-01&to=2001-01-02');
    expect(open.rows.map((row) => row.id)).toEqual(['S01-R1-3', 'S01-R2-3', 'S02-R1-3']);
    const closed = await sheet('kind=z&store=S01');
    expect(closed.rows.map((row) => row.id).toSorted()).toEqual([
      'S01-R1-1',
      'S01-R1-2',
      'S01-R2-1',
      'S01-R2-2',
    ]);
    expect(closed.total).not.toHaveProperty('session');
  });

  test('a receipt is found by its count alone', async () => {
    const found = await sheet('kind=receipts&search=3&store=S01');
    expect(found.rows.map((row) => row.id).toSorted()).toEqual(['S01-R1-000003', 'S01-R2-000003']);
  });
});

describe('reports a shop without customers, cards or representatives has as well', () => {
  test.each(['representative', 'quick', 'ledgers', 'accounts', 'moves'])('%s is empty', async (kind) => {
    expect((await sheet(`kind=${kind}`)).rows).toEqual([]);
  });

  test('what was sold to nobody in particular says so and leads nowhere', async () => {
    const [row] = (await sheet('kind=customer')).rows;
    expect(row?.cells['name']).toBe('No customer');
    expect(row?.href).toBeUndefined();
  });

  test('receipts about somebody are theirs alone, and the page names them', async () => {
    const page = new ReportPage(office, () => query('kind=receipts&about=customer:joan'));
    await page.refresh();
    expect(page).toMatchObject({ isEmpty: true, subjectName: 'joan' });
  });
});

describe('the paper of a session', () => {
  test('is the report of the model, also for a register that closed since the list was drawn', async () => {
    const records = host.shop[0]?.records.filter((record) => record.session === 2) ?? [];
    const folded = foldSession(records);
    const name = { store: 'S01', register: 'R1', session: 2 };
    const report = valueOf(await askSession(client, 'x', name));
    expect(report).toMatchObject({ gross: folded.gross, drawer: folded.drawer, closed: folded.closed });
  });

  test('of a session nobody knows is refused with a sentence', async () => {
    const refused = await askSession(client, 'z', { store: 'S01', register: 'R1', session: 99 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'missing' } });
  });
});

describe('the reports page', () => {
  async function page(search: string): Promise<ReportPage> {
    const made = new ReportPage(office, () => query(search));
    await Promise.all([made.refresh(), made.refreshDetail()]);
    return made;
  }

  test('shows a Z on paper: turnover, taxes, tenders, drawer, counted and difference', async () => {
    const { paper } = await page('kind=z&open=S01-R1-1');
    expect(paper?.title).toBe('Z report · session 1');
    expect(paper?.lines[0]).toBe('Camden · R1');
    expect(paper?.sections.map((section) => section.title)).toEqual([
      undefined,
      'Tax',
      'Tenders',
      'Departments',
      'Drawer',
      undefined,
    ]);
    const drawer = paper?.sections[4]?.rows.map((row) => row.label);
    expect(drawer).toEqual([
      'Float',
      'Cash sales',
      'Cash refunds',
      'Paid in',
      'Paid out',
      'Expected in drawer',
      'Counted',
      'Over / short',
    ]);
  });

  test('shows an X on paper as still open, without a count', async () => {
    const { paper } = await page('kind=x&open=S01-R1-3');
    expect(paper?.lines).toContain('Still open: figures so far');
    expect(paper?.sections[4]?.rows.map((row) => row.label)).not.toContain('Counted');
  });

  test('shows a receipt with its lines, totals, tenders and taxes', async () => {
    const { paper } = await page('kind=receipts&open=S01-R1-000001');
    const record = host.shop[0]?.records.find((each) => each.kind === 'sale');
    assert(record?.kind === 'sale', () => 'the first register sold something');
    expect(paper?.title).toBe('S01-R1-000001');
    expect(paper?.sections[0]?.rows.map((row) => row.label)).toEqual(
      record.body.lines.map((line) => line.name),
    );
    expect(paper?.sections[1]?.rows.at(-1)).toMatchObject({
      label: 'Total',
      value: office.formats.money(record.body.total),
    });
  });

  test('says why there is no paper for what nobody knows', async () => {
    const { paper, detail } = await page('kind=receipts&open=S01-R1-999999');
    expect(paper).toBeUndefined();
    expect(detail.failure).toEqual({ code: 'missing', sentence: 'There is no receipt S01-R1-999999.' });
  });

  test('of an empty period names the last business day with sales', async () => {
    const empty = await page('kind=product&from=2001-01-01&to=2001-12-31');
    expect(empty).toMatchObject({ isEmpty: true, lastDay: '2026-10-30' });
  });

  test('does not ask for a period that ends before it starts', async () => {
    const backwards = await page('kind=day&from=2026-11-02&to=2026-11-01');
    expect(backwards.report).toMatchObject({ value: undefined, failure: undefined });
  });
});

describe('the download', () => {
  test('of receipts holds every page of them', async () => {
    const asked = query('kind=receipts');
    const all = valueOf(await askAllRows(client, asked, office.names));
    const sold = arrived().flatMap((journal) => journal.records.filter((record) => record.kind === 'sale'));
    expect(all).toHaveLength(sold.length);
    expect(new Set(all.map((row) => row.id)).size).toBe(sold.length);
    const csv = valueOf(await downloadCsv(office, asked, await sheet('kind=receipts')));
    expect(csv.split('\r\n')).toHaveLength(sold.length + 2);
  });

  test('has the amounts in the order of the screen, as plain decimals', async () => {
    const asked = query('kind=store&sort=-gross');
    const csv = valueOf(await downloadCsv(office, asked, await sheet('kind=store')));
    const [head, ...rows] = csv.trim().split('\r\n');
    expect(head).toBe('Store,Name,Receipts,Units,Net (GBP),Tax (GBP),Gross (GBP)');
    const amounts = rows.map((row) => Number(row.split(',').at(-1)));
    expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
    expect(amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0)).toBe(grossOf(arrived()));
  });
});
