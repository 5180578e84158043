import { expect, test } from 'vitest';
import { emptyHead, recordText, sealRecord, type ChainHead } from '#model/journal/chain.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { registerId } from '#model/ids/register-id.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { Ledger } from './ledger.ts';
import { Line } from './lines.ts';
import { STORE } from './shop.ts';

/** A chain of records that a line signs behind `head`. */
function chain(ledger: Ledger, line: Line, head: ChainHead, reasons: readonly string[]): JournalRecord[] {
  let before = head;
  return reasons.map((reason) => {
    const stamp = { at: '2026-01-05T08:00:00.000Z', by: 'ana' };
    const record = sealRecord(before, 1, { kind: 'drawer', body: { reason } }, stamp);
    before = record;
    ledger.made(record, recordText(record), { device: 'device', line });
    return record;
  });
}

const HEAD = emptyHead(ORGANIZATION, STORE, registerId(1));

test('[F5] receipts of parted chains may have one number at other places of these, where the chains were right to part', () => {
  // Of seed 52152: a receipt of a clone stood behind one record more than the one that had its number.
  const ledger = new Ledger();
  const till = new Line();
  const [before] = chain(ledger, till, HEAD, ['before']);
  if (!before) throw new Error('a record was made');
  const clone = new Line({ line: till, since: ledger.signed });
  const [own] = chain(ledger, till, before, ['own']);
  const [, second] = chain(ledger, clone, before, ['first', 'second']);
  if (!own || !second) throw new Error('three records were made');
  expect([own.seq, second.seq]).toEqual([2, 3]);
  expect(ledger.mayRepeat(own, second)).toBe(true);
  expect(ledger.mayRepeat(second, own)).toBe(true);
});

test('[N2] records of one chain never have one number, wherever they stand in it', () => {
  const ledger = new Ledger();
  const till = new Line();
  const [first, second, third] = chain(ledger, till, HEAD, ['first', 'second', 'third']);
  if (!first || !second || !third) throw new Error('three records were made');
  expect(ledger.mayRepeat(first, third)).toBe(false);
  expect(ledger.mayRepeat(third, second)).toBe(false);
  const clone = new Line({ line: till, since: ledger.signed });
  const [fourth] = chain(ledger, clone, third, ['fourth']);
  if (!fourth) throw new Error('a record was made');
  expect(ledger.mayRepeat(second, fourth)).toBe(false);
});
