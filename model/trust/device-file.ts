import * as v from 'valibot';
import { deviceIdSchema, publicKeySchema } from './device.ts';
import { enrolmentSchema } from './invitation.ts';

/**
 * What a program keeps about its device in `device.json`, mode 600 (rule E1): the id, the Ed25519 key pair (`privateKey` is
 * PKCS #8 DER as base64url without padding), and, once it has joined, what it must remember of that. A file from before
 * devices had keys holds the id alone.
 */
export const deviceFileSchema = v.strictObject({
  device: deviceIdSchema,
  publicKey: v.optional(publicKeySchema),
  privateKey: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{60,80}$/, 'a private key is 60 to 80 base64url characters')),
  ),
  enrolment: v.optional(enrolmentSchema),
});

/** What a program keeps about its device. */
export type DeviceFile = v.InferOutput<typeof deviceFileSchema>;
