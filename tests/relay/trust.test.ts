import { once } from 'node:events';
import * as A from '@automerge/automerge';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { CLOSE_CODES, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { voucherText } from '#model/trust/voucher.ts';
import { CorePeer, TurnedAway } from '../support/core-peer.ts';
import { PATIENCE } from '../support/patience.ts';
import { firstChange, stockPeer, type EntriesDocument } from '../support/stock-peer.ts';
import { testKey, type TestKey } from '../support/test-key.ts';
import { WireRelay } from '../support/wire-relay.ts';
import {
  ORGANIZATION_DOCUMENT,
  TrustedRelays,
  connect,
  idOf,
  restarted,
  session,
  statusOf,
  toolOf,
  vouchedAt,
  type TrustedRelay,
} from '../support/trusted-relays.ts';

const OWN = idOf(session(1, 1));
const FOREIGN = idOf(session(1, 2));
const CATALOG = idOf({ class: 'catalog', shard: 0 });

/** With which code a relay turns somebody away; undefined when it lets them in. */
async function turnedAway(attempt: Promise<CorePeer>): Promise<number | undefined> {
  try {
    const peer = await attempt;
    onTestFinished(() => peer.close());
    return undefined;
  } catch (cause) {
    if (cause instanceof TurnedAway) return cause.code;
    throw cause;
  }
}

const claimed = (key: TestKey, register = 1) =>
  ({ id: key.id, role: 'terminal', store: 'S01', register: `R${register}` }) as const;

/** Waits until everything a peer sent before has been handled: the relay answers a link's frames in order. */
async function handled(peer: CorePeer): Promise<void> {
  peer.write(OWN, `mark-${peer.size(OWN)}`, '{}');
  await peer.until(() => peer.closed !== undefined || peer.isConfirmed(OWN));
}

describe('[E5] who is let in', () => {
  test('a stock client without a key is not, and sees nothing', async () => {
    const { hq } = await TrustedRelays.found();
    const stock = stockPeer(hq.url, 'ana');
    stock.write(session(1), '000000001', '{"n":1}');
    await vi.waitFor(() => expect(hq.program.log()).toContain(String(CLOSE_CODES.unproven)), PATIENCE);
    expect((await statusOf(hq)).peers.filter(({ role }) => role !== 'hq')).toEqual([]);
    const tool = await toolOf(hq, 'hq');
    expect(tool.entries(OWN)).toEqual({});
  });

  test('a listed device with its key is, in the place the list says, whatever it claims', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const device = { id: key.id, role: 'hq', store: 'S07' } as const;
    const peer = await CorePeer.connect(relays.hq.url, `${key.id}:1`, device, key);
    onTestFinished(() => peer.close());
    const { peers } = await statusOf(relays.hq);
    expect(peers.find((one) => one.device === key.id)).toMatchObject({ role: 'terminal', store: 'S01' });
  });

  test('everybody else is turned away with the code that says why', async () => {
    const relays = await TrustedRelays.found();
    const { url } = relays.hq;
    const listed = await relays.terminal(1);
    const stranger = testKey();
    const revoked = await relays.terminal(2, { revokedAt: '2026-01-02T00:00:00.000Z' });
    const expired = await relays.terminal(3, { expiresAt: '2026-01-02T00:00:00.000Z' });
    const as = (key: TestKey, name = `${key.id}:1`) => CorePeer.connect(url, name, claimed(key), key);
    expect(await turnedAway(CorePeer.connect(url, 'ana'))).toBe(CLOSE_CODES.unproven);
    expect(await turnedAway(as(stranger))).toBe(CLOSE_CODES.unknownDevice);
    expect(await turnedAway(as({ ...stranger, id: listed.id }))).toBe(CLOSE_CODES.unproven);
    expect(await turnedAway(as(revoked))).toBe(CLOSE_CODES.revoked);
    expect(await turnedAway(as(expired))).toBe(CLOSE_CODES.expired);
    expect(await turnedAway(as(listed, `${stranger.id}:1`))).toBe(CLOSE_CODES.foreignPeerId);
    expect(await turnedAway(as(listed, 'ana'))).toBe(CLOSE_CODES.foreignPeerId);
    expect(await turnedAway(as(listed))).toBeUndefined();
  });

  test('a proof that was recorded opens no second connection, and no other peer id', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const proofs: Frame[] = [];
    const record = (frame: Frame) => {
      if (frame.type === 'tillmesh-proof') proofs.push(frame);
      return frame;
    };
    const { url } = relays.hq;
    const peer = await CorePeer.connect(url, `${key.id}:1`, claimed(key), key, record);
    await peer.close();
    const [proof] = proofs;
    const replay = (frame: Frame) => (frame.type === 'tillmesh-proof' && proof ? proof : frame);
    const again = (name: string) => CorePeer.connect(url, name, claimed(key), key, replay);
    expect(await turnedAway(again(`${key.id}:1`))).toBe(CLOSE_CODES.unproven);
    expect(await turnedAway(again(`${key.id}:2`))).toBe(CLOSE_CODES.unproven);
  });

  test('a peer that speaks in the name of another after the handshake loses its link', async () => {
    const relays = await TrustedRelays.found();
    const [ana, ben] = [await relays.terminal(1), await relays.terminal(2)];
    const peer = await connect(relays.hq, ana);
    peer.sendFrame({ type: 'tillmesh-ping', senderId: `${ben.id}:1` });
    await peer.until(() => peer.closed !== undefined);
    expect(peer.closed?.code).toBe(CLOSE_CODES.badFrame);
  });

  test('frames before the proof change nothing and cost the connection', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const socket = new WebSocket(relays.hq.url);
    await once(socket, 'open');
    const name = `${key.id}:1`;
    const peerMetadata = { device: claimed(key) };
    socket.send(
      encodeFrame({ type: 'join', senderId: name, peerMetadata, supportedProtocolVersions: ['1'] }),
    );
    const [, data] = A.generateSyncMessage(A.load(firstChange()), A.initSyncState());
    socket.send(
      encodeFrame({
        type: 'sync',
        senderId: name,
        targetId: 'relay',
        documentId: OWN,
        data: data ?? new Uint8Array(),
      }),
    );
    const [code] = await once(socket, 'close');
    expect(code).toBe(CLOSE_CODES.badFrame);
  });

  test('[E1] a tool of the machine speaks with the relay’s own key, also before anything is founded', async () => {
    const relays = await TrustedRelays.found();
    const tool = await toolOf(relays.hq, 'hq');
    tool.write(CATALOG, 'product:1:info', '{}');
    await tool.until(() => tool.isConfirmed(CATALOG));
    expect(tool.refused).toEqual([]);
  });
});

describe('[E4] what a device may write', () => {
  test('[E7] a till’s changes to the catalog and to another register are left out, and it is told; reading goes on', async () => {
    const relays = await TrustedRelays.found();
    const ana = await connect(relays.hq, await relays.terminal(1));
    const { tool } = relays;
    tool.write(CATALOG, 'product:1:info', '{"name":"Lantern"}');
    tool.write(FOREIGN, '000000001', '{"seq":1}');
    await ana.until(() => ana.size(CATALOG) === 1 && ana.size(FOREIGN) === 1);

    ana.write(CATALOG, 'product:1:info', '{"name":"Free lantern"}');
    ana.write(FOREIGN, '000000002', '{"seq":2}');
    await ana.until(() => ana.refused.length === 2);
    expect([...ana.refused].sort()).toEqual([CATALOG, FOREIGN].sort());
    tool.write(CATALOG, 'product:2:info', '{"name":"Bowl"}');
    await ana.until(() => ana.entries(CATALOG)['product:2:info'] !== undefined);
    expect(tool.entries(CATALOG)).toEqual({
      'product:1:info': '{"name":"Lantern"}',
      'product:2:info': '{"name":"Bowl"}',
    });
    expect(tool.entries(FOREIGN)).toEqual({ '000000001': '{"seq":1}' });
    const { refused } = await statusOf(relays.hq);
    expect(refused.map(({ device }) => device)).toEqual([ana.name.split(':')[0], ana.name.split(':')[0]]);
  });

  test('[E7] after a reconnect a refused device still reads everything, and is told again', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const first = await connect(relays.hq, key);
    relays.tool.write(CATALOG, 'a', '1');
    await first.until(() => first.size(CATALOG) === 1);
    first.write(CATALOG, 'forged', '1');
    await first.until(() => first.refused.length === 1);
    await first.close();

    relays.tool.write(CATALOG, 'b', '2');
    await relays.tool.until(() => relays.tool.isConfirmed(CATALOG));
    const again = await connect(relays.hq, key);
    await again.until(() => again.size(CATALOG) === 2);
    expect(again.entries(CATALOG)).toEqual({ a: '1', b: '2' });
    const poisoned = first.doc(CATALOG);
    const [, message] = A.generateSyncMessage(poisoned, A.initSyncState());
    again.sendSync(CATALOG, message ?? new Uint8Array());
    await again.until(() => again.refused.includes(CATALOG));
  });

  test.each([
    ['a whole document', (doc: A.Doc<EntriesDocument>) => [A.save(doc)]],
    ['every change in one piece', (doc: A.Doc<EntriesDocument>) => [Buffer.concat(A.getAllChanges(doc))]],
    [
      'an allowed document with forbidden changes behind it',
      (doc: A.Doc<EntriesDocument>) => [Buffer.concat([firstChange(), A.save(doc)])],
    ],
    ['every change by itself', (doc: A.Doc<EntriesDocument>) => A.getAllChanges(doc)],
  ])('forbidden changes sent as %s change nothing', async (_how, chunksOf) => {
    const relays = await TrustedRelays.found();
    const ana = await connect(relays.hq, await relays.terminal(1));
    relays.tool.write(CATALOG, 'a', '1');
    await ana.until(() => ana.size(CATALOG) === 1);
    const forged = A.change(A.clone(ana.doc(CATALOG)), (draft) => {
      draft.entries['a'] = new A.ImmutableString('0');
    });
    const message = { heads: A.getHeads(forged), need: [], have: [], changes: chunksOf(forged) };
    ana.sendSync(CATALOG, A.encodeSyncMessage(message as Parameters<typeof A.encodeSyncMessage>[0]));
    await handled(ana);
    expect(relays.tool.entries(CATALOG)).toEqual({ a: '1' });
    const witness = await toolOf(relays.hq, 'hq');
    await witness.until(() => witness.size(CATALOG) > 0);
    expect(witness.entries(CATALOG)).toEqual({ a: '1' });
  });

  test('[E3] a till neither gets nor writes what is another store’s', async () => {
    const relays = await TrustedRelays.found();
    const elsewhere = idOf(session(1, 1, 2));
    relays.tool.write(elsewhere, '000000001', '{"seq":1}');
    await relays.tool.until(() => relays.tool.isConfirmed(elsewhere));
    const ana = await connect(relays.hq, await relays.terminal(1));
    ana.write(elsewhere, '000000002', '{"seq":2}');
    await handled(ana);
    expect(Object.keys(relays.tool.entries(elsewhere))).toEqual(['000000001']);
    expect(Object.keys(ana.entries(elsewhere))).toEqual(['000000002']);
    expect(ana.closed).toBeUndefined();
  });

  test('a till’s own session is taken, and kept by the relay of its store alone', async () => {
    const relays = await TrustedRelays.found();
    const ana = await connect(relays.hq, await relays.terminal(1));
    ana.write(OWN, '000000001', '{"seq":1}');
    await ana.until(() => ana.isConfirmed(OWN));
    await relays.tool.until(() => relays.tool.size(OWN) === 1);
    expect(ana.refused).toEqual([]);
  });
});

describe('[E2] a device that is revoked', () => {
  test('leaves at once, and does not come back', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const ana = await connect(relays.hq, key);
    const place = { store: storeId(1), register: registerId(1) };
    await relays.list(key, { ...place, revokedAt: new Date().toISOString() });
    await ana.until(() => ana.closed !== undefined);
    expect(ana.closed?.code).toBe(CLOSE_CODES.revoked);
    expect(await turnedAway(CorePeer.connect(relays.hq.url, `${key.id}:2`, claimed(key), key))).toBe(
      CLOSE_CODES.revoked,
    );
  });

  test('a device that is given another register connects again with its new rights', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const ana = await connect(relays.hq, key);
    await relays.list(key, { store: storeId(1), register: registerId(2) });
    await ana.until(() => ana.closed !== undefined);
    expect(ana.closed?.code).toBe(CLOSE_CODES.rightsChanged);
    const again = await connect(relays.hq, key, 2);
    again.write(FOREIGN, '000000001', '{}');
    await again.until(() => again.isConfirmed(FOREIGN));
    expect(again.refused).toEqual([]);
  });
});

describe('[E5] relays among each other', () => {
  test('prove themselves both ways, and an impostor is left alone', async () => {
    const relays = await TrustedRelays.found();
    const till = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    await vi.waitFor(
      async () => expect(peerIds(await statusOf(till))).toContain(relays.hq.device.id),
      PATIENCE,
    );
    const impostor = await WireRelay.start();
    onTestFinished(() => impostor.cut());
    const fooled = await relays.storeRelay(2, ['--hq', impostor.url]);
    await vi.waitFor(() => expect(fooled.program.log()).toContain(String(CLOSE_CODES.unproven)), PATIENCE);
    expect((await statusOf(fooled)).peers).toEqual([]);
  });

  test('[E6] a revocation and a product reach a till’s relay that meets only another till’s relay', async () => {
    const relays = await TrustedRelays.found();
    const near = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    const revoked = await relays.terminal(3);
    const far = await relays.storeRelay(2, ['--hq', relays.hq.url]);
    await listedAt(far, revoked);
    await far.program.kill();
    await relays.list(revoked, {
      store: storeId(1),
      register: registerId(3),
      revokedAt: '2026-01-02T00:00:00.000Z',
    });
    relays.tool.write(CATALOG, 'product:1:info', '{}');
    for (const id of [ORGANIZATION_DOCUMENT, CATALOG])
      await vi.waitFor(
        async () => expect(await vouchedAt(near, id)).toEqual(A.getHeads(relays.tool.doc(id))),
        PATIENCE,
      );
    await relays.hq.program.kill();

    const nearOnly = await restarted(far, ['--peer', near.url]);
    await listedAt(nearOnly, revoked, CLOSE_CODES.revoked);
    const tool = await toolOf(nearOnly, 'relay');
    await tool.until(() => tool.size(CATALOG) === 1);
    expect(tool.entries(CATALOG)).toEqual({ 'product:1:info': '{}' });
  });

  test('[E6] what a till’s relay makes up about head office’s documents is not believed', async () => {
    const relays = await TrustedRelays.found();
    const victim = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    relays.tool.write(CATALOG, 'a', '1');
    const rogue = testKey();
    await relays.list(rogue, { role: 'relay', store: storeId(1), register: registerId(2) });
    const peer = await vi.waitFor(
      () => CorePeer.connect(victim.url, `${rogue.id}:1`, { id: rogue.id, role: 'relay' }, rogue),
      PATIENCE,
    );
    onTestFinished(() => peer.close());
    await peer.until(() => peer.size(CATALOG) === 1 && peer.vouchers.length > 0);
    peer.write(CATALOG, 'a', '0');
    const heads = A.getHeads(peer.doc(CATALOG)).toSorted();
    const signature = rogue.sign(voucherText({ document: CATALOG, heads }));
    for (const device of [rogue.id, relays.hq.device.id])
      peer.sendFrame({
        type: 'tillmesh-voucher',
        senderId: peer.name,
        targetId: 'relay',
        voucher: { document: CATALOG, heads, device, signature },
      });
    relays.tool.write(CATALOG, 'b', '2');
    const witness = await toolOf(victim, 'relay');
    await witness.until(() => witness.entries(CATALOG)['b'] === '2');
    expect(witness.entries(CATALOG)).toEqual({ a: '1', b: '2' });
  });
});

const peerIds = ({ peers }: Awaited<ReturnType<typeof statusOf>>) => peers.map(({ device }) => device);

/** Waits until a relay lets a device in, or turns it away with a code: until it has heard of it. */
async function listedAt(relay: TrustedRelay, key: TestKey, code?: number): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await turnedAway(CorePeer.connect(relay.url, `${key.id}:1`, claimed(key, 3), key))).toBe(code),
    PATIENCE,
  );
}
