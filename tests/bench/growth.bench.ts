import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '#model/protocol/frame.ts';
import { RELAY_NODE_ARGS } from '../../app/server/station-programs.ts';
import { CorePeer } from '../support/core-peer.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { HeadOfficeReturns, benchReturns } from './growth-return.bench.ts';
import { generateYear, sessionOf, type GrowthSize } from './growth-shop.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';

/** Without `--full` a fifth of the stores. */
export type GrowthRun = { readonly full: boolean };

const DAYS = 365;
const SALES = 300;

/** How often a store's relay comes back; medians are told. */
const ROUNDS = 5;

/** How long a link is away at least: the waits between two dials have grown by then, in milliseconds. */
const AWAY_MS = 2_500;

/** So long nothing went over the cable: both have said everything, in milliseconds. */
const QUIET_MS = 500;

/** Messages the baseline is measured with. */
const SAMPLE = 200;

function startRelay(data: string, ...args: string[]): Promise<RunningProgram> {
  const common = ['--port', '0', '--open', '--no-discovery', '--log-level', 'error'];
  const all = ['--data', data, '--organization', ORGANIZATION, ...common, ...args];
  return startProgram('sync-relay/main.ts', all, RELAY_NODE_ARGS);
}

async function megabytes({ process: { pid } }: RunningProgram): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** What a return took until both had said everything: from when head office could be reached, and from when it was. */
type Return = { readonly reachable: number; readonly open: number; readonly bytes: number };

/** A relay of store 1 that loses head office again and again, and comes back with nothing new or with one sale. */
class Store {
  readonly #relay: RunningProgram;
  readonly #cable: TcpProxy;
  readonly #till: CorePeer;
  readonly #office: CorePeer;
  readonly #day: number;
  #sales = 0;

  private constructor(relay: RunningProgram, cable: TcpProxy, till: CorePeer, office: CorePeer, day: number) {
    [this.#relay, this.#cable] = [relay, cable];
    [this.#till, this.#office, this.#day] = [till, office, day];
  }

  static async start(data: string, hq: RunningProgram, day: number): Promise<Store> {
    const cable = await TcpProxy.to(hq.ready.port);
    const relay = await startRelay(data, '--store', 'S01', '--hq', `ws://127.0.0.1:${cable.port}/sync`);
    const till = await terminalAt(relay, '00000000000000ab');
    const office = await terminalAt(hq, '00000000000000aa');
    await state(relay, 'connected');
    return new Store(relay, cable, till, office, day);
  }

  get relay(): RunningProgram {
    return this.#relay;
  }

  /** The cable is joined again after a while; with `write` there is a sale head office has not seen. */
  async comesBack(write: boolean): Promise<Return> {
    const id = sessionOf(1, 1, this.#day);
    const key = `9${String((this.#sales += 1)).padStart(8, '0')}`;
    await this.#cable.cut();
    await state(this.#relay, 'away');
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS + Math.random() * 1_000));
    if (write) {
      this.#till.write(id, key, 'a sale while the link was away');
      await this.#till.until(() => this.#till.isConfirmed(id));
    }
    const before = this.#cable.bytes;
    await this.#cable.join();
    const joined = performance.now();
    if (write) await this.#office.until(() => this.#office.entries(id)[key] !== undefined);
    const shown = performance.now();
    await state(this.#relay, 'connected');
    await quiet(this.#cable);
    const end = write ? shown : this.#cable.lastAt;
    return { reachable: end - joined, open: end - this.#cable.enteredAt, bytes: this.#cable.bytes - before };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#till.close(), this.#office.close()]);
    await this.#relay.stop();
    await this.#cable.cut();
  }
}

/** A terminal of S01-R1 that takes what terminals are offered. */
function terminalAt({ ready }: RunningProgram, id: string): Promise<CorePeer> {
  const device = { id, role: 'terminal' as const, store: 'S01', register: 'R1' };
  return CorePeer.connect(`ws://127.0.0.1:${ready.port}/sync`, id, device);
}

/** Waits until a store's relay says this of its link to head office. */
async function state(relay: RunningProgram, wanted: 'connected' | 'away'): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${relay.ready.port}/status`);
    const { targets } = (await answer.json()) as { targets: { state?: string }[] };
    if (targets.some((target) => target.state === wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function quiet(cable: TcpProxy): Promise<void> {
  while (!(performance.now() - cable.lastAt > QUIET_MS))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What the same relay sends a peer without summary: one message for every document, as it was for all. */
async function oneByOne(
  hq: RunningProgram,
  store: string,
  documents: number,
): Promise<{ readonly seconds: number; readonly bytes: number; readonly messages: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${hq.ready.port}/sync`);
  await once(socket, 'open');
  let [messages, bytes] = [0, 0];
  const start = performance.now();
  const all = new Promise<void>((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      bytes += data.length;
      if (decodeFrame(data).ok) messages += 1;
      if (messages > SAMPLE) resolve();
    });
    // Nothing would come any more, and the benchmark would wait for ever.
    socket.once('close', (code) =>
      reject(new Error(`head office closed the link after ${messages} messages: ${code}`)),
    );
  });
  const device = { id: '00000000000000bb', role: 'relay' as const, store };
  socket.send(
    encodeFrame({
      type: 'join',
      senderId: 'old',
      peerMetadata: { device },
      supportedProtocolVersions: ['1'],
    }),
  );
  await all;
  const seconds = (performance.now() - start) / 1000;
  socket.terminate();
  // All of them would take minutes, and each is like the others.
  const share = documents / SAMPLE;
  return { seconds: seconds * share, bytes: bytes * share, messages: documents };
}

type Figures = Readonly<Record<Figure, number>>;
type Figure = keyof typeof ROWS;

const ROWS = {
  documents: ['documents at head office', '', ''],
  disk: ['bytes of them on the disk', 'MB', ''],
  start: ['head office’s relay starts', 's', ''],
  rss: ['its RSS after the start', 'MB', '≤ 300 MB'],
  rssLater: ['its RSS after a store came back ten times', 'MB', '≤ 300 MB'],
  storeStart: ['a store’s relay starts', 's', ''],
  storeRss: ['RSS of the store’s relay', 'MB', '≤ 300 MB'],
  nothing: ['it comes back, nothing new, from when head office can be reached', 'ms', '≤ 2000 ms'],
  nothingOpen: ['the same, from when the socket opens', 'ms', ''],
  nothingBytes: ['bytes of that, both ways', 'B', ''],
  sale: [
    'it comes back with one sale, from when head office can be reached until it shows it',
    'ms',
    '≤ 2000 ms',
  ],
  saleOpen: ['the same, from when the socket opens', 'ms', ''],
  saleBytes: ['bytes of that, both ways', 'B', ''],
  offered: ['bytes of a message for each document of the store instead, one way', 'B', ''],
} as const;

async function measure(size: GrowthSize): Promise<{ figures: Figures; returns: readonly BenchRow[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-growth-'));
  try {
    const [office, store] = [join(folder, 'hq'), join(folder, 'store')];
    await HeadOfficeReturns.found(office, size);
    const { documents, bytes } = await generateYear(size, [
      { folder: join(office, 'documents') },
      { folder: join(store, 'documents'), store: 1 },
    ]);
    process.stderr.write(`  ${size.stores} stores: ${documents} documents made\n`);
    const begun = performance.now();
    const hq = await startRelay(office, '--role', 'hq');
    const start = (performance.now() - begun) / 1000;
    const rss = await megabytes(hq);
    const figures = await comings(store, hq, size);
    const rssLater = await megabytes(hq);
    const offered = await oneByOne(hq, 'S01', documents / size.stores);
    await hq.stop();
    const returns = await benchReturns(office, size);
    const all = { documents, disk: bytes / 1e6, start, rss, rssLater, offered: offered.bytes, ...figures };
    return { figures: all, returns };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function comings(folder: string, hq: RunningProgram, { days }: GrowthSize) {
  const begun = performance.now();
  const store = await Store.start(folder, hq, days);
  const storeStart = (performance.now() - begun) / 1000;
  const returns = async (write: boolean) => {
    const all: Return[] = [];
    for (let round = 0; round < ROUNDS; round++) all.push(await store.comesBack(write));
    return (of: keyof Return) =>
      quantile(
        all.map((one) => one[of]),
        0.5,
      );
  };
  const [nothing, sale] = [await returns(false), await returns(true)];
  const storeRss = await megabytes(store.relay);
  await store.stop();
  return {
    storeStart,
    storeRss,
    nothing: nothing('reachable'),
    nothingOpen: nothing('open'),
    nothingBytes: nothing('bytes'),
    sale: sale('reachable'),
    saleOpen: sale('open'),
    saleBytes: sale('bytes'),
  };
}

/** What relays cost after a year of so many stores, three times and ten times as many. */
export async function benchGrowth({ full }: GrowthRun = { full: false }): Promise<BenchRow[]> {
  // Other sizes, such as `GROWTH_STORES=1,10`.
  const told = process.env['GROWTH_STORES']?.split(',').map(Number);
  const sizes = told ?? (full ? [5, 15, 50] : [1, 3, 10]);
  const [base] = sizes;
  const figures: Figures[] = [];
  const comebacks: BenchRow[] = [];
  for (const stores of sizes) {
    const measured = await measure({ stores, days: DAYS, sales: SALES });
    figures.push(measured.figures);
    for (const row of measured.returns) comebacks.push({ ...row, name: `${stores} stores: ${row.name}` });
  }
  const rows = sizes.flatMap((stores, at) =>
    Object.entries(ROWS).map(([figure, [name, unit, target]]) => {
      const row = {
        name: `${stores} stores: ${name}`,
        value: figures[at]?.[figure as Figure] ?? Number.NaN,
        unit,
        target,
      };
      const first = { name: `${base} stores`, value: figures[0]?.[figure as Figure] ?? Number.NaN };
      return at === 0 ? row : besideBaseline(row, first);
    }),
  );
  return [...rows, ...comebacks];
}
