import { BARCODE_GROUPS } from './barcode-vectors.ts';
import { cashRounding, drawer, paymentFamily, refund } from './cash-vectors.ts';
import { cartDiscount } from './discount-vectors.ts';
import { taxDocumentFamily } from './document-vectors.ts';
import { expectsAnything, shown, unmet } from './expectation.ts';
import { chains, grandTotal, numbering, stock, sync } from './journal-vectors.ts';
import { NAMED_EXAMPLES } from './named-examples.ts';
import { priceRule, promotion, proration } from './promotion-vectors.ts';
import { posRefund, posSession } from './session-vectors.ts';
import { taxLine, taxMapping, taxRounding } from './tax-vectors.ts';
import type { FileEntry } from './vector-file.ts';
import type { Family, JsonObject, Vector } from './vector.ts';

const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ['tax-line', taxLine],
  ['tax-mapping', taxMapping],
  ['tax-rounding', taxRounding],
  ['tax-document', taxDocumentFamily],
  ['cart-discount', cartDiscount],
  ['promotion', promotion],
  ['proration', proration],
  ['price-rule', priceRule],
  ['cash-rounding', cashRounding],
  ['payment', paymentFamily],
  ['drawer', drawer],
  ['refund', refund],
  ['pos-session', posSession],
  ['pos-refund', posRefund],
  ['stock', stock],
  ['sync', sync],
  ['numbering', numbering],
  ['grand-total', grandTotal],
  ['hash-chain', chains],
  ['signature-chain', chains],
  ['fiscal-payload', chains],
  ...Object.entries(BARCODE_GROUPS).map(([name, group]): [string, Family] => [
    name,
    ({ inputs }) => group.run(inputs),
  ]),
]);

/** How one example went; `detail` says why where it did not pass. */
export type VectorResult = {
  readonly id: string;
  readonly category: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly detail?: string;
};

/** Runs examples one after another; whatever one does, the others run. */
export async function runVectors(entries: readonly FileEntry[]): Promise<VectorResult[]> {
  const vectors = entries.filter((entry): entry is Vector => 'inputs' in entry);
  const inputs = new Map<string, JsonObject>(NAMED_EXAMPLES);
  for (const vector of vectors) inputs.set(vector.id, vector.inputs);
  const results: VectorResult[] = [];
  for (const entry of entries) results.push(await runEntry(entry, (id) => inputs.get(id)));
  return results;
}

async function runEntry(
  entry: FileEntry,
  others: (id: string) => JsonObject | undefined,
): Promise<VectorResult> {
  const { id, category } = entry;
  const failed = (detail: string): VectorResult => ({ id, category, status: 'failed', detail });
  if ('fault' in entry) return failed(entry.fault);
  const family = FAMILIES.get(category);
  if (!family) return failed(`No rule is known for the category "${category}".`);
  if (!expectsAnything(entry.expected)) return failed('It expects nothing.');
  try {
    const outcome = await family(entry, others);
    if ('skip' in outcome) return { id, category, status: 'skipped', detail: String(outcome.skip) };
    const missed = unmet(entry.expected, outcome);
    if (missed.length === 0) return { id, category, status: 'passed' };
    const pick = (from: JsonObject) =>
      shown(Object.fromEntries(missed.map((name) => [name, from[name] ?? null])));
    return failed(`expected ${pick(entry.expected)}, got ${pick(outcome)}`);
  } catch (cause) {
    // An example may hold anything: what it breaks is its own result, never the run.
    return failed(cause instanceof Error ? cause.message : String(cause));
  }
}
