import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receiptSpan } from '#model/folds/session-digest.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import {
  searchReceipt,
  type ListedSession,
  type ReceiptSearchParts,
} from '../../../app/lib/till/receipt-search.ts';
import { makeShop } from '../../support/journal-fixture.ts';

const SESSIONS = 12;
const [JOURNAL] = makeShop(3, { stores: 1, registers: 1, sessions: SESSIONS, salesPerSession: 9 });
const RECORDS = JOURNAL?.records ?? [];
const BY_SESSION = Map.groupBy(RECORDS, ({ session }) => session);
const SALES = RECORDS.filter((record) => record.kind === 'sale');

/** The register's sessions as a till has them, the newest first: some open, some held, of the others some remembered. */
function sessions(how: (session: number) => 'open' | 'held' | 'remembered' | 'away' | 'far') {
  const read: number[] = [];
  const at = ({ session }: { readonly session: number }) => BY_SESSION.get(session) ?? [];
  const listed = Array.from({ length: SESSIONS }, (_, i): ListedSession => {
    const session = SESSIONS - i;
    const key = { class: 'session', store: storeId(1), register: registerId(1), session } as const;
    return { key, held: ['open', 'held'].includes(how(session)) };
  });
  const parts: ReceiptSearchParts = {
    listed,
    opened: (key) => (how(key.session) === 'open' ? at(key) : undefined),
    recordsOf: async ({ key }) => {
      read.push(key.session);
      return how(key.session) === 'away' ? undefined : at(key);
    },
    remembered: async (key) => (how(key.session) === 'remembered' ? receiptSpan(at(key)) : undefined),
    isSale: (record): record is RecordOf<'sale'> => record.kind === 'sale',
  };
  return { parts, read };
}

const receiptOf = (sale: RecordOf<'sale'> | undefined) => sale?.body.receipt ?? '';

describe('the search for a receipt', () => {
  it('[D11] finds each sale in its session, whichever are open, held, remembered or far', async () => {
    const kinds = fc.array(fc.constantFrom('open', 'held', 'remembered', 'far'), {
      minLength: SESSIONS,
      maxLength: SESSIONS,
    });
    const property = fc.asyncProperty(kinds, fc.nat(SALES.length - 1), async (how, which) => {
      const sale = SALES[which];
      const { parts } = sessions((session) => how[session - 1] ?? 'far');
      const found = await searchReceipt(receiptOf(sale), parts);
      expect(found).toMatchObject({
        ok: true,
        value: { sale, session: { key: { session: sale?.session } } },
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('[D11] reads none that is not open for a receipt of one that is, and few for another', async () => {
    const newest = SALES.at(-1);
    const { parts, read } = sessions((session) => (session === SESSIONS ? 'open' : 'held'));
    await searchReceipt(receiptOf(newest), parts);
    expect(read).toEqual([]);
    await searchReceipt(receiptOf(SALES[0]), parts);
    expect(read.length).toBeLessThan(SESSIONS / 2);
    expect(read).toHaveLength(new Set(read).size);
  });

  it('finds a number out of its order in a session that is held', async () => {
    const [sale] = SALES;
    if (sale === undefined) throw new Error('nothing was sold');
    const receipt = receiptOf(SALES.at(-1));
    const strange: JournalRecord = { ...sale, body: { ...sale.body, receipt: receipt as never } };
    const { parts } = sessions(() => 'held');
    const recordsOf: ReceiptSearchParts['recordsOf'] = async (one) => {
      const records = (await parts.recordsOf(one)) ?? [];
      if (one.key.session === 2) return [...records, strange];
      return records.filter((record) => record.kind !== 'sale' || record.body.receipt !== receipt);
    };
    const found = await searchReceipt(receipt, { ...parts, recordsOf });
    expect(found).toMatchObject({ ok: true, value: { sale: strange, session: { key: { session: 2 } } } });
  });

  it('finds nothing where no session has it, after each that is held was read', async () => {
    const { parts, read } = sessions((session) => (session > 6 ? 'held' : 'remembered'));
    expect(await searchReceipt('S01-R1-999999', parts)).toEqual({ ok: true, value: undefined });
    expect(read.toSorted((a, b) => a - b)).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it('is refused where the session it is in is out of reach, and goes on to what is held', async () => {
    const { parts } = sessions((session) => (session > 6 ? 'held' : 'away'));
    expect(await searchReceipt(receiptOf(SALES[0]), parts)).toEqual({
      ok: false,
      error: { code: 'out-of-reach' },
    });
    const held = SALES.find(({ session }) => session === 8);
    expect(await searchReceipt(receiptOf(held), parts)).toMatchObject({ ok: true, value: { sale: held } });
  });

  it('is not misled by a session that is held without its beginning', async () => {
    const { parts } = sessions((session) => (session > 6 ? 'held' : 'far'));
    const recordsOf: ReceiptSearchParts['recordsOf'] = async (one) => {
      const records = (await parts.recordsOf(one)) ?? [];
      return one.held ? records.filter(({ kind }) => kind !== 'opened') : records;
    };
    for (const sale of [SALES[0], SALES.find(({ session }) => session === 9)])
      expect(await searchReceipt(receiptOf(sale), { ...parts, recordsOf })).toMatchObject({
        ok: true,
        value: { sale },
      });
    const none = await searchReceipt('S01-R1-999999', { ...parts, recordsOf });
    expect(none).toEqual({ ok: true, value: undefined });
  });

  it('takes no record nobody vouches for', async () => {
    const [doubted] = SALES;
    const { parts } = sessions(() => 'open');
    const isSale = (record: JournalRecord): record is RecordOf<'sale'> =>
      parts.isSale(record) && record !== doubted;
    expect(await searchReceipt(receiptOf(doubted), { ...parts, isSale })).toEqual({
      ok: true,
      value: undefined,
    });
  });
});
