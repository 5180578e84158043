/** One figure of the benchmark, beside what the machine does bare in the same run where there is such a thing. */
export type BenchRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: { readonly name: string; readonly value: number };
  readonly ratio?: number;
  readonly target: string;
};

/** The value below which the share `q` of the values lies; 0.5 is the median. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** A row with a baseline and their ratio. */
export function besideBaseline(
  row: Omit<BenchRow, 'ratio' | 'baseline'>,
  baseline: NonNullable<BenchRow['baseline']>,
): BenchRow {
  return { ...row, baseline, ratio: row.value / baseline.value };
}
