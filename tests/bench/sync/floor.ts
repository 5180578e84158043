import { join } from 'node:path';
import * as A from '@automerge/automerge';
import { fdatasyncTimes } from '../bare-disk.ts';
import { saleTexts } from '../sale-records.ts';
import { saleKey } from './sync-system.ts';

/**
 * The seconds that Automerge and the disk alone take for the workload in one process: no network, no messages, no server. `online`: every
 * sale made, on the disk, and merged at every other till by itself, which a system that merges several at once may come below; `healed`: a
 * till's sales read at every other till at once; `late`: all documents read at one till.
 */
export type Floor = { readonly online: number; readonly healed: number; readonly late: number };

type Sales = { sales: Record<string, A.ImmutableString> };

/** Measures the floor of the workload that {@link runFleet} has. */
export async function measureFloor(folder: string, tills: number, sales: number): Promise<Floor> {
  const texts = saleTexts(sales);
  const empty = A.save(A.change(A.init<Sales>(), (draft) => void (draft.sales = {})));
  const made = performance.now();
  const documents = Array.from({ length: tills }, (_, till) => sold(empty, till, texts));
  const making = since(made);
  const changes = documents.map((doc) => A.getChangesSince(doc, A.getHeads(A.load<Sales>(empty))));
  const merging = seconds(() => elsewhere(tills, (till) => mergedOneByOne(empty, changes[till] ?? [])));
  const chunks = documents.map((doc) => A.save(doc));
  const loading = seconds(() => chunks.forEach((bytes) => A.load(bytes)));
  const all = texts.flatMap((text) => documents.map((_, till) => `${text}${till}`));
  const writes = await fdatasyncTimes(join(folder, 'floor.log'), all);
  const writing = writes.reduce((sum, ms) => sum + ms / 1000, 0);
  return { online: making + merging + writing, healed: loading * (tills - 1), late: loading };
}

function sold(empty: Uint8Array, till: number, texts: readonly string[]): A.Doc<Sales> {
  return texts.reduce(
    (doc, text, sale) =>
      A.change(doc, (draft) => {
        draft.sales[saleKey(till + 1, sale + 1)] = new A.ImmutableString(`${text}${till}`);
      }),
    A.load<Sales>(empty),
  );
}

function mergedOneByOne(empty: Uint8Array, changes: readonly Uint8Array[]): void {
  let doc = A.load<Sales>(empty);
  for (const change of changes) [doc] = A.applyChanges(doc, [change]);
}

/** What every other till does with the document of each. */
function elsewhere(tills: number, work: (till: number) => void): void {
  for (let till = 0; till < tills; till++) for (let other = 1; other < tills; other++) work(till);
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return since(start);
}

function since(start: number): number {
  return (performance.now() - start) / 1000;
}
