import { deviceStanding, type Device, type DeviceStanding } from '#model/trust/device.ts';
import type { Invitation } from '#model/trust/invitation.ts';
import type { RelayStatus } from './reports-schema.ts';

/** A device of the list: how it stands, and since when head office's relay hears it (empty for that relay itself), undefined while it does not. */
export type DeviceRow = {
  readonly device: Device;
  readonly standing: DeviceStanding;
  readonly onlineSince: string | undefined;
};

/** How an invitation stands: who may still join with it, who has. */
export type InvitationRow = {
  readonly invitation: Invitation;
  readonly state: 'waiting' | 'joining' | 'joined' | 'expired';
  /** Whole seconds until the code is worth nothing. */
  readonly secondsLeft: number;
};

const ROLE_ORDER: readonly Device['role'][] = ['hq', 'indexer', 'back-office', 'relay', 'terminal'];
const STANDING_ORDER: readonly DeviceStanding[] = ['valid', 'expired', 'revoked', 'unknown'];

/**
 * The devices, those that take part first, then by place, role and name.
 */
export function deviceRows(
  devices: Iterable<Device>,
  status: Pick<RelayStatus, 'device' | 'peers'> | undefined,
  now: string,
): readonly DeviceRow[] {
  const peers = status?.peers ?? [];
  const rows = [...devices].map((device): DeviceRow => {
    const standing = deviceStanding(device, now);
    const heard = peers.filter((peer) => peer.device === device.id).map((peer) => peer.since);
    // Head office's relay is who was asked: it answered.
    if (device.id === status?.device) heard.push('');
    return { device, standing, onlineSince: standing === 'valid' ? heard.toSorted()[0] : undefined };
  });
  return rows.toSorted(compareRows);
}

function compareRows(a: DeviceRow, b: DeviceRow): number {
  const place = ({ device }: DeviceRow) => `${device.store ?? ''} ${device.register ?? ''}`;
  return (
    STANDING_ORDER.indexOf(a.standing) - STANDING_ORDER.indexOf(b.standing) ||
    place(a).localeCompare(place(b), 'en', { numeric: true }) ||
    ROLE_ORDER.indexOf(a.device.role) - ROLE_ORDER.indexOf(b.device.role) ||
    a.device.name.localeCompare(b.device.name)
  );
}

/** How an invitation stands at `now`, in milliseconds since 1970 (rule E8). */
export function invitationRow(invitation: Invitation, now: number): InvitationRow {
  const { roles, used, expiresAt } = invitation;
  const secondsLeft = Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));
  if (roles.every((role) => used.includes(role))) return { invitation, state: 'joined', secondsLeft };
  if (secondsLeft === 0) return { invitation, state: 'expired', secondsLeft };
  return { invitation, state: used.length > 0 ? 'joining' : 'waiting', secondsLeft };
}

/** Seconds as people count them down: `9:05`. */
export function countdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What the QR of an invitation holds: the code, which is read from its beginning, and the address of this office. */
export function invitationText(origin: string, code: string): string {
  return `${code} ${origin}`;
}
