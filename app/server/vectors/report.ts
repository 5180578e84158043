import type { VectorResult } from './vector-run.ts';

type Counts = { passed: number; failed: number; skipped: number };

/** The results as people read them: what failed, what was skipped and why, a table by category, and the sums. */
export function describeResults(results: readonly VectorResult[]): string {
  const lines = results
    .filter(({ status }) => status !== 'passed')
    .map(
      ({ id, category, status, detail = '' }) =>
        `${status === 'failed' ? 'FAILED ' : 'skipped'} ${id} (${category}): ${detail}`,
    );
  const all = countsOf(results);
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...tableOf(results),
    '',
    `${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`,
    '',
  ].join('\n');
}

function tableOf(results: readonly VectorResult[]): string[] {
  const groups = [...Map.groupBy(results, ({ category }) => category)];
  const width = Math.max(8, ...groups.map(([category]) => category.length));
  const row = (name: string, ...cells: readonly (string | number)[]) =>
    name.padEnd(width) + cells.map((cell) => String(cell).padStart(9)).join('');
  return [
    row('category', 'passed', 'failed', 'skipped'),
    ...groups.map(([category, group]) => {
      const { passed, failed, skipped } = countsOf(group);
      return row(category, passed, failed, skipped);
    }),
  ];
}

function countsOf(results: readonly VectorResult[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}
