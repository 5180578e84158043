import { join } from 'node:path';
import { assert } from '#model/result.ts';
import { runFleet } from './fleet.ts';
import { SYSTEMS } from './systems/systems.ts';

// One system in a process of its own: `run.ts fleet NAME FOLDER TILLS SALES` or `run.ts load NAME FOLDER`; prints JSON.
const [what = '', name = '', folder = '', tills = '', sales = ''] = process.argv.slice(2);
const system = SYSTEMS[name];
assert(system, () => `there is no system "${name}"`);
if (what === 'fleet') {
  console.log(JSON.stringify(await runFleet(system, folder, Number(tills), Number(sales))));
} else {
  // The first load brings the packages' own code in; what is measured is the store.
  await system.load(join(folder, 'connected'));
  const again = join(folder, 'copy');
  const start = performance.now();
  const read = await system.load(again);
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, sales: read }));
}
process.exit(0);
