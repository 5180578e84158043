import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Documents } from '../../app/lib/repo/documents.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { foundSecondStore } from '../../app/server/demo-second-store.ts';
import { DEMO_PEOPLE, demoSeeds, foundDemo, readDemoCatalog } from '../../app/server/demo-shop.ts';
import {
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from '../../app/server/head-office-documents.ts';
import { browserCode, enrolStation } from '../../app/server/station-enrolment.ts';
import { Station, type StationSpec } from '../../app/server/station.ts';
import { ensureBuild } from '../../app/server/app-build.ts';
import { freePorts } from './free-ports.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Head office and one store with two tills, as the demo has them, with cables to head office that a test can cut. */
export type TestShop = {
  readonly hq: Station;
  readonly tills: readonly [Station, Station];
  /** Head office's documents, as its tools write them. */
  readonly headOffice: Documents;
  /** The cables of the tills to head office, one each. */
  readonly hqCables: readonly [TcpProxy, TcpProxy];
  /** What programs wrote to their logs. */
  readonly log: readonly string[];
  readonly stop: () => Promise<void>;
};

/** Pages of the tests enrol themselves, as the demo's do. */
const DEMO = { enrols: true, people: [] } as const;
const project = resolve(import.meta.dirname, '../..');

/** Starts a whole shop in a folder, on free ports, with the demo's articles and people, and its second store where it is wanted. */
export async function startShop(data: string, { hasSecondStore = false } = {}): Promise<TestShop> {
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
    { id: 'hq', name: 'HQ', role: 'hq', organization, ports: { app, relay, reports }, peers: [], demo: DEMO },
    world,
  );
  await hq.startRelay();
  const headOffice = await found(hq, organization, hasSecondStore);
  await enrolStation(headOffice, hq);
  const hqCables = [await TcpProxy.to(relay), await TcpProxy.to(relay)] as const;
  const spec = async (number: number, own: number, other: number): Promise<StationSpec> => {
    const [tillApp = 0, bridge = 0, printer = 0, printerPage = 0, scale = 0, scalePage = 0] =
      await freePorts(6);
    return {
      id: `s01-r${number}`,
      name: `S01-R${number}`,
      role: 'till',
      organization,
      store: storeId(1),
      register: registerId(number),
      ports: { app: tillApp, relay: own, bridge, printer, printerPage, scale, scalePage },
      hq: `ws://127.0.0.1:${hqCables[number === 1 ? 0 : 1].port}/sync`,
      peers: [`ws://127.0.0.1:${other}/sync`],
      demo: DEMO,
    };
  };
  const tills = [
    new Station(await spec(1, relay1, relay2), world),
    new Station(await spec(2, relay2, relay1), world),
  ] as const;
  for (const till of tills) await enrolStation(headOffice, till);
  await Promise.all(tills.map((till) => till.startRelay()));
  await Promise.all(
    [hq, ...tills].map((station) =>
      station.startRest({ demoCode: () => browserCode(headOffice, station.spec) }),
    ),
  );
  const stop = async () => {
    await headOffice.documents.close();
    await Promise.all([hq, ...tills].map((station) => station.stop()));
    await Promise.all(hqCables.map((cable) => cable.cut()));
  };
  return { hq, tills, headOffice: headOffice.documents, hqCables, log, stop };
}

async function found(
  hq: Station,
  organization: string,
  hasSecondStore: boolean,
): Promise<HeadOfficeDocuments> {
  const opened = await openHeadOffice(hq.folder('relay'), organization, hq.syncUrl);
  if (!opened.ok) throw new Error(opened.error);
  const at = '2026-01-01T00:00:00.000Z';
  const now = new Date().toISOString();
  const catalog = await readDemoCatalog(resolve(project, 'app/server/seed/products.json'));
  const seeds = demoSeeds(organization, at, catalog, () => randomBytes(24).toString('base64url'));
  const trouble =
    (await listDevice(opened.value, headOfficeDevice(opened.value.key, at))) ??
    (await foundDemo(opened.value.documents, seeds)) ??
    (hasSecondStore
      ? await foundSecondStore(opened.value.documents, { organization, catalog, now })
      : undefined);
  if (trouble !== undefined) throw new Error(trouble);
  return opened.value;
}

/** The PIN of one of the demo's people. */
export function pinOf(person: (typeof DEMO_PEOPLE)[number]['id']): string {
  return DEMO_PEOPLE.find(({ id }) => id === person)?.pin ?? '';
}
