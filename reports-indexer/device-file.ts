import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { deviceFileSchema, type DeviceFile } from '#model/trust/device-file.ts';
import type { Enrolment } from '#model/trust/invitation.ts';

/** The device the indexer is, from `device.json` in its data folder (rule E1). */
export type IndexerDevice = {
  readonly id: string;
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string;
  readonly enrolment: Enrolment | undefined;
  /** The signature of a text's UTF-8 bytes, base64url. */
  readonly sign: (text: string) => string;
  /** Remembers on disk that the device has joined. */
  readonly saveEnrolment: (enrolment: Enrolment) => Promise<void>;
};

/**
 * The device of a data folder, made with `newId` on the first start. A damaged file is an error with a sentence, not a new
 * device: that one would have to join again.
 */
export async function indexerDevice(
  folder: string,
  newId: () => string,
): Promise<Result<IndexerDevice, string>> {
  const path = join(folder, 'device.json');
  await mkdir(folder, { recursive: true });
  const kept = await readKept(path);
  if (!kept.ok) return kept;
  const file = kept.value ?? { device: newId() };
  if (file.publicKey !== undefined && file.privateKey !== undefined) return deviceOf(path, file);
  const keyed = { ...file, ...newKeys() };
  await save(path, keyed);
  return deviceOf(path, keyed);
}

async function readKept(path: string): Promise<Result<DeviceFile | undefined, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ok(undefined);
    throw cause;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), deviceFileSchema), text);
  return parsed.success ? ok(parsed.output) : err(damaged(path, parsed.issues[0].message));
}

function deviceOf(path: string, file: DeviceFile): Result<IndexerDevice, string> {
  let privateKey: KeyObject;
  try {
    const der = Buffer.from(file.privateKey ?? '', 'base64url');
    privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return err(damaged(path, 'its private key is not one'));
  }
  const publicKey = rawKey(createPublicKey(privateKey));
  if (publicKey !== file.publicKey) return err(damaged(path, 'its two keys do not belong together'));
  return ok({
    id: file.device,
    publicKey,
    enrolment: file.enrolment,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
    saveEnrolment: (enrolment) => save(path, { ...file, enrolment }),
  });
}

function newKeys(): Pick<DeviceFile, 'publicKey' | 'privateKey'> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { publicKey: rawKey(publicKey), privateKey: der.toString('base64url') };
}

function rawKey(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? '';
}

/** Whole or not at all, readable by this user only. */
async function save(path: string, file: DeviceFile): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(file)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}

function damaged(path: string, why: string): string {
  return `${path} is damaged (${why}). Put back a copy of it, or remove it and join again with --enrol.`;
}
