import { canonicalJson } from '#model/journal/canonical.ts';
import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Device } from '#model/trust/device.ts';
import { deviceKeyOf, newDeviceKey, type DeviceKey } from '../../lib/device/device-key.ts';
import type { Documents } from '../../lib/repo/documents.ts';
import { addMissing } from '../shop-writes.ts';

/** A terminal that exists for one import only. */
export type ImportDevice = {
  /** What its records are signed with; the private half is nowhere but in this process (rule E10). */
  readonly key: DeviceKey;
  /** Revokes it, once everything is written. A sentence when that failed: then it stays valid, though nobody has its key. */
  readonly revoke: () => Promise<string | undefined>;
};

/** How long the organization document may take to reach the relay's disk, in milliseconds. */
const RELAY_WAIT_MS = 30_000;

/**
 * Lists a terminal of a register for the time of an import, so that the imported records are signed like any other. It
 * does not send the register's own terminal away. `name` is what devices are listed by. `now` is UTC with milliseconds. `documents` are head office's.
 */
export async function importDevice(
  documents: Documents,
  { store, register }: { readonly store: StoreId; readonly register: RegisterId },
  now: () => string,
  name = `Import of ${registerName(store, register)}`,
): Promise<Result<ImportDevice, string>> {
  const key = deviceKeyOf(await newDeviceKey());
  const device: Device = {
    id: key.id,
    name,
    role: 'terminal',
    store,
    register,
    key: key.publicKey,
    enrolledAt: now(),
  };
  const entry = `device:${key.id}`;
  const trouble = await addMissing(documents, {
    key: { class: 'organization' },
    entries: { [entry]: canonicalJson(device) },
  });
  if (trouble !== undefined) return err(trouble);
  const revoke = async () => {
    const revoked: Device = { ...device, revokedAt: now() };
    const saved = await documents.writeDurably(
      { class: 'organization' },
      { [entry]: canonicalJson(revoked) },
      RELAY_WAIT_MS,
    );
    return saved.relay === 'saved'
      ? undefined
      : `The end of the import of ${registerName(store, register)} did not reach the relay (${saved.relay}).`;
  };
  return ok({ key, revoke });
}
