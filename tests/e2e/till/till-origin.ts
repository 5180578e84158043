import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { ok } from '#model/result.ts';
import { DEMO_PEOPLE, demoSeeds, readDemoCatalog } from '../../../app/server/demo-shop.ts';
import { makeOrigin, type OriginParts } from '../../../app/server/origin.ts';
import { HeadOfficeDoor } from '../../support/head-office-door.ts';
import { WireRelay } from '../../support/wire-relay.ts';

/** The organization of the tills in these tests. */
export const ORGANIZATION = 'a1b2c3d4e5f6';

const PROJECT = new URL('../../../', import.meta.url);

/** The origin of one till: the build, its configuration and a relay in memory; no printer program behind it. */
export type TillOrigin = {
  readonly url: string;
  readonly relay: WireRelay;
  /** Who lets devices in. */
  readonly door: HeadOfficeDoor;
  /** Makes a code for a terminal of this till's register. */
  readonly invite: () => string;
  /** The entries of a document as they reached the relay. */
  readonly entries: (key: DocumentKey) => Record<string, string> | undefined;
  /** Writes entries as another device of the organization would. */
  readonly write: (key: DocumentKey, entries: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
};

const FIRST_SESSION = { class: 'session', store: storeId(1), register: registerId(1), session: 1 } as const;

/** The records of the first session of the till's register that reached its relay so far, in their order. */
export function recordsAt({ entries }: TillOrigin): JournalRecord[] {
  const texts = Object.entries(entries(FIRST_SESSION) ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return texts.map(([, text]) => JSON.parse(text) as JournalRecord);
}

/** The sales among the records of the first session that reached the till's relay so far. */
export function salesAt(origin: TillOrigin): RecordOf<'sale'>[] {
  return recordsAt(origin).filter((record): record is RecordOf<'sale'> => record.kind === 'sale');
}

/** How many lines of the open sale in the first session reached the till's relay so far. */
export function openLinesAt({ entries }: TillOrigin): number {
  const kept = entries({ ...FIRST_SESSION, class: 'basket' }) ?? {};
  return Object.keys(kept).filter((name) => name.startsWith('line:')).length;
}

/**
 * Serves a till of the demo shop, seeded through its relay. The salt of the PINs is the same each time. Its page enrols
 * itself as the demo's do, unless `joins` says that a person has to type a code. `terminal` is the address of a card terminal, `bridge`
 * that of a bridge with a scale,
 * `mails` takes the receipts that are mailed; without it the till offers no mail.
 */
export async function startTillOrigin(
  joins: 'by-itself' | 'by-code' = 'by-itself',
  build = new URL('build', PROJECT).pathname,
  devices: { readonly terminal?: string | undefined; readonly bridge?: string } = {},
  mails?: OriginParts['mails'],
): Promise<TillOrigin> {
  const { terminal, bridge } = devices;
  const place = { store: storeId(1), register: registerId(1) };
  const relay = await WireRelay.start();
  const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
  const catalog = await readDemoCatalog(new URL('app/server/seed/products.json', PROJECT).pathname);
  const seeds = demoSeeds(ORGANIZATION, '2026-01-01T00:00:00.000Z', catalog, () => 'c2FsdHNhbHRzYWx0c2FsdA');
  for (const { key, entries } of seeds) relay.write(idOf(key), entries);
  const door = new HeadOfficeDoor(relay, ORGANIZATION);
  const invite = () => door.invite({ ...place, roles: ['terminal'] });
  const people = DEMO_PEOPLE.map(({ name, pin, role }) => ({ name, pin, role }));
  const server: FastifyInstance = await makeOrigin({
    build,
    config: () => ({
      role: 'till',
      organization: ORGANIZATION,
      device: '0000000000000001',
      ...place,
      printer: 'receipt',
      ...(joins === 'by-itself' ? { demo: { enrols: true, people } } : {}),
      ...(terminal === undefined ? {} : { terminal: true }),
      ...(bridge === undefined ? {} : { scale: 'scale' }),
      ...(mails ? { mail: true } : {}),
      version: 'test',
    }),
    ...(terminal === undefined ? {} : { terminal }),
    ...(bridge === undefined ? {} : { bridge }),
    ...(mails ? { mails } : {}),
    relay: await door.listen(),
    hosts: [],
    ...(joins === 'by-itself' ? { demoCode: () => Promise.resolve(ok(invite())) } : {}),
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    relay,
    door,
    invite,
    entries: (key) => relay.entries(idOf(key)),
    write: (key, entries) => relay.write(idOf(key), entries),
    close: async () => {
      await relay.cut();
      await door.close();
      await server.close();
    },
  };
}
