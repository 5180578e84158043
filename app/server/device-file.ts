import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { deviceFileSchema, type DeviceFile } from '#model/trust/device-file.ts';
import type { Enrolment } from '#model/trust/invitation.ts';
import { deviceKeyOf, importPrivateKey, type DeviceKey } from '../lib/device/device-key.ts';

/** The device of a machine: what the programs of that machine speak as, and what it remembers of having joined. */
export type MachineDevice = { readonly key: DeviceKey; readonly enrolment?: Enrolment };

/**
 * Reads the device a relay keeps in `device.json` of its data folder (rule E1). A sentence when the file is missing,
 * damaged or without a key.
 */
export async function readDeviceFile(folder: string): Promise<Result<MachineDevice, string>> {
  const path = join(folder, 'device.json');
  const file = await readChecked(path);
  if (!file.ok) return file;
  const { device, publicKey, privateKey, enrolment } = file.value;
  if (publicKey === undefined || privateKey === undefined)
    return err(`${path} has no key yet. Start the relay of this folder once; it makes one.`);
  try {
    const imported = await importPrivateKey(new Uint8Array(Buffer.from(privateKey, 'base64url')));
    const key = deviceKeyOf({ id: device, publicKey, privateKey: imported });
    return ok({ key, ...(enrolment === undefined ? {} : { enrolment }) });
  } catch {
    return err(damaged(path, 'its private key is not an Ed25519 key'));
  }
}

async function readChecked(path: string): Promise<Result<DeviceFile, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    return err(
      cause.code === 'ENOENT'
        ? `${path} is not there. Name the data folder of the relay of this machine, and start that relay once.`
        : `${path} cannot be read (${String(cause.code)}). Run this as the user who runs the relay.`,
    );
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), deviceFileSchema), text);
  return parsed.success ? ok(parsed.output) : err(damaged(path, parsed.issues[0].message));
}

function damaged(path: string, why: string): string {
  return `${path} is damaged (${why}). Put back a copy of it.`;
}
