import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { deviceFileSchema, type DeviceFile } from '#model/trust/device-file.ts';
import type { DeviceRole } from '#model/trust/device.ts';
import { enrolmentSchema, type Enrolment } from '#model/trust/invitation.ts';

/** A program of this machine that is to become a device. */
export type MachineEnrolment = {
  /** Its data folder, where `device.json` is. The program must not run yet, or it would not know. */
  readonly folder: string;
  readonly role: DeviceRole;
  /** The invitation's code. */
  readonly code: string;
  /** Head office's relay, `http://127.0.0.1:4710`. */
  readonly headOffice: string;
};

const refusalSchema = v.object({ code: v.string(), message: v.string() });

/** The enrolment a program keeps; undefined while it has none. A damaged file is a sentence. */
export async function machineEnrolment(folder: string): Promise<Result<Enrolment | undefined, string>> {
  const file = await readFileOf(folder);
  return file.ok ? ok(file.value?.enrolment) : file;
}

/** Enrols a program of this machine with a code and keeps what it must remember. A sentence when it was refused. */
export async function enrolMachine({
  folder,
  role,
  code,
  headOffice,
}: MachineEnrolment): Promise<Result<Enrolment, string>> {
  const file = await withKey(folder);
  if (!file.ok) return file;
  const { device: id, publicKey: key } = file.value;
  const answer = await fetch(`${headOffice}/enrol`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, id, key, role }),
  });
  const body: unknown = await answer.json();
  if (!answer.ok) {
    const refusal = v.safeParse(refusalSchema, body);
    return err(refusal.success ? refusal.output.message : `Head office answered ${answer.status}.`);
  }
  const enrolment = v.parse(enrolmentSchema, body);
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
async function withKey(folder: string): Promise<Result<DeviceFile, string>> {
  const known = await readFileOf(folder);
  if (!known.ok) return known;
  const file = known.value ?? { device: randomBytes(8).toString('hex') };
  if (file.publicKey !== undefined && file.privateKey !== undefined) return ok(file);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyed: DeviceFile = {
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
  const path = join(folder, 'device.json');
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(file)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}
