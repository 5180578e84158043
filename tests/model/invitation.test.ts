import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { deviceSchema, type Device } from '#model/trust/device.ts';
import {
  INVITATION_MS,
  codeHash,
  enrol,
  invitationCode,
  invitationSchema,
  normalCode,
  type EnrolmentRequest,
  type Invitation,
} from '#model/trust/invitation.ts';

const NOW = '2026-11-21T09:00:00.000Z';
const later = (milliseconds: number) => new Date(Date.parse(NOW) + milliseconds).toISOString();
const CODE = '7KQ4M-2XPNA';

function invitation(change: Partial<Invitation> = {}): Invitation {
  const id = '00000000000000aa';
  return v.parse(invitationSchema, {
    id,
    code: codeHash(id, CODE),
    name: 'Till 1',
    roles: ['relay', 'terminal'],
    store: 'S01',
    register: 'R1',
    replaces: [],
    createdAt: NOW,
    expiresAt: later(INVITATION_MS),
    by: 'mia',
    used: [],
    ...change,
  });
}

function device(id: string, change: Partial<Device> = {}): Device {
  return v.parse(deviceSchema, {
    id: id.padStart(16, '0'),
    name: 'Till 1',
    role: 'terminal',
    store: 'S01',
    register: 'R1',
    key: id.padStart(43, 'K'),
    enrolledAt: '2026-11-01T09:00:00.000Z',
    ...change,
  });
}

const REQUEST: EnrolmentRequest = {
  code: CODE,
  id: '0123456789abcdef',
  key: 'A'.repeat(43),
  role: 'terminal',
};
const listed = (...devices: Device[]) => new Map(devices.map((one) => [one.id, one]));

describe('[E8] a one-time code', () => {
  test('has ten digits of 32 and reads back however a person types it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 16 }), (random) => {
        const code = invitationCode(random);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
        const typed = code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        expect(normalCode(typed)).toBe(code.replace('-', ''));
        expect(codeHash('a', typed)).toBe(codeHash('a', code));
      }),
    );
  });

  test.each(['', '7KQ4M-2XPN', '7KQ4M-2XPNAA', '7KQ4M-2XPNU', 'ñKQ4M-2XPNA'])('%j is none', (typed) => {
    expect(normalCode(typed)).toBeUndefined();
  });

  test('is kept as a hash of its own for each invitation', () => {
    expect(codeHash('a', CODE)).not.toBe(codeHash('b', CODE));
    expect(invitation().code).not.toContain('7KQ4M');
  });

  test('lists the device with the invitation’s name, role, store and register', () => {
    const done = enrol(REQUEST, [invitation()], listed(), NOW);
    expect(done).toStrictEqual({
      ok: true,
      value: {
        device: {
          id: REQUEST.id,
          key: REQUEST.key,
          name: 'Till 1',
          role: 'terminal',
          store: 'S01',
          register: 'R1',
          enrolledAt: NOW,
        },
        invitation: { ...invitation(), used: ['terminal'] },
        revoked: [],
      },
    });
  });

  test('lists a device for a time when the invitation says so', () => {
    const done = enrol(REQUEST, [invitation({ devicesExpireAt: later(1000) })], listed(), NOW);
    expect(done.ok && done.value.device.expiresAt).toBe(later(1000));
  });

  test.each<[string, Partial<EnrolmentRequest>, Partial<Invitation>, Device[], string]>([
    ['another code', { code: '7KQ4M-2XPNB' }, {}, [], 'code-unknown'],
    ['no code at all', { code: '' }, {}, [], 'code-unknown'],
    ['a code after ten minutes', {}, { expiresAt: NOW }, [], 'code-expired'],
    ['a second terminal with one code', {}, { used: ['terminal'] }, [], 'code-used'],
    ['a role the code is not for', { role: 'hq' }, {}, [], 'role-not-invited'],
    ['a device that is listed', {}, {}, [device('0123456789abcdef', { role: 'relay' })], 'device-known'],
    ['a key that is listed', { key: 'K'.repeat(42) + 'a' }, {}, [device('a')], 'key-known'],
    [
      'a revoked device under its old id',
      {},
      {},
      [device('0123456789abcdef', { revokedAt: NOW })],
      'device-known',
    ],
  ])('is refused for %s', (_what, request, change, devices, code) => {
    expect(enrol({ ...REQUEST, ...request }, [invitation(change)], listed(...devices), NOW)).toEqual({
      ok: false,
      error: code,
    });
  });

  test('finds its own invitation among others', () => {
    const other = invitation({ id: '00000000000000bb', code: codeHash('00000000000000bb', 'AAAAA-AAAAA') });
    const done = enrol(REQUEST, [other, invitation()], listed(), NOW);
    expect(done.ok && done.value.invitation.id).toBe(invitation().id);
  });
});

describe('[E9] one terminal for each register', () => {
  test('a new terminal revokes the one before and names it', () => {
    const before = device('a');
    const done = enrol(REQUEST, [invitation()], listed(before), NOW);
    expect(done.ok && done.value.revoked).toEqual([{ ...before, revokedAt: NOW }]);
    expect(done.ok && done.value.device.replaces).toBe(before.id);
  });

  test.each([
    ['the terminal of another register', { register: 'R2' }],
    ['the terminal of another store', { store: 'S02' }],
    ['the register’s relay', { role: 'relay' }],
    ['a terminal revoked before', { revokedAt: '2026-11-20T09:00:00.000Z' }],
  ] as [string, Partial<Device>][])('%s stays as it is', (_who, change) => {
    const done = enrol(REQUEST, [invitation()], listed(device('a', change)), NOW);
    expect(done.ok && done.value.revoked).toEqual([]);
  });

  test('a relay is replaced only when the invitation names it', () => {
    const old = device('a', { role: 'relay' });
    const request = { ...REQUEST, role: 'relay' as const };
    const kept = enrol(request, [invitation()], listed(old), NOW);
    expect(kept.ok && kept.value.revoked).toEqual([]);
    const replaced = enrol(request, [invitation({ replaces: [old.id] })], listed(old), NOW);
    expect(replaced.ok && replaced.value.revoked.map(({ id }) => id)).toEqual([old.id]);
  });
});
