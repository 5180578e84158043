import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild } from './app-build.ts';
import { browserCode, enrolStation } from './station-enrolment.ts';
import { openDataFolder, saveDataFolder, type DemoFile } from './demo-folder.ts';
import { DEMO_GIFT_CARD, foundSecondStore } from './demo-second-store.ts';
import { DEMO_PEOPLE, demoSeeds, foundDemo, readDemoCatalog } from './demo-shop.ts';
import { PORT_SPAN, demoStations } from './demo-stations.ts';
import {
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from './head-office-documents.ts';
import { Station } from './station.ts';
import { startStockTeller, type StockTeller } from './stock-teller.ts';

const USAGE = `Usage: npm start -- [options]

Starts the demo: head office and one store with two tills, each with its relay, printer program and a virtual printer.

  --data DIR   where everything is kept (default ./data); a second start continues where the first ended
  --port N     the first port (default 4700); the demo uses ${PORT_SPAN} ports from there
  --help       show this text
`;

const project = resolve(import.meta.dirname, '../..');
const options = readOptions();
const stations: Station[] = [];
let headOffice: HeadOfficeDocuments | undefined;
let teller: StockTeller | undefined;
let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
try {
  await start();
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  await stop(1);
}

function readOptions(): { readonly data: string; readonly port: number } {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string', default: 'data' },
        port: { type: 'string', default: '4700' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1024 || port + PORT_SPAN > 65_535) {
      throw new Error(
        `--port ${values.port}: the first port is a number from 1024 to ${65_535 - PORT_SPAN}.`,
      );
    }
    return { data: resolve(values.data), port };
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function start(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const folder = await openDataFolder(options.data, () => randomBytes(6).toString('hex'));
  if (!folder.ok) throw new Error(folder.error);
  const trouble = await ensureBuild(project, say);
  if (trouble !== undefined) throw new Error(trouble);
  const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    version: string;
  };
  const logFile = createWriteStream(join(options.data, 'log.txt'), { flags: 'a' });
  const world = {
    data: options.data,
    project,
    build: join(project, 'build'),
    version,
    log: (line: string) => logFile.write(`${line}\n`),
    news: (news: { name: string; what: string; detail: string }) =>
      say(`  ${news.name}: ${news.what} (${news.detail})`),
  };
  say('Starting head office and two tills …');
  const people = DEMO_PEOPLE.map(({ name, pin, role }) => ({ name, pin, role }));
  for (const spec of demoStations(folder.value.organization, options.port, people))
    stations.push(new Station(spec, world));
  const [hq, ...tills] = stations;
  if (!hq) throw new Error('The demo has no head office.');
  await hq.startRelay();
  headOffice = await found(hq, folder.value);
  for (const station of stations) await enrolStation(headOffice, station);
  await Promise.all(tills.map((till) => till.startRelay()));
  await Promise.all(
    stations.map((station) => station.startRest({ demoCode: () => browserCode(headOffice, station.spec) })),
  );
  teller = startStockTeller(headOffice, hq);
  announce(say);
}

/** Founds the demo shop on the first start, as head office's relay; a folder from before devices had keys lists it now. */
async function found(hq: Station, { organization, founded }: DemoFile): Promise<HeadOfficeDocuments> {
  const opened = await openHeadOffice(hq.folder('relay'), organization, hq.syncUrl);
  if (!opened.ok) throw new Error(opened.error);
  const now = new Date().toISOString();
  const listed = await listDevice(opened.value, headOfficeDevice(opened.value.key, now));
  if (listed !== undefined) throw new Error(listed);
  if (founded) return opened.value;
  const catalog = await readDemoCatalog(join(import.meta.dirname, 'seed', 'products.json'));
  const seeds = demoSeeds(organization, now, catalog, () => randomBytes(24).toString('base64url'));
  const trouble = await foundDemo(opened.value.documents, seeds);
  if (trouble !== undefined) throw new Error(trouble);
  const second = await foundSecondStore(opened.value.documents, { organization, catalog, now });
  if (second !== undefined) throw new Error(second);
  await saveDataFolder(options.data, { organization, founded: true });
  return opened.value;
}

function announce(say: (line: string) => void): void {
  const url = (offset: number) => `http://localhost:${options.port + offset}`;
  const pins = DEMO_PEOPLE.map(({ name, pin, role }) => `${name} ${pin} (${role})`).join(' · ');
  say(`
Tillmesh is running.

  Till 1, S01-R1           ${url(1)}
  Till 2, S01-R2           ${url(2)}
  Head office, reports     ${url(0)}
  Printer of till 1        ${url(3)}
  Printer of till 2        ${url(4)}

  Card terminal of till 1  ${url(36)}
  Card terminal of till 2  ${url(37)}
  Scale of till 1          ${url(38)}
  Scale of till 2          ${url(39)}

  PINs                     ${pins}
  Gift card of £25         ${DEMO_GIFT_CARD.number}
  Data                     ${options.data}

Ctrl-C stops everything; the next start continues here.
`);
}

/** Stops the stations, each in reverse order of its start, and ends the process. */
function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    process.stdout.write('\nStopping …\n');
    teller?.stop();
    await headOffice?.documents.close();
    await Promise.all(stations.map((station) => station.stop()));
    process.stdout.write('Everything is saved.\n');
    process.exit(code);
  })();
  return stopping;
}
