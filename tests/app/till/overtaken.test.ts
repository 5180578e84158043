import { describe, expect, it } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { recordText, sealRecord } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import {
  codeOf,
  must,
  openTill,
  payCash,
  seedShop,
  sellLantern,
  sessionKey,
  startTill,
  type TillBench,
} from './till-fixture.ts';

/** What another machine with a copy of the till's disk wrote under the number of its next record; `at` decides which of the two is shown. */
function otherRecord({ till }: TillBench, at: string): Readonly<Record<string, string>> {
  const { head } = till.journal.state;
  const made = sealRecord(head, 1, { kind: 'drawer', body: { reason: 'elsewhere' } }, { at, by: 'luis' });
  return { [recordKey(made.seq)]: recordText(made) };
}

const TAKEN = recordKey(2);

/** Every text under the number that two machines gave. */
async function textsUnder({ documents }: TillBench): Promise<readonly string[]> {
  return (await documents.contested(sessionKey(1)))[TAKEN] ?? [];
}

async function unsavedSale(): Promise<TillBench> {
  const bench = await openTill();
  bench.view.scan('5012345678900');
  must(bench.till.sale.startPaying());
  payCash(bench, 500);
  bench.documents.setConnected(false);
  bench.documents.failHere = 'disk full';
  expect(codeOf(await bench.till.completeSale())).toBe('not-saved');
  return bench;
}

describe('[D15] a record whose number another machine with a copy of the till gave meanwhile', () => {
  it('stops the till while its own is not saved, and both stay when that is tried again', async () => {
    const bench = await unsavedSale();
    const own = bench.till.journal.unsaved;
    if (!own) throw new Error('there is no unsaved record');
    const { head } = bench.till.journal.state;
    const other = otherRecord(bench, '2026-11-21T09:01:00.000Z');
    bench.documents.receive(sessionKey(1), other);
    await expect.poll(() => bench.till.journal.fault?.code).toBe('fork');
    // What the other machine did is not taken for what this one did.
    expect(bench.till.journal.state.head).toEqual(head);
    bench.documents.failHere = undefined;
    expect(must(await bench.till.retry())).toEqual(own);
    expect(await textsUnder(bench)).toEqual([recordText(own), other[TAKEN]].sort());
    await expect.poll(() => bench.bridge.papers.length).toBe(1);
    expect(codeOf(await bench.till.session.openDrawer('again'))).toBe('journal-faulty');
  });

  it('that comes in while a record is written leaves both there, and the sale is printed', async () => {
    class Overtaken extends MemoryDocuments {
      other: Readonly<Record<string, string>> | undefined;

      override async writeDurably(key: DocumentKey, changes: Readonly<Record<string, string>>, wait: number) {
        if (this.other) this.receive(key, this.other);
        this.other = undefined;
        return super.writeDurably(key, changes, wait);
      }
    }
    const documents = new Overtaken();
    seedShop(documents);
    const bench = await openTill({ documents });
    const other = otherRecord(bench, '2026-11-21T09:01:00.000Z');
    documents.other = other;
    expect(await sellLantern(bench)).toBe('S01-R1-000001');
    const sale = bench.till.finished?.record;
    if (!sale) throw new Error('nothing was finished');
    expect(await textsUnder(bench)).toEqual([recordText(sale), other[TAKEN]].sort());
    await expect.poll(() => bench.till.journal.fault?.code).toBe('fork');
    expect(codeOf(await bench.till.session.openDrawer('again'))).toBe('journal-faulty');
  });

  it('is not written over when a till asks again for the second copy of its last record', async () => {
    const bench = await openTill();
    const other = otherRecord(bench, '2026-11-21T09:01:00.000Z');
    bench.documents.setConnected(false);
    await sellLantern(bench);
    const sale = bench.till.finished?.record;
    if (!sale) throw new Error('nothing was finished');
    bench.documents.receiveApart(sessionKey(1), other);
    bench.documents.setConnected(true);
    await bench.till.journal.confirmCopies();
    expect(await textsUnder(bench)).toEqual([recordText(sale), other[TAKEN]].sort());
  });

  it('gives no third record its number after a start that shows the other one', async () => {
    const bench = await unsavedSale();
    const other = otherRecord(bench, '2026-11-21T09:01:00.000Z');
    bench.documents.receive(sessionKey(1), other);
    const again = await startTill(bench);
    expect(again.till.journal.unsaved).toBeUndefined();
    expect(again.till.journal.state.head.seq).toBe(2);
  });
});
