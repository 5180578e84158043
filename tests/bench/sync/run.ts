import { join } from 'node:path';
import { assert } from '#model/result.ts';
import { runFleet } from './fleet.ts';
import { measureFloor } from './floor.ts';
import type { SyncSystem } from './sync-system.ts';
import { SYSTEMS } from './systems/systems.ts';

// One system in a process of its own: `run.ts fleet NAME FOLDER TILLS SALES`, `run.ts load NAME FOLDER`, or none of them: `run.ts floor
// - FOLDER TILLS SALES`. Prints JSON.
const [what = '', name = '', folder = '', tills = '', sales = ''] = process.argv.slice(2);
if (what === 'floor') {
  console.log(JSON.stringify(await measureFloor(folder, Number(tills), Number(sales))));
} else if (what === 'fleet') {
  console.log(JSON.stringify(await runFleet(systemOf(name), folder, Number(tills), Number(sales))));
} else {
  const system = systemOf(name);
  // The first load brings the packages' own code in; what is measured is the store.
  await system.load(join(folder, 'connected'));
  const again = join(folder, 'copy');
  const start = performance.now();
  const read = await system.load(again);
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, sales: read }));
}
process.exit(0);

function systemOf(wanted: string): SyncSystem {
  const system = SYSTEMS[wanted];
  assert(system, () => `there is no system "${wanted}"`);
  return system;
}
