import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pastSession } from '#model/folds/period-closing.ts';
import {
  digestKey,
  digestOf,
  digestText,
  readDigest,
  receiptSpan,
  sessionOfReceipt,
} from '#model/folds/session-digest.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { addSold, StockFold, type SoldGoods } from '#model/stock/stock-fold.ts';
import { makeShop } from '../support/journal-fixture.ts';
import { salesOf } from './support/played-register.ts';

const seed = fc.integer({ min: 1, max: 6 });
const made = new Map<number, readonly (readonly JournalRecord[])[]>();

/** The sessions of a register of a made-up shop, the last one still open. Making one costs most of a test. */
function sessionsOf(number: number): readonly (readonly JournalRecord[])[] {
  const known = made.get(number);
  if (known) return known;
  const [journal] = makeShop(number, { stores: 1, registers: 1, sessions: 7, salesPerSession: 12 });
  const sessions = [...Map.groupBy(journal?.records ?? [], ({ session }) => session).values()];
  made.set(number, sessions);
  return sessions;
}

describe('[D10] what is remembered of a session', () => {
  test('reads back as it was, under its own name only', () => {
    fc.assert(
      fc.property(seed, (number) => {
        for (const records of sessionsOf(number).slice(0, -1)) {
          const digest = digestOf(records);
          if (!digest) throw new Error('a closed session has a digest');
          expect(readDigest(digestKey(digest), digestText(digest))).toEqual({ ok: true, value: digest });
          const other = digestKey({ ...digest, session: digest.session + 1 });
          expect(readDigest(other, digestText(digest))).toMatchObject({
            ok: false,
            error: { code: 'wrong-key' },
          });
        }
      }),
      { numRuns: 20 },
    );
    expect(readDigest('session:R1:1', '{"v":9}')).toMatchObject({ ok: false, error: { code: 'bad-shape' } });
  });

  test('says of closings, returns and copies what the records say', () => {
    fc.assert(
      fc.property(seed, (number) => {
        for (const records of sessionsOf(number).slice(0, -1)) {
          const digest = digestOf(records);
          const past = pastSession(records);
          expect(digest).toMatchObject({ session: past?.session, day: past?.day, closed: past?.closed });
          expect(digest?.periods).toEqual(past?.periods);
          const returned = salesOf(records).flatMap(({ body }) => body.lines.filter((line) => line.refundOf));
          expect(digest?.takenBack).toEqual(
            returned.map(({ quantity, amount, refundOf }) => ({ quantity, amount, refundOf })),
          );
          expect(digest?.copies).toEqual(
            records.flatMap((record) => (record.kind === 'reprint' ? [record.body] : [])),
          );
          expect([digest?.firstSeq, digest?.lastSeq]).toEqual([records[0]?.seq, records.at(-1)?.seq]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('an open session and one without its opening are not remembered', () => {
    const sessions = sessionsOf(3);
    expect(digestOf(sessions.at(-1) ?? [])).toBeUndefined();
    expect(digestOf((sessions[0] ?? []).slice(1))).toBeUndefined();
    expect(digestOf([])).toBeUndefined();
  });

  test('stock comes out the same, whichever sessions are held and whichever are remembered', () => {
    fc.assert(
      fc.property(seed, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), (number, held) => {
        const sessions = sessionsOf(number);
        const whole = new StockFold();
        const parted = new StockFold();
        let remembered: SoldGoods = [];
        sessions.forEach((records, i) => {
          const sales = salesOf(records).map(({ body }) => body);
          for (const sale of sales) whole.takeSale(sale);
          if (held[i]) for (const sale of sales) parted.takeSale(sale);
          else remembered = addSold(JSON.parse(JSON.stringify(remembered)) as SoldGoods, sales);
        });
        parted.takeSold(remembered);
        for (let product = 1; product <= 40; product++)
          expect(parted.onHand(`P${product}`)).toBe(whole.onHand(`P${product}`));
      }),
    );
  });

  test('what sold and came back in equal parts leaves nothing to remember, whatever its id', () => {
    const [sale] = salesOf(sessionsOf(1)[0] ?? []);
    const [sample] = sale?.body.lines ?? [];
    if (!sample) throw new Error('the shop sold nothing');
    const lines = [
      { ...sample, product: '__proto__', quantity: '2.5' },
      { ...sample, product: 'apple', quantity: '1' },
      { ...sample, product: 'apple', quantity: '-1' },
    ];
    expect(addSold([], [{ lines }])).toEqual([['__proto__', 2500]]);
  });
});

describe('[D11] the session of a receipt', () => {
  test('is found among a register’s by asking for a few of them', async () => {
    await fc.assert(
      fc.asyncProperty(seed, async (number) => {
        const sessions = sessionsOf(number);
        let asked = 0;
        const spanOf = async (session: number) => {
          asked++;
          return receiptSpan(sessions[session - 1] ?? []);
        };
        for (const [i, records] of sessions.entries())
          for (const { totals } of salesOf(records)) {
            asked = 0;
            const found = await sessionOfReceipt(totals.receipts, 1, sessions.length, spanOf);
            expect(found).toEqual({ ok: true, value: i + 1 });
            expect(asked).toBeLessThanOrEqual(3);
          }
      }),
      { numRuns: 10 },
    );
  });

  test('is none for a number nobody gave, and unknown where a session cannot be looked into', async () => {
    const sessions = sessionsOf(5);
    const spanOf = async (session: number) => receiptSpan(sessions[session - 1] ?? []);
    expect(await sessionOfReceipt(9_999, 1, 7, spanOf)).toEqual({ ok: true, value: undefined });
    expect(await sessionOfReceipt(1, 3, 2, spanOf)).toEqual({ ok: true, value: undefined });
    expect(await sessionOfReceipt(1, 1, 7, async () => undefined)).toEqual({
      ok: false,
      error: { session: 4 },
    });
    expect(receiptSpan([])).toBeUndefined();
  });
});
