import { findExceptions } from '#model/folds/exceptions.ts';
import { isOn } from './durable.ts';
import { heal } from './faults.ts';
import { happen } from './happen.ts';
import { Indexed } from './indexed.ts';
import { Watcher, judge, type Evidence } from './oracles.ts';
import { replicaOf } from './replica.ts';
import { Dice } from './dice.ts';
import { drawer } from './acts.ts';
import { Shop, idOf } from './shop.ts';
import { LULL_MS, type Plan, type Step } from './steps.ts';
import { keepSyncStates } from './sync-states.ts';
import { World, inside } from './world.ts';

await keepSyncStates();

/** How long the world has to come to rest when the faults are off, in milliseconds. */
const REST_MS = 60_000;
/** How long nothing may be said afterwards, in milliseconds. */
const QUIET_MS = 20_000;
/** How long a look at every document may take, in milliseconds. */
const LOOK_MS = 1_000;
/** The index hears of what is new after so many steps. */
const STEPS_PER_INDEX = 60;
/** Enough to see what broke. */
const MOST_FAULTS = 20;

/** What became of a plan: sentences about what broke, none when all is well, and how often what happened. */
export type Outcome = { readonly faults: readonly string[]; readonly counts: ReadonlyMap<string, number> };

/** Breaks the world on purpose, to show that the oracles say so. */
export type Sabotage = {
  readonly beforeStep?: (shop: Shop, step: Step, index: number) => void;
  readonly beforeJudging?: (evidence: Evidence) => void;
};

/** Plays a plan: its steps with a look after each, then faults off, then every oracle. */
export function simulate(plan: Plan, sabotage: Sabotage = {}): Promise<Outcome> {
  const world = new World(plan.seed);
  return inside(world, async () => {
    const shop = new Shop(world, plan.tills);
    const { ledger } = shop;
    const indexed = new Indexed();
    const watcher = new Watcher(shop);
    await shop.open();
    for (const [index, step] of plan.steps.entries()) {
      sabotage.beforeStep?.(shop, step, index);
      if (index % STEPS_PER_INDEX === 0) indexed.ask(shop.hq, ledger.broken);
      happen(shop, step);
      await world.pass(step.wait + (step.kind === 'lull' ? LULL_MS : 0));
      ledger.broken.push(...look(shop, watcher));
      if (index % STEPS_PER_INDEX === 0) await indexed.take();
      if (ledger.broken.length > 0) break;
    }
    // What broke already will not be mended by going on; the sooner a plan ends, the sooner it is shrunk.
    if (ledger.broken.length === 0) ledger.broken.push(...(await rest(shop, watcher)));
    const faults = ledger.broken.length > 0 ? ledger.broken : await verdict(shop, indexed, sabotage);
    indexed.close();
    return { faults: faults.slice(0, MOST_FAULTS), counts: ledger.counts };
  });
}

function look({ hosts }: Shop, watcher: Watcher): string[] {
  return watcher.look(({ record, text, till }) => {
    const own = hosts.find(({ machine }) => machine.name === till);
    if (own !== undefined && isOn(own.disk, record, text)) return true;
    return hosts.some(({ disk }) => isOn(disk, record, text));
  });
}

/** Faults off: everything heals, what waited is done, and then nobody has anything left to say. */
async function rest(shop: Shop, watcher: Watcher): Promise<string[]> {
  const { world, network, tills, hq, ledger } = shop;
  heal(shop);
  await world.pass(REST_MS / 2);
  const known = replicaOf(hq, ledger.broken);
  await world.pass(LOOK_MS);
  shop.enrolForgotten(known.get(idOf({ class: 'organization' }))?.entries ?? new Map());
  await world.pass(REST_MS);
  // Any act tries a record that waits again first; a sale would not begin where its basket is known to be sold.
  for (const till of tills) if (till.run?.unsaved !== undefined) void drawer(till, new Dice(1));
  await world.pass(REST_MS / 2);
  // A page that was shut out asks now and then whether it still is, until somebody switches it off.
  for (const till of tills) if (till.run?.standing === 'excluded') till.crash();
  await world.pass(LOOK_MS);
  const before = network.delivered;
  await world.pass(QUIET_MS);
  const said = network.delivered - before;
  const unsaved = tills.filter(
    ({ run }) => run?.unsaved !== undefined && (run.standing === 'ready' || run.standing === 'faulty'),
  );
  return [
    ...look(shop, watcher),
    ...(said > 0 ? [`${said} messages when all should be quiet`] : []),
    ...unsaved.map(({ machine }) => `${machine.name} holds a record that it cannot save`),
  ];
}

async function verdict(shop: Shop, indexed: Indexed, sabotage: Sabotage): Promise<string[]> {
  const { hq, relays, world } = shop;
  const { broken } = shop.ledger;
  const rebuilt = new Indexed();
  indexed.ask(hq, broken);
  const office = replicaOf(hq, broken);
  const replicas = new Map(relays.map((relay) => [relay.machine.name, replicaOf(relay, broken)]));
  await world.pass(LOOK_MS);
  await indexed.take();
  // From what the other was shown, which is more than what is there where head office lost a disk.
  rebuilt.copy(indexed, (ids) => ids.sort(() => world.random() - 0.5));
  await rebuilt.take();
  const evidence = { shop, office, replicas, indexed, rebuilt, tell: findExceptions };
  sabotage.beforeJudging?.(evidence);
  const faults = [...broken, ...judge(evidence)];
  rebuilt.close();
  return faults;
}
