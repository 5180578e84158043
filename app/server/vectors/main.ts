import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describeResults } from './report.ts';
import { readVectorFile, type FileEntry } from './vector-file.ts';
import { runVectors } from './vector-run.ts';

const USAGE = `Usage: npm run --silent vectors -- FILE…

Runs published worked examples through the product's own code: prices, taxes, discounts, payments, sessions, barcodes.
Prints what failed and what was skipped and why, a table by category, and the sums.

  --help    show this text

Ends with 0 when nothing failed, with 1 when something did, with 2 when no file was named.
`;

const files = process.argv.slice(2);
if (files.includes('--help')) {
  process.stdout.write(USAGE);
} else if (files.length === 0) {
  process.stderr.write(`Name at least one file of examples.\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  const entries: FileEntry[] = [];
  for (const file of files) entries.push(...(await entriesOf(file)));
  const results = await runVectors(entries);
  process.stdout.write(describeResults(results));
  process.exitCode = results.some(({ status }) => status === 'failed') ? 1 : 0;
}

async function entriesOf(path: string): Promise<FileEntry[]> {
  try {
    return readVectorFile(basename(path), await readFile(path, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return [{ id: path, category: 'unreadable', fault: `The file cannot be read: ${cause.message}.` }];
  }
}
