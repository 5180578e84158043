import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { encodeFrame } from '#model/protocol/frame.ts';
import { CorePeer } from '../support/core-peer.ts';
import { makeShop } from '../support/journal-fixture.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';

const SALES = 200;

function sessionOf(register: number, session = 1): DocumentId {
  return documentId({
    organization: ORGANIZATION,
    key: { class: 'session', store: storeId(1), register: registerId(register), session },
  });
}

/** Texts of real sealed records, as a till writes them. */
function saleTexts(count: number): string[] {
  const [journal] = makeShop(1, { stores: 1, registers: 1, sessions: 1, salesPerSession: count });
  return (journal?.records ?? []).filter((record) => record.kind === 'sale').map(recordText);
}

async function inFolder<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function startRelay(data: string, ...args: string[]): Promise<RunningProgram> {
  return startProgram('sync-relay/main.ts', [
    '--data',
    data,
    '--port',
    '0',
    '--open',
    '--log-level',
    'error',
    ...args,
  ]);
}

const urlOf = (relay: RunningProgram) => `ws://127.0.0.1:${relay.ready.port}/sync`;

/** Milliseconds of one append plus fdatasync of a sale's bytes, the least any durable store can take. */
async function bareSync(folder: string, texts: readonly string[]): Promise<number[]> {
  const handle = await open(join(folder, 'bare'), 'a');
  const times: number[] = [];
  try {
    for (const text of texts) {
      const start = performance.now();
      await handle.write(text);
      await handle.datasync();
      times.push(performance.now() - start);
    }
  } finally {
    await handle.close();
  }
  return times;
}

async function confirmation(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const texts = saleTexts(SALES);
    const bare = await bareSync(folder, texts);
    const relay = await startRelay(join(folder, 'relay'));
    const cable = await TcpProxy.to(relay.ready.port);
    const peer = await CorePeer.connect(`ws://127.0.0.1:${cable.port}/sync`, 'bench');
    const id = sessionOf(1);
    const times: number[] = [];
    for (const [i, text] of texts.entries()) {
      const start = performance.now();
      peer.write(id, String(i).padStart(9, '0'), text);
      await peer.until(() => peer.isConfirmed(id));
      times.push(performance.now() - start);
    }
    const wire = cable.bytes / texts.length;
    await peer.close();
    await cable.cut();
    await relay.stop();
    return [0.5, 0.95]
      .map((q) =>
        besideBaseline(
          {
            name: `sale confirmed by the relay, p${q * 100}`,
            value: quantile(times, q),
            unit: 'ms',
            target: '≤ 50 ms with the copy here',
          },
          { name: `append + fdatasync, p${q * 100}`, value: quantile(bare, q) },
        ),
      )
      .concat({ name: 'bytes on the wire per sale, both ways', value: wire, unit: 'B', target: '≤ 600 B' });
  });
}

/** `count` relays of one store, each dialling those before it at their `addressOf`, each with a terminal of its own. */
async function mesh(
  folder: string,
  count: number,
  addressOf: (relay: RunningProgram) => Promise<string> = (relay) => Promise.resolve(urlOf(relay)),
) {
  const relays: RunningProgram[] = [];
  const tills: CorePeer[] = [];
  const addresses: string[] = [];
  for (let i = 1; i <= count; i++) {
    const peers = addresses.flatMap((address) => ['--peer', address]);
    const place = ['--store', 'S01', '--register', `R${i}`, '--organization', ORGANIZATION];
    const relay = await startRelay(join(folder, `relay-${i}`), ...place, ...peers);
    relays.push(relay);
    addresses.push(await addressOf(relay));
    const device = {
      id: String(i).padStart(16, '0'),
      role: 'terminal' as const,
      store: 'S01',
      register: `R${i}`,
    };
    tills.push(await CorePeer.connect(urlOf(relay), `till-${i}`, device));
  }
  const stop = async () => {
    await Promise.all(tills.map((till) => till.close()));
    await Promise.all(relays.map((relay) => relay.stop()));
  };
  return { relays, tills, stop };
}

async function visibility(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const { tills, stop } = await mesh(folder, 8);
    const [seller, ...others] = tills;
    const id = sessionOf(1);
    const times: number[] = [];
    for (const [i, text] of saleTexts(60).entries()) {
      const start = performance.now();
      seller?.write(id, String(i).padStart(9, '0'), text);
      await Promise.all(others.map((till) => till.until(() => till.size(id) === i + 1)));
      times.push(performance.now() - start);
    }
    await stop();
    return [
      {
        name: 'a sale on every other till, 8 tills, p95',
        value: quantile(times, 0.95),
        unit: 'ms',
        target: '≤ 150 ms',
      },
    ];
  });
}

async function healing(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const count = 12;
    const texts = saleTexts(SALES);
    const cables: TcpProxy[] = [];
    const { tills, stop } = await mesh(folder, count, async (relay) => {
      const cable = await TcpProxy.to(relay.ready.port);
      await cable.cut();
      cables.push(cable);
      return `ws://127.0.0.1:${cable.port}/sync`;
    });
    const ids = tills.map((_, i) => sessionOf(i + 1));
    const own = (i: number) => ids[i] ?? sessionOf(0);
    for (const [i, till] of tills.entries()) {
      for (const [n, text] of texts.entries()) till.write(own(i), String(n).padStart(9, '0'), text);
      await till.until(() => till.isConfirmed(own(i)));
    }
    const start = performance.now();
    await Promise.all(cables.map((cable) => cable.join()));
    await Promise.all(tills.map((till) => till.until(() => ids.every((id) => till.size(id) === SALES))));
    const seconds = (performance.now() - start) / 1000;
    const lost = tills.reduce(
      (sum, till) => sum + Math.abs(count * SALES - ids.reduce((got, id) => got + till.size(id), 0)),
      0,
    );
    await stop();
    for (const cable of cables) await cable.cut();
    return [
      {
        name: '12 tills × 200 offline sales, links back: all equal',
        value: seconds,
        unit: 's',
        target: '≤ 10 s',
      },
      { name: 'sales lost or doubled in it', value: lost, unit: '', target: '0' },
    ];
  });
}

/** A device that takes every offer and answers none: all of the relay's cost, none of its own. */
async function joinOnly(url: string, name: string, number: number): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  let offers = 0;
  const offered = new Promise<void>((resolve) =>
    socket.on('message', () => {
      if (++offers > 1000) resolve();
    }),
  );
  const device = { id: String(number).padStart(16, '0'), role: 'indexer' as const };
  socket.send(
    encodeFrame({ type: 'join', senderId: name, peerMetadata: { device }, supportedProtocolVersions: ['1'] }),
  );
  await offered;
  return socket;
}

async function memory(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const relay = await startRelay(join(folder, 'relay'));
    const [text = ''] = saleTexts(1);
    const writer = await CorePeer.connect(urlOf(relay), 'writer');
    for (let session = 1; session <= 1000; session++) writer.write(sessionOf(1, session), '000000001', text);
    await writer.until(() =>
      Array.from({ length: 1000 }, (_, i) => sessionOf(1, i + 1)).every((id) => writer.isConfirmed(id)),
    );
    const readers: WebSocket[] = [];
    for (let i = 0; i < 99; i++) readers.push(await joinOnly(urlOf(relay), `reader-${i}`, i));
    const status = await open(`/proc/${relay.process.pid}/status`).then(async (handle) => {
      const text = await handle.readFile('utf8');
      await handle.close();
      return text;
    });
    const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
    for (const reader of readers) reader.terminate();
    await writer.close();
    await relay.stop();
    return [
      {
        name: 'relay with 1,000 open documents and 100 devices, RSS',
        value: megabytes,
        unit: 'MB',
        target: '≤ 300 MB',
      },
    ];
  });
}

/** What the relay costs: durable confirmation, spreading, healing, memory. */
export async function benchRelay(): Promise<BenchRow[]> {
  return [...(await confirmation()), ...(await visibility()), ...(await healing()), ...(await memory())];
}
