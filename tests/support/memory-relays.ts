import type * as A from '@automerge/automerge';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { decodeFrame, type Frame, type PeerMetadata } from '#model/protocol/frame.ts';
import { LogFolder, nodeDisk, type LogDisk } from '../../sync-relay/document-log.ts';
import type { Connection } from '../../sync-relay/connection.ts';
import { Relay } from '../../sync-relay/relay.ts';
import { Vouchers } from '../../sync-relay/vouchers.ts';
import { entriesOf } from '../../sync-relay/entries-document.ts';
import { ORGANIZATION } from './stock-peer.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Device = NonNullable<PeerMetadata['device']>;

/** Where a relay keeps its documents; one that never `stops` lost its power. */
export type MemoryRelayParts = {
  readonly folder?: string;
  readonly disk?: LogDisk;
  readonly stops?: boolean;
};

/** A relay in this process, open, on a folder of its own or the one named. */
export async function memoryRelay(
  place: Pick<Device, 'id' | 'role'> & Partial<Device>,
  { folder, disk = nodeDisk, stops = true }: MemoryRelayParts = {},
): Promise<{ readonly relay: Relay; readonly folder: string }> {
  const documents = folder ?? (await temporaryFolder());
  const log = pino({ level: 'silent' });
  const device = { organization: ORGANIZATION, ...place };
  const relay = new Relay({
    own: { peerId: `${device.id}:1`, metadata: { storageId: `relay-${device.id}`, device } },
    folder: new LogFolder(documents, disk, log),
    vouchers: new Vouchers({ folder: documents, disk, trusted: undefined, signer: undefined, log }),
    log,
    now: () => '2026-01-01T00:00:00.000Z',
    later: (milliseconds, callback) => {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  await relay.start();
  if (stops) onTestFinished(() => relay.stop());
  return { relay, folder: documents };
}

/** A wire between two relays of this process, with everything that was said on it. */
export type Wire = {
  readonly said: readonly Frame[];
  readonly bytes: () => number;
  readonly cut: () => void;
};

/** Lets `from` dial `to`. `alter` may change, or swallow, what goes over the wire. */
export function wire(
  from: Relay,
  to: Relay,
  alter: (frame: Uint8Array) => Uint8Array = (frame) => frame,
): Wire {
  const said: Frame[] = [];
  let bytes = 0;
  let open = true;
  const ends: Connection[] = [];
  const cut = () => {
    open = false;
    for (const end of ends) end.ended();
    for (const [relay, end] of [[from, ends[0]] as const, [to, ends[1]] as const])
      if (end?.link) relay.leave(end.link);
  };
  const socketTo = (other: 0 | 1) => ({
    send: (frame: Uint8Array, sent: () => void) => {
      const carried = alter(Uint8Array.from(frame));
      const decoded = decodeFrame(carried);
      if (decoded.ok) said.push(decoded.value);
      bytes += carried.byteLength;
      setImmediate(() => {
        sent();
        if (open) ends[other]?.receive(carried);
      });
    },
    close: () => setImmediate(cut),
  });
  ends.push(from.connect('out', socketTo(1)), to.connect('in', socketTo(0)));
  ends[0]?.opened();
  return { said, bytes: () => bytes, cut };
}

/** What a relay holds: the entries of every document, by id. */
export async function holdings(relay: Relay): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const document of relay.documents) {
    const entries = (await document.look((doc: A.Doc<unknown>) => entriesOf(doc))) ?? {};
    if (Object.keys(entries).length > 0) found[document.id] = entries;
  }
  return found;
}
