import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '#model/protocol/frame.ts';
import { CorePeer } from '../support/core-peer.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { generateYear, sessionOf, type GrowthSize } from './growth-shop.ts';
import { besideBaseline, type BenchRow } from './row.ts';

/** A tenth of the year and all of it; `--full` makes the second one real, else both are a tenth of that again. */
export type GrowthRun = { readonly full: boolean };

const DAYS = 365;
const SALES = 300;

/** Messages the baseline is measured with. */
const SAMPLE = 200;

function startRelay(data: string, ...args: string[]): Promise<RunningProgram> {
  const common = ['--port', '0', '--open', '--no-discovery', '--log-level', 'error'];
  return startProgram('sync-relay/main.ts', [
    '--data',
    data,
    '--organization',
    ORGANIZATION,
    ...common,
    ...args,
  ]);
}

async function megabytes({ process: { pid } }: RunningProgram): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** What two relays say until neither says anything for a while; `frames` counts those of sync and summary. */
type Meeting = { readonly seconds: number; readonly bytes: number };

/** A relay of store 1 that comes back to head office through a cable, until head office has `has`. */
async function comeBack(data: string, hq: RunningProgram, write: boolean, day: number): Promise<Meeting> {
  const cable = await TcpProxy.to(hq.ready.port);
  await cable.cut();
  const store = await startRelay(data, '--store', 'S01', '--hq', `ws://127.0.0.1:${cable.port}/sync`);
  const id = sessionOf(1, 1, day);
  const key = `9${String(Date.now()).slice(-8)}`;
  const till = await terminalAt(store, '00000000000000ab');
  if (write) {
    till.write(id, key, 'a sale while the link was away');
    await till.until(() => till.isConfirmed(id));
  }
  const office = await terminalAt(hq, '00000000000000aa');
  await cable.join();
  const start = performance.now();
  await connected(store);
  if (write) await office.until(() => office.entries(id)[key] !== undefined);
  const seconds = (performance.now() - start) / 1000;
  await quiet(cable);
  const { bytes } = cable;
  await Promise.all([till.close(), office.close()]);
  await store.stop();
  await cable.cut();
  return { seconds, bytes };
}

/** A terminal of S01-R1 that takes what terminals are offered. */
function terminalAt({ ready }: RunningProgram, id: string): Promise<CorePeer> {
  const device = { id, role: 'terminal' as const, store: 'S01', register: 'R1' };
  return CorePeer.connect(`ws://127.0.0.1:${ready.port}/sync`, id, device);
}

async function connected(relay: RunningProgram): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${relay.ready.port}/status`);
    const { peers } = (await answer.json()) as { peers: { role?: string }[] };
    if (peers.some(({ role }) => role === 'hq')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function quiet(cable: TcpProxy): Promise<void> {
  for (let before = -1; before !== cable.bytes;) {
    before = cable.bytes;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** What the same relay sends a peer without summary: one message for every document, as it was for all. */
async function oneByOne(
  hq: RunningProgram,
  store: string,
  documents: number,
): Promise<Meeting & { messages: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${hq.ready.port}/sync`);
  await once(socket, 'open');
  let [messages, bytes] = [0, 0];
  const start = performance.now();
  const all = new Promise<void>((resolve) =>
    socket.on('message', (data: Buffer) => {
      bytes += data.length;
      if (decodeFrame(data).ok) messages += 1;
      if (messages > SAMPLE) resolve();
    }),
  );
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

async function measure(size: GrowthSize): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-growth-'));
  try {
    const [office, store] = [join(folder, 'hq'), join(folder, 'store')];
    const { documents, bytes } = await generateYear(size, [
      { folder: join(office, 'documents') },
      { folder: join(store, 'documents'), store: 1 },
    ]);
    process.stderr.write(`  ${documents} documents made\n`);
    const start = performance.now();
    const hq = await startRelay(office, '--role', 'hq');
    process.stderr.write('  head office runs\n');
    const startUp = (performance.now() - start) / 1000;
    const atStart = await megabytes(hq);
    const nothing = await comeBack(store, hq, false, size.days);
    process.stderr.write(`  nothing new: ${nothing.seconds.toFixed(2)} s, ${nothing.bytes} B\n`);
    const sale = await comeBack(store, hq, true, size.days);
    process.stderr.write(`  one sale: ${sale.seconds.toFixed(2)} s, ${sale.bytes} B\n`);
    const rss = await megabytes(hq);
    const before = await oneByOne(hq, 'S01', documents / size.stores);
    await hq.stop();
    const of = `${size.stores * 4} registers × ${size.days} days`;
    const row = (name: string, value: number, unit: string, target = ''): BenchRow => ({
      name: `${of}: ${name}`,
      value,
      unit,
      target,
    });
    return [
      row('documents at head office', documents, ''),
      row('bytes of them on the disk', bytes / 1e6, 'MB'),
      row('head office’s relay starts', startUp, 's'),
      row('its RSS after the start', atStart, 'MB', '≤ 300 MB'),
      row('its RSS after a store came back twice', rss, 'MB', '≤ 300 MB'),
      besideBaseline(row('a store’s relay comes back, nothing new', nothing.seconds, 's', '≤ 2 s'), {
        name: `a message for each of ${before.messages} documents, one way (from ${SAMPLE})`,
        value: before.seconds,
      }),
      besideBaseline(row('bytes of that', nothing.bytes, 'B'), {
        name: 'a message for each document, one way',
        value: before.bytes,
      }),
      row('it comes back with one new sale, until head office shows it', sale.seconds, 's', '≤ 2 s'),
      row('bytes of that', sale.bytes, 'B'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a relay costs after a year, and after a tenth of it. */
export async function benchGrowth({ full }: GrowthRun = { full: false }): Promise<BenchRow[]> {
  const stores = full ? [5, 50] : [1, 10];
  const rows: BenchRow[] = [];
  for (const count of stores) rows.push(...(await measure({ stores: count, days: DAYS, sales: SALES })));
  return rows;
}
