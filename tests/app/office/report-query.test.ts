import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changeFilter,
  hrefOfKind,
  readQuery,
  readSessionKey,
  reportHref,
  REPORT_KINDS,
  sessionKey,
  type ReportQuery,
} from '$lib/office/report-query.ts';

function read(search: string): ReportQuery {
  return readQuery(new URLSearchParams(search));
}

describe('the address of a report', () => {
  test('is read as kind, period, place, order, search, page and what is open', () => {
    expect(
      read(
        'kind=z&from=2026-11-01&to=2026-11-21&store=S01&register=R2&sort=-gross&search=lamp&page=2&open=S01-R2-4',
      ),
    ).toEqual({
      kind: 'z',
      filter: { from: '2026-11-01', to: '2026-11-21', store: 'S01', register: 'R2' },
      sort: { key: 'gross', descending: true },
      search: 'lamp',
      page: 2,
      open: 'S01-R2-4',
    });
  });

  test('without anything is all sales by day', () => {
    expect(read('')).toEqual({ kind: 'day', filter: {}, search: '', page: 1 });
  });

  test.each([
    'kind=weather',
    'from=yesterday',
    'to=2026-02-30',
    'store=../etc',
    'sort=-',
    'sort=a;b',
    'about=customer:joan',
    'ledger=points',
    'account=G1',
    'page=-1',
    'page=x',
    'open=',
  ])('leaves out what it does not understand: %s', (search) => {
    expect(read(search)).toEqual(read(''));
  });

  test('receipts can be about somebody, and accounts are of one ledger', () => {
    expect(read('kind=receipts&about=tier:trade').about).toEqual({ by: 'tier', key: 'trade' });
    expect(read('kind=receipts&about=weather:fine')).toEqual(read('kind=receipts'));
    expect(read('kind=accounts').ledger).toBe('gift-card');
    expect(read('kind=moves&ledger=points&account=joan')).toMatchObject({
      ledger: 'points',
      account: 'joan',
    });
    expect(read('kind=moves&account=joan')).toEqual(read('kind=moves'));
  });

  test('a register alone is nobody: it needs its store', () => {
    expect(read('register=R1').filter).toEqual({});
  });

  test('written and read again is the same report', () => {
    const days = fc.constantFrom('2026-11-01', '2024-02-29');
    const query = fc.record(
      {
        kind: fc.constantFrom(...REPORT_KINDS),
        filter: fc.record(
          { from: days, to: days, store: fc.constantFrom('S01', 'S1234') },
          { requiredKeys: [] },
        ),
        search: fc.string().map((text) => text.trim()),
        page: fc.integer({ min: 1, max: 999 }),
        sort: fc.record({ key: fc.constantFrom('gross', 'openedAt'), descending: fc.boolean() }),
        open: fc.constantFrom('S01-R1-000001', 'S02-R3-7'),
      },
      { requiredKeys: ['kind', 'filter', 'search', 'page'] },
    );
    fc.assert(
      fc.property(query, (drawn) => {
        // A list of accounts is always of one ledger.
        const asked = drawn.kind === 'accounts' ? { ...drawn, ledger: 'deposit' as const } : drawn;
        const address = new URL(reportHref(asked), 'http://office');
        expect(address.pathname).toBe('/office/reports');
        expect(readQuery(address.searchParams)).toEqual(asked);
      }),
    );
  });

  test('a link to another report keeps period and place only', () => {
    expect(hrefOfKind('tax', { from: '2026-11-01', store: 'S01' })).toBe(
      '/office/reports?kind=tax&from=2026-11-01&store=S01',
    );
  });
});

describe('changing the filter', () => {
  const filter = { from: '2026-11-01', store: 'S01', register: 'R1' };

  test('another store lets the register go', () => {
    expect(changeFilter(filter, { store: 'S02' })).toEqual({ from: '2026-11-01', store: 'S02' });
    expect(changeFilter(filter, { store: undefined })).toEqual({ from: '2026-11-01' });
  });

  test('store and register chosen together stay together', () => {
    expect(changeFilter({}, { store: 'S02', register: 'R3' })).toEqual({ store: 'S02', register: 'R3' });
  });

  test('a day taken out leaves the rest', () => {
    expect(changeFilter(filter, { from: undefined })).toEqual({ store: 'S01', register: 'R1' });
  });
});

test('a session has a name in the address and comes back from it', () => {
  const name = { store: 'S01', register: 'R2', session: 41 };
  expect(sessionKey(name)).toBe('S01-R2-41');
  expect(readSessionKey('S01-R2-41')).toEqual(name);
  expect(readSessionKey('S01-41')).toBeUndefined();
});
