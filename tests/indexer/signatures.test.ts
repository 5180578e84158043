import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countersignText, type CountersignedHead } from '#model/documents/acknowledgements.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import type { Device } from '#model/trust/device.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import { totalsReport } from '../../reports-indexer/reports/totals.ts';
import {
  ORGANIZATION,
  TEST_PUBLIC_KEY,
  deviceEntries,
  makeShop,
  signatureOf,
  signed,
  terminalOf,
  type SessionEntries,
} from '../support/journal-fixture.ts';
import { dump, freshReports, partialUpdate, wholeUpdate } from './flatten-fixture.ts';

const [journal] = makeShop(13, { stores: 1, registers: 1, sessions: 3, salesPerSession: 10 });
if (!journal) throw new Error('the fixture made no journal');
const { store, register, sessions, records } = journal;
const [first, second] = sessions as [SessionEntries, SessionEntries];
const TERMINAL = terminalOf(store, register);
const OFFICE: Device = {
  id: 'a'.repeat(16),
  name: 'HQ',
  role: 'hq',
  key: TEST_PUBLIC_KEY,
  enrolledAt: at(0),
};
const OTHER = generateKeyPairSync('ed25519');
const OTHER_KEY = OTHER.publicKey.export({ format: 'jwk' }).x ?? '';
const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
const ORGANIZATION_ID = idOf({ class: 'organization' });

type Reports = ReturnType<typeof freshReports>;

function at(index: number): string {
  return records[index]?.at ?? '2026-01-01T00:00:00.000Z';
}

const devicesUpdate = (devices: readonly Device[]) => wholeUpdate(ORGANIZATION_ID, deviceEntries(devices));
const sessionUpdates = (documents: readonly SessionEntries[] = sessions) =>
  documents.map(({ documentId: id, entries }) => wholeUpdate(id, entries));

/** Reports that know their organization and none of its devices. */
function emptyReports(): Reports {
  const reports = freshReports([]);
  reports.writer.setOrganization(ORGANIZATION);
  return reports;
}

/** Reports of an organization with these devices, over these documents. */
async function reportsWith(devices: readonly Device[], updates = sessionUpdates()): Promise<Reports> {
  const reports = emptyReports();
  await reports.writer.write([devicesUpdate(devices), ...updates]);
  return reports;
}

async function codesOf({ query }: Reports): Promise<string[]> {
  const { rows } = await exceptionsReport(query);
  return [...new Set(rows.map((row) => String(row['code'])))].sort();
}

const countOf = ({ database }: Reports, table: string) =>
  Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);

const rowsOf = ({ database }: Reports) => {
  const { document: _document, ...rows } = dump(database);
  return rows;
};

const keys = Object.keys(first.entries).sort();
const saleKey = keys.find((name) => recordIn(name).kind === 'sale') ?? '';

function recordIn(name: string): JournalRecord {
  return JSON.parse(first.entries[name] ?? '') as JournalRecord;
}

/** The first session with other texts under the key of its first sale. */
const withSale = (...texts: readonly string[]) =>
  wholeUpdate(first.documentId, { ...first.entries, [saleKey]: texts });

describe('whose record counts', () => {
  test('[E10] what a terminal of the register signed', async () => {
    const reports = await reportsWith([TERMINAL]);
    expect(countOf(reports, 'record')).toBe(records.length);
    expect(await codesOf(reports)).toEqual([]);
  });

  const sale = recordIn(saleKey);
  test.each([
    ['unsigned', { ...sale, sig: '' }],
    ['bad-signature', { ...sale, sig: 'A'.repeat(86) }],
    ['bad-signature', { ...sale, sig: signatureOf(sale.hash, OTHER.privateKey) }],
    ['bad-signature', { ...sale, sig: signatureOf(`${sale.hash} `) }],
    ['bad-signature', { ...sale, sig: respelled(sale.sig) }],
  ])('[E10] not one that is %s; it is listed and in no total', async (code, forged) => {
    const sound = await reportsWith([TERMINAL]);
    const reports = await reportsWith([TERMINAL], [withSale(recordText(forged))]);
    expect(await codesOf(reports)).toContain(code);
    expect(reports.database.prepare('SELECT reason FROM set_aside').all()).toEqual([{ reason: code }]);
    expect(reports.database.prepare('SELECT 1 FROM sale WHERE seq = ?').all(sale.seq)).toEqual([]);
    const { receipts } = (await totalsReport(reports.query, {})) as { receipts: number };
    const all = sound.database.prepare('SELECT count(*) AS n FROM sale WHERE session = 1').get()?.['n'];
    expect(receipts).toBe(Number(all) - 1);
  });

  test.each([
    ['no device is listed', [], 'unknown-device'],
    ['the terminal is of another register', [{ ...TERMINAL, register: 'R9' }], 'unknown-device'],
    ['the device is a relay', [{ ...TERMINAL, role: 'relay' }], 'unknown-device'],
    ['the terminal has another key', [{ ...TERMINAL, key: OTHER_KEY }], 'bad-signature'],
    ['it was revoked before', [{ ...TERMINAL, revokedAt: at(0) }], 'revoked-device'],
    ['it had expired', [{ ...TERMINAL, expiresAt: at(0) }], 'expired-device'],
  ] as [string, Device[], string][])('[E10] nothing counts when %s', async (_why, devices, code) => {
    const reports = await reportsWith(devices);
    expect([countOf(reports, 'record'), countOf(reports, 'sale'), countOf(reports, 'rollup')]).toEqual([
      0, 0, 0,
    ]);
    expect(countOf(reports, 'set_aside')).toBe(records.length);
    expect(await codesOf(reports)).toEqual([code]);
  });

  test('[E10] what was made before a revocation counts, what was made after it does not', async () => {
    const middle = Math.floor(records.length / 2);
    const reports = await reportsWith([{ ...TERMINAL, revokedAt: at(middle) }]);
    const seqs = (table: string) =>
      reports.database
        .prepare(`SELECT seq FROM ${table} ORDER BY seq`)
        .all()
        .map(({ seq }) => Number(seq));
    expect(seqs('record')).toEqual(records.slice(0, middle).map(({ seq }) => seq));
    expect(seqs('set_aside')).toEqual(records.slice(middle).map(({ seq }) => seq));
  });

  test('[E10] a forged record under a number does not push out the real one, whatever its hash', async () => {
    const forged = Array.from({ length: 8 }, (_, i) => {
      const changed = { ...sale, by: `forger-${i}` };
      return { ...changed, hash: hashRecord(changed), sig: 'A'.repeat(86) };
    });
    expect(forged.some(({ hash }) => hash < sale.hash)).toBe(true);
    const texts = [sale, ...forged].map(recordText);
    const reports = await reportsWith([TERMINAL], [withSale(...texts)]);
    const [row] = reports.database.prepare('SELECT hash FROM record WHERE seq = ?').all(sale.seq);
    expect(row?.['hash']).toBe(sale.hash);
    expect(await codesOf(reports)).toEqual(['bad-signature']);
  });

  test('[J7] two records of one number that the terminal signed are a fork', async () => {
    const changed = { ...sale, by: 'somebody-else' };
    const twin = signed({ ...changed, hash: hashRecord(changed) });
    const reports = await reportsWith([TERMINAL], [withSale(recordText(sale), recordText(twin))]);
    expect(await codesOf(reports)).toContain('fork');
  });
});

/** The same bytes in another base64url spelling: the last character has four bits to spare. */
function respelled(sig: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return sig.slice(0, -1) + alphabet[alphabet.indexOf(sig.at(-1) ?? '') + 1];
}

describe('devices that come later or change', () => {
  test('[E10] records that came before their devices are judged again and count', async () => {
    const early = emptyReports();
    await early.writer.write(sessionUpdates());
    expect(countOf(early, 'record')).toBe(0);
    await early.writer.write([devicesUpdate([TERMINAL])]);
    expect(rowsOf(early)).toEqual(rowsOf(await reportsWith([TERMINAL])));
    expect(await codesOf(early)).toEqual([]);
  });

  test('[E10] any order of documents, devices and revocations ends in the same tables', async () => {
    const lists: readonly (readonly Device[])[] = [
      [],
      [TERMINAL],
      [{ ...TERMINAL, revokedAt: at(20) }],
      [
        { ...TERMINAL, revokedAt: at(9) },
        terminalOf(store, register, { id: 'b'.repeat(16), enrolledAt: at(9) }),
      ],
      [{ ...TERMINAL, key: OTHER_KEY }],
    ];
    const step = fc.oneof(
      fc.nat(lists.length - 1),
      fc.nat(sessions.length - 1).map((i) => -1 - i),
    );
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 8 }),
      fc.nat(lists.length - 1),
      fc.shuffledSubarray([...sessions], { minLength: sessions.length }),
      async (steps, last, rest) => {
        const reports = emptyReports();
        for (const chosen of steps) {
          const session = sessions[-1 - chosen];
          await reports.writer.write(
            session ? sessionUpdates([session]) : [devicesUpdate(lists[chosen] ?? [])],
          );
        }
        await reports.writer.write([devicesUpdate(lists[last] ?? []), ...sessionUpdates(rest)]);
        expect(rowsOf(reports)).toEqual(rowsOf(await reportsWith(lists[last] ?? [])));
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  test('[F1] two records of one number in two sessions, neither of which counts, are told the same in any order', async () => {
    const opened = records.find((record) => record.session === 2);
    const sale = records.find((record) => record.session === 1 && record.kind === 'sale');
    if (!opened || !sale) throw new Error('the fixture has two sessions with sales');
    const changed = { ...sale, seq: opened.seq };
    const text = recordText({ ...changed, hash: hashRecord(changed), sig: 'A'.repeat(86) });
    const forged = { ...first, entries: { ...first.entries, [recordKey(opened.seq)]: text } };
    const revoked = [{ ...TERMINAL, revokedAt: at(0) }];
    const [one, other] = [sessionUpdates([forged, second]), sessionUpdates([second, forged])];
    const found = rowsOf(await reportsWith(revoked, one));
    expect(found).toEqual(rowsOf(await reportsWith(revoked, other)));
  });

  test('a program that stopped before it judged all records goes on with them', async () => {
    const reports = emptyReports();
    await reports.writer.write(sessionUpdates());
    const failing = reports.database.prepare(
      "CREATE TEMP TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    failing.run();
    await expect(reports.writer.write([devicesUpdate([TERMINAL])])).rejects.toThrow('full');
    expect([countOf(reports, 'to_judge'), countOf(reports, 'record')]).toEqual([1, 0]);
    reports.database.exec('DROP TRIGGER full');
    await reports.writer.write([]);
    expect(rowsOf(reports)).toEqual(rowsOf(await reportsWith([TERMINAL])));
  });
});

describe('countersigned heads', () => {
  const key: DocumentKey = { class: 'acknowledgements', store, register };
  const last = records.at(-1) as JournalRecord;

  function headUpdate(change: Partial<CountersignedHead> = {}) {
    const { session, seq, hash } = last;
    const head = {
      org: ORGANIZATION,
      store,
      register,
      session,
      seq,
      hash,
      at: '2026-11-21T12:00:00.000Z',
      ...change,
    };
    const entry = { device: OFFICE.id, sig: signatureOf(countersignText(head)), ...head };
    return wholeUpdate(idOf(key), { head: canonicalJson(entry as CanonicalValue) });
  }

  test.each([
    ['is there', {}, []],
    ['is not there', { seq: last.seq + 3 }, ['truncated']],
    ['is another one', { hash: 'B'.repeat(43) }, ['fork']],
    ['was not signed by head office', { sig: 'A'.repeat(86) }, ['bad-head']],
    ['is of a device nobody knows', { device: 'f'.repeat(16) }, []],
  ])('[J16] the record head office held %s', async (_what, change, codes) => {
    expect(
      await codesOf(await reportsWith([TERMINAL, OFFICE], [...sessionUpdates(), headUpdate(change)])),
    ).toEqual(codes);
    const before = await reportsWith([TERMINAL], [headUpdate(change)]);
    await before.writer.write(sessionUpdates());
    await before.writer.write([devicesUpdate([TERMINAL, OFFICE])]);
    expect(await codesOf(before)).toEqual(codes);
  });

  test('[J16] a tail that comes back ends the alarm', async () => {
    const { [keys.at(-1) ?? '']: tail = '', ...rest } = first.entries;
    const { session, seq, hash } = recordIn(keys.at(-1) ?? '');
    const reports = await reportsWith(
      [TERMINAL, OFFICE],
      [wholeUpdate(first.documentId, rest), headUpdate({ session, seq, hash })],
    );
    expect(await codesOf(reports)).toEqual(['truncated']);
    await reports.writer.write([
      partialUpdate(first.documentId, { [keys.at(-1) ?? '']: tail }, first.entries),
    ]);
    expect(await codesOf(reports)).toEqual([]);
    expect(second.key.session).toBe(2);
  });
});
