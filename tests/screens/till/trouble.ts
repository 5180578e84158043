import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Device } from '#model/trust/device.ts';
import type { Station } from '../../../app/server/station.ts';
import { pinOf } from '../../support/shop.ts';
import { reached, type Walk } from '../screen.ts';
import { LANTERN, type TillTour } from './tour.ts';

/** What does not work: no paper, no head office, no relay. Everything is mended at the end. */
export async function* troubleWalk({ till, shop, station, cashier }: TillTour): Walk {
  const { page } = till;
  await till.signIn(cashier, pinOf(cashier));
  await till.search.waitFor();
  await paperOut(station, true);
  await till.addBySearch(LANTERN);
  await till.sellForCash();
  await reached(page, 'banner-printer');
  yield 'till-paper-out';
  await till.newSale();
  const cable = shop.hqCables[station.spec.register === 'R1' ? 0 : 1];
  await cable.cut();
  const relay = station.pidOf('relay');
  if (relay === undefined) throw new Error(`${station.spec.name} has no relay`);
  process.kill(relay, 'SIGSTOP');
  try {
    await till.addBySearch(LANTERN);
    await till.sellForCash('10');
    await reached(page, 'banner-saved');
    yield 'till-offline';
    await till.newSale();
    yield 'till-offline-selling';
  } finally {
    process.kill(relay, 'SIGCONT');
    await paperOut(station, false);
    await cable.join();
  }
  await till.savedBanner.waitFor({ state: 'detached' });
}

async function paperOut(station: Station, isOut: boolean): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${station.spec.ports.printerPage}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paperOut: isOut }),
  });
  if (!answer.ok) throw new Error(`The virtual printer answered ${answer.status}: ${await answer.text()}`);
}

/** Revokes the device of this page, as head office's devices page does, and shows what it says then. */
export async function* excludedWalk({ shop, station, till }: TillTour): Walk {
  const key = { class: 'organization' } as const;
  const entries = await shop.headOffice.open(key);
  const own = Object.entries(entries).flatMap(([entry, text]) => {
    if (!entry.startsWith('device:')) return [];
    const device = JSON.parse(text) as Device;
    const isHere =
      device.role === 'terminal' &&
      device.store === station.spec.store &&
      device.register === station.spec.register;
    return isHere && device.revokedAt === undefined ? [{ entry, device }] : [];
  });
  const revoked = own.map(({ entry, device }) => [
    entry,
    canonicalJson({ ...device, revokedAt: new Date().toISOString() } as unknown as CanonicalValue),
  ]);
  await shop.headOffice.writeDurably(key, Object.fromEntries(revoked) as Record<string, string>, 20_000);
  await reached(till.page, 'excluded');
  yield 'till-excluded';
}
