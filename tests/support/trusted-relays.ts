import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { documentId, type DocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { assert } from '#model/result.ts';
import type { Device } from '#model/trust/device.ts';
import { voucherSchema } from '#model/trust/voucher.ts';
import { ownDevice, type OwnDevice } from '../../sync-relay/device-file.ts';
import { CorePeer } from './core-peer.ts';
import { freePort } from './free-ports.ts';
import { startProgram, type RunningProgram } from './program.ts';
import { ORGANIZATION } from './stock-peer.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { deviceEntry, testKey, type TestKey } from './test-key.ts';

/** The id of a document of the test organization. */
export const idOf = (key: DocumentKey): DocumentId => documentId({ organization: ORGANIZATION, key });
/** The organization document. */
export const ORGANIZATION_DOCUMENT = idOf({ class: 'organization' });
/** A session of a register of store 1, unless another is said. */
export const session = (number: number, register = 1, store = 1): DocumentKey => ({
  class: 'session',
  store: storeId(store),
  register: registerId(register),
  session: number,
});

/** A relay program with its device. */
export type TrustedRelay = {
  readonly program: RunningProgram;
  readonly device: OwnDevice;
  readonly url: string;
  readonly folder: string;
};

/** An organization with head office's relay and whatever devices a test lists in it. */
export class TrustedRelays {
  readonly hq: TrustedRelay;
  /** A peer that speaks as head office, as the tools of its machine do. */
  readonly tool: CorePeer;

  private constructor(hq: TrustedRelay, tool: CorePeer) {
    this.hq = hq;
    this.tool = tool;
  }

  /** Founds the organization: head office's relay, on a folder of its own or the one named, is its first device. */
  static async found(named?: string): Promise<TrustedRelays> {
    const folder = named ?? (await temporaryFolder());
    const hq = await startRelay(folder, ['--role', 'hq', '--organization', ORGANIZATION]);
    const relays = new TrustedRelays(hq, await toolOf(hq, 'hq'));
    await relays.list(hq.device, { role: 'hq', name: 'Head office' });
    return relays;
  }

  /** Lists a device in the organization document, or changes its entry; resolves when head office has it on disk. */
  async list(key: Pick<TestKey, 'id' | 'publicKey'>, place: Partial<Device>): Promise<void> {
    for (const [name, text] of Object.entries(deviceEntry(key, place)))
      this.tool.write(ORGANIZATION_DOCUMENT, name, text);
    await this.tool.until(() => this.tool.isConfirmed(ORGANIZATION_DOCUMENT));
  }

  /** A till's relay that joined: listed, and knowing head office's key. It dials what `args` say, not head office by itself. */
  async storeRelay(register: number, args: readonly string[], store = 1): Promise<TrustedRelay> {
    const folder = await temporaryFolder();
    const key = await deviceOf(folder);
    const place = { role: 'relay', store: storeId(store), register: registerId(register) } as const;
    await this.list(key, place);
    await key.saveEnrolment({
      organization: ORGANIZATION,
      device: {
        id: key.id,
        name: 'Relay',
        key: key.publicKey,
        enrolledAt: '2026-01-01T00:00:00.000Z',
        ...place,
      },
      headOffice: { id: this.hq.device.id, key: this.hq.device.publicKey },
    });
    return startRelay(folder, args);
  }

  /** A terminal that is listed; it is not connected yet. */
  async terminal(register: number, change: Partial<Device> = {}): Promise<TestKey> {
    const key = testKey();
    await this.list(key, { store: storeId(1), register: registerId(register), ...change });
    return key;
  }
}

/** Connects a device to a relay with its key. It is closed when the test ends. */
export async function connect(
  relay: Pick<TrustedRelay, 'url'>,
  key: TestKey,
  register = 1,
): Promise<CorePeer> {
  const device = { id: key.id, role: 'terminal', store: 'S01', register: `R${register}` } as const;
  const peer = await CorePeer.connect(relay.url, `${key.id}:1`, device, key);
  onTestFinished(() => peer.close());
  return peer;
}

/** A peer with a relay's own key. */
export async function toolOf(
  { url, device }: Pick<TrustedRelay, 'url' | 'device'>,
  role: 'hq' | 'relay',
): Promise<CorePeer> {
  const tool = await CorePeer.connect(url, `${device.id}:tool`, { id: device.id, role }, device);
  onTestFinished(() => tool.close());
  return tool;
}

async function startRelay(folder: string, args: readonly string[]): Promise<TrustedRelay> {
  const program = await startProgram('sync-relay/main.ts', [
    '--data',
    folder,
    '--port',
    String(await freePort()),
    '--no-discovery',
    ...args,
  ]);
  onTestFinished(async () => {
    await program.stop();
  });
  return {
    program,
    folder,
    device: await deviceOf(folder),
    url: `ws://127.0.0.1:${program.ready.port}/sync`,
  };
}

/** A relay that was stopped, started again on its folder with other arguments. */
export function restarted(
  { folder }: Pick<TrustedRelay, 'folder'>,
  args: readonly string[],
): Promise<TrustedRelay> {
  return startRelay(folder, args);
}

async function deviceOf(folder: string): Promise<OwnDevice> {
  const device = await ownDevice(folder, () => testKey().id);
  assert(device.ok, () => `no device in ${join(folder, 'device.json')}`);
  return device.value;
}

/** The heads head office's word names for a document, as a relay keeps it on its disk; rejects while there is none. */
export async function vouchedAt({ folder }: TrustedRelay, id: DocumentId): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'documents', `${id}.voucher`), 'utf8');
  return v.parse(voucherSchema, JSON.parse(text)).heads;
}

/** What a relay says at `/status`. */
export async function statusOf({ program }: Pick<TrustedRelay, 'program'>): Promise<{
  readonly peers: readonly { readonly device?: string; readonly role?: string; readonly store?: string }[];
  readonly refused: readonly { readonly device: string; readonly document: string; readonly count: number }[];
  readonly quarantined: number;
}> {
  const response = await fetch(`http://127.0.0.1:${program.ready.port}/status`);
  return (await response.json()) as Awaited<ReturnType<typeof statusOf>>;
}
