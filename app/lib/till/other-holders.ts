import { readOrganizationEntry } from '#model/documents/organization.ts';
import type { Entries } from '#model/documents/entries.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import { deviceStanding, type Device } from '#model/trust/device.ts';
import type { RelayStatus } from './links.svelte.ts';

/** Which register is taken over, and by which device; none where the register's own terminal seeks what it lost (rule R18). */
export type TakenOver = {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly device?: string;
};

/** Another machine of the store that may hold the last receipts of a register, by the name head office lists it under. */
export type Holder = { readonly device: string; readonly name: string };

/**
 * The relays of a store that may hold more of a register's journal than the relay of this machine (rule R17): all that are listed and
 * may take part at `now` (UTC with milliseconds), but those that said they do not. A register nobody worked before has none.
 */
export function unheardHolders(
  organization: Entries,
  { store, register, device }: TakenOver,
  status: RelayStatus,
  now: string,
): readonly Holder[] {
  const devices = devicesIn(organization);
  const hadAnother = devices.some(
    (one) => one.role === 'terminal' && one.store === store && one.register === register && one.id !== device,
  );
  if (!hadAnother) return [];
  return devices
    .filter((one) => one.role === 'relay' && one.store === store && one.id !== status.device)
    .filter((one) => deviceStanding(one, now) === 'valid' && !isHeard(one, status))
    .map(({ id, name }) => ({ device: id, name }));
}

/** A relay of before this was asked says nothing of it; then that it is linked is all that can be known. */
function isHeard({ id }: Device, { peers }: RelayStatus): boolean {
  return peers.some(({ device, heard }) => device === id && heard !== false);
}

function devicesIn(organization: Entries): readonly Device[] {
  return Object.entries(organization).flatMap(([key, text]) => {
    if (!key.startsWith('device:')) return [];
    const read = readOrganizationEntry(key, text);
    return read.ok && read.value.kind === 'device' ? [read.value.value] : [];
  });
}
