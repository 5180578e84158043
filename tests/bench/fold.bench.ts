import { Readable } from 'node:stream';
import { endedLines, headerLine } from '../../app/server/export-journal/export-lines.ts';
import { checkJournal } from '../../app/server/verify-journal/journal-check.ts';
import { addToReport, openReport, type SessionReport } from '#model/folds/session-report.ts';
import { verifyNext, emptyHead, recordText } from '#model/journal/chain.ts';
import { parseRecord } from '#model/journal/record.ts';
import { ORGANIZATION, makeShop } from '../support/journal-fixture.ts';
import { quantile, type BenchRow } from './row.ts';

const SALES = 1000;
const ROUNDS = 9;
/** Bytes a file stream gives at once. */
const CHUNK = 65_536;

function times(round: () => void): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    round();
    return performance.now() - start;
  });
}

/** What the model costs: the X of a long session from its records, and checking a record's place in the chain. */
export async function benchFold(): Promise<BenchRow[]> {
  const [journal] = makeShop(7, { stores: 1, registers: 1, sessions: 1, salesPerSession: SALES });
  const records = journal?.records ?? [];
  const texts = records.map(recordText);
  const [first] = records;
  if (!first) throw new Error('the fixture made no records');
  const fold = times(() => {
    let report: SessionReport | undefined;
    for (const record of records) {
      if (record.kind === 'opened') report = openReport(record);
      else if (report) report = addToReport(report, record);
    }
  });
  const verify = times(() => {
    let head = emptyHead(first.org, first.store, first.register);
    for (const record of records) {
      const next = verifyNext(head, record);
      if (!next.ok) throw new Error(next.error);
      head = next.value;
    }
  });
  const parse = times(() => {
    for (const text of texts) parseRecord(text);
  });
  const verifyExport = await exportTimes(texts);
  const each = (values: readonly number[]) => (quantile(values, 0.5) / records.length) * 1000;
  return [
    {
      name: `X of a session with ${SALES} sales, from its records`,
      value: quantile(fold, 0.5),
      unit: 'ms',
      target: '≤ 10 ms',
    },
    {
      name: 'chain check of a record (hash, link, totals)',
      value: each(verify),
      unit: 'µs',
      target: '≤ 1000 µs',
    },
    { name: 'reading a stored record (shape, canonical form)', value: each(parse), unit: 'µs', target: '' },
    {
      name: 'verify one record of an export (verify-journal)',
      value: each(verifyExport),
      unit: 'µs',
      target: '',
    },
  ];
}

/** How long the independent verifier takes for an export of one register's records, read as from a file. */
async function exportTimes(texts: readonly string[]): Promise<number[]> {
  const exportedAt = '2026-11-21T10:00:00.000Z';
  const header = headerLine({ organization: ORGANIZATION, exportedAt, registers: ['S01-R1'] });
  const lines: string[] = [];
  for await (const line of endedLines([header, ...texts])) lines.push(line);
  const file = Buffer.from(lines.join(''), 'utf8');
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { valid } = await checkJournal(Readable.from(chunksOf(file)));
    values.push(performance.now() - start);
    if (!valid) throw new Error('the export of the fixture does not verify');
  }
  return values;
}

function chunksOf(file: Uint8Array): Uint8Array[] {
  const count = Math.ceil(file.length / CHUNK);
  return Array.from({ length: count }, (_, i) => file.subarray(i * CHUNK, (i + 1) * CHUNK));
}
