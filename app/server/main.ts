import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureBuild } from './app-build.ts';
import { openDataFolder } from './demo-folder.ts';
import { HeadOfficeStation } from './head-office-station.ts';
import { Station, type StationSpec, type StationWorld } from './station.ts';
import { USAGE, readOptions, type StationOptions } from './station-options.ts';
import { optionsOrEnd } from './command-line.ts';

await run(optionsOrEnd(readOptions(process.argv.slice(2)), USAGE));

async function run(settings: StationOptions): Promise<void> {
  let stop = async () => {};
  let stopping: Promise<never> | undefined;
  const end = (code: number) => (stopping ??= stop().then(() => process.exit(code)));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0));
  try {
    const world = await worldOf(settings);
    if (settings.hq === undefined) {
      const headOffice = await headOfficeOf(settings, world);
      stop = () => headOffice.stop();
      await headOffice.start();
      if (settings.officeCode) await sayOfficeCode(headOffice);
    } else {
      const station = new Station(tillOf(settings), world);
      stop = () => station.stop();
      await station.startRelay();
      await station.startRest();
    }
    announce(settings);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    await end(1);
  }
}

async function worldOf({ data }: StationOptions): Promise<StationWorld> {
  const project = resolve(import.meta.dirname, '../..');
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await mkdir(data, { recursive: true });
  const trouble = await ensureBuild(project, say);
  if (trouble !== undefined) throw new Error(trouble);
  const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    version: string;
  };
  const logFile = createWriteStream(join(data, 'log.txt'), { flags: 'a' });
  return {
    data,
    project,
    build: join(project, 'build'),
    version,
    log: (line) => logFile.write(`${line}\n`),
    news: ({ name, what, detail }) => say(`  ${name}: ${what} (${detail})`),
  };
}

/** What both kinds of machines have in common. */
function machineOf({ port, host, peers, relayFlags }: StationOptions) {
  return {
    ports: { app: port, relay: port + 10 },
    peers,
    relayFlags,
    ...(host === undefined ? {} : { host }),
  };
}

async function headOfficeOf(settings: StationOptions, world: StationWorld): Promise<HeadOfficeStation> {
  const folder = await openDataFolder(settings.data, () => randomBytes(6).toString('hex'));
  if (!folder.ok) throw new Error(folder.error);
  const machine = machineOf(settings);
  const spec: StationSpec = {
    ...machine,
    id: 'hq',
    name: 'HQ',
    role: 'hq',
    organization: folder.value.organization,
    ports: { ...machine.ports, reports: settings.port + 20 },
  };
  return new HeadOfficeStation(new Station(spec, world), settings.data, folder.value);
}

function tillOf(settings: StationOptions): StationSpec {
  const machine = machineOf(settings);
  const { printers, displays, terminal, scale, mail, hq } = settings;
  const hasDevices = printers.length + displays.length > 0 || scale !== undefined;
  return {
    ...machine,
    id: 'till',
    name: 'Till',
    role: 'till',
    ...(hq === undefined ? {} : { hq }),
    ...(terminal === undefined ? {} : { terminal }),
    ...(mail === undefined ? {} : { mail }),
    ...(scale === undefined ? {} : { scale }),
    ...(!hasDevices ? {} : { printers, displays, ports: { ...machine.ports, bridge: settings.port + 20 } }),
  };
}

async function sayOfficeCode(headOffice: HeadOfficeStation): Promise<void> {
  const code = await headOffice.officeCode();
  process.stdout.write(
    code.ok ? `\nCode for a browser of the office, for ten minutes: ${code.value}\n` : `\n${code.error}\n`,
  );
}

function announce({ port, data, hq, host }: StationOptions): void {
  const reach =
    hq === undefined && host === undefined
      ? '\n  Tills on other machines cannot reach this head office; start it with --host to let them.'
      : '';
  process.stdout.write(`
Tillmesh is running: ${hq === undefined ? 'head office' : 'a till'}.

  Open                     http://localhost:${port}
  Data                     ${data}${reach}

Ctrl-C stops everything; the next start continues here.
`);
}
