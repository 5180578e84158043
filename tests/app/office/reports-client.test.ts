import { describe, expect, test } from 'vitest';
import { ReportsClient, type Fetch } from '$lib/office/reports-client.ts';

/** A client whose every question gets this answer; `asked` collects the addresses. */
function clientOf(status: number, body: unknown): { client: ReportsClient; asked: string[] } {
  const asked: string[] = [];
  const fetchIt: Fetch = async (address) => {
    asked.push(address);
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return { client: new ReportsClient(fetchIt), asked };
}

const TOTAL = { receipts: 2, quantity: '3', gross: 500 };

describe('a question', () => {
  test('names period and place in the address and leaves out what is not filtered', async () => {
    const { client, asked } = clientOf(200, { rows: [], total: TOTAL });
    await client.sales('day', { from: '2026-11-01', store: 'S01' });
    await client.sales('tender', {});
    expect(asked).toEqual(['/reports/sales?by=day&from=2026-11-01&store=S01', '/reports/sales?by=tender']);
  });

  test('sends what a person searched for safely', async () => {
    const { client, asked } = clientOf(200, { rows: [], count: 0 });
    await client.receipts({}, { search: 'a&b=c', limit: 50, offset: 0 });
    await client.receipt('S01/..?');
    expect(asked).toEqual([
      '/reports/receipts?search=a%26b%3Dc&limit=50&offset=0',
      '/reports/receipts/S01%2F..%3F',
    ]);
  });
});

describe('an answer', () => {
  test('is checked and given as a value', async () => {
    const row = { key: '2026-11-21', name: '2026-11-21', ...TOTAL };
    const { client } = clientOf(200, { rows: [row], total: TOTAL });
    expect(await client.sales('day', {})).toEqual({ ok: true, value: { rows: [row], total: TOTAL } });
  });

  test('may say more than this page knows', async () => {
    const { client } = clientOf(200, {
      status: 'ok',
      connected: true,
      documents: 1,
      records: 2,
      indexedAt: null,
      weather: 'fine',
    });
    expect(await client.health()).toMatchObject({ ok: true, value: { records: 2, indexedAt: null } });
  });

  test('of another shape is refused with the place that is wrong', async () => {
    const { client } = clientOf(200, { rows: [], total: { ...TOTAL, gross: 1.5 } });
    expect(await client.sales('day', {})).toEqual({
      ok: false,
      error: { code: 'unreadable', detail: 'total.gross: money is a whole number of minor units' },
    });
  });

  test('that is a page and not figures is refused', async () => {
    const { client } = clientOf(200, '<!doctype html>');
    expect(await client.exceptions()).toMatchObject({ ok: false, error: { code: 'unreadable' } });
  });
});

describe('a refusal', () => {
  test.each([
    [404, 'missing'],
    [400, 'refused'],
  ])('with status %i brings the sentence of the program', async (status, code) => {
    const { client } = clientOf(status, { code: 'x', message: 'No session is open at S01-R1.' });
    expect(await client.x('S01', 'R1')).toEqual({
      ok: false,
      error: { code, sentence: 'No session is open at S01-R1.' },
    });
  });

  test('without a sentence says the status', async () => {
    const { client } = clientOf(400, []);
    expect(await client.x('S01', 'R1')).toEqual({
      ok: false,
      error: { code: 'refused', sentence: 'HTTP 400' },
    });
  });

  test('of a server whose program is away says so, whatever the body', async () => {
    const { client } = clientOf(502, 'Bad Gateway');
    expect(await client.health()).toEqual({ ok: false, error: { code: 'away', status: 502 } });
  });
});

describe('no answer', () => {
  test('because nothing listens is a value, not a throw', async () => {
    const client = new ReportsClient(async () => {
      throw new TypeError('fetch failed');
    });
    expect(await client.health()).toEqual({ ok: false, error: { code: 'unreachable' } });
  });

  test('in time counts as a program that is away', async () => {
    const client = new ReportsClient(async () => {
      throw new DOMException('too slow', 'TimeoutError');
    });
    expect(await client.health()).toEqual({ ok: false, error: { code: 'away', status: 504 } });
  });
});
