import { isOpen } from '#model/register/register-state.ts';
import { stockEntryKey } from '#model/stock/stock-entry.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import * as acts from './acts.ts';
import { ARTICLES } from './articles.ts';
import { Dice } from './dice.ts';
import * as faults from './faults.ts';
import { forge } from './forgeries.ts';
import * as layaways from './layaway-acts.ts';
import { STAFF, STORE, stockBookOf, type Shop } from './shop.ts';
import type { Step, StepKind } from './steps.ts';
import type { TillHost } from './till-host.ts';
import { accountsAt, sellCard, spend } from './value-acts.ts';

/** Where a step happens: at a till, with another one of its store, and with one of any store. */
type Scene = {
  readonly shop: Shop;
  readonly till: TillHost;
  readonly other: TillHost;
  readonly far: TillHost;
  readonly dice: Dice;
};

/** Lets one step happen; what it begins goes on while the world does. */
export function happen(shop: Shop, step: Step): void {
  const till = shop.tills[step.till % shop.tills.length];
  const other = till && anotherOf(shop.tillsOf(till.store), till, step.other);
  const far = till && anotherOf(shop.tills, till, step.other);
  if (till === undefined || other === undefined || far === undefined) return;
  shop.ledger.count(`step: ${step.kind}`);
  const going = HAPPENINGS[step.kind]({ shop, till, other, far, dice: new Dice(step.draw) });
  if (going instanceof Promise)
    going.catch((cause: unknown) => shop.ledger.broken.push(`${step.kind} threw ${String(cause)}`));
}

/** Another one of some tills, itself where there is none. */
function anotherOf(tills: readonly TillHost[], till: TillHost, draw: number): TillHost | undefined {
  const others = Math.max(1, tills.length - 1);
  return tills[(tills.indexOf(till) + 1 + (draw % others)) % tills.length];
}

const act =
  (play: (till: TillHost, dice: Dice) => Promise<void>) =>
  ({ till, dice }: Scene): Promise<void> =>
    play(till, dice);

const HAPPENINGS: Readonly<Record<StepKind, (scene: Scene) => Promise<unknown> | void>> = {
  sell: act(acts.sell),
  discount: act(acts.sellLowered),
  refund: act((till, dice) => acts.refund(till, dice)),
  void: act(acts.voidOne),
  park: act(acts.park),
  resume: act((till, dice) => acts.resume(till, dice)),
  cash: act(acts.cash),
  drawer: act(acts.drawer),
  reprint: act(acts.reprint),
  close: act(acts.close),
  'gift-card': act(sellCard),
  spend: act((till, dice) => spend(till, dice)),
  layaway: act(layaways.putAside),
  'pay-in': act(layaways.payIn),
  'pick-up': act((till, dice) => layaways.pickUp(till, dice)),
  cancel: act((till, dice) => layaways.cancel(till, dice)),
  'spend-apart': (scene) => spendApart(scene),
  'pick-up-apart': (scene) => pickUpApart(scene),
  'refund-apart': (scene) => refundApart(scene),
  'resume-apart': (scene) => resumeApart(scene),
  staff: ({ shop, dice }) => {
    const [id = 'dan'] = [dice.pick(Object.keys(STAFF).filter((person) => person !== 'ana'))];
    return shop.employ(id, dice.pick(['cashier', 'supervisor', 'manager']) ?? 'cashier', dice.chance(0.85));
  },
  delivery: ({ shop, dice }) => deliver(shop, dice),
  replace: ({ shop, till }) => faults.replaceTill(shop, till),
  revoke: ({ shop, till }) => void (till !== shop.tills[0] && shop.revoke(till)),
  lull: () => undefined,
  'crash-till': ({ till }) => till.crash(),
  'crash-relay': ({ till }) => till.home.crash(),
  'crash-hq': ({ shop }) => shop.hq.crash(),
  boot: ({ shop }) => shop.hosts.forEach((host) => host.boot()),
  freeze: ({ shop, dice }) => dice.pick(shop.hosts)?.machine.freeze(),
  thaw: ({ shop }) => shop.hosts.forEach(({ machine }) => machine.thaw()),
  skew: ({ shop, dice }) => faults.skew(shop, dice),
  downgrade: ({ shop }) => faults.downgrade(shop),
  upgrade: ({ shop, till }) => faults.upgrade(shop, till),
  forge: ({ shop, till, other, dice }) => forge(shop, till, other, dice),
  clone: ({ shop, till, other }) => faults.cloneTill(shop, till, other.home),
  cut: ({ shop, till, dice }) => {
    const [from, to] = dice.chance(0.4) ? [till, till.home] : [till.home, shop.hq];
    shop.network.cut(from.machine, to.machine);
  },
  isolate: ({ shop, till }) => faults.isolate(shop, till.home),
  join: ({ shop }) => shop.network.joinAll(),
  reset: ({ till, dice }) => dice.pick([...till.home.machine.ends])?.reset(),
  duplicate: ({ shop, till, other, dice }) =>
    void till.home.dialOnce(dice.chance(0.5) ? shop.hq : other.home),
  weather: ({ shop, dice }) => void (shop.network.slowest = dice.pick([5, 30, 30, 400, 2_000]) ?? 30),
  disk: ({ shop, dice }) => faults.spoilDisk(shop, dice),
  mend: ({ shop }) => faults.mendDisks(shop),
  image: ({ shop }) => shop.hosts.forEach((host) => host.keepImage()),
  rollback: ({ shop, dice }) => faults.rollBack(shop, dice.pick(shop.allRelays) ?? shop.hq, 'image'),
  'rollback-page': ({ shop, till }) => faults.rollBackPage(shop, till),
  wipe: ({ shop, dice }) => faults.rollBack(shop, dice.pick(shop.allRelays) ?? shop.hq, 'nothing'),
};

/** Both take the same line back in full, and neither can hear of the other. */
async function refundApart({ shop, till, other, dice }: Scene): Promise<void> {
  const known = new Set(acts.targetsOf(other.run).map(({ sale, line }) => `${sale.hash} ${line}`));
  const target = dice.pick(
    acts.targetsOf(till.run).filter(({ sale, line }) => known.has(`${sale.hash} ${line}`)),
  );
  if (target === undefined || !areOpen(till, other)) return;
  part(shop, till, other);
  await Promise.all([acts.refund(till, dice, target), acts.refund(other, dice, target)]);
}

/** Both take the same basket up and sell it, and neither can hear of the other. */
async function resumeApart({ shop, till, other, dice }: Scene): Promise<void> {
  const known = new Set(acts.parkedAt(other.run).map(({ basket }) => basket.id));
  const basket = dice.pick(
    acts
      .parkedAt(till.run)
      .map((parked) => parked.basket.id)
      .filter((id) => known.has(id)),
  );
  if (basket === undefined || !areOpen(till, other)) return;
  part(shop, till, other);
  await Promise.all([acts.resume(till, dice, basket), acts.resume(other, dice, basket)]);
}

/** Both take all there is on the same card, of this store or another, and neither can hear of the other. */
async function spendApart({ shop, till, far, dice }: Scene): Promise<void> {
  const known = new Set(accountsAt(far.run).map(({ id }) => id));
  const account = dice.pick(accountsAt(till.run).filter(({ id }) => known.has(id)));
  if (account === undefined || !areOpen(till, far)) return;
  part(shop, till, far);
  await Promise.all([spend(till, dice, account), spend(far, dice, account)]);
}

/** One hands the goods of a layaway over, and so does the other, or gives the deposit back; neither can hear of the other. */
async function pickUpApart({ shop, till, far, dice }: Scene): Promise<void> {
  const known = new Set(layaways.layawaysAt(far.run).map(({ layaway }) => layaway.number));
  const numbers = layaways.layawaysAt(till.run).map(({ layaway }) => layaway.number);
  const number = dice.pick(numbers.filter((one) => known.has(one)));
  if (number === undefined || !areOpen(till, far)) return;
  part(shop, till, far);
  const other = dice.chance(0.6) ? layaways.pickUp : layaways.cancel;
  await Promise.all([layaways.pickUp(till, dice, number), other(far, dice, number)]);
}

function areOpen(...tills: readonly TillHost[]): boolean {
  return tills.every(({ run }) => run !== undefined && isOpen(run.state));
}

function part(shop: Shop, ...tills: readonly TillHost[]): void {
  for (const { home } of tills) faults.isolate(shop, home);
}

function deliver({ hq, stores }: Shop, dice: Dice): Promise<void> {
  const store = dice.pick(stores) ?? STORE;
  const entry = {
    id: dice.hex(8),
    product: `P${dice.between(0, ARTICLES - 2)}`,
    kind: 'receipt' as const,
    quantity: String(dice.between(1, 15)),
    at: hq.machine.now(),
    by: 'office',
    reason: 'delivery',
  };
  return hq.write(stockBookOf(store), { [stockEntryKey(entry)]: canonicalJson(entry as CanonicalValue) });
}
