import { describe, expect, test } from 'vitest';
import {
  cancelInvitation,
  inviteDevice,
  renameDevice,
  replacementOf,
  revokeDevice,
  setExpiry,
  type DeviceBook,
  type InvitationWish,
} from '#model/trust/device-commands.ts';
import { deviceStanding } from '#model/trust/device.ts';
import { enrol, invitationCode } from '#model/trust/invitation.ts';
import { device, doing, NOW, officeBook, R1, readChange, S01, valueOf } from './support/office.ts';

const CODE = invitationCode(new Uint8Array(10).fill(7));
const ID = '1234567890abcdef';
const TILL: InvitationWish = { kind: 'till', name: 'Front till', store: S01, register: R1 };
const LATER = '2026-11-21T09:05:00.000Z';

const invite = (wish: InvitationWish, book = officeBook(), by = 'mia') =>
  inviteDevice(book, wish, { id: ID, code: CODE }, doing(by));
const invited = (wish: InvitationWish, book = officeBook()) => {
  const { invitation } = readChange(valueOf(invite(wish, book)), 'organization');
  if (!invitation) throw new Error('no invitation was written');
  return invitation;
};

describe('[E11] inviting a device', () => {
  test('[E8] writes an invitation whose code lets each of its roles join once, for ten minutes', () => {
    const invitation = invited(TILL);
    expect(invitation).toMatchObject({
      roles: ['relay', 'terminal'],
      store: S01,
      register: R1,
      by: 'mia',
      expiresAt: '2026-11-21T09:10:00.000Z',
    });
    const request = { code: CODE, id: 'e'.repeat(16), key: 'e'.repeat(43), role: 'relay' as const };
    const joined = enrol(request, [invitation], new Map(), LATER);
    expect(joined).toMatchObject({ ok: true, value: { device: { name: 'Front till', store: S01 } } });
    expect(enrol(request, [invitation], new Map(), '2026-11-21T09:10:00.000Z')).toEqual({
      ok: false,
      error: 'code-expired',
    });
  });

  test('[A2] is told in the audit without the code', () => {
    const change = valueOf(invite({ ...TILL, devicesExpireAt: '2027-01-01T00:00:00.000Z' }));
    const { audit } = readChange(change, 'organization');
    expect(audit).toEqual([
      {
        id: '00000000000000ff',
        at: NOW,
        by: 'mia',
        what: 'device.invite',
        subject: ID,
        details: {
          name: 'Front till',
          what: 'till',
          store: 'S01',
          register: 'R1',
          until: '2027-01-01T00:00:00.000Z',
        },
      },
    ]);
    expect(JSON.stringify(change)).not.toContain(CODE);
    expect(JSON.stringify(change)).not.toContain(CODE.replace('-', ''));
  });

  test.each([
    [{ kind: 'till', name: 'Front till', store: S01 }, 'place-missing'],
    [{ kind: 'relay', name: 'Back room' }, 'place-missing'],
    [{ ...TILL, name: ' ' }, 'bad-device'],
    [{ ...TILL, devicesExpireAt: NOW }, 'expiry-past'],
    [{ ...TILL, replaces: ['0'.repeat(16)] }, 'unknown-device'],
  ] as const)('[E11] %j is refused as %s', (wish, code) => {
    expect(invite(wish)).toMatchObject({ ok: false, error: { code } });
  });

  test.each(['ana', 'max', 'nobody'])('[S11] %s may not, by their role or their stores', (by) => {
    expect(invite(TILL, officeBook(), by)).toEqual({
      ok: false,
      error: { code: 'not-permitted', permission: 'device.edit' },
    });
  });

  test('[E11] can be taken back', () => {
    const book = officeBook({ invitations: new Map([[ID, invited(TILL)]]) });
    const { out, audit } = readChange(valueOf(cancelInvitation(book, ID, doing())), 'organization');
    expect(out).toEqual([`invitation:${ID}`]);
    expect(audit[0]?.what).toBe('device.uninvite');
    expect(cancelInvitation(book, 'other', doing())).toMatchObject({ ok: false });
    expect(cancelInvitation(book, ID, doing('ana'))).toMatchObject({ error: { code: 'not-permitted' } });
  });
});

describe('[E11] editing a device', () => {
  const TERMINAL = 'c'.repeat(16);
  const edits = {
    revoke: (id: string, by?: string, book = officeBook()) => revokeDevice(book, id, doing(by)),
    rename: (id: string, by?: string, book = officeBook()) => renameDevice(book, id, 'Side till', doing(by)),
    expire: (id: string, by?: string, book = officeBook()) => setExpiry(book, id, LATER, doing(by)),
  };

  test.each(Object.entries(edits))(
    '[S11] %s asks for device.edit and for a device there is',
    (_name, edit) => {
      expect(edit(TERMINAL, 'ana')).toMatchObject({ error: { code: 'not-permitted' } });
      expect(edit('0'.repeat(16))).toMatchObject({ error: { code: 'unknown-device' } });
    },
  );

  test('[E2] revoking is from now on, and once', () => {
    const { device: revoked, audit } = readChange(valueOf(edits.revoke(TERMINAL)), 'organization');
    expect(deviceStanding(revoked, NOW)).toBe('revoked');
    expect(audit[0]).toMatchObject({
      what: 'device.revoke',
      subject: TERMINAL,
      details: { name: 'Device c' },
    });
    const book = officeBook({
      devices: new Map([[TERMINAL, { ...device('c', 'terminal'), revokedAt: NOW }]]),
    });
    expect(edits.revoke(TERMINAL, 'mia', book)).toMatchObject({ error: { code: 'already-revoked' } });
    expect(edits.expire(TERMINAL, 'mia', book)).toMatchObject({ error: { code: 'already-revoked' } });
  });

  test('[E11] an expiry is set, moved and taken away again', () => {
    const { device: until, audit } = readChange(valueOf(edits.expire(TERMINAL)), 'organization');
    expect(until?.expiresAt).toBe(LATER);
    expect(audit[0]?.details).toEqual({ name: 'Device c', until: LATER, before: 'never' });
    if (!until) throw new Error('no device was written');
    const book = officeBook({ devices: new Map([[TERMINAL, until]]) });
    const again = readChange(valueOf(setExpiry(book, TERMINAL, undefined, doing())), 'organization');
    expect(again.device).toEqual(device('c', 'terminal', { store: S01, register: R1 }));
    expect(setExpiry(book, TERMINAL, NOW, doing())).toMatchObject({ error: { code: 'expiry-past' } });
  });

  test('[E11] a name is trimmed, an empty one refused', () => {
    const made = readChange(valueOf(renameDevice(officeBook(), TERMINAL, ' Side ', doing())), 'organization');
    expect(made.device?.name).toBe('Side');
    expect(renameDevice(officeBook(), TERMINAL, ' ', doing())).toMatchObject({
      error: { code: 'bad-device' },
    });
  });

  test("[E11] head office's own relay stays", () => {
    const hq = 'a'.repeat(16);
    expect(edits.revoke(hq)).toMatchObject({ error: { code: 'own-head-office' } });
    expect(edits.expire(hq)).toMatchObject({ error: { code: 'own-head-office' } });
    expect(edits.rename(hq).ok).toBe(true);
    expect(replacementOf(officeBook(), hq)).toBeUndefined();
  });
});

describe('[E11] replacing a device', () => {
  test('[E9] a till is replaced as a whole: each of its devices is revoked as its successor joins', () => {
    const book = officeBook();
    const wish = replacementOf(book, 'b'.repeat(16));
    expect(wish).toEqual(replacementOf(book, 'c'.repeat(16)) && { ...wish, name: 'Device b' });
    if (!wish) throw new Error('a till can be replaced');
    expect(wish).toMatchObject({ kind: 'till', replaces: ['b'.repeat(16), 'c'.repeat(16)] });
    const invitation = invited(wish, book);
    const revokedBy = (role: 'relay' | 'terminal') => {
      const request = { code: CODE, id: 'e'.repeat(16), key: 'e'.repeat(43), role };
      return valueOf(enrol(request, [invitation], book.devices, LATER)).revoked.map(({ id }) => id);
    };
    expect(revokedBy('relay')).toEqual(['b'.repeat(16)]);
    expect(revokedBy('terminal')).toEqual(['c'.repeat(16)]);
  });

  test('[E11] another device is replaced as it is', () => {
    const more: DeviceBook = officeBook({
      devices: new Map(
        [device('e', 'relay', { store: S01 }), device('f', 'indexer')].map((each) => [each.id, each]),
      ),
    });
    expect(replacementOf(officeBook(), 'd'.repeat(16))).toMatchObject({ kind: 'back-office' });
    expect(replacementOf(more, 'e'.repeat(16))).toMatchObject({ kind: 'relay', store: S01 });
    expect(replacementOf(more, 'f'.repeat(16))).toMatchObject({
      kind: 'indexer',
      replaces: ['f'.repeat(16)],
    });
    expect(replacementOf(more, '0'.repeat(16))).toBeUndefined();
  });
});
