import { createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readDataFolder } from '../demo-folder.ts';
import { readDeviceFile } from '../device-file.ts';
import { connectHeadOffice } from '../head-office-documents.ts';
import {
  headOfficeRelayFolder,
  latestSessions,
  startHeadOfficeRelay,
  type HeadOfficeRelay,
} from '../head-office-relay.ts';
import { DocumentReader } from './document-reader.ts';
import { endedLines } from './export-lines.ts';
import { ExportStopped, chosenRegisters, exportLines } from './journal-export.ts';
import { USAGE, readOptions, type ExportOptions } from './options.ts';
import { documentTrouble, nameOfDocument } from './relay-trouble.ts';
import { fail, optionsOrEnd } from '../command-line.ts';

await run(optionsOrEnd(readOptions(process.argv.slice(2)), USAGE));

async function run(settings: ExportOptions): Promise<void> {
  const organization = await organizationOf(settings.data);
  const trouble: string[] = [];
  let relay: HeadOfficeRelay;
  try {
    const project = resolve(import.meta.dirname, '../../..');
    relay = await startHeadOfficeRelay(project, resolve(settings.data), organization, (line) => {
      const found = documentTrouble(line);
      if (found !== undefined) trouble.push(found);
    });
  } catch (cause) {
    fail(1, causeText(cause));
  }
  let stopped: string | undefined;
  try {
    await exportJournal(relay, organization, settings, trouble);
  } catch (cause) {
    stopped = describeFailure(cause);
  }
  await relay.stop();
  if (stopped !== undefined) fail(1, stopped);
}

/** The organization of a data folder that has a head office whose documents are whole. */
async function organizationOf(data: string): Promise<string> {
  const file = await readDataFolder(data);
  if (!file.ok) fail(1, file.error);
  const folder = headOfficeRelayFolder(data);
  const names = await filesOf(join(folder, 'documents'));
  if (file.value === undefined || names === undefined)
    fail(1, `${data} holds no head office of Tillmesh. Name the folder that npm start or import-sales used.`);
  const archived = (await filesOf(join(folder, 'documents', 'archive'))) ?? [];
  const damaged = [...names, ...archived].filter((name) => name.endsWith('.damaged'));
  if (damaged.length > 0) {
    const documents = damaged.map((name) => nameOfDocument(name.slice(0, name.indexOf('.')))).join(', ');
    fail(
      1,
      `Head office's copy of ${documents} was damaged and put aside. Start Tillmesh so that the tills send it again, remove ${damaged.join(', ')} below ${join(folder, 'documents')}, then export.`,
    );
  }
  return file.value.organization;
}

async function filesOf(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

async function exportJournal(
  relay: HeadOfficeRelay,
  organization: string,
  settings: ExportOptions,
  trouble: readonly string[],
): Promise<void> {
  const latest = await latestSessions(relay.url);
  const registers = chosenRegisters(latest, settings);
  if (registers.length === 0) throw new ExportStopped(unknownRegister(settings, Object.keys(latest)));
  const device = await readDeviceFile(headOfficeRelayFolder(settings.data));
  if (!device.ok) throw new ExportStopped(device.error);
  const { key } = device.value;
  const reader = new DocumentReader(() => connectHeadOffice(key, organization, relay.syncUrl), organization);
  const exportedAt = new Date().toISOString();
  const lines = exportLines({ reader, organization, options: settings, registers, exportedAt });
  try {
    await writeLines(untroubled(lines, relay, trouble), settings.out);
  } finally {
    await reader.close();
  }
}

/** The lines, and a stop before the end line when the relay found a document of its own damaged while it read. */
async function* untroubled(
  lines: AsyncIterable<string>,
  relay: HeadOfficeRelay,
  trouble: readonly string[],
): AsyncGenerator<string> {
  yield* lines;
  // What it said last may still be on its way; once it has ended everything is here.
  await relay.stop();
  if (trouble.length > 0)
    throw new ExportStopped(
      `Head office's documents are not whole, so the export stopped:\n${trouble.join('\n')}`,
    );
}

async function writeLines(lines: AsyncIterable<string>, out: string | undefined): Promise<void> {
  const text = Readable.from(endedLines(lines));
  if (out === undefined) {
    await pipeline(text, process.stdout);
    return;
  }
  const part = `${out}.part`;
  try {
    await pipeline(text, createWriteStream(part, { flush: true }));
    await rename(part, out);
  } catch (cause) {
    await rm(part, { force: true });
    throw cause;
  }
  process.stderr.write(`Written to ${out}.\n`);
}

function unknownRegister({ store, register }: ExportOptions, known: readonly string[]): string {
  const asked = [store, register].filter((part) => part !== undefined).join('-');
  if (known.length === 0) return 'No register of this folder has a journal yet.';
  return `${asked} has no journal here. There are ${[...known].sort().join(', ')}.`;
}

function describeFailure(cause: unknown): string {
  if (cause instanceof ExportStopped) return cause.message;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
    return `The export could not be written: ${cause.message}.`;
  throw cause;
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
