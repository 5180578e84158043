import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../support/program.ts';
import { quantile, type BenchRow } from './row.ts';
import type { FleetFigures } from './sync/fleet.ts';
import type { Floor } from './sync/floor.ts';
import { installRivals } from './sync/rival-packages.ts';
import { SYSTEMS } from './sync/systems/systems.ts';

const TILLS = 8;
const SALES = 200;
const ROUNDS = 3;

type Figures = FleetFigures & { readonly load: number };

const ROWS: readonly { figure: keyof Figures; name: string; unit: string; target: string; per?: number }[] = [
  {
    figure: 'online',
    name: `${TILLS} tills sell ${SALES} each, connected: all equal`,
    unit: 's',
    target: 'as fast as the fastest',
  },
  {
    figure: 'healed',
    name: 'the same apart, links back: all equal',
    unit: 's',
    target: 'as fast as the fastest',
  },
  { figure: 'late', name: 'a late till has everything', unit: 's', target: 'as fast as the fastest' },
  {
    figure: 'wireOnline',
    name: 'bytes on the wire, connected, a sale and till',
    unit: 'B',
    target: 'fewest',
    per: TILLS * TILLS * SALES,
  },
  {
    figure: 'wireHealed',
    name: 'bytes on the wire, links back, a sale and till',
    unit: 'B',
    target: 'fewest',
    per: TILLS * TILLS * SALES,
  },
  {
    figure: 'wireLate',
    name: 'bytes on the wire, late till, a sale',
    unit: 'B',
    target: 'fewest',
    per: TILLS * SALES,
  },
  {
    figure: 'stored',
    name: 'bytes stored at the server, a sale',
    unit: 'B',
    target: 'fewest',
    per: TILLS * SALES,
  },
  { figure: 'load', name: 'everything loaded from the server’s disk', unit: 's', target: 'fastest' },
  { figure: 'serverRss', name: 'memory of the server', unit: 'MB', target: '' },
  { figure: 'tillsRss', name: `memory of the process with all ${TILLS} tills`, unit: 'MB', target: '' },
  { figure: 'lost', name: 'sales missing at a till', unit: '', target: '0' },
];

/** The same shop on Tillmesh, automerge-repo, Yjs and PouchDB: medians of rounds that take turns. */
export async function benchSync(): Promise<BenchRow[]> {
  installRivals();
  const names = Object.keys(SYSTEMS);
  const rounds = new Map<string, Figures[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) rounds.get(name)?.push(await oneRun(name));
  const median = (name: string, figure: keyof Figures) =>
    quantile(
      (rounds.get(name) ?? []).map((run) => run[figure]),
      0.5,
    );
  const [own = '', ...rivals] = names;
  const floor = await inFolder((folder) => run<Floor>('floor', '-', folder, String(TILLS), String(SALES)));
  return ROWS.flatMap(({ figure, name, unit, target, per = 1 }) => {
    const value = median(own, figure) / per;
    const baselines = rivals.map((rival) => ({ name: rival, value: median(rival, figure) / per }));
    if (isBound(figure)) baselines.push({ name: FLOOR, value: floor[figure] });
    return baselines.map((baseline) => ({
      name,
      value,
      unit,
      target,
      baseline,
      ...(baseline.value === 0 ? {} : { ratio: value / baseline.value }),
    }));
  });
}

/** What of a system that merges with Automerge and writes what it sold to the disk is neither network nor its own. */
const FLOOR = 'Automerge and the disk alone';

function isBound(figure: keyof Figures): figure is keyof Floor {
  return figure === 'online' || figure === 'healed' || figure === 'late';
}

async function oneRun(name: string): Promise<Figures> {
  process.stderr.write(`  ${name} …\n`);
  return inFolder(async (folder) => {
    const figures = await run<FleetFigures>('fleet', name, folder, String(TILLS), String(SALES));
    // A database holds a lock while it is open: the second load reads a copy.
    await cp(join(folder, 'connected'), join(folder, 'copy'), { recursive: true });
    const { seconds, sales } = await run<{ seconds: number; sales: number }>('load', name, folder);
    const lost = figures.lost + Math.abs(TILLS * SALES - sales);
    return { ...figures, lost, load: seconds };
  });
}

async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-sync-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run<Answer>(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await runProgram('tests/bench/sync/run.ts', args);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer;
}
