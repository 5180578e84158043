import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import cliProgress from 'cli-progress';
import { openDataFolder } from '../demo-folder.ts';
import { latestSessions } from '../head-office-relay.ts';
import { startHeadOffice, type HeadOffice } from './head-office.ts';
import { USAGE, readOptions, type ImportOptions } from './options.ts';
import { readSalesFile, type ImportedReceipt } from './sales-file.ts';
import { basketPrefix, importSales } from './sales-import.ts';
import { fail, optionsOrEnd } from '../command-line.ts';

/** How long the indexer may take for the whole import, in milliseconds; far more than it needs. */
const INDEX_WAIT_MS = 120_000;

await run(optionsOrEnd(readOptions(process.argv.slice(2)), USAGE));

async function run(settings: ImportOptions): Promise<void> {
  const receipts = await readReceipts(settings.file);
  const folder = await openDataFolder(settings.data, () => randomBytes(6).toString('hex'));
  if (!folder.ok) fail(1, folder.error);
  const { organization } = folder.value;
  const project = resolve(import.meta.dirname, '../../..');
  const log: string[] = [];
  let headOffice: HeadOffice;
  try {
    headOffice = await startHeadOffice(project, resolve(settings.data), organization, (line) =>
      log.push(line),
    );
  } catch (cause) {
    fail(1, cause instanceof Error ? cause.message : String(cause));
  }
  const outcome = await importAndReport(receipts, settings, organization, headOffice);
  await headOffice.stop();
  if (typeof outcome === 'string') fail(1, [outcome, ...log.slice(-5)].join('\n'));
  process.stdout.write(`${JSON.stringify(outcome, undefined, 1)}\n`);
}

async function readReceipts(file: string): Promise<readonly ImportedReceipt[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    fail(1, `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  const receipts = readSalesFile(text);
  if (receipts.ok) return receipts.value;
  const { line, column, cause } = receipts.error;
  const where = column === '' ? `line ${line}` : `line ${line}, column ${column}`;
  fail(1, `${basename(file)}, ${where}: ${cause}. Nothing was imported.`);
}

/** The reports' figures as an object, or a sentence. */
async function importAndReport(
  receipts: readonly ImportedReceipt[],
  settings: ImportOptions,
  organization: string,
  headOffice: HeadOffice,
): Promise<object | string> {
  const bar = new cliProgress.SingleBar({
    format: 'Importing [{bar}] {value}/{total} receipts, {eta_formatted} left',
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 2000,
    hideCursor: true,
  });
  bar.start(receipts.length, 0);
  try {
    const reports = await headOffice.startReports();
    const imported = await importSales(receipts, {
      documents: headOffice.documents,
      organization,
      options: settings,
      latestSessions: () => latestSessions(headOffice.relayUrl),
      now: () => new Date().toISOString(),
      random: () => randomBytes(24).toString('base64url'),
      onReceipt: () => bar.increment(),
    });
    if (!imported.ok) return imported.error;
    return await indexedTotals(reports, basketPrefix(settings), receipts.length);
  } finally {
    bar.stop();
  }
}

/** Waits until the indexer has every receipt of the file, then gives its figures. */
async function indexedTotals(reports: string, prefix: string, receipts: number): Promise<object | string> {
  const url = `${reports}/reports/totals?basketPrefix=${encodeURIComponent(prefix)}`;
  const deadline = Date.now() + INDEX_WAIT_MS;
  let found = 0;
  while (Date.now() < deadline) {
    const response = await fetch(url);
    const totals = (await response.json()) as { receipts?: number };
    found = totals.receipts ?? 0;
    if (response.ok && found >= receipts) return totals;
    await pause(50);
  }
  return `The reports have ${found} of ${receipts} receipts after ${INDEX_WAIT_MS / 1000} seconds. The receipts are saved; start Tillmesh and look at the reports again.`;
}
