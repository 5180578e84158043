import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { createNodeDocuments } from '../../app/lib/repo/node-documents.ts';
import { DEMO_PEOPLE, demoSeeds, foundDemo, readDemoCatalog } from '../../app/server/demo-shop.ts';
import { Station, type StationSpec } from '../../app/server/station.ts';
import { ensureBuild } from '../../app/server/app-build.ts';
import { freePorts } from './free-ports.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Head office and one store with two tills, as the demo has them, with a cable to head office that a test can cut. */
export type TestShop = {
  readonly hq: Station;
  readonly tills: readonly [Station, Station];
  /** The cables of both tills to head office. */
  readonly hqCable: TcpProxy;
  /** What programs wrote to their logs. */
  readonly log: readonly string[];
  readonly stop: () => Promise<void>;
};

const project = resolve(import.meta.dirname, '../..');

/** Starts a whole shop in a folder, on free ports, with the demo's articles and people. */
export async function startShop(data: string): Promise<TestShop> {
  const log: string[] = [];
  const trouble = await ensureBuild(project, (line) => log.push(line));
  if (trouble !== undefined) throw new Error(trouble);
  const organization = randomBytes(6).toString('hex');
  const world = {
    data,
    project,
    build: resolve(project, 'build'),
    version: 'test',
    log: (line: string) => log.push(line),
    news: ({ name, what, detail }: { name: string; what: string; detail: string }) =>
      log.push(`${name} ${what} ${detail}`),
  };
  const [app = 0, relay = 0, reports = 0, relay1 = 0, relay2 = 0] = await freePorts(5);
  const hq = new Station(
    { id: 'hq', name: 'HQ', role: 'hq', organization, ports: { app, relay, reports }, peers: [] },
    world,
  );
  await hq.startRelay();
  await found(relay, organization);
  const hqCable = await TcpProxy.to(relay);
  const spec = async (number: number, own: number, other: number): Promise<StationSpec> => {
    const [tillApp = 0, bridge = 0, printer = 0, printerPage = 0] = await freePorts(4);
    return {
      id: `s01-r${number}`,
      name: `S01-R${number}`,
      role: 'till',
      organization,
      store: 'S01',
      register: `R${number}`,
      ports: { app: tillApp, relay: own, bridge, printer, printerPage },
      hq: `ws://127.0.0.1:${hqCable.port}/sync`,
      peers: [`ws://127.0.0.1:${other}/sync`],
    };
  };
  const tills = [
    new Station(await spec(1, relay1, relay2), world),
    new Station(await spec(2, relay2, relay1), world),
  ] as const;
  await Promise.all(tills.map((till) => till.startRelay()));
  await Promise.all([hq, ...tills].map((station) => station.startRest()));
  const stop = async () => {
    await Promise.all([hq, ...tills].map((station) => station.stop()));
    await hqCable.cut();
  };
  return { hq, tills: [tills[0], tills[1]], hqCable, log, stop };
}

async function found(relay: number, organization: string): Promise<void> {
  const documents = createNodeDocuments({
    identity: { device: randomBytes(8).toString('hex'), organization, role: 'hq' },
    syncUrl: `ws://127.0.0.1:${relay}/sync`,
  });
  const catalog = await readDemoCatalog(resolve(project, 'app/server/seed/products.json'));
  const seeds = demoSeeds(organization, '2026-01-01T00:00:00.000Z', catalog, () =>
    randomBytes(24).toString('base64url'),
  );
  const trouble = await foundDemo(documents, seeds);
  await documents.close();
  if (trouble !== undefined) throw new Error(trouble);
}

/** The PIN of one of the demo's people. */
export function pinOf(person: (typeof DEMO_PEOPLE)[number]['id']): string {
  return DEMO_PEOPLE.find(({ id }) => id === person)?.pin ?? '';
}
