import type { InvitedKind } from '#model/trust/device-commands.ts';
import type { Device, DeviceStanding } from '#model/trust/device.ts';
import { m } from '$lib/paraglide/messages.js';

/** What a device is for. */
export function roleName(role: Device['role']): string {
  switch (role) {
    case 'hq':
      return m.office_role_hq();
    case 'relay':
      return m.office_role_relay();
    case 'terminal':
      return m.office_role_terminal();
    case 'back-office':
      return m.office_role_back_office();
    case 'indexer':
      return m.office_role_indexer();
  }
}

/** What can be invited. */
export function invitedName(kind: InvitedKind): string {
  switch (kind) {
    case 'till':
      return m.office_invite_till();
    case 'back-office':
      return m.office_invite_back_office();
    case 'relay':
      return m.office_invite_relay();
    case 'indexer':
      return m.office_invite_indexer();
  }
}

/** How a device stands, with the meaning of its mark. */
export function standingWords(standing: DeviceStanding): {
  readonly text: string;
  readonly meaning: 'done' | 'attention' | 'danger' | 'neutral';
} {
  switch (standing) {
    case 'valid':
      return { text: m.office_standing_valid(), meaning: 'done' };
    case 'expired':
      return { text: m.office_standing_expired(), meaning: 'attention' };
    case 'revoked':
      return { text: m.office_standing_revoked(), meaning: 'danger' };
    case 'unknown':
      return { text: m.office_standing_unknown(), meaning: 'neutral' };
  }
}
