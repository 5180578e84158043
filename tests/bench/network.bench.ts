import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { encodeFrame } from '#model/protocol/frame.ts';
import { Dice } from '../simulate/dice.ts';
import { readerAt, relayAt, saleKey, sessionOf, startMesh, tillAt, type Mesh } from '../network/relays.ts';
import { RoughCable } from '../network/rough-cable.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';

const TILLS = 12;
const SALES = 40;
/** From one sale to the next, in milliseconds: a till that sells without a pause measures how long its own sales queue. */
const PACE_MS = 300;
const TARGET = 'the others keep theirs';

/** Something that is wrong on the network while the store sells; gives what ends it. */
type Trouble = (mesh: Mesh, folder: string) => Promise<() => Promise<void>>;

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'head office 2 s away over 64 kbit/s, with a backlog': slowUplink,
  'cables between other tills cut and joined fifty times': flapping,
  'a peer that sends rubbish all the time': rubbish,
  'a peer that never reads': deafPeer,
  'all of this at once': everything,
};

/** How often cables are cut while one series of sales runs; it goes on until the series is over, and not before. */
const FLAPS = 50;

/** How long a sale takes to every other till of twelve, in milliseconds: in good order, and beside each trouble. */
export async function benchNetwork(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-network-'));
  const mesh = await startMesh(folder, TILLS);
  try {
    let sale = await sell(mesh, 0, []);
    const rows: BenchRow[] = [];
    for (const [name, trouble] of Object.entries(TROUBLES)) {
      const [good, bad]: [Sold[], Sold[]] = [[], []];
      const before = performance.eventLoopUtilization();
      sale = await sell(mesh, sale, good);
      const undisturbed = performance.eventLoopUtilization(before);
      const end = await trouble(mesh, folder);
      const beginning = performance.eventLoopUtilization();
      sale = await sell(mesh, sale, bad);
      const beside = performance.eventLoopUtilization(beginning);
      await end();
      await equal(mesh, sale);
      for (const q of [0.5, 0.95]) {
        const row = {
          name: `a sale on ${TILLS - 1} tills, ${name}, p${q * 100}`,
          unit: 'ms',
          target: TARGET,
        };
        const baseline = { name: 'without', value: quantile(good.map(msOf), q) };
        rows.push(besideBaseline({ ...row, value: quantile(bad.map(msOf), q) }, baseline));
      }
      // All tills, their relays and the troubles are one process: beyond its whole time it waits for itself.
      const share = { name: `share of its time this process works, ${name}`, unit: '%', target: '' };
      const without = { name: 'without', value: 100 * undisturbed.utilization };
      rows.push(besideBaseline({ ...share, value: 100 * beside.utilization }, without));
      // A sale that waits for a timer or an answer leaves the process idle; one that waits behind other work does not.
      const slowest = {
        name: `the same while its slowest sales were under way, ${name}`,
        unit: '%',
        target: '',
      };
      const base = { name: 'without', value: busyAtWorst(good) };
      rows.push(besideBaseline({ ...slowest, value: busyAtWorst(bad) }, base));
    }
    return rows;
  } finally {
    await mesh.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A sale: the milliseconds it took to the last till, and for how many of them this process worked. */
type Sold = { readonly ms: number; readonly busyMs: number };

const msOf = ({ ms }: Sold) => ms;

/** For which share of the time of the slowest tenth of the sales this process worked, in percent. */
function busyAtWorst(sales: readonly Sold[]): number {
  const worst = sales.toSorted((a, b) => b.ms - a.ms).slice(0, Math.ceil(sales.length / 10));
  const sum = (of: (sale: Sold) => number) => worst.reduce((total, sale) => total + of(sale), 0);
  return (100 * sum(({ busyMs }) => busyMs)) / sum(msOf);
}

/** The first till sells; notes how each sale came to the last of the others. Gives the number of the last sale. */
async function sell({ tills }: Mesh, from: number, sold: Sold[]): Promise<number> {
  const [seller, ...others] = tills.map(({ till }) => till);
  const id = sessionOf(1);
  for (let sale = from + 1; sale <= from + SALES; sale++) {
    const start = performance.now();
    const before = performance.eventLoopUtilization();
    seller?.write(id, saleKey(sale), `sale ${sale}`);
    await Promise.all(others.map((till) => till.until(() => till.size(id) >= sale)));
    const taken = performance.now() - start;
    sold.push({ ms: taken, busyMs: performance.eventLoopUtilization(before).active });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, PACE_MS - taken)));
  }
  return from + SALES;
}

/** One more till joins that alone reaches head office, and has more to tell it than the line takes in the meantime. */
async function slowUplink({ tills }: Mesh, folder: string) {
  const office = await relayAt(join(folder, 'office'), 0);
  const uplink = await RoughCable.to(office.port, { delayMs: 2_000, upBytesPerSecond: 8_000 });
  const peer = tills.map(({ port }) => `ws://127.0.0.1:${port}/sync`);
  const relay = await relayAt(join(folder, 'relay-uplink'), TILLS + 1, { hq: uplink.syncUrl, peer });
  const till = await tillAt(relay.port, TILLS + 1);
  const reader = await readerAt(office.port);
  till.write(sessionOf(TILLS + 1), saleKey(1), randomBytes(400_000).toString('base64'));
  await Promise.all(tills.map((one) => one.till.until(() => one.till.size(sessionOf(TILLS + 1)) >= 1)));
  return async () => {
    await till.close();
    await reader.close();
    await relay.stop();
    await uplink.cut();
    await office.stop();
  };
}

/** Cuts two cables at a time that do not lead to the till that sells. */
async function flapping({ tills, cables }: Mesh) {
  const dice = new Dice(50);
  // Every relay dials all before it, the selling one first.
  const firsts = new Set(tills.map((_, register) => (register * (register - 1)) / 2));
  const others = cables.filter((_, at) => !firsts.has(at));
  const ended = new AbortController();
  let flaps = 0;
  const running = (async () => {
    while (!ended.signal.aborted || flaps < FLAPS) {
      const cut = [dice.pick(others), dice.pick(others)].filter((one) => one !== undefined);
      await Promise.all(cut.map((cable) => cable.cut()));
      await new Promise((resolve) => setTimeout(resolve, 40));
      await Promise.all(cut.map((cable) => cable.join()));
      await new Promise((resolve) => setTimeout(resolve, 40));
      flaps += 1;
    }
  })();
  return async () => {
    ended.abort();
    await running;
  };
}

async function everything(mesh: Mesh, folder: string) {
  const ends: (() => Promise<void>)[] = [];
  for (const trouble of [slowUplink, flapping, rubbish, deafPeer])
    ends.push(await trouble(mesh, join(folder, 'all')));
  return async () => {
    for (const end of ends) await end();
  };
}

/** Waits until every till has every sale: a trouble that loses one never ends this. */
async function equal({ tills }: Mesh, sales: number): Promise<void> {
  await Promise.all(tills.map(({ till }) => till.until(() => till.size(sessionOf(1)) === sales)));
}

async function rubbish({ tills }: Mesh) {
  const peer = new Worker(new URL('./rubbish-peer.ts', import.meta.url), { workerData: urlOf(tills) });
  await once(peer, 'online');
  return async () => {
    await peer.terminate();
  };
}

async function deafPeer({ tills }: Mesh) {
  const socket = new WebSocket(urlOf(tills));
  await once(socket, 'open');
  const peerMetadata = { device: { id: 'd'.repeat(16), role: 'indexer' as const } };
  socket.send(
    encodeFrame({ type: 'join', senderId: 'deaf', peerMetadata, supportedProtocolVersions: ['1'] }),
  );
  await once(socket, 'message');
  socket.pause();
  return async () => socket.terminate();
}

const urlOf = (tills: Mesh['tills']) => `ws://127.0.0.1:${tills[0]?.port}/sync`;
