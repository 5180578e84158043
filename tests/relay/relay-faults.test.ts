import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { LogFolder, nodeDisk, type LogDisk } from '../../sync-relay/document-log.ts';
import { NotOnDisk } from '../../sync-relay/looks.ts';
import { Relay } from '../../sync-relay/relay.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION, firstChange, type EntriesDocument } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SESSION = documentId({
  organization: ORGANIZATION,
  key: { class: 'session', store: storeId(1), register: registerId(1), session: 1 },
});

/** A relay in this process whose sockets are arrays, with its delayed calls in the test's hands. */
async function relayWith(disk: LogDisk) {
  const delayed: (() => void)[] = [];
  const folder = await temporaryFolder();
  const log = pino({ level: 'silent' });
  const relay = new Relay({
    own: {
      peerId: 'relay',
      metadata: { storageId: 'relay', device: { id: 'ffffffffffffffff', role: 'relay' } },
    },
    folder: new LogFolder(folder, disk, log),
    vouchers: new Vouchers({ folder, disk, trusted: undefined, signer: undefined, log }),
    log,
    now: () => '2026-01-01T00:00:00.000Z',
    later: (_milliseconds, callback) => {
      delayed.push(callback);
      return () => delayed.splice(delayed.indexOf(callback), 1);
    },
  });
  await relay.start();
  return { relay, delayed };
}

/** A client on the other end of an in-memory socket. `reads` false: it never reads, so nothing counts as sent. */
function client(relay: Relay, name: string, reads = true) {
  const received: Frame[] = [];
  const closed: { code: number; reason: string }[] = [];
  const connection = relay.connect('in', {
    send: (bytes, sent) => {
      const frame = decodeFrame(bytes);
      if (frame.ok) received.push(frame.value);
      if (reads) queueMicrotask(sent);
    },
    close: (code, reason) => closed.push({ code, reason }),
  });
  let doc = A.load<EntriesDocument>(firstChange());
  let state = A.initSyncState();
  const send = (frame: Frame) => connection.receive(encodeFrame(frame));
  send({ type: 'join', senderId: name, peerMetadata: {}, supportedProtocolVersions: ['1'] });
  const push = (id: DocumentId = SESSION) => {
    const [next, data] = A.generateSyncMessage(doc, state);
    state = next;
    if (data) send({ type: 'sync', senderId: name, targetId: 'relay', documentId: id, data });
  };
  let taken = 0;
  return {
    received,
    closed,
    connection,
    send,
    push,
    /** Says once more what is here, without changes, as a peer does that answers an earlier message meanwhile. */
    repeat(id: DocumentId = SESSION) {
      const data = A.encodeSyncMessage({ heads: A.getHeads(doc), need: [], have: [], changes: [] });
      send({ type: 'sync', senderId: name, targetId: 'relay', documentId: id, data });
    },
    write(key: string, text: string) {
      doc = A.change(doc, (draft) => {
        draft.entries[key] = new A.ImmutableString(text);
      });
      push();
    },
    /** Takes in what the relay sent and answers it. */
    pump() {
      while (taken < received.length) {
        const frame = received[taken++];
        if (frame?.type !== 'sync') continue;
        [doc, state] = A.receiveSyncMessage(doc, state, frame.data);
        push();
      }
      return Object.fromEntries(Object.entries(doc.entries).map(([key, value]) => [key, String(value)]));
    },
    relayHas: () =>
      (state.theirHeads ?? []).length > 0 &&
      A.hasHeads(doc, state.theirHeads ?? []) &&
      A.getHeads(doc).every((h) => state.theirHeads?.includes(h)),
  };
}

describe('a relay whose disk refuses', () => {
  test('never confirms what it could not keep, and keeps it as soon as there is room', async () => {
    const disk = { full: false };
    const { relay, delayed } = await relayWith({
      ...nodeDisk,
      append: (path, offset, bytes) =>
        disk.full
          ? Promise.reject(new Error('no space left on device'))
          : nodeDisk.append(path, offset, bytes),
    });
    const till = client(relay, 'till');
    till.write('1', 'before');
    await vi.waitFor(() => {
      till.pump();
      expect(till.relayHas()).toBe(true);
    }, PATIENCE);
    disk.full = true;
    till.write('2', 'while full');
    await vi.waitFor(() => {
      till.pump();
      expect(relay.status().disk).toBe('failed');
    }, PATIENCE);
    expect(till.relayHas()).toBe(false);
    const document = relay.held(SESSION);
    // A reader is told which refusal it is, and is never shown what a crash would take back.
    await expect(document?.entries()).rejects.toBeInstanceOf(NotOnDisk);
    disk.full = false;
    await vi.waitFor(() => {
      for (const retry of delayed.splice(0)) retry();
      till.pump();
      expect(till.relayHas()).toBe(true);
    }, PATIENCE);
    expect(relay.status().disk).toBe('ok');
    expect(await document?.entries()).toEqual({ '1': 'before', '2': 'while full' });
    const reader = client(relay, 'reader');
    reader.push();
    await vi.waitFor(() => expect(reader.pump()).toEqual({ '1': 'before', '2': 'while full' }), PATIENCE);
  });
});

describe('a relay that handles several messages at once', () => {
  test('confirms what one of them brought, although the last one brought nothing', async () => {
    let release: () => void = () => undefined;
    let gate: Promise<void> | undefined;
    const { relay } = await relayWith({
      ...nodeDisk,
      append: async (...write) => {
        await gate;
        return nodeDisk.append(...write);
      },
    });
    const till = client(relay, 'till');
    const confirmed = () =>
      vi.waitFor(() => {
        till.pump();
        expect(till.relayHas()).toBe(true);
      }, PATIENCE);
    till.write('1', 'first');
    await confirmed();
    gate = new Promise((resolve) => (release = resolve));
    till.write('2', 'keeps the disk busy');
    till.write('3', 'waits for its turn');
    till.repeat();
    release();
    await confirmed();
    const sent = till.received.length;
    till.repeat();
    till.repeat();
    // What was repeated is handled before what is written now; only the latter is answered.
    till.write('4', 'after');
    await confirmed();
    expect(till.received.length - sent).toBe(1);
  });
});

describe('a peer that misbehaves', () => {
  test('[W4] garbage closes its connection and no other', async () => {
    const { relay } = await relayWith(nodeDisk);
    const good = client(relay, 'good');
    const bad = client(relay, 'bad');
    bad.connection.receive(new Uint8Array([1, 2, 3]));
    expect(bad.closed).toHaveLength(1);
    good.write('1', 'x');
    await vi.waitFor(() => {
      good.pump();
      expect(good.relayHas()).toBe(true);
    }, PATIENCE);
    expect(good.closed).toEqual([]);
  });

  test('[W4] a sync message that is no automerge message changes nothing and closes the connection', async () => {
    const { relay } = await relayWith(nodeDisk);
    const good = client(relay, 'good');
    good.write('1', 'x');
    await vi.waitFor(() => {
      good.pump();
      expect(good.relayHas()).toBe(true);
    }, PATIENCE);
    const bad = client(relay, 'bad');
    bad.send({
      type: 'sync',
      senderId: 'bad',
      targetId: 'relay',
      documentId: SESSION,
      data: new Uint8Array([0x42, 9, 9, 9]),
    });
    await vi.waitFor(() => expect(bad.closed.map((close) => close.code)).toEqual([4400]), PATIENCE);
    const reader = client(relay, 'reader');
    reader.push();
    await vi.waitFor(() => expect(reader.pump()).toEqual({ '1': 'x' }), PATIENCE);
  });

  test('[D1] a document id that is not ours is refused and not stored', async () => {
    const { relay } = await relayWith(nodeDisk);
    const stranger = client(relay, 'stranger');
    for (const id of ['', 'nonsense', '4NMNnkMhL8jXrdJ9jamS58PAVdXu']) {
      stranger.send({
        type: 'request',
        senderId: 'stranger',
        targetId: 'relay',
        documentId: id,
        data: new Uint8Array([0x42]),
      });
    }
    expect(stranger.received.filter((frame) => frame.type === 'doc-unavailable')).toHaveLength(3);
    expect(relay.status().documents).toBe(0);
  });

  test('a frame in the name of another peer closes the connection', async () => {
    const { relay } = await relayWith(nodeDisk);
    const liar = client(relay, 'liar');
    liar.send({ type: 'tillmesh-ping', senderId: 'somebody-else' });
    expect(liar.closed.map((close) => close.code)).toEqual([4400]);
  });

  test('a peer that never reads is not generated for without end, and the others keep going', async () => {
    const { relay } = await relayWith(nodeDisk);
    const deaf = client(relay, 'deaf', false);
    const good = client(relay, 'good');
    const big = 'x'.repeat(100);
    for (let i = 0; i < 50; i++) good.write(String(i), `${big}${i}`);
    await vi.waitFor(() => {
      good.pump();
      expect(good.relayHas()).toBe(true);
    }, PATIENCE);
    expect(good.closed).toEqual([]);
    expect(deaf.received.length).toBeLessThan(good.received.length + 10);
  });

  test('[W4] mutated frames never throw and never change a document', async () => {
    const { relay } = await relayWith(nodeDisk);
    const good = client(relay, 'good');
    good.write('1', 'kept');
    await vi.waitFor(() => {
      good.pump();
      expect(good.relayHas()).toBe(true);
    }, PATIENCE);
    const [, message] = A.generateSyncMessage(A.load<EntriesDocument>(firstChange()), A.initSyncState());
    const valid = encodeFrame({
      type: 'sync',
      senderId: 'm',
      targetId: 'relay',
      documentId: SESSION,
      data: message ?? new Uint8Array(),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (edits) => {
          const frame = Uint8Array.from(valid);
          for (const [at, value] of edits) frame[at] = value;
          client(relay, 'm').connection.receive(frame);
        },
      ),
      { numRuns: 500 },
    );
    const reader = client(relay, 'reader');
    reader.push();
    await vi.waitFor(() => expect(reader.pump()).toEqual({ '1': 'kept' }), PATIENCE);
  });
});
