import { randomBytes } from 'node:crypto';
import { canonicalJson } from '#model/journal/canonical.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Device } from '#model/trust/device.ts';
import type { DeviceKey } from '../lib/device/device-key.ts';
import { invite, type InvitationWish } from '../lib/device/invite.ts';
import type { Documents } from '../lib/repo/documents.ts';
import { createNodeDocuments } from '../lib/repo/node-documents.ts';
import { readDeviceFile } from './device-file.ts';
import { addMissing, whenLinked } from './shop-writes.ts';

/** Head office's documents, held as head office itself: the programs of its machine speak with its relay's key. */
export type HeadOfficeDocuments = {
  readonly documents: Documents;
  readonly key: DeviceKey;
  readonly organization: string;
};

/** Connects to head office's relay, which keeps its files in `relayFolder`, with that relay's own key. */
export async function openHeadOffice(
  relayFolder: string,
  organization: string,
  syncUrl: string,
): Promise<Result<HeadOfficeDocuments, string>> {
  const device = await readDeviceFile(relayFolder);
  if (!device.ok) return device;
  const { key } = device.value;
  const documents = connectHeadOffice(key, organization, syncUrl);
  await whenLinked(documents);
  return ok({ documents, key, organization });
}

/** The documents of head office over a connection of their own. */
export function connectHeadOffice(key: DeviceKey, organization: string, syncUrl: string): Documents {
  const identity = { device: key.id, organization, role: 'hq' as const };
  return createNodeDocuments({ identity, deviceKey: key, syncUrl });
}

/** Head office's own device (rule E1). */
export function headOfficeDevice({ id, publicKey }: DeviceKey, enrolledAt: string): Device {
  return { id, name: 'Head office', role: 'hq', key: publicKey, enrolledAt };
}

/** Lists a device, as head office may; one that is listed already stays as it is. A sentence when that failed. */
export function listDevice({ documents }: HeadOfficeDocuments, device: Device): Promise<string | undefined> {
  const entries = { [`device:${device.id}`]: canonicalJson(device) };
  return addMissing(documents, { key: { class: 'organization' }, entries });
}

/** A one-time code of head office's, for a page that joins without a person or for the first one (rule E8). */
export async function codeFor(
  { documents }: HeadOfficeDocuments,
  wish: InvitationWish,
  by: string,
): Promise<Result<string, string>> {
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
  const invited = await invite(wish, { documents, by, now: () => new Date(), random });
  if (invited.ok) return ok(invited.value.code);
  return err(`The invitation did not reach head office's relay (${invited.error}). Try again.`);
}
