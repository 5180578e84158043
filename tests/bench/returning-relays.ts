import { randomBytes } from 'node:crypto';
import { connect as connectPlain, type NetConnectOpts, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { pino, type Logger } from 'pino';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { decodeFrame } from '#model/protocol/frame.ts';
import { Dialer } from '../../sync-relay/dialer.ts';
import { LogFolder } from '../../sync-relay/document-log.ts';
import { headsDigest } from '../../sync-relay/heads-index.ts';
import { Door } from '../../sync-relay/door.ts';
import type { Connection } from '../../sync-relay/connection.ts';
import type { LinkSocket } from '../../sync-relay/link.ts';
import { Relay } from '../../sync-relay/relay.ts';
import { TrustedDevices } from '../../sync-relay/trusted-devices.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { sessionOf, type GrowthSize } from './growth-shop.ts';
import {
  StoreDisk,
  newDays,
  relayKey,
  storesOf,
  type NewDocument,
  type StoreFiles,
} from './returning-store.ts';

/** What a relay saw of its return. Times are milliseconds since 1970, so that two processes can compare them. */
export type Seen = {
  /** When its last link was let in. */
  readonly linkedAt: number;
  /** When the last frame about what was new here went over it: from then on head office has it all on its disk. */
  readonly levelAt: number;
  /** When anything went over it last, head office's word for the journals too. */
  readonly lastAt: number;
  readonly messages: number;
  /** Frames of those that speak of what was new here. */
  readonly ofNews: number;
  /** On the wire, both ways, handshakes and all. */
  readonly bytes: number;
  /** Links it took. */
  readonly links: number;
};

/**
 * What the program tells the one that started it: that its relays are ready and wait for the word to dial, when anything went over one of
 * their links last (null until all had one), and what they saw, once it is told that everybody is quiet.
 */
export type Told =
  | { readonly event: 'ready' }
  | { readonly event: 'heard'; readonly lastAt: number | null }
  | {
      readonly event: 'seen';
      readonly relays: readonly Seen[];
      readonly news: readonly NewsTold[];
      readonly cpu: number;
    };

/** What the program is told. */
export type Order = 'dial' | 'end';

/** A document that was new here, and the digest of its heads in hex: what head office must have of it. */
export type NewsTold = readonly [id: string, digest: string];

/** How often the program tells when it heard anything last, in milliseconds. */
const TELL_MS = 100;

/** A relay whose links are looked at. */
class WatchedRelay extends Relay {
  readonly #news: ReadonlySet<string>;
  readonly carriers = new Set<Socket>();
  linkedAt = Number.NaN;
  levelAt = Number.NaN;
  lastAt = Number.NaN;
  messages = 0;
  ofNews = 0;
  links = 0;

  constructor(parts: ConstructorParameters<typeof Relay>[0], news: readonly NewDocument[]) {
    super(parts);
    this.#news = new Set(news.map(({ id }) => id));
  }

  override connect(direction: 'in' | 'out', socket: LinkSocket): Connection {
    const connection = super.connect(direction, {
      ...socket,
      send: (bytes, sent) => {
        this.#saw(bytes);
        socket.send(bytes, sent);
      },
    });
    const receive = connection.receive.bind(connection);
    connection.receive = (bytes) => {
      const wasLinked = connection.link !== undefined;
      receive(bytes);
      this.#saw(bytes);
      if (wasLinked || connection.link === undefined) return;
      this.links += 1;
      this.linkedAt = Date.now();
      this.levelAt = this.linkedAt;
    };
    return connection;
  }

  #saw(bytes: Uint8Array): void {
    this.lastAt = Date.now();
    this.messages += 1;
    const frame = decodeFrame(bytes);
    if (!frame.ok) return;
    const { type } = frame.value;
    if (type === 'tillmesh-differences' || type === 'tillmesh-ranges') this.levelAt = this.lastAt;
    if (type !== 'sync' || !this.#news.has(frame.value.documentId)) return;
    this.levelAt = this.lastAt;
    this.ofNews += 1;
  }
}

type Which = { readonly store: number; readonly register: number };

async function relayOf(
  { store, register }: Which,
  headOffice: { readonly id: string; readonly key: string },
  disk: StoreDisk,
  news: readonly NewDocument[],
  log: Logger,
) {
  const key = relayKey(store, register);
  const device = {
    id: key.id,
    role: 'relay' as const,
    store: storeId(store),
    register: registerId(register),
    organization: ORGANIZATION,
  };
  const own = { key: key.publicKey, ...device };
  const now = () => new Date().toISOString();
  const trusted = new TrustedDevices({ own, headOffice }, now);
  const asDevice = { ...key, enrolment: undefined, saveEnrolment: () => Promise.resolve() };
  const guard = new Door(asDevice, ORGANIZATION, trusted, () => randomBytes(32).toString('base64url'));
  const relay = new WatchedRelay(
    {
      own: { peerId: `${key.id}:1`, metadata: { storageId: `relay-${key.id}`, isEphemeral: true, device } },
      folder: new LogFolder(FOLDER, disk, log),
      door: { trusted, guard },
      vouchers: new Vouchers({ folder: FOLDER, disk, trusted, signer: undefined, log }),
      log,
      now,
      later: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
    },
    news,
  );
  await relay.start();
  return relay;
}

/** Where a relay's memory disk thinks it is. */
const FOLDER = '/relay';

function dial(relay: WatchedRelay, url: string, log: Logger): Dialer {
  const connect = (options: NetConnectOpts) => {
    const carrier = connectPlain(options);
    relay.carriers.add(carrier);
    return carrier;
  };
  const now = () => new Date().toISOString();
  const dialer = new Dialer({ url, kind: 'hq' }, relay, log, { now, random: Math.random, connect });
  dialer.start();
  return dialer;
}

function seen(relay: WatchedRelay): Seen {
  const { linkedAt, levelAt, lastAt, messages, ofNews, links } = relay;
  let bytes = 0;
  for (const { bytesRead, bytesWritten } of relay.carriers) bytes += bytesRead + bytesWritten;
  return { linkedAt, levelAt, lastAt, messages, ofNews, bytes, links };
}

function tell(told: Told): Promise<void> {
  return new Promise((resolve, reject) =>
    process.send?.(told, undefined, {}, (error) => (error ? reject(error) : resolve())),
  );
}

/** Waits for a word of the program that started this one. */
function ordered(order: Order): Promise<void> {
  return new Promise((resolve) =>
    process.on('message', (said) => {
      if (said === order) resolve();
    }),
  );
}

/** When anything went over a link last; null while a relay has none. */
function lastHeard(relays: readonly WatchedRelay[]): number | null {
  const isLinked = relays.every(({ links }) => links > 0);
  return isLinked ? Math.max(...relays.map(({ lastAt }) => lastAt)) : null;
}

/** So many days behind those that head office has of a store. */
function newsOf(files: StoreFiles, size: GrowthSize, store: number, days: number): NewDocument[] {
  const known = new Set<string>(files.rows.map(([id]) => id));
  let ahead = 0;
  while (known.has(sessionOf(store, 1, size.days + ahead + 1))) ahead += 1;
  if (days === 0) return [];
  return newDays(size, store, ahead + days).filter(({ id }) => !known.has(id));
}

function secondsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'head-office': { type: 'string', default: '' },
      url: { type: 'string', default: '' },
      /** Head office, as relays know it since they joined. */
      'hq-id': { type: 'string', default: '' },
      'hq-key': { type: 'string', default: '' },
      /** The first of the stores, and how many. */
      first: { type: 'string', default: '1' },
      stores: { type: 'string', default: '1' },
      registers: { type: 'string', default: '4' },
      days: { type: 'string', default: '365' },
      sales: { type: 'string', default: '300' },
      /** Days head office has not heard of. */
      new: { type: 'string', default: '0' },
    },
  });
  const size = { stores: Number(values.stores), days: Number(values.days), sales: Number(values.sales) };
  const log = pino({ level: 'silent' });
  const headOffice = { id: values['hq-id'], key: values['hq-key'] };
  const held = storesOf(values['head-office']);
  const relays: WatchedRelay[] = [];
  const told: NewsTold[] = [];
  const first = Number(values.first);
  for (let store = first; store < first + size.stores; store++) {
    const files = held.get(storeId(store));
    if (files === undefined) throw new Error(`head office holds nothing of store ${store}`);
    const news = newsOf(files, size, store, Number(values.new));
    for (const { id, heads } of news) told.push([id, Buffer.from(headsDigest(heads)).toString('hex')]);
    for (let register = 1; register <= Number(values.registers); register++)
      relays.push(
        await relayOf({ store, register }, headOffice, new StoreDisk(FOLDER, files, news), news, log),
      );
  }
  const [begin, end] = [ordered('dial'), ordered('end')];
  await tell({ event: 'ready' });
  await begin;
  const dialers = relays.map((relay) => dial(relay, values.url, log));
  const begun = process.cpuUsage();
  const timer = setInterval(() => void tell({ event: 'heard', lastAt: lastHeard(relays) }), TELL_MS);
  await end;
  clearInterval(timer);
  await tell({ event: 'seen', relays: relays.map(seen), news: told, cpu: secondsSince(begun) });
  for (const dialer of dialers) dialer.stop();
  await Promise.all(relays.map((relay) => relay.stop()));
  process.exit(0);
}

await run();
