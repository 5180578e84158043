import * as A from '@automerge/automerge';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { joinedDevice, type Device } from '#model/trust/device.ts';

type Stored = { readonly entries?: Record<string, unknown> };

/**
 * What head office has to write into the organization document so that no revocation is hidden behind a text that was written apart
 * (rule E2): the entries of such devices, joined; none where all is well.
 */
export function joinedDevices(doc: A.Doc<unknown>): Record<string, string> {
  const { entries } = doc as A.Doc<Stored>;
  const joined: Record<string, string> = {};
  for (const key of Object.keys(entries ?? {})) {
    const texts = entries && key.startsWith('device:') ? A.getConflicts(entries, key) : undefined;
    const shown = texts && deviceOf(key, entries?.[key]);
    if (!texts || !shown) continue;
    const device = joinedDevice(
      shown,
      Object.values(texts).flatMap((text) => deviceOf(key, text) ?? []),
    );
    if (device !== shown) joined[key] = canonicalJson(device as CanonicalValue);
  }
  return joined;
}

function deviceOf(key: string, text: unknown): Device | undefined {
  const read = readOrganizationEntry(key, String(text));
  return read.ok && read.value.kind === 'device' ? read.value.value : undefined;
}
