import { expect } from 'vitest';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import {
  R1,
  R2,
  S01,
  must,
  openTill,
  payCash,
  seedShop,
  sellLantern,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

/** The first session of the first register. */
export const JOURNAL = { class: 'session', store: S01, register: R1, session: 1 } as const;

/** What either holds reaches the other. */
export async function meet(a: MemoryDocuments, b: MemoryDocuments): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    for (const key of await from.known()) if (key.class !== 'basket') to.receive(key, await from.open(key));
}

/** A till and another machine with a copy of its disk. */
export async function copied(one: TillBench): Promise<{ readonly one: TillBench; readonly copy: TillBench }> {
  const documents = new MemoryDocuments();
  seedShop(documents);
  documents.receive(JOURNAL, await one.documents.open(JOURNAL));
  const copy = await startTill({ documents });
  await signIn(copy);
  return { one, copy };
}

/** Gives the money of the one lantern of a receipt back. */
export async function takeBack(bench: TillBench, receipt: string): Promise<void> {
  bench.till.nextSale();
  must(await bench.till.refunds.find(receipt));
  must(await bench.till.refunds.takeBack(0, '1'));
  must(bench.till.sale.startPaying());
  payCash(bench, -339);
  must(await bench.till.completeSale());
}

/** Two tills that gave the money of one lantern back while they were apart, and then met. */
export async function refundedTwice(): Promise<readonly [TillBench, TillBench]> {
  const one = await openTill();
  const two = await openTill({ register: R2 });
  const receipt = await sellLantern(one);
  await meet(one.documents, two.documents);
  for (const bench of [one, two]) await takeBack(bench, receipt);
  for (const bench of [one, two]) {
    await bench.till.exceptions.look();
    expect(bench.till.exceptions.open).toEqual([]);
  }
  await meet(one.documents, two.documents);
  for (const bench of [one, two]) await bench.till.exceptions.look();
  return [one, two];
}
