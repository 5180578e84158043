import { readFile, readdir, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { saleTexts } from '../sale-records.ts';
import type { SyncClient, SyncServer, SyncSystem } from './sync-system.ts';

/** What one run of the workload came to. Seconds, bytes, megabytes and numbers of sales. */
export type FleetFigures = {
  readonly online: number;
  readonly healed: number;
  readonly late: number;
  readonly wireOnline: number;
  readonly wireHealed: number;
  readonly wireLate: number;
  readonly stored: number;
  readonly serverRss: number;
  readonly tillsRss: number;
  readonly lost: number;
};

/** How long any phase may take before what is missing counts as lost. */
const PATIENCE_SECONDS = 90;

/**
 * Runs the workload on one system: `tills` tills sell `sales` each while they are connected; a second shop of as many sells
 * as many apart, and its cables are joined; a late one joins each. All tills are in this process, the server in another.
 */
export async function runFleet(
  system: SyncSystem,
  folder: string,
  tills: number,
  sales: number,
): Promise<FleetFigures> {
  const texts = saleTexts(sales);
  const connected = await shop(system, join(folder, 'connected'), tills);
  const online = await seconds(async () => {
    await sell(connected.clients, texts);
    await equal(connected.clients, tills * sales);
  });
  const wireOnline = connected.cable.bytes;
  const late = await lateJoiner(system, connected, tills, tills * sales);
  const lostOnline = (await missing(connected.clients, texts)) + late.lost;
  const rss = { server: await residentOf(connected.server.pid), tills: process.memoryUsage.rss() / 2 ** 20 };
  await close(connected);

  const apart = await shop(system, join(folder, 'apart'), tills);
  await apart.cable.cut();
  await sell(apart.clients, texts);
  const before = apart.cable.bytes;
  const healed = await seconds(async () => {
    await apart.cable.join();
    await equal(apart.clients, tills * sales);
  });
  const wireHealed = apart.cable.bytes - before;
  const lostApart = await missing(apart.clients, texts);
  await close(apart);
  return {
    online,
    healed,
    late: late.seconds,
    wireOnline,
    wireHealed,
    wireLate: late.wire,
    stored: await bytesIn(join(folder, 'connected')),
    serverRss: rss.server,
    tillsRss: rss.tills,
    lost: lostOnline + lostApart,
  };
}

/** A server on its folder and tills that are connected to it by one cable. */
type Shop = {
  readonly server: SyncServer;
  readonly cable: TcpProxy;
  readonly clients: readonly SyncClient[];
};

async function shop(system: SyncSystem, folder: string, tills: number): Promise<Shop> {
  const server = await system.startServer(folder);
  const cable = await TcpProxy.to(server.port);
  const clients: SyncClient[] = [];
  for (let till = 1; till <= tills; till++) clients.push(await system.client(cable.port, till, tills));
  await Promise.all(clients.map((client) => client.linked));
  return { server, cable, clients };
}

async function close({ server, cable, clients }: Shop): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
  await cable.cut();
  await server.stop();
}

/** All tills sell at once, each one sale after another; the event loop turns between two, as it does between two scans. */
async function sell(clients: readonly SyncClient[], texts: readonly string[]): Promise<void> {
  await Promise.all(
    clients.map(async (client, till) => {
      for (const [sale, text] of texts.entries()) {
        await client.write(sale + 1, `${text}${till}`);
        await pause(0);
      }
    }),
  );
}

/** Waits until every till sees every sale, or for as long as anybody would. */
async function equal(clients: readonly SyncClient[], count: number): Promise<void> {
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  for (const client of clients)
    while ((await client.count()) < count && performance.now() < end) await pause(2);
}

async function lateJoiner(system: SyncSystem, { cable, server }: Shop, tills: number, count: number) {
  const own = await TcpProxy.to(server.port);
  let lost = 0;
  const taken = await seconds(async () => {
    const client = await system.client(own.port, tills + 1, tills);
    await equal([client], count);
    lost = count - (await client.count());
    await client.close();
  });
  const wire = own.bytes;
  await own.cut();
  return { seconds: taken, wire, lost, cable };
}

/** How many sales are not at a till where they should be, all tills together. */
async function missing(clients: readonly SyncClient[], texts: readonly string[]): Promise<number> {
  const expected = clients.flatMap((_, till) => texts.map((text) => `${text}${till}`));
  let count = 0;
  for (const client of clients) {
    const seen = new Set(await client.texts());
    count += expected.filter((text) => !seen.has(text)).length;
  }
  return count;
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

async function bytesIn(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((entry) => stat(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
