import * as v from 'valibot';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { assert, err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
  type StaffBook,
} from '../staff/office-actor.ts';
import { deviceSchema, deviceStanding, type Device, type DeviceRole } from './device.ts';
import { invitationSchema, newInvitation, type Invitation } from './invitation.ts';

/** What an office knows when somebody edits devices. */
export type DeviceBook = StaffBook & {
  readonly devices: ReadonlyMap<string, Device>;
  readonly invitations: ReadonlyMap<string, Invitation>;
};

/** What can be invited, with what joins for it: a till is a relay and the terminal that works it. */
export const INVITED = {
  till: ['relay', 'terminal'],
  'back-office': ['back-office'],
  relay: ['relay'],
  indexer: ['indexer'],
} as const satisfies Record<string, readonly DeviceRole[]>;

/** What can be invited. */
export type InvitedKind = keyof typeof INVITED;

/** What is to join: a till names store and register, a relay its store; `replaces` lists devices it takes over from. */
export type InvitationWish = {
  readonly kind: InvitedKind;
  readonly name: string;
  readonly store?: Device['store'];
  readonly register?: Device['register'];
  readonly replaces?: readonly string[];
  readonly devicesExpireAt?: string | undefined;
};

/** Why nothing about the devices was changed. */
export type DeviceRefusal =
  | OfficeRefusal
  | {
      readonly code:
        | 'unknown-device'
        | 'already-revoked'
        | 'own-head-office'
        | 'unknown-invitation'
        | 'place-missing'
        | 'expiry-past';
    }
  | { readonly code: 'bad-device'; readonly detail: string };

type Outcome = Result<DocumentChange, DeviceRefusal>;

/**
 * Invites a device (rules E8 and E11): what to write into the organization document. `id` is 16 fresh hex digits, `code` the
 * one from `invitationCode`; the code itself is shown and written nowhere.
 */
export function inviteDevice(
  book: DeviceBook,
  wish: InvitationWish,
  { id, code }: { readonly id: string; readonly code: string },
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'device.edit');
  if (!may.ok) return may;
  const { kind, name, store, register, replaces = [], devicesExpireAt } = wish;
  const placed = kind === 'till' ? store && register : kind === 'relay' ? store : true;
  if (!placed) return err({ code: 'place-missing' });
  if (devicesExpireAt !== undefined && devicesExpireAt <= doing.at) return err({ code: 'expiry-past' });
  if (replaces.some((each) => !book.devices.has(each))) return err({ code: 'unknown-device' });
  const terms = {
    name,
    roles: [...INVITED[kind]],
    ...(store === undefined ? {} : { store }),
    ...(register === undefined || kind !== 'till' ? {} : { register }),
    replaces: [...replaces],
    ...(devicesExpireAt === undefined ? {} : { devicesExpireAt }),
    by: doing.by,
  };
  const read = v.safeParse(invitationSchema, newInvitation(terms, { id, code, at: doing.at }));
  if (!read.success) return badDevice(read.issues[0]);
  const details = { name: read.output.name, what: kind, ...placeDetails(read.output) };
  const text = canonicalJson(read.output as CanonicalValue);
  return ok(audited(doing, 'device.invite', id, details, { [invitationKey(id)]: text }));
}

/** Takes an invitation back; its code is worth nothing from then on. Devices that joined with it stay. */
export function cancelInvitation(book: DeviceBook, id: string, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'device.edit');
  if (!may.ok) return may;
  const invitation = book.invitations.get(id);
  if (!invitation) return err({ code: 'unknown-invitation' });
  return ok(
    audited(doing, 'device.uninvite', id, { name: invitation.name }, { [invitationKey(id)]: undefined }),
  );
}

/** Revokes a device, for ever (rule E2). Head office's own relay cannot be revoked from inside: nobody could vouch for it. */
export function revokeDevice(book: DeviceBook, id: string, doing: OfficeDoing): Outcome {
  return change(book, id, doing, (device) => {
    if (device.role === 'hq') return err({ code: 'own-head-office' });
    if (deviceStanding(device, doing.at) === 'revoked') return err({ code: 'already-revoked' });
    return ok({
      device: { ...device, revokedAt: doing.at },
      what: 'device.revoke',
      details: { name: device.name },
    });
  });
}

/** Calls a device something else. */
export function renameDevice(book: DeviceBook, id: string, name: string, doing: OfficeDoing): Outcome {
  return change(book, id, doing, (device) =>
    ok({
      device: { ...device, name },
      what: 'device.rename',
      details: { name: name.trim(), before: device.name },
    }),
  );
}

/** Sets until when a device takes part (rule E2); undefined for as long as it is not revoked. */
export function setExpiry(
  book: DeviceBook,
  id: string,
  expiresAt: string | undefined,
  doing: OfficeDoing,
): Outcome {
  return change(book, id, doing, ({ expiresAt: before, ...device }) => {
    if (device.role === 'hq' && expiresAt !== undefined) return err({ code: 'own-head-office' });
    if (deviceStanding(device, doing.at) === 'revoked') return err({ code: 'already-revoked' });
    if (expiresAt !== undefined && expiresAt <= doing.at) return err({ code: 'expiry-past' });
    const details = { name: device.name, until: expiresAt ?? 'never', before: before ?? 'never' };
    return ok({
      device: expiresAt === undefined ? device : { ...device, expiresAt },
      what: 'device.expire',
      details,
    });
  });
}

/** What to invite to take the place of a device: the till of a register as a whole, another device as it is (rule E9). */
export function replacementOf({ devices }: DeviceBook, id: string): InvitationWish | undefined {
  const device = devices.get(id);
  if (!device || device.role === 'hq') return undefined;
  const { name, store, register } = device;
  const kind: InvitedKind =
    device.role === 'terminal' || register !== undefined
      ? 'till'
      : device.role === 'relay'
        ? 'relay'
        : device.role === 'indexer'
          ? 'indexer'
          : 'back-office';
  const places = {
    ...(store === undefined ? {} : { store }),
    ...(register === undefined ? {} : { register }),
  };
  const replaces =
    kind === 'till'
      ? [...devices.values()].filter(
          (each) => each.store === store && each.register === register && each.revokedAt === undefined,
        )
      : [device];
  return { kind, name, ...places, replaces: replaces.map((each) => each.id) };
}

/** The key of an invitation in the organization document. */
export function invitationKey(id: string): string {
  return `invitation:${id}`;
}

type DeviceEdit = {
  readonly device: Device;
  readonly what: 'device.revoke' | 'device.rename' | 'device.expire';
  readonly details: Record<string, string>;
};

function change(
  book: DeviceBook,
  id: string,
  doing: OfficeDoing,
  edit: (device: Device) => Result<DeviceEdit, DeviceRefusal>,
): Outcome {
  const may = permit(book, doing, 'device.edit');
  if (!may.ok) return may;
  const known = book.devices.get(id);
  if (!known) return err({ code: 'unknown-device' });
  const edited = edit(known);
  if (!edited.ok) return edited;
  const { device, what, details } = edited.value;
  const read = v.safeParse(deviceSchema, device);
  if (!read.success) return badDevice(read.issues[0]);
  assert(read.output.id === id, () => 'an edit keeps the id of its device');
  return ok(
    audited(doing, what, id, details, { [`device:${id}`]: canonicalJson(read.output as CanonicalValue) }),
  );
}

function placeDetails({ store, register, devicesExpireAt }: Invitation): Record<string, string> {
  return {
    ...(store === undefined ? {} : { store }),
    ...(register === undefined ? {} : { register }),
    ...(devicesExpireAt === undefined ? {} : { until: devicesExpireAt }),
  };
}

function badDevice(issue: v.BaseIssue<unknown>): Outcome {
  return err({ code: 'bad-device', detail: `${v.getDotPath(issue) ?? 'device'}: ${issue.message}` });
}
