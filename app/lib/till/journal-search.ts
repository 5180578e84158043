import type { JournalRecord } from '#model/journal/record.ts';

/** How the journal writes what it shows of a record, so that people find what they read. */
export type JournalWords = {
  readonly describe: (record: JournalRecord) => string;
  readonly amount: (record: JournalRecord) => string;
  readonly person: (id: string) => string;
  readonly moment: (instant: string) => string;
};

/** Everything of a record a person may look for: number, amounts, articles, tenders, people and when. */
function textsOf(record: JournalRecord, words: JournalWords): string[] {
  const { at, by, approvedBy } = record;
  const texts = [
    words.describe(record),
    words.amount(record),
    words.person(by),
    words.moment(at),
    at.slice(0, 10),
  ];
  if (approvedBy !== undefined) texts.push(words.person(approvedBy));
  if (record.kind !== 'sale') return texts;
  const { lines, tenders } = record.body;
  for (const { name, sku } of lines) texts.push(name, sku);
  for (const { name, reference = '', cardTail = '' } of tenders) texts.push(name, reference, cardTail);
  return texts;
}

/** Whether a record has every word of what was typed, in any order and case. */
export function isFound(record: JournalRecord, typed: string, words: JournalWords): boolean {
  const wanted = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const all = textsOf(record, words).join('\n').toLowerCase();
  return wanted.every((word) => all.includes(word));
}
