import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { ensureBuild } from '../../app/server/app-build.ts';
import { openDataFolder, saveDataFolder } from '../../app/server/demo-folder.ts';
import { demoSeeds, foundDemo, readDemoCatalog } from '../../app/server/demo-shop.ts';
import {
  codeFor,
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from '../../app/server/head-office-documents.ts';
import { paperText } from '../../hardware-bridge/virtual-printer/paper-strip.ts';
import {
  startVirtualPrinter,
  type VirtualPrinter,
} from '../../hardware-bridge/virtual-printer/virtual-printer.ts';
import { freePort, isFree } from '../support/free-ports.ts';
import { Machine } from './machine.ts';
import { Tripwire } from './tripwire.ts';

const project = resolve(import.meta.dirname, '../..');

/** What a founded shop says about itself, beside its data. */
const FOUNDED = 'founded.json';
const foundedSchema = v.pipe(v.string(), v.parseJson(), v.object({ organization: v.string() }));

/** How fast the printer prints, in bytes a second: slow enough that a crash can come in the middle of a paper. */
const PRINTING_SPEED = 4000;

/** A paper that came out of the printer; one that was torn off is not complete. */
export type CameOut = { readonly text: string; readonly complete: boolean };

/** Head office and one till, each a machine with its own data, a printer, and cables a test can watch. */
export type CrashShop = {
  readonly office: Machine;
  readonly till: Machine;
  /** The till's data, and the folder of its relay in it. */
  readonly relayFolder: string;
  readonly organization: string;
  /** Where the browser goes; everything it says passes {@link CrashShop.page}. */
  readonly url: string;
  readonly reports: string;
  readonly relayStatus: string;
  /** The cable between browser and till. */
  readonly page: Tripwire;
  /** The cable between the till's bridge and its printer. */
  readonly paper: Tripwire;
  readonly printer: VirtualPrinter;
  /** Every paper since the start; a printer keeps what came out of it whatever is killed. */
  readonly papers: readonly CameOut[];
  /** A one-time code for the till and its browser. */
  readonly code: string;
  readonly log: readonly string[];
  readonly stop: () => Promise<void>;
};

/** Starts head office and till of the shop that was founded in a folder. */
export async function startCrashShop(folder: string): Promise<CrashShop> {
  const log: string[] = [];
  const say = (line: string) => log.push(`${new Date().toISOString()} ${line}`);
  const trouble = await ensureBuild(project, say);
  if (trouble !== undefined) throw new Error(trouble);
  const { organization } = v.parse(foundedSchema, await readFile(join(folder, FOUNDED), 'utf8'));
  const officePort = await portWithRoom();
  const office = new Machine('office', machineArgs(join(folder, 'office'), officePort), say);
  await office.start();
  const code = await atHeadOffice(join(folder, 'office'), organization, officePort, codeForTill);
  const printer = await startVirtualPrinter({ port: await freePort() });
  await printer.setFaults({ bytesPerSecond: PRINTING_SPEED });
  const papers: CameOut[] = [];
  printer.listen((news) => {
    if (news.kind === 'paper') papers.push({ text: paperText(news.paper), complete: news.paper.complete });
  });
  const paper = await Tripwire.to(printer.port);
  const tillPort = await portWithRoom();
  const args = [
    ...machineArgs(join(folder, 'till'), tillPort),
    '--hq',
    `ws://127.0.0.1:${officePort + 10}/sync`,
    '--printer',
    `receipt=tcp://127.0.0.1:${paper.port},columns=42`,
  ];
  const till = new Machine('till', args, say);
  await till.start();
  const page = await Tripwire.to(tillPort);
  return {
    office,
    till,
    relayFolder: join(folder, 'till', 'till', 'relay'),
    organization,
    url: `http://localhost:${page.port}/`,
    reports: `http://127.0.0.1:${officePort}/reports`,
    relayStatus: `http://127.0.0.1:${tillPort}/relay/status`,
    page,
    paper,
    printer,
    papers,
    code,
    log,
    stop: async () => {
      await page.close();
      await till.stop();
      await office.stop();
      await paper.close();
      await printer.stop();
    },
  };
}

function machineArgs(data: string, port: number): string[] {
  return ['--data', data, '--port', String(port)];
}

/** A machine takes its relay's port ten and its bridge's or reports' port twenty behind its first. */
async function portWithRoom(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if ((await Promise.all([10, 20].map((behind) => isFree(port + behind)))).every(Boolean)) return port;
  }
}

/** Founds a shop with the demo's articles and people in a folder, once; a copy of the folder is a shop of its own. */
export async function foundCrashShop(folder: string): Promise<void> {
  if (existsSync(join(folder, FOUNDED))) return;
  const log: string[] = [];
  const data = join(folder, 'office');
  await mkdir(data, { recursive: true });
  const file = await openDataFolder(data, () => randomBytes(6).toString('hex'));
  if (!file.ok) throw new Error(file.error);
  const { organization } = file.value;
  const port = await portWithRoom();
  const office = new Machine('office', machineArgs(data, port), (line) => log.push(line));
  await office.start();
  try {
    await atHeadOffice(data, organization, port, writeShop);
    await saveDataFolder(data, { organization, founded: true });
    await writeFile(join(folder, FOUNDED), JSON.stringify({ organization }));
  } catch (cause) {
    throw new Error(log.slice(-5).join('\n'), { cause });
  } finally {
    await office.stop();
  }
}

/** Does something in head office's documents, over a connection of its own. */
async function atHeadOffice<Value>(
  data: string,
  organization: string,
  port: number,
  act: (headOffice: HeadOfficeDocuments) => Promise<Value>,
): Promise<Value> {
  const syncUrl = `ws://127.0.0.1:${port + 10}/sync`;
  const opened = await openHeadOffice(join(data, 'hq', 'relay'), organization, syncUrl);
  if (!opened.ok) throw new Error(opened.error);
  try {
    return await act(opened.value);
  } finally {
    await opened.value.documents.close();
  }
}

/** A code for the till and its browser; it is good for ten minutes (rule E8). */
async function codeForTill(headOffice: HeadOfficeDocuments): Promise<string> {
  const place = { store: storeId(1), register: registerId(1) };
  const code = await codeFor(headOffice, { name: 'Till 1', roles: ['relay', 'terminal'], ...place }, 'mia');
  if (!code.ok) throw new Error(code.error);
  return code.value;
}

async function writeShop(headOffice: HeadOfficeDocuments): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  const catalog = await readDemoCatalog(resolve(project, 'app/server/seed/products.json'));
  const salt = () => randomBytes(24).toString('base64url');
  const seeds = demoSeeds(headOffice.organization, at, catalog, salt);
  const trouble =
    (await listDevice(headOffice, headOfficeDevice(headOffice.key, at))) ??
    (await foundDemo(headOffice.documents, seeds));
  if (trouble !== undefined) throw new Error(trouble);
}
