import { addToReport, openReport, type SessionReport } from '#model/folds/session-report.ts';
import { verifyNext, emptyHead, recordText } from '#model/journal/chain.ts';
import { parseRecord } from '#model/journal/record.ts';
import { makeShop } from '../support/journal-fixture.ts';
import { quantile, type BenchRow } from './row.ts';

const SALES = 1000;
const ROUNDS = 9;

function times(round: () => void): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    round();
    return performance.now() - start;
  });
}

/** What the model costs: the X of a long session from its records, and checking a record's place in the chain. */
export function benchFold(): Promise<BenchRow[]> {
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
  const each = (values: readonly number[]) => (quantile(values, 0.5) / records.length) * 1000;
  return Promise.resolve([
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
  ]);
}
