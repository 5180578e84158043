import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import * as v from 'valibot';
import { canonicalJson } from '#model/journal/canonical.ts';
import { documentId } from '#model/ids/document-id.ts';
import { ok } from '#model/result.ts';
import type { Device } from '#model/trust/device.ts';
import { enrolmentRequestSchema } from '#model/trust/invitation.ts';
import { makeOrigin } from '../../../app/server/origin.ts';
import { reportsServer } from '../../../reports-indexer/http.ts';
import { IndexedEvents } from '../../../reports-indexer/indexed-events.ts';
import { freshReports, wholeUpdate } from '../../indexer/flatten-fixture.ts';
import {
  deviceEntries,
  terminals,
  makeShop,
  ORGANIZATION,
  type RegisterJournal,
} from '../../support/journal-fixture.ts';

/** What the relay of head office says: one register linked, this computer's own indexer besides. */
export const RELAY_STATUS = {
  device: '00aa00aa00aa00aa',
  role: 'hq',
  documents: 9,
  peers: [
    {
      device: '1111111111111111',
      role: 'relay',
      store: 'S01',
      register: 'R1',
      direction: 'in',
      since: '2026-11-21T08:00:00.000Z',
    },
    { device: '2222222222222222', role: 'indexer', direction: 'in', since: '2026-11-21T08:00:00.000Z' },
  ],
  targets: [],
  disk: 'ok',
};

/** Head office as the browser meets it: the build, the reports program over a small shop, and a relay's status. */
export type OfficeHost = {
  readonly url: string;
  readonly shop: readonly RegisterJournal[];
  /** Takes the reports program away, as when its process ended. */
  readonly stopReports: () => Promise<void>;
  /** Brings the last session of a register, which `start` held back, and tells the page. */
  readonly bringLast: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Starts a head office over a shop of two stores with two registers and three sessions each; the last ones are open. */
export async function startOfficeHost(): Promise<OfficeHost> {
  const shop = makeShop(7, { stores: 2, registers: 2, sessions: 3, salesPerSession: 15 });
  const { database, writer, query } = freshReports();
  const events = new IndexedEvents();
  const [late, ...early] = shop.flatMap((journal) => journal.sessions).toReversed();
  await writer.write([
    organizationUpdate(),
    ...early.map(({ documentId: id, entries }) => wholeUpdate(id, entries)),
  ]);
  events.announce('2026-11-21T11:32:05.000Z');
  const log = pino({ level: 'silent' });
  const link = {
    connected: true,
    behind: 0,
    device: '0000000000000009',
    enrolled: true,
    standing: 'accepted',
  } as const;
  const reports = reportsServer({ database: query, events, link: () => link, log });
  await reports.listen({ port: 0, host: '127.0.0.1' });
  const relay = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/enrol') void enrolment(request).then((body) => response.end(body));
    else response.end(JSON.stringify(RELAY_STATUS));
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const server = await makeOrigin({
    build: new URL('../../../build', import.meta.url).pathname,
    config: () => ({
      role: 'hq',
      organization: ORGANIZATION,
      device: RELAY_STATUS.device,
      demo: { enrols: true, people: [] },
      version: 'test',
    }),
    demoCode: () => Promise.resolve(ok('7KQ4M-2XPNA')),
    relay: urlOf(relay.address()),
    reports: urlOf(reports.server.address()),
    hosts: [],
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    url: urlOf(server.server.address()),
    shop,
    stopReports: () => stop(reports.server),
    bringLast: async () => {
      if (late) await writer.write([wholeUpdate(late.documentId, late.entries)]);
      events.announce('2026-11-21T11:40:00.000Z');
    },
    close: async () => {
      // The origin last: it waits for the streams that pass through it.
      await stop(reports.server);
      await stop(relay);
      await server.close();
      database.close();
    },
  };
}

/** Takes any browser as a back office of head office's. */
async function enrolment(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  const { id, key, role } = v.parse(enrolmentRequestSchema, JSON.parse(text));
  const device: Device = { id, key, role, name: 'Office', enrolledAt: '2026-11-21T08:00:00.000Z' };
  const headOffice = { id: RELAY_STATUS.device, key: 'A'.repeat(43) };
  return JSON.stringify({ organization: ORGANIZATION, device, headOffice });
}

/** Ends a server as a killed process would: at once, with every connection. */
function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}

function organizationUpdate() {
  const store = (id: string, name: string) => ({
    id,
    name,
    timeZone: 'Europe/London',
    locale: 'en-GB',
    header: [],
    footer: [],
  });
  const entries = {
    organization: {
      tag: ORGANIZATION,
      name: 'Lantern & Lace',
      currency: 'GBP',
      language: 'en',
      taxRounding: 'receipt',
      catalogShards: 1,
      foundedAt: '2026-10-01T00:00:00.000Z',
    },
    'store:S01': store('S01', 'Camden'),
    'store:S02': store('S02', 'Greenwich'),
    'register:S01-R1': { store: 'S01', register: 'R1', name: 'Front' },
    'register:S01-R2': { store: 'S01', register: 'R2', name: 'Back' },
    'register:S02-R1': { store: 'S02', register: 'R1', name: 'Front' },
    'register:S02-R2': { store: 'S02', register: 'R2', name: 'Back' },
  };
  const texts = Object.fromEntries(
    Object.entries(entries).map(([key, value]) => [key, canonicalJson(value)]),
  );
  const devices = deviceEntries(terminals(2, 2));
  return wholeUpdate(documentId({ organization: ORGANIZATION, key: { class: 'organization' } }), {
    ...texts,
    ...devices,
  });
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
