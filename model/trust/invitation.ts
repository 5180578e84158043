import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '../ids/register-id.ts';
import { sha256Text } from '../journal/canonical.ts';
import { hashSchema, momentSchema } from '../journal/record.ts';
import { assert, err, ok, type Result } from '../result.ts';
import { deviceIdSchema, deviceSchema, publicKeySchema, type Device } from './device.ts';

/** How long an invitation can be used, in milliseconds (rule E8). */
export const INVITATION_MS = 10 * 60 * 1000;

/**
 * An invitation for new devices, in the organization document under `invitation:<id>` (rule E8). `roles` are what may join
 * with its code, each once: a till is a relay and a terminal. `replaces` are devices that are revoked when the first joins.
 */
export const invitationSchema = v.strictObject({
  id: deviceIdSchema,
  code: hashSchema,
  name: deviceSchema.entries.name,
  roles: v.pipe(v.array(deviceSchema.entries.role), v.minLength(1), v.maxLength(4)),
  store: v.optional(storeIdSchema),
  register: v.optional(registerIdSchema),
  replaces: v.array(deviceIdSchema),
  createdAt: momentSchema,
  expiresAt: momentSchema,
  /** When enrolled devices stop being valid; left out for never. */
  devicesExpireAt: v.optional(momentSchema),
  by: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  used: v.array(deviceSchema.entries.role),
});

/** An invitation for new devices. */
export type Invitation = v.InferOutput<typeof invitationSchema>;

/** What somebody is invited as. `roles` may join with the code, each once. */
export type InvitationTerms = Pick<Invitation, 'name' | 'roles' | 'by'> &
  Partial<Pick<Invitation, 'store' | 'register' | 'replaces' | 'devicesExpireAt'>>;

/**
 * A fresh invitation (rule E8). `id` is 16 new hex digits, `code` the one shown to people, which is kept as a hash only; `at` is
 * UTC with milliseconds, and the invitation holds for {@link INVITATION_MS} from then.
 */
export function newInvitation(
  terms: InvitationTerms,
  { id, code, at }: { readonly id: string; readonly code: string; readonly at: string },
): Invitation {
  return {
    ...terms,
    id,
    code: codeHash(id, code),
    replaces: terms.replaces ?? [],
    createdAt: at,
    expiresAt: new Date(Date.parse(at) + INVITATION_MS).toISOString(),
    used: [],
  };
}

/** What a device sends to join: the code as typed and who it is. */
export const enrolmentRequestSchema = v.strictObject({
  code: v.pipe(v.string(), v.maxLength(40)),
  id: deviceIdSchema,
  key: publicKeySchema,
  role: deviceSchema.entries.role,
});

/** What a device sends to join. */
export type EnrolmentRequest = v.InferOutput<typeof enrolmentRequestSchema>;

/** What a device that joined must remember: the organization and the key of head office, by which it knows it again. */
export const enrolmentSchema = v.object({
  organization: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  device: deviceSchema,
  headOffice: v.object({ id: deviceIdSchema, key: publicKeySchema }),
});

/** What a device that joined must remember. */
export type Enrolment = v.InferOutput<typeof enrolmentSchema>;

/** Why a device was not enrolled. */
export type EnrolmentRefusal =
  'code-unknown' | 'code-expired' | 'code-used' | 'role-not-invited' | 'device-known' | 'key-known';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code for people, `7KQ4M-2XPNA`: 50 of the random bits given (at least 10 bytes), in digits nobody mixes up (rule E8). */
export function invitationCode(random: Uint8Array): string {
  assert(random.length >= 10, () => 'a code needs ten random bytes');
  const digits = Array.from(random.subarray(0, 10), (byte) => DIGITS[byte & 31]).join('');
  return `${digits.slice(0, 5)}-${digits.slice(5)}`;
}

/** A typed code as it was meant: spaces and dashes out, O for 0, I and L for 1; undefined when it cannot be one. */
export function normalCode(typed: string): string | undefined {
  const digits = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(digits) ? digits : undefined;
}

/** What an invitation keeps of its code; the organization document is read by every device, the code is not (rule E8). */
export function codeHash(invitation: string, code: string): string {
  return sha256Text(['tillmesh-invitation-1', invitation, normalCode(code) ?? ''].join('\n'));
}

/** What enrolling a device changes in the organization document. */
export type EnrolmentChanges = {
  readonly device: Device;
  readonly invitation: Invitation;
  readonly revoked: readonly Device[];
};

/**
 * Enrols a device with a code (rule E8): the device as it will be listed, its invitation used, and the devices it takes
 * over from, revoked. `now` is UTC with milliseconds.
 */
export function enrol(
  request: EnrolmentRequest,
  invitations: Iterable<Invitation>,
  devices: ReadonlyMap<string, Device>,
  now: string,
): Result<EnrolmentChanges, EnrolmentRefusal> {
  const invitation = [...invitations].find(({ id, code }) => codeHash(id, request.code) === code);
  if (normalCode(request.code) === undefined || invitation === undefined) return err('code-unknown');
  if (invitation.expiresAt <= now) return err('code-expired');
  const { id, key, role } = request;
  if (!invitation.roles.includes(role)) return err('role-not-invited');
  if (invitation.used.includes(role)) return err('code-used');
  if (devices.has(id)) return err('device-known');
  if ([...devices.values()].some((device) => device.key === key)) return err('key-known');
  const revoked = replaced(invitation, role, devices, now);
  const { name, store, register, devicesExpireAt } = invitation;
  const [predecessor] = revoked;
  const device: Device = {
    id,
    name,
    role,
    key,
    enrolledAt: now,
    ...(store === undefined ? {} : { store }),
    ...(register === undefined ? {} : { register }),
    ...(devicesExpireAt === undefined ? {} : { expiresAt: devicesExpireAt }),
    ...(predecessor === undefined ? {} : { replaces: predecessor.id }),
  };
  return ok({ device, invitation: { ...invitation, used: [...invitation.used, role] }, revoked });
}

/**
 * Who makes room for a new device: what the invitation names of the same role, and any other terminal of the register, for
 * two terminals on one register would both give out its numbers (rule E9).
 */
function replaced(
  { replaces, store, register }: Invitation,
  role: Device['role'],
  devices: ReadonlyMap<string, Device>,
  now: string,
): Device[] {
  return [...devices.values()]
    .filter((device) => device.role === role && device.revokedAt === undefined)
    .filter(
      (device) =>
        replaces.includes(device.id) ||
        (role === 'terminal' && device.store === store && device.register === register),
    )
    .map((device) => ({ ...device, revokedAt: now }));
}
