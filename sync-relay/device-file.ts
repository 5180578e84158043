import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { deviceFileSchema, type DeviceFile } from '#model/trust/device-file.ts';
import type { Enrolment } from '#model/trust/invitation.ts';

/** This relay as a device: its id, its key, and what it remembers of having joined. */
export type OwnDevice = {
  readonly id: string;
  /** Raw Ed25519 key, base64url without padding. */
  readonly publicKey: string;
  /** The signature of a text's UTF-8 bytes, base64url without padding. */
  readonly sign: (text: string) => string;
  /** What it remembers of having joined; undefined for a device nobody enrolled. */
  readonly enrolment: Enrolment | undefined;
  /** Puts an enrolment on the disk; it counts from the next start. */
  readonly saveEnrolment: (enrolment: Enrolment) => Promise<void>;
};

/**
 * The device of a data folder, kept in `device.json`, mode 600 (rule E1); id (`newId`) and key are made on the first start. A
 * damaged file is an error with a sentence, not a new device: the organization would take it for a stranger.
 */
export async function ownDevice(folder: string, newId: () => string): Promise<Result<OwnDevice, string>> {
  const path = join(folder, 'device.json');
  await mkdir(folder, { recursive: true });
  const read = await readFileOr(path, () => ({ device: newId() }));
  if (!read.ok) return read;
  const file = withKey(read.value);
  // Written again at each start: a file put back from a backup may have lost its mode.
  await write(path, file);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(file.privateKey, 'base64url'), format: 'der', type: 'pkcs8' });
  } catch {
    return err(damaged(path, 'its private key cannot be read'));
  }
  if (rawPublicKey(key) !== file.publicKey) return err(damaged(path, 'its two keys are not a pair'));
  return ok({
    id: file.device,
    publicKey: file.publicKey,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url'),
    enrolment: file.enrolment,
    saveEnrolment: (enrolment) => write(path, { ...file, enrolment }),
  });
}

async function readFileOr(path: string, fresh: () => DeviceFile): Promise<Result<DeviceFile, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    return ok(fresh());
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), deviceFileSchema), text);
  return parsed.success ? ok(parsed.output) : err(damaged(path, parsed.issues[0].message));
}

/** The file with a key pair; one from before devices had keys gets one. */
function withKey(file: DeviceFile): DeviceFile & { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = file;
  if (publicKey !== undefined && privateKey !== undefined) return { ...file, publicKey, privateKey };
  const pair = generateKeyPairSync('ed25519');
  return {
    ...file,
    publicKey: rawPublicKey(pair.privateKey),
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
  };
}

/** The last 32 bytes of the SPKI form are the raw key (RFC 8410). */
function rawPublicKey(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return spki.subarray(-32).toString('base64url');
}

async function write(path: string, file: DeviceFile): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(file)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  // The mode of `open` counts for a file that was not there; a crash may have left one.
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

function damaged(path: string, why: string): string {
  return `${path} is damaged (${why}). Put back a copy of it, or move the folder away to start as a new device.`;
}
