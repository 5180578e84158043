import { randomBytes } from 'node:crypto';
import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { decodeFrame, encodeFrame } from '#model/protocol/frame.ts';
import { LogFolder, nodeDisk } from '../../sync-relay/document-log.ts';
import { Relay } from '../../sync-relay/relay.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION, firstChange, type EntriesDocument } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SESSION = documentId({
  organization: ORGANIZATION,
  key: { class: 'session', store: storeId(1), register: registerId(1), session: 1 },
});

/** A relay in this process whose disk takes nothing until it is let go. */
async function stuckRelay() {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const folder = await temporaryFolder();
  const log = pino({ level: 'silent' });
  const disk = {
    ...nodeDisk,
    append: async (...write: Parameters<typeof nodeDisk.append>) => {
      await gate;
      return nodeDisk.append(...write);
    },
  };
  const relay = new Relay({
    own: { peerId: 'relay', metadata: { device: { id: 'ffffffffffffffff', role: 'relay' } } },
    folder: new LogFolder(folder, disk, log),
    vouchers: new Vouchers({ folder, disk, trusted: undefined, signer: undefined, log }),
    log,
    now: () => '2026-01-01T00:00:00.000Z',
    later: () => () => undefined,
  });
  return { relay, letGo };
}

/** A peer of a relay with a document of its own, whose socket tells when nothing more is taken from it. */
function peerOf(relay: Relay, name: string) {
  const held: boolean[] = [];
  const heard: string[] = [];
  const connection = relay.connect('in', {
    send: (bytes, sent) => {
      const frame = decodeFrame(bytes);
      if (frame.ok) heard.push(frame.value.type);
      sent();
    },
    close: () => undefined,
    hold: (isHeld) => held.push(isHeld),
  });
  connection.receive(
    encodeFrame({ type: 'join', senderId: name, peerMetadata: {}, supportedProtocolVersions: ['1'] }),
  );
  const doc = A.change(A.load<EntriesDocument>(firstChange()), { time: 0 }, (draft) => {
    draft.entries['1'] = new A.ImmutableString(randomBytes(750_000).toString('base64'));
  });
  const message = A.encodeSyncMessage({
    heads: A.getHeads(doc),
    need: [],
    have: [],
    changes: A.getAllChanges(doc),
  });
  const say = () =>
    connection.receive(
      encodeFrame({ type: 'sync', senderId: name, targetId: 'relay', documentId: SESSION, data: message }),
    );
  return { held, heard, say, size: message.byteLength };
}

test('who sends faster than the disk takes it waits, and is taken again when it was worked off', async () => {
  const { relay, letGo } = await stuckRelay();
  const flooder = peerOf(relay, 'flooder');
  // The first message is with the disk; what comes behind it waits.
  const enough = Math.ceil((9 * 1024 * 1024) / flooder.size);
  for (let n = 0; n < enough; n++) flooder.say();
  expect(flooder.held).toEqual([true]);
  const quiet = peerOf(relay, 'quiet');
  quiet.say();
  expect(quiet.held).toEqual([]);
  letGo();
  await vi.waitFor(() => expect(flooder.held).toEqual([true, false]), PATIENCE);
  await vi.waitFor(() => expect(quiet.heard).toContain('sync'), PATIENCE);
});
