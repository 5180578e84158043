import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { assert } from '#model/result.ts';
import { CorePeer, TurnedAway } from '../support/core-peer.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION, type EntriesDocument } from '../support/stock-peer.ts';
import { deviceEntry, testKey, type TestKey } from '../support/test-key.ts';
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

const CATALOG = idOf({ class: 'catalog', shard: 0 });
const OWN = idOf(session(1));

async function asRelay({ url }: Pick<TrustedRelay, 'url'>, key: TestKey): Promise<CorePeer> {
  const peer = await CorePeer.connect(url, `${key.id}:1`, { id: key.id, role: 'relay' }, key);
  onTestFinished(() => peer.close());
  return peer;
}

function sendChanges(peer: CorePeer, id: DocumentId, doc: A.Doc<EntriesDocument>, count: number): void {
  const changes = A.getAllChanges(doc).slice(0, count);
  const heads = A.getHeads(A.applyChanges(A.init(), changes)[0]);
  const message = { heads, need: [], have: [], changes };
  peer.sendSync(id, A.encodeSyncMessage(message as Parameters<typeof A.encodeSyncMessage>[0]));
}

/** Head office started again on a folder whose documents are gone, at the same address. */
async function wiped({ hq }: TrustedRelays): Promise<TrustedRelay> {
  await hq.program.kill();
  await rm(join(hq.folder, 'documents'), { recursive: true });
  const port = ['--port', String(hq.program.ready.port)];
  return restarted(hq, ['--role', 'hq', '--organization', ORGANIZATION, ...port]);
}

describe('[E6] head office’s word', () => {
  test('covers neither a part of what it names nor anything on top of it', async () => {
    const relays = await TrustedRelays.found();
    const key = testKey();
    const joined = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    await relays.list(key, { role: 'relay', store: storeId(1), register: registerId(2) });
    await vi.waitFor(() => asRelay(joined, key), PATIENCE);
    await joined.program.kill();
    for (const name of ['a', 'b']) {
      relays.tool.write(CATALOG, name, '1');
      await relays.tool.until(() => relays.tool.isConfirmed(CATALOG));
    }
    const doc = relays.tool.doc(CATALOG);
    const heads = A.getHeads(doc).join();
    const atHq = await asRelay(relays.hq, key);
    await atHq.until(() => atHq.vouchers.some((voucher) => voucher.heads.join() === heads));
    const voucher = atHq.vouchers.find((one) => one.heads.join() === heads);
    assert(voucher, () => 'the voucher is there');

    const relay = await restarted(joined, []);
    const [rogue, witness] = [await asRelay(relay, key), await toolOf(relay, 'relay')];
    const frame = { type: 'tillmesh-voucher', senderId: rogue.name, targetId: 'relay', voucher } as const;
    const count = A.getAllChanges(doc).length;
    sendChanges(rogue, CATALOG, doc, count - 1);
    rogue.sendFrame(frame);
    rogue.write(OWN, '000000001', '{}');
    await rogue.until(() => rogue.isConfirmed(OWN));
    expect(witness.entries(CATALOG)).toEqual({});

    const forged = A.change(A.clone(doc), (draft) => {
      draft.entries['a'] = new A.ImmutableString('0');
    });
    sendChanges(rogue, CATALOG, forged, count + 1);
    await witness.until(() => witness.size(CATALOG) > 0);
    expect(witness.entries(CATALOG)).toEqual({ a: '1', b: '1' });
    // What is new still reaches a peer whose own changes wait for nothing.
    await rogue.until(() => rogue.entries(CATALOG)['b'] === '1');
  });

  test('comes before the changes it is about, so that nobody is left with changes that nobody vouches for', async () => {
    const relays = await TrustedRelays.found();
    const key = testKey();
    await relays.list(key, { role: 'relay', store: storeId(1), register: registerId(2) });
    const peer = await asRelay(relays.hq, key);
    const states: string[] = [];
    for (const text of ['1', '2', '3']) {
      relays.tool.write(CATALOG, 'a', text);
      states.push(A.getHeads(relays.tool.doc(CATALOG)).join());
      await peer.until(() => peer.entries(CATALOG)['a'] === text);
    }
    expect(peer.vouchedAhead.map(({ heads }) => heads.join())).toEqual(expect.arrayContaining(states));
  });

  test('brings a head office that lost its documents all of them back from a store', async () => {
    const relays = await TrustedRelays.found();
    const key = await relays.terminal(1);
    const store = await relays.storeRelay(1, ['--hq', relays.hq.url]);
    relays.tool.write(CATALOG, 'a', '1');
    for (const id of [ORGANIZATION_DOCUMENT, CATALOG])
      await vi.waitFor(
        async () => expect(await vouchedAt(store, id)).toEqual(A.getHeads(relays.tool.doc(id))),
        PATIENCE,
      );
    const till = await connect(store, key);
    till.write(OWN, '000000001', '{}');
    await till.until(() => till.isConfirmed(OWN));

    const hq = await wiped(relays);
    const tool = await toolOf(hq, 'hq');
    await tool.until(() => tool.size(CATALOG) === 1 && tool.size(OWN) === 1);
    const organization = () => Object.keys(tool.entries(ORGANIZATION_DOCUMENT));
    await vi.waitFor(() => expect(organization()).toContain(`device:${key.id}`), PATIENCE);
    await expect(asRelay(hq, testKey())).rejects.toMatchObject({ code: CLOSE_CODES.unknownDevice });
  });

  test('is not given by strangers to a head office that lost its documents, which shows them nothing', async () => {
    const relays = await TrustedRelays.found();
    const hq = await wiped(relays);
    const key = testKey();
    const stranger = await asRelay(hq, key);
    for (const [name, text] of Object.entries(deviceEntry(key, { role: 'hq' })))
      stranger.write(ORGANIZATION_DOCUMENT, name, text);
    stranger.write(OWN, '000000001', '{}');
    const tool = await toolOf(hq, 'hq');
    tool.write(CATALOG, 'a', '1');
    await tool.until(() => tool.isConfirmed(CATALOG));
    expect(tool.entries(ORGANIZATION_DOCUMENT)).toEqual({});
    expect(tool.entries(OWN)).toEqual({});
    for (const [name, text] of Object.entries(deviceEntry(relays.hq.device, { role: 'hq' })))
      tool.write(ORGANIZATION_DOCUMENT, name, text);
    await stranger.until(() => stranger.closed !== undefined);
    expect(stranger.closed?.code).toBe(CLOSE_CODES.rightsChanged);
    expect(stranger.entries(CATALOG)).toEqual({});
    expect(Object.keys(tool.entries(ORGANIZATION_DOCUMENT))).toEqual([`device:${relays.hq.device.id}`]);
    await expect(asRelay(hq, key)).rejects.toBeInstanceOf(TurnedAway);
    expect((await statusOf(hq)).peers.map(({ device }) => device)).toEqual([hq.device.id]);
  });
});
