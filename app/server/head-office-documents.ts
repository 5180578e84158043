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
export type HeadOfficeDocuments = { readonly documents: Documents; readonly key: DeviceKey };

/** Connects to head office's relay, which keeps its files in `relayFolder`, with that relay's own key. */
export async function openHeadOffice(
  relayFolder: string,
  organization: string,
  syncUrl: string,
): Promise<Result<HeadOfficeDocuments, string>> {
  const device = await readDeviceFile(relayFolder);
  if (!device.ok) return device;
  const { key } = device.value;
  const documents = createNodeDocuments({
    identity: { device: key.id, organization, role: 'hq' },
    deviceKey: key,
    syncUrl,
  });
  await whenLinked(documents);
  return ok({ documents, key });
}

/** Head office's own entry in the organization document (rule E1). */
export function headOfficeEntry({ id, publicKey }: DeviceKey, now: string): Record<string, string> {
  const device: Device = { id, name: 'Head office', role: 'hq', key: publicKey, enrolledAt: now };
  return { [`device:${id}`]: canonicalJson(device) };
}

/** Lists head office in a folder that was founded before devices had keys. A sentence when that failed. */
export function listHeadOffice(
  { documents, key }: HeadOfficeDocuments,
  now: string,
): Promise<string | undefined> {
  return addMissing(documents, { key: { class: 'organization' }, entries: headOfficeEntry(key, now) });
}

/** A one-time code of head office's, for programs and pages that join without a person (rule E8). */
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
