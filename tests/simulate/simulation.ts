import { pino } from 'pino';
import * as A from '@automerge/automerge';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { completeSale, openSession } from '#model/register/commands.ts';
import { isOpen } from '#model/register/register-state.ts';
import { priceBasket } from '#model/sale/basket.ts';
import { deviceEntry } from '../support/test-key.ts';
import { entriesSince } from '../../sync-relay/journal-entries.ts';
import { ARTICLES, RULES, lineOf } from './articles.ts';
import { drawHex, drawKey } from './keys.ts';
import { Ledger } from './ledger.ts';
import { Network } from './network.ts';
import { RelayHost } from './relay-host.ts';
import { TillHost } from './till-host.ts';
import { World, inside } from './world.ts';

const STORE = storeId(1);
const FAULTS_OFF_MS = 120_000;

/** What became of one seed: sentences about what broke, none when all is well. */
export type Outcome = { readonly faults: readonly string[]; readonly counts: ReadonlyMap<string, number> };

/** Plays one seed: chaos for so many steps, then faults off, then every oracle once more. */
export function simulate(seed: number, tills: number, steps: number): Promise<Outcome> {
  const world = new World(seed);
  return inside(world, async () => {
    const shop = await openShop(world, tills);
    for (let step = 0; step < steps; step++) {
      chaos(world, shop);
      await world.pass(world.between(50, 900));
    }
    shop.network.joinAll();
    for (const host of [shop.hq, ...shop.relays, ...shop.tills]) host.boot();
    await world.pass(FAULTS_OFF_MS);
    const before = shop.network.delivered;
    await world.pass(20_000);
    const faults = await judge(shop);
    if (shop.network.delivered > before)
      faults.push(`${shop.network.delivered - before} messages when quiet`);
    if ((shop.ledger.counts.get('sale') ?? 0) === 0) faults.push('nothing was sold');
    return { faults, counts: shop.ledger.counts };
  });
}

type Shop = Awaited<ReturnType<typeof openShop>>;

async function openShop(world: World, size: number) {
  const [network, ledger, log] = [new Network(), new Ledger(), pino({ level: 'silent' })];
  const hqKey = drawKey(world);
  const shared = { world, network, log };
  const hq = new RelayHost('hq', { ...shared, key: hqKey, place: { role: 'hq' }, headOffice: undefined });
  const list = deviceEntry(hqKey, { role: 'hq' });
  const relays: RelayHost[] = [];
  const tills: TillHost[] = [];
  for (let n = 1; n <= size; n++) {
    const place = { store: STORE, register: registerId(n) };
    const [relayKey, key] = [drawKey(world), drawKey(world)];
    Object.assign(list, deviceEntry(relayKey, { role: 'relay', ...place }), deviceEntry(key, place));
    const relayPlace = { role: 'relay' as const, ...place };
    const home = new RelayHost(`relay ${n}`, {
      ...shared,
      key: relayKey,
      place: relayPlace,
      headOffice: hqKey,
    });
    relays.push(home);
    tills.push(new TillHost(`till ${n}`, { world, network, ledger, home, ...place, key }));
  }
  for (const relay of relays) {
    relay.dials(hq);
    for (const other of relays) if (relay.key.id < other.key.id) relay.dials(other);
  }
  hq.boot();
  await world.pass(10);
  const written = hq.write(list);
  await world.pass(1_000);
  await written;
  for (const host of [...relays, ...tills]) host.boot();
  await world.pass(15_000);
  return { network, ledger, hq, relays, tills };
}

function chaos(world: World, { network, ledger, hq, relays, tills }: Shop): void {
  const relay = relays[world.between(0, relays.length - 1)];
  const till = tills[world.between(0, tills.length - 1)];
  const dice = world.random();
  if (till === undefined || relay === undefined) return;
  if (dice < 0.7) void sell(world, till);
  else if (dice < 0.74) till.crash();
  else if (dice < 0.77) relay.crash();
  else if (dice < 0.79) hq.crash();
  else if (dice < 0.83) network.cut(relay.machine, hq.machine);
  else if (dice < 0.86) network.cut(relay.machine, till.machine);
  else if (dice < 0.9) network.joinAll();
  else if (dice < 0.93) relay.machine.ends.values().next().value?.reset();
  else for (const host of [hq, ...relays, ...tills]) host.boot();
  ledger.count('steps');
}

async function sell(world: World, till: TillHost): Promise<void> {
  const line = lineOf(world.between(0, ARTICLES - 1), world.between(1, 3));
  const basket = { id: drawHex(world, 8), lines: [line] };
  const given = priceBasket(basket, RULES).total;
  const payments = [{ tender: 'cash', name: 'Cash', kind: 'cash' as const, given }];
  await till.run?.append((state, act) =>
    isOpen(state)
      ? completeSale(state, { basket, payments, rules: RULES }, act)
      : openSession(state, { day: act.at.slice(0, 10), currency: 'GBP', float: 10_000 }, act),
  );
}

/** Printed ⊆ stored, receipts unique and gapless, replicas equal. */
async function judge({ ledger, hq, relays, tills }: Shop): Promise<string[]> {
  const faults: string[] = [];
  const stored = await contentOf(hq);
  for (const { register, text } of ledger.printed)
    if (!stored.includes(JSON.stringify(text)))
      faults.push(`${register}: a printed record is not at head office`);
  for (const till of tills) {
    const sales = ledger.printed.filter(
      ({ register, record }) => register === till.name && record.kind === 'sale',
    );
    const numbers = sales.map(({ record }) => record.totals.receipts);
    if (new Set(numbers).size !== numbers.length) faults.push(`${till.name}: a receipt number twice`);
    // A till may crash between saving and printing: that receipt is stored and was never handed out.
    const kept = new Set(stored.match(new RegExp(`${till.name}-\\d{6}`, 'g')));
    const last = [...kept].sort().at(-1)?.slice(-6);
    if (Number(last ?? 0) !== kept.size) faults.push(`${till.name}: receipt numbers with gaps`);
  }
  for (const relay of relays)
    if ((await contentOf(relay)) !== stored) faults.push(`${relay.machine.name} differs from head office`);
  return faults;
}

async function contentOf({ relay }: RelayHost): Promise<string> {
  const found: string[] = [];
  for (const document of relay?.documents ?? []) {
    const seen = await document.look((doc) => [A.getHeads(doc).sort(), entriesSince(doc, []).entries]);
    found.push(JSON.stringify([document.id, seen ?? []]));
  }
  return found.sort().join('\n');
}
