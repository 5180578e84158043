import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { deviceFileSchema, type DeviceFile } from '#model/trust/device-file.ts';
import type { Device } from '#model/trust/device.ts';
import type { Enrolment } from '#model/trust/invitation.ts';
import { listDevice, type HeadOfficeDocuments } from './head-office-documents.ts';
import { writeWholeFile } from './whole-file.ts';

type KeyedFile = DeviceFile & { readonly publicKey: string; readonly privateKey: string };

/** What a program of head office's machine, or of the demo, is listed as. */
export type Listing = Pick<Device, 'name' | 'role'> & Partial<Pick<Device, 'store' | 'register'>>;

/** The enrolment a program keeps; undefined while it has none. A damaged file is a sentence. */
export async function machineEnrolment(folder: string): Promise<Result<Enrolment | undefined, string>> {
  const file = await readFileOf(folder);
  return file.ok ? ok(file.value?.enrolment) : file;
}

/**
 * Enrols a program whose data folder head office's own machine can write: head office lists its key, without a code, and the
 * program finds in `folder` what it must remember. It must not run yet. A sentence when that failed.
 */
export async function enrolMachine(
  headOffice: HeadOfficeDocuments,
  folder: string,
  listing: Listing,
): Promise<Result<Enrolment, string>> {
  const file = await withKey(folder);
  if (!file.ok) return file;
  const device: Device = {
    ...listing,
    id: file.value.device,
    key: file.value.publicKey,
    enrolledAt: new Date().toISOString(),
  };
  const trouble = await listDevice(headOffice, device);
  if (trouble !== undefined) return err(trouble);
  const { organization, key } = headOffice;
  const enrolment = { organization, device, headOffice: { id: key.id, key: key.publicKey } };
  await save(folder, { ...file.value, enrolment });
  return ok(enrolment);
}

async function readFileOf(folder: string): Promise<Result<DeviceFile | undefined, string>> {
  const path = join(folder, 'device.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ok(undefined);
    throw cause;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), deviceFileSchema), text);
  if (parsed.success) return ok(parsed.output);
  return err(`${path} is damaged (${parsed.issues[0].message}). Put back a copy of it.`);
}

/** The device file of a folder, with a key: one from before devices had keys gets one, a new folder an id as well. */
async function withKey(folder: string): Promise<Result<KeyedFile, string>> {
  const known = await readFileOf(folder);
  if (!known.ok) return known;
  const file = known.value ?? { device: randomBytes(8).toString('hex') };
  const { publicKey: listed, privateKey: own } = file;
  if (listed !== undefined && own !== undefined) return ok({ ...file, publicKey: listed, privateKey: own });
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyed: KeyedFile = {
    ...file,
    // The raw key is the last 32 bytes of its SPKI form.
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url'),
  };
  await save(folder, keyed);
  return ok(keyed);
}

/** Writes `device.json`, whole or not at all, readable by this user only (rule E1). */
async function save(folder: string, file: DeviceFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWholeFile(join(folder, 'device.json'), `${JSON.stringify(file)}\n`);
}
