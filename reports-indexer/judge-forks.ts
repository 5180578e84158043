import { partings } from '#model/folds/exceptions.ts';
import { involved } from '#model/folds/shop-exception.ts';
import { registerName } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { allRows, oneRow } from './database.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import { findingOf, latestOf } from './found-exceptions.ts';
import type { Statements } from './statements.ts';

/** Looks again at the numbers of records that came or went and those behind them: where the chain parts is a fork (rule F5). */
export function judgeForks(
  statements: Statements,
  exceptions: ExceptionList,
  place: { readonly store: string; readonly register: string },
  records: readonly JournalRecord[],
): void {
  const { store, register } = place;
  const isParted = oneRow(statements.anyAside, store, register) !== undefined;
  const signedAt = (seq: number) =>
    allRows<{ json: string }>(statements.signedOf, store, register, seq)
      .map(({ json }) => JSON.parse(json) as JournalRecord)
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  for (const seq of new Set(records.flatMap((record) => [record.seq, record.seq + 1]))) {
    const parts = isParted ? partings(signedAt(seq), signedAt(seq - 1)) : [];
    exceptions.replace(
      `fork:${store}-${register}:${seq}`,
      parts.flatMap((part) => forkOf(part)),
    );
  }
}

function forkOf(part: readonly JournalRecord[]): Finding[] {
  const [first] = part;
  if (!first) return [];
  const { store, register, seq } = first;
  const found = { kind: 'fork' as const, ...involved(part), register: registerName(store, register), seq };
  const hashes = part.map(({ hash }) => hash.slice(0, 8)).join(', ');
  const detail = `${part.length} different records have the number ${seq}; one is counted (${hashes})`;
  return [findingOf(found, detail, latestOf(found, part) ?? first)];
}
