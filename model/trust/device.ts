import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '../ids/register-id.ts';
import { momentSchema } from '../journal/record.ts';

/** A device's id: 16 hex digits, drawn by the device itself (rule E1). */
export const deviceIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'a device id has 16 hex digits'));

/** An Ed25519 public key: 32 bytes as base64url without padding (rule E1). */
export const publicKeySchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'a public key has 43 base64url characters'),
);

/**
 * An enrolled device, in the organization document under `device:<id>` (rule E1). `replaces` names the device whose
 * register it took over; `revokedAt` is final.
 */
export const deviceSchema = v.strictObject({
  id: deviceIdSchema,
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
  role: v.picklist(['hq', 'relay', 'terminal', 'back-office', 'indexer']),
  store: v.optional(storeIdSchema),
  register: v.optional(registerIdSchema),
  key: publicKeySchema,
  enrolledAt: momentSchema,
  expiresAt: v.optional(momentSchema),
  revokedAt: v.optional(momentSchema),
  replaces: v.optional(deviceIdSchema),
});

/** An enrolled device. */
export type Device = v.InferOutput<typeof deviceSchema>;
/** What a device is for. */
export type DeviceRole = Device['role'];

/** Whether a device may take part now, and if not why (rule E2). */
export type DeviceStanding = 'valid' | 'unknown' | 'revoked' | 'expired';

/** How a device stands at `now` (UTC with milliseconds). A device nobody enrolled is unknown. */
export function deviceStanding(device: Device | undefined, now: string): DeviceStanding {
  if (device === undefined) return 'unknown';
  if (device.revokedAt !== undefined && device.revokedAt <= now) return 'revoked';
  if (device.expiresAt !== undefined && device.expiresAt <= now) return 'expired';
  return 'valid';
}

/**
 * A device of which its entry has several texts, written apart (rule E2): as it is shown, and revoked as soon as any of them says so of
 * the same key.
 */
export function joinedDevice(shown: Device, texts: readonly Device[]): Device {
  const same = texts.filter(({ id, key }) => id === shown.id && key === shown.key);
  const [revokedAt] = [shown, ...same].flatMap((one) => one.revokedAt ?? []).toSorted();
  return revokedAt === undefined || revokedAt === shown.revokedAt ? shown : { ...shown, revokedAt };
}
