import { describe, expect, test } from 'vitest';
import { inviteDevice } from '#model/trust/device-commands.ts';
import { countdown, deviceRows, invitationRow, invitationText } from '../../../app/lib/office/device-rows.ts';
import { shownCode } from '../../../app/lib/device/set-up.svelte.ts';
import { device, doing, NOW, officeBook, R1, readChange, S01, valueOf } from '../../model/support/office.ts';

const peer = (id: string, since: string) => ({
  device: id.repeat(16),
  role: 'relay',
  direction: 'in' as const,
  since,
});

describe('the list of devices', () => {
  const [later, earlier] = ['2026-11-21T08:30:00.000Z', '2026-11-21T08:00:00.000Z'];
  const status = { device: 'a'.repeat(16), peers: [peer('b', later), peer('b', earlier), peer('e', later)] };
  const till = { store: S01, register: R1 };
  const devices = [
    device('e', 'relay', { ...till, revokedAt: earlier }),
    device('c', 'terminal', till),
    device('f', 'indexer', { expiresAt: earlier }),
    device('b', 'relay', till),
    device('a', 'hq'),
  ];

  test('[E2] has those that take part first, then those that expired and were revoked', () => {
    const rows = deviceRows(devices, status, NOW);
    expect(rows.map((row) => [row.device.id.slice(0, 1), row.standing])).toEqual([
      ['a', 'valid'],
      ['b', 'valid'],
      ['c', 'valid'],
      ['f', 'expired'],
      ['e', 'revoked'],
    ]);
  });

  test('says since when the relay hears a device, never of one that was revoked', () => {
    const rows = deviceRows(devices, status, NOW);
    const heard = rows.filter((row) => row.onlineSince !== undefined);
    expect(heard.map((row) => [row.device.id.slice(0, 1), row.onlineSince])).toEqual([
      ['a', ''],
      ['b', earlier],
    ]);
    expect(deviceRows(devices, undefined, NOW).every((row) => row.onlineSince === undefined)).toBe(true);
  });
});

describe('an invitation', () => {
  const made = inviteDevice(
    officeBook(),
    { kind: 'till', name: 'Front', store: S01, register: R1 },
    { id: 'f'.repeat(16), code: '7KQ4M-2XPNA' },
    doing(),
  );
  const { invitation } = readChange(valueOf(made), 'organization');
  if (!invitation) throw new Error('nothing was invited');
  const at = Date.parse(NOW);

  test('[E8] waits, is half done, is done, and runs out after ten minutes', () => {
    const state = (used: typeof invitation.used, now: number) =>
      invitationRow({ ...invitation, used }, now).state;
    expect(state([], at)).toBe('waiting');
    expect(state(['relay'], at + 599_000)).toBe('joining');
    expect(state(['relay', 'terminal'], at + 700_000)).toBe('joined');
    expect(state(['relay'], at + 600_000)).toBe('expired');
  });

  test('counts down in minutes and seconds', () => {
    expect(
      [0, 9_000, 591_000].map((ms) => countdown(invitationRow(invitation, at + ms).secondsLeft)),
    ).toEqual(['10:00', '9:51', '0:09']);
  });

  test('[E8] its QR is read as the code by the page that joins, and says where to', () => {
    const text = invitationText('https://office.example:4700', '7KQ4M-2XPNA');
    expect(shownCode(text)).toBe('7KQ4M-2XPNA');
    expect(text).toContain('https://office.example:4700');
  });
});
