import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchDocuments } from './documents.bench.ts';
import { benchFold } from './fold.bench.ts';
import { benchGrowthTill } from './growth-till.bench.ts';
import { benchGrowth } from './growth.bench.ts';
import { benchIndexing } from './indexing.bench.ts';
import { benchNetwork } from './network.bench.ts';
import { benchRelay } from './relay.bench.ts';
import type { BenchRow } from './row.ts';
import { benchSync } from './sync.bench.ts';
import { benchTill } from './till.bench.ts';
import { benchVerification } from './verification.bench.ts';
import { benchSignatures } from './signatures.bench.ts';

const SUITES: Readonly<Record<string, (run: { full: boolean }) => Promise<readonly BenchRow[]>>> = {
  model: benchFold,
  documents: benchDocuments,
  relay: benchRelay,
  network: benchNetwork,
  verification: benchVerification,
  indexing: benchIndexing,
  signatures: benchSignatures,
  growth: benchGrowth,
  sync: benchSync,
  till: benchTill,
  'growth-till': benchGrowthTill,
};

const USAGE = `Usage: npm run bench -- [SUITE …] [--full] [--json FILE]

Measures this machine now and prints a table, then the same as one line of JSON. Machines are shared and noisy: read the
ratios to the baselines of the same run before the milliseconds. Suites: ${Object.keys(SUITES).join(', ')} (default all).

The growth suite makes the year of 1, 3 and 10 stores; with --full of 5, 15 and 50, which takes some minutes and six gigabytes more.
`;

function readArguments(): { suites: string[]; full: boolean; json: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        full: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const unknown = positionals.find((name) => !(name in SUITES));
    if (unknown !== undefined) throw new Error(`There is no suite "${unknown}".`);
    const suites = positionals.length > 0 ? positionals : Object.keys(SUITES);
    return { suites, full: values.full, json: values.json };
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function printTable(rows: readonly (BenchRow & { suite: string })[]): void {
  const cells = rows.map((row) => [
    row.suite,
    row.name,
    `${figure(row.value)} ${row.unit}`.trim(),
    row.baseline ? `${row.baseline.name}: ${figure(row.baseline.value)}` : '',
    row.ratio === undefined ? '' : `×${figure(row.ratio)}`,
    row.target,
  ]);
  const table = [['suite', 'what', 'measured', 'baseline of this run', 'ratio', 'target'], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

const { suites, full, json } = readArguments();
const rows: (BenchRow & { suite: string })[] = [];
for (const suite of suites) {
  process.stderr.write(`${suite} …\n`);
  for (const row of (await SUITES[suite]?.({ full })) ?? []) rows.push({ suite, ...row });
}
printTable(rows);
const result = JSON.stringify({ cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, rows });
console.log(`\n${result}`);
if (json !== undefined) await writeFile(json, `${result}\n`);
process.exit(0);
