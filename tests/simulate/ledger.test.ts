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
  // Of seed 52152: where the chains part the last copy of one record was gone, and the receipt stands a place behind it.
  const ledger = new Ledger();
  const till = new Line();
  const [before] = chain(ledger, till, HEAD, ['before']);
  if (!before) throw new Error('a record was made');
  const [gone, behind] = chain(ledger, till, before, ['gone', 'behind']);
  if (!gone || !behind) throw new Error('two records were made');
  ledger.lost.set(recordText(gone), ledger.signed);
  const [again] = chain(ledger, till, before, ['again']);
  if (!again) throw new Error('a record was made');
  expect([behind.seq, again.seq]).toEqual([3, 2]);
  expect(ledger.mayRepeat(behind, again)).toBe(true);
  expect(ledger.mayRepeat(again, behind)).toBe(true);
  expect(ledger.mayRepeat(before, again)).toBe(false);
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
