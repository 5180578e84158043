import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { documentId } from '#model/ids/document-id.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import type { EntryValue } from '../../reports-indexer/read-record.ts';
import { ORGANIZATION, makeShop, signed, type SessionEntries } from '../support/journal-fixture.ts';
import { dump, freshReports, partialUpdate, wholeUpdate } from './flatten-fixture.ts';

const SIZE = { stores: 1, registers: 2, sessions: 3, salesPerSession: 12 };
const [journal] = makeShop(7, SIZE);
if (!journal) throw new Error('the fixture made no journal');
const [first, second, third] = journal.sessions as [SessionEntries, SessionEntries, SessionEntries];
const keys = Object.keys(first.entries).sort();
const key = (index: number) => keys[index] ?? '';
const recordAt = (index: number) => JSON.parse(first.entries[key(index)] ?? '') as JournalRecord;
const saleIndex = keys.findIndex((_, i) => i > 2 && recordAt(i).kind === 'sale');

type Entries = Readonly<Record<string, string | readonly EntryValue[]>>;

/** What the reports are when these documents are written one after the other. */
async function reportsOf(...documents: readonly (readonly [string, Entries])[]) {
  const reports = freshReports();
  for (const [id, entries] of documents) await reports.writer.write([wholeUpdate(id, entries)]);
  return reports;
}

async function codesOf(reports: ReturnType<typeof freshReports>): Promise<string[]> {
  const { rows } = await exceptionsReport(reports.query);
  return rows.map((row) => String(row['code'])).sort();
}

const countOf = (reports: ReturnType<typeof freshReports>, table: string) =>
  Number(reports.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);

/** A record with other content and the hash that belongs to it: whole in itself, made by a till that went astray. */
function resealed(record: JournalRecord, change: Partial<JournalRecord>): JournalRecord {
  const changed = { ...record, ...change } as JournalRecord;
  return signed({ ...changed, hash: hashRecord(changed) });
}

describe('one database for one set of documents', () => {
  test('any order, any split and any repetition of deliveries gives the same rows', async () => {
    const shop = makeShop(11, { ...SIZE, customers: 3 });
    const sessions = shop.flatMap((each) => each.sessions);
    const expected = dump(
      (await reportsOf(...sessions.map((s) => [s.documentId, s.entries] as const))).database,
    );
    const property = fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      const next = (below: number) => (numbers.next().value ?? 0) % below;
      const reports = freshReports();
      const left = sessions.map(({ documentId: id, entries }) => ({ id, all: {}, rest: { ...entries } }));
      while (left.some(({ rest }) => Object.keys(rest).length > 0)) {
        const document = left[next(left.length)];
        const open = Object.keys(document?.rest ?? {});
        if (!document || open.length === 0) continue;
        const picked = new Set(Array.from({ length: 1 + next(20) }, () => open[next(open.length)] ?? ''));
        const entries = Object.fromEntries([...picked].map((name) => [name, document.rest[name] ?? '']));
        document.all = { ...document.all, ...entries };
        for (const name of picked) delete document.rest[name];
        const again = next(3) === 0 ? document.all : entries;
        const whole = next(2) === 0 || Object.keys(document.all).length === picked.size;
        const update = whole
          ? wholeUpdate(document.id, document.all)
          : partialUpdate(document.id, again, document.all);
        await reports.writer.write([update]);
      }
      expect(dump(reports.database)).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 12 });
  });

  test('damaged, forked and missing records end in the same rows in every order', async () => {
    const sale = recordAt(saleIndex);
    const forked = resealed(sale, { by: 'somebody-else' });
    const broken: Entries = {
      ...first.entries,
      [key(saleIndex)]: [recordText(sale), recordText(forked)],
      [key(1)]: (first.entries[key(1)] ?? '').replace('"by":"', '"by":"x'),
    };
    const gapped: Entries = Object.fromEntries(Object.entries(second.entries).slice(2));
    const astray = resealed(recordAt(keys.length - 1), { session: 3, prev: 'A'.repeat(43) });
    const colliding: Entries = { ...third.entries, [recordKey(astray.seq)]: recordText(astray) };
    const documents = [
      [first.documentId, broken],
      [second.documentId, gapped],
      [third.documentId, colliding],
    ] as const;
    const expected = dump((await reportsOf(...documents)).database);
    expect(expected['exception']?.length).toBeGreaterThan(3);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...documents, ...documents], { minLength: 6 }), async (order) => {
        expect(dump((await reportsOf(...order)).database)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  test('a document that gets worse and better again leaves no trace', async () => {
    const sound = dump((await reportsOf([first.documentId, first.entries])).database);
    const reports = await reportsOf([first.documentId, first.entries]);
    const altered = (first.entries[key(saleIndex)] ?? '').replace('"type":"', '"type":"x');
    const worse: Entries[] = [{ [key(saleIndex)]: altered }, { [key(saleIndex)]: [] }, { [key(0)]: [] }];
    for (const step of worse) {
      await reports.writer.write([partialUpdate(first.documentId, step, first.entries)]);
      expect(dump(reports.database)).not.toEqual(sound);
    }
    const mended = {
      [key(0)]: first.entries[key(0)] ?? '',
      [key(saleIndex)]: first.entries[key(saleIndex)] ?? '',
    };
    await reports.writer.write([partialUpdate(first.documentId, mended, first.entries)]);
    expect(dump(reports.database)).toEqual(sound);
  });
});

describe('what does not verify is reported', () => {
  test('[J6] a fork counts one record, the one with the smaller hash', async () => {
    const sale = recordAt(saleIndex);
    const forked = resealed(sale, { by: 'somebody-else' });
    const values = [recordText(sale), recordText(forked)];
    const reports = await reportsOf([first.documentId, { ...first.entries, [key(saleIndex)]: values }]);
    const counted = reports.database.prepare('SELECT hash FROM record WHERE seq = ?').all(sale.seq);
    expect(counted.map(({ hash }) => hash)).toEqual([[sale.hash, forked.hash].sort()[0]]);
    expect(countOf(reports, 'set_aside')).toBe(1);
    // The refund went out on both machines.
    expect(await codesOf(reports)).toEqual(['double-refund', 'fork']);
  });

  test('the same record twice is one record (odoo#152259)', async () => {
    const text = first.entries[key(saleIndex)] ?? '';
    const unsigned = recordText({ ...recordAt(saleIndex), sig: '' });
    const once = await reportsOf([first.documentId, first.entries]);
    const twice = await reportsOf([
      first.documentId,
      { ...first.entries, [key(saleIndex)]: [unsigned, text] },
    ]);
    expect(countOf(twice, 'record')).toBe(countOf(once, 'record'));
    expect(await codesOf(twice)).toEqual([]);
  });

  test('[J6] a gap is reported while it lasts, and the records behind it count', async () => {
    const { [key(3)]: missing = '', ...rest } = first.entries;
    const reports = await reportsOf([first.documentId, rest]);
    expect(countOf(reports, 'record')).toBe(keys.length - 1);
    const { rows } = await exceptionsReport(reports.query);
    expect(rows.find((row) => row['code'] === 'gap')).toMatchObject({ seq: 4, store: 'S01', register: 'R1' });
    await reports.writer.write([partialUpdate(first.documentId, { [key(3)]: missing }, first.entries)]);
    expect(await codesOf(reports)).toEqual([]);
  });

  test('a later session counts before the earlier ones are here', async () => {
    const reports = await reportsOf([third.documentId, third.entries]);
    expect(countOf(reports, 'record')).toBe(Object.keys(third.entries).length);
    expect(await codesOf(reports)).toEqual(['gap']);
  });

  test('[J3] an altered byte is quarantined, the record after it counts (posa#135)', async () => {
    const altered = (first.entries[key(saleIndex)] ?? '').replace('"by":"p', '"by":"q');
    const reports = await reportsOf([first.documentId, { ...first.entries, [key(saleIndex)]: altered }]);
    expect(countOf(reports, 'record')).toBe(keys.length - 1);
    expect(await codesOf(reports)).toContain('altered');
    expect(await codesOf(reports)).not.toContain('gap');
  });

  test('[J5] perpetual totals that do not follow are not counted', async () => {
    const sale = recordAt(saleIndex);
    const totals = { ...sale.totals, signed: sale.totals.signed + 1 };
    const wrong = recordText(resealed(sale, { totals }));
    const reports = await reportsOf([first.documentId, { ...first.entries, [key(saleIndex)]: wrong }]);
    expect(countOf(reports, 'record')).toBe(keys.length - 1);
    expect(await codesOf(reports)).toEqual(expect.arrayContaining(['broken-link', 'wrong-totals']));
  });

  test('[L1] a receipt that does not add up is not counted', async () => {
    const sale = recordAt(saleIndex);
    if (sale.kind !== 'sale') throw new Error('no sale');
    const body = { ...sale.body, total: sale.body.total + 1 };
    const wrong = recordText(resealed(sale, { body }));
    const reports = await reportsOf([first.documentId, { ...first.entries, [key(saleIndex)]: wrong }]);
    expect(await codesOf(reports)).toContain('wrong-sums');
    expect(countOf(reports, 'record')).toBe(keys.length - 1);
  });

  test('[J4] a broken link is reported and counts', async () => {
    const drawer = recordAt(keys.length - 1);
    const unlinked = recordText(resealed(drawer, { prev: 'A'.repeat(43) }));
    const reports = await reportsOf([
      first.documentId,
      { ...first.entries, [key(keys.length - 1)]: unlinked },
    ]);
    expect(await codesOf(reports)).toEqual(['broken-link']);
    expect(countOf(reports, 'record')).toBe(keys.length);
  });

  test('[D1] records of another register, session or key are not counted', async () => {
    const other = documentId({ organization: ORGANIZATION, key: { ...first.key, register: 'R9' as never } });
    const misplaced = await reportsOf([other, first.entries]);
    expect(countOf(misplaced, 'record')).toBe(0);
    expect(new Set(await codesOf(misplaced))).toEqual(new Set(['wrong-register']));
    const session = await reportsOf([second.documentId, first.entries]);
    expect(new Set(await codesOf(session))).toEqual(new Set(['wrong-session']));
    const shifted = await reportsOf([first.documentId, { '000000099': first.entries[key(0)] ?? '' }]);
    expect(await codesOf(shifted)).toContain('wrong-key');
  });

  test('[D5] unreadable entries, newer records and entries that are no text are told apart', async () => {
    const newer = (first.entries[key(4)] ?? '').replace(/"v":1\}$/, '"v":2}');
    const entries: Entries = {
      ...first.entries,
      [key(2)]: '{"at":',
      [key(3)]: '{"at":1}',
      [key(4)]: newer,
      [key(5)]: [{ unreadable: 'a map' }],
    };
    const reports = await reportsOf([first.documentId, entries]);
    const codes = await codesOf(reports);
    expect(codes).toEqual(expect.arrayContaining(['bad-shape', 'not-json', 'unknown-version']));
    expect(codes.filter((code) => code === 'bad-shape')).toHaveLength(2);
    expect(countOf(reports, 'record')).toBe(keys.length - 4);
  });

  test('[J2] text that is not canonical is damage', async () => {
    const spaced = (first.entries[key(saleIndex)] ?? '').replace('"kind":', '"kind": ');
    const reports = await reportsOf([first.documentId, { ...first.entries, [key(saleIndex)]: spaced }]);
    expect(await codesOf(reports)).toContain('bad-shape');
  });

  test('[R6] a closing record that does not say what the records add up to is reported', async () => {
    const closing = recordAt(keys.length - 1);
    if (closing.kind !== 'closed') throw new Error('not closed');
    const wrong = resealed(closing, { body: { ...closing.body, gross: closing.body.gross + 5 } });
    const reports = await reportsOf([
      first.documentId,
      { ...first.entries, [key(keys.length - 1)]: recordText(wrong) },
    ]);
    const { rows } = await exceptionsReport(reports.query);
    expect(rows.map((row) => row['code'])).toEqual(['close-mismatch']);
    expect(rows[0]?.['detail']).toContain(`gross ${closing.body.gross + 5}`);
  });
});

test('a batch that fails changes nothing', async () => {
  const reports = await reportsOf([first.documentId, first.entries]);
  const before = dump(reports.database);
  const update = wholeUpdate(second.documentId, second.entries);
  const failing = {
    ...update,
    get heads(): never {
      throw new Error('the disk is full');
    },
  };
  await expect(reports.writer.write([wholeUpdate(third.documentId, third.entries), failing])).rejects.toThrow(
    'full',
  );
  expect(dump(reports.database)).toEqual(before);
  await reports.writer.write([update]);
  expect(countOf(reports, 'document')).toBe(2);
});
