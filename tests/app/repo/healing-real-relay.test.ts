import { expect, onTestFinished, test, vi } from 'vitest';
import { canonicalJson } from '#model/journal/canonical.ts';
import type { Device } from '#model/trust/device.ts';
import { deviceKeyOf, newDeviceKey, type DeviceKey } from '../../../app/lib/device/device-key.ts';
import { createNodeDocuments } from '../../../app/lib/repo/node-documents.ts';
import type { TerminalIdentity } from '../../../app/lib/repo/documents.ts';
import { readDeviceFile } from '../../../app/server/device-file.ts';
import { PATIENCE } from '../../support/patience.ts';
import { startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { collect, session } from './documents.contract.ts';
import { ORGANIZATION } from './node-terminal.ts';

const CATALOG = { class: 'catalog', shard: 0 } as const;
const BOTH = { here: 'saved', relay: 'saved' };
const TILL = { role: 'terminal', store: 'S01', register: 'R2' } as const;

/** Documents of a device with its key at a relay. */
function speakingAs(
  key: DeviceKey,
  syncUrl: string,
  place: Omit<TerminalIdentity, 'device' | 'organization'>,
) {
  const documents = createNodeDocuments({
    identity: { device: key.id, organization: ORGANIZATION, ...place },
    deviceKey: key,
    syncUrl,
  });
  onTestFinished(() => documents.close());
  return { documents, heard: collect(documents) };
}

const entryOf = (key: DeviceKey, more: Record<string, string>) => ({
  [`device:${key.id}`]: canonicalJson({
    id: key.id,
    name: 'A device',
    key: key.publicKey,
    enrolledAt: '2026-01-01T00:00:00.000Z',
    ...more,
  } satisfies Record<keyof Pick<Device, 'id' | 'name' | 'key' | 'enrolledAt'>, string>),
});

test('[E7] a till is let in once it is listed, healed of a change to the catalog, and shut out when it is revoked', async () => {
  const data = await temporaryFolder();
  const flags = [
    '--data',
    data,
    '--port',
    '0',
    '--no-discovery',
    '--role',
    'hq',
    '--organization',
    ORGANIZATION,
  ];
  const relay = await startProgram('sync-relay/main.ts', flags);
  onTestFinished(async () => void (await relay.stop()));
  const syncUrl = `ws://127.0.0.1:${relay.ready.port}/sync`;
  const machine = await readDeviceFile(data);
  if (!machine.ok) throw new Error(machine.error);
  const hq = speakingAs(machine.value.key, syncUrl, { role: 'hq' });
  const key = deviceKeyOf(await newDeviceKey());
  const till = speakingAs(key, syncUrl, TILL);
  const told = (standing: string) =>
    vi.waitFor(() => expect(till.heard.events).toContainEqual({ type: 'standing', standing }), PATIENCE);
  await told('unknown');
  const devices = { ...entryOf(machine.value.key, { role: 'hq' }), ...entryOf(key, TILL) };
  await vi.waitFor(
    async () =>
      expect(await hq.documents.writeDurably({ class: 'organization' }, devices, 5_000)).toEqual(BOTH),
    PATIENCE,
  );
  await hq.documents.writeDurably(CATALOG, { a: 'theirs' }, 5_000);
  await told('accepted');
  await vi.waitFor(async () => expect(await till.documents.open(CATALOG)).toEqual({ a: 'theirs' }), PATIENCE);

  await expect(till.documents.writeDurably(CATALOG, { a: 'ours', b: 'ours' }, 10_000)).rejects.toThrow(
    'this device may not change this document',
  );
  await vi.waitFor(
    () => expect(till.heard.events).toContainEqual({ type: 'healed', key: CATALOG, lost: ['a', 'b'] }),
    PATIENCE,
  );
  expect(await hq.documents.open(CATALOG)).toEqual({ a: 'theirs' });
  await hq.documents.write(CATALOG, { later: 'theirs' });
  const all = { a: 'theirs', later: 'theirs' };
  await vi.waitFor(async () => expect(await till.documents.open(CATALOG)).toEqual(all), PATIENCE);
  await vi.waitFor(() => expect(till.heard.entriesOf(CATALOG)).toEqual(all), PATIENCE);
  expect(await till.documents.writeDurably(session(1), { x: '1' }, 10_000)).toEqual(BOTH);

  const revoked = entryOf(key, { ...TILL, revokedAt: '2026-01-02T00:00:00.000Z' });
  await hq.documents.write({ class: 'organization' }, revoked);
  await told('revoked');
});
