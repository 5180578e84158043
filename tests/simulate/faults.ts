import type { Dice } from './dice.ts';
import type { DiskMood, SimulatedDisk } from './disk.ts';
import { notOn, recordsIn } from './durable.ts';
import { Line } from './lines.ts';
import { NEWER } from './reading.ts';
import type { RelayHost } from './relay-host.ts';
import type { Shop } from './shop.ts';
import type { TillHost } from './till-host.ts';

const MOODS: readonly DiskMood[] = ['full', 'torn', 'unsynced', 'unreadable'];

/** A disk goes wrong, of a till or a relay. */
export function spoilDisk(shop: Shop, dice: Dice): void {
  const host = dice.pick(shop.hosts);
  if (host) host.disk.mood = dice.pick(MOODS) ?? 'full';
}

/** Every disk is well again. */
export function mendDisks(shop: Shop): void {
  for (const { disk } of shop.hosts) disk.mood = 'well';
}

/** A relay comes back with an older disk, or with an empty one. */
export function rollBack(shop: Shop, relay: RelayHost, to: 'image' | 'nothing'): void {
  if (to === 'image' && !relay.disk.hasImage) return;
  relay.crash();
  changeDisk(shop, relay.disk, to === 'image' ? relay.disk.image : new Map());
  relay.boot();
}

/** A till's page comes back as it was: from then on it may give out numbers a second time. */
export function rollBackPage(shop: Shop, till: TillHost): void {
  if (!till.disk.hasImage) return;
  till.crash();
  shop.ledger.cloned.add(till.name);
  changeDisk(shop, till.disk, till.disk.image);
  till.line = new Line(till.image, till.atRelays());
  till.boot();
}

/** A till breaks: a new device, with an empty disk and a key of its own, takes its register over (rule E9). */
export function replaceTill(shop: Shop, till: TillHost): void {
  if (!shop.revokeAllOf(till)) return;
  till.crash();
  changeDisk(shop, till.disk, new Map());
  shop.enrol(till);
  till.line = new Line(undefined, till.atRelays());
  till.boot();
}

/** What was on this disk alone is gone for good, and no program can bring it back. */
function changeDisk(shop: Shop, disk: SimulatedDisk, files: ReadonlyMap<string, Buffer>): void {
  const before = recordsIn(disk.files);
  disk.become(files);
  const disks = shop.hosts.map((host) => host.disk);
  for (const text of notOn(before, disks)) shop.ledger.lost.set(text, shop.ledger.signed);
}

/** A second machine goes on with a copy of a till. */
export function cloneTill(shop: Shop, till: TillHost, home: RelayHost): void {
  if (shop.ledger.cloned.size > 0) return;
  shop.ledger.cloned.add(till.name);
  shop.clone(till, home).boot();
}

/** The app of tomorrow is taken back; the till then holds what it cannot read (rule J9). */
export function downgrade(shop: Shop): void {
  const till = shop.tills.find(({ version }) => version === NEWER);
  if (till === undefined) return;
  till.crash();
  till.version = 1;
  till.boot();
}

/** A till gets an app of tomorrow. One only, or nobody would be left to count. */
export function upgrade(shop: Shop, till: TillHost): void {
  if (shop.tills.some(({ version }) => version === NEWER) || till === shop.tills[0]) return;
  till.crash();
  till.version = NEWER;
  till.boot();
}

/** A clock goes wrong or jumps. */
export function skew(shop: Shop, dice: Dice): void {
  const host = dice.pick(shop.hosts);
  const most = dice.chance(0.3) ? 3 * 3_600_000 : 90_000;
  if (host) host.machine.skew = dice.between(-most, most);
}

/** A relay reaches nobody but its own till. */
export function isolate({ network, allRelays }: Shop, relay: RelayHost): void {
  for (const other of allRelays) if (other !== relay) network.cut(relay.machine, other.machine);
}

/** Faults off: wires, disks, clocks and machines are well again. */
export function heal(shop: Shop): void {
  shop.network.joinAll();
  shop.network.slowest = 30;
  mendDisks(shop);
  for (const host of shop.hosts) {
    host.machine.skew = 0;
    host.machine.thaw();
    host.boot();
  }
}
