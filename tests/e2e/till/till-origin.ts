import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { demoSeeds, readDemoCatalog } from '../../../app/server/demo-shop.ts';
import { makeOrigin } from '../../../app/server/origin.ts';
import { WireRelay } from '../../support/wire-relay.ts';

/** The organization of the tills in these tests. */
export const ORGANIZATION = 'a1b2c3d4e5f6';

const PROJECT = new URL('../../../', import.meta.url);

/** The origin of one till: the build, its configuration and a relay in memory; no printer program behind it. */
export type TillOrigin = {
  readonly url: string;
  readonly relay: WireRelay;
  /** The entries of a document as they reached the relay. */
  readonly entries: (key: DocumentKey) => Record<string, string> | undefined;
  /** Writes entries as another device of the organization would. */
  readonly write: (key: DocumentKey, entries: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
};

/** Serves a till of the demo shop, seeded through its relay. The salt of the PINs is the same each time. */
export async function startTillOrigin(
  register = 'R1',
  build = new URL('build', PROJECT).pathname,
): Promise<TillOrigin> {
  const relay = await WireRelay.start();
  const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
  const catalog = await readDemoCatalog(new URL('app/server/seed/products.json', PROJECT).pathname);
  const seeds = demoSeeds(ORGANIZATION, '2026-01-01T00:00:00.000Z', catalog, () => 'c2FsdHNhbHRzYWx0c2FsdA');
  for (const { key, entries } of seeds) relay.write(idOf(key), entries);
  const server: FastifyInstance = await makeOrigin({
    build,
    config: {
      role: 'till',
      organization: ORGANIZATION,
      device: `00000000000000${register.slice(1).padStart(2, '0')}`,
      store: 'S01',
      register,
      printer: 'receipt',
      version: 'test',
    },
    relay: relay.url.replace(/^ws/, 'http').replace(/\/sync$/, ''),
    hosts: [],
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    relay,
    entries: (key) => relay.entries(idOf(key)),
    write: (key, entries) => relay.write(idOf(key), entries),
    close: async () => {
      await server.close();
      await relay.cut();
    },
  };
}
