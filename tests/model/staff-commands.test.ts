import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newPinFault } from '#model/staff/new-pin.ts';
import { mayInOffice } from '#model/staff/office-actor.ts';
import { BUILT_IN_ROLES, PERMISSIONS, type Role } from '#model/staff/permission.ts';
import { pinVerifier } from '#model/staff/pin.ts';
import { addRole, editRole, removeRole } from '#model/staff/role-commands.ts';
import { addPerson, editPerson, hasEditor, setActive, setPin } from '#model/staff/staff-commands.ts';
import { doing, NOW, officeBook, person, readChange, S01, valueOf } from './support/office.ts';

const PIN = { pin: '2580', salt: 'c'.repeat(22) };
const VERIFIER = pinVerifier(PIN.pin, PIN.salt);
const FIELDS = { name: 'Zoë', role: 'cashier', language: 'es', stores: [S01] } as const;
const book = officeBook();
const supervisor = BUILT_IN_ROLES.find(({ id }) => id === 'supervisor') as Role;
const manager = BUILT_IN_ROLES.find(({ id }) => id === 'manager') as Role;
const denied = { ok: false, error: { code: 'not-permitted', permission: 'staff.edit' } };

describe('[S11] the whole organization', () => {
  test('[S11] is for who works in all stores with the permission in their own role', () => {
    const may = (
      change: Parameters<typeof person>[2],
      roles: ReadonlyMap<string, Role | 'unreadable'> = new Map(),
    ) => mayInOffice(person('mia', 'manager', change), 'staff.edit', roles);
    expect(may({})).toBe(true);
    expect(may({ roles: { [S01]: 'cashier' } })).toBe(true);
    expect(may({ stores: [S01] })).toBe(false);
    expect(may({ active: false })).toBe(false);
    expect(may({ role: 'cashier', roles: { [S01]: 'manager' } })).toBe(false);
    expect(may({}, new Map([['manager', 'unreadable' as const]]))).toBe(false);
    expect(may({}, new Map([['manager', { ...manager, permissions: [] }]]))).toBe(false);
    expect(mayInOffice(undefined, 'staff.edit', new Map())).toBe(false);
  });

  test.each([
    ['adding', (by: string) => addPerson(book, { id: 'zoe', fields: FIELDS, pin: PIN }, doing(by))],
    ['editing', (by: string) => editPerson(book, 'ana', FIELDS, doing(by))],
    ['deactivating', (by: string) => setActive(book, 'mia', false, doing(by))],
    ["setting another's PIN", (by: string) => setPin(book, 'mia', PIN, doing(by))],
    ['adding a role', (by: string) => addRole(book, { ...supervisor, id: 'lead' }, doing(by))],
    ['editing a role', (by: string) => editRole(book, supervisor, doing(by))],
    ['removing a role', (by: string) => removeRole(book, 'supervisor', doing(by))],
  ])('[S11] %s asks for staff.edit', (_what, attempt) => {
    expect(attempt('ana')).toEqual(denied);
    expect(attempt('max')).toEqual(denied);
  });
});

describe('[S4] people', () => {
  test('[A2] one is added with the audit entry, which does not hold the PIN', () => {
    const change = valueOf(addPerson(book, { id: 'zoe', fields: FIELDS, pin: PIN }, doing()));
    const { person: added, audit } = readChange(change, 'staff');
    expect(added).toEqual({ id: 'zoe', ...FIELDS, active: true, pin: VERIFIER });
    expect(audit).toEqual([
      {
        id: '00000000000000ff',
        at: NOW,
        by: 'mia',
        what: 'person.add',
        subject: 'zoe',
        details: { name: 'Zoë', role: 'cashier', language: 'es', stores: 'S01', roles: '' },
      },
    ]);
    const texts = Object.entries(change).filter(([key]) => key.startsWith('audit:'));
    expect(JSON.stringify(texts)).not.toMatch(/cccc|2580/);
  });

  test('[A2] an edit tells only what is different, and keeps PIN and standing', () => {
    const fields = {
      ...FIELDS,
      name: 'Ana',
      language: 'en',
      stores: [],
      roles: { [S01]: 'supervisor' },
    } as const;
    const { person: edited, audit } = readChange(valueOf(editPerson(book, 'ana', fields, doing())), 'staff');
    expect(edited).toEqual({ ...book.people.get('ana'), roles: { [S01]: 'supervisor' } });
    expect(audit[0]?.details).toEqual({ roles: 'S01 supervisor' });
  });

  test.each([
    ['person-known', () => addPerson(book, { id: 'ana', fields: FIELDS, pin: PIN }, doing())],
    ['bad-person', () => addPerson(book, { id: 'Zoë', fields: FIELDS, pin: PIN }, doing())],
    ['bad-person', () => editPerson(book, 'ana', { ...FIELDS, name: ' ' }, doing())],
    ['unknown-role', () => editPerson(book, 'ana', { ...FIELDS, role: 'pilot' }, doing())],
    ['unknown-role', () => editPerson(book, 'ana', { ...FIELDS, roles: { [S01]: 'pilot' } }, doing())],
    ['unknown-person', () => editPerson(book, 'zoe', FIELDS, doing())],
    ['unknown-person', () => setActive(book, 'zoe', true, doing())],
    ['unknown-person', () => setPin(book, 'zoe', PIN, doing())],
  ])('[S4] %s is a refusal', (code, attempt) => {
    expect(attempt()).toMatchObject({ ok: false, error: { code } });
  });

  test('[S4] who is deactivated can be activated again', () => {
    const gone = readChange(valueOf(setActive(book, 'ana', false, doing())), 'staff');
    expect(gone.person).toEqual({ ...book.people.get('ana'), active: false });
    expect(gone.audit[0]).toMatchObject({ what: 'person.deactivate', subject: 'ana' });
    if (!gone.person) throw new Error('nobody was written');
    const after = { ...book, people: new Map(book.people).set('ana', gone.person) };
    const back = readChange(valueOf(setActive(after, 'ana', true, doing())), 'staff');
    expect(back.person).toEqual(book.people.get('ana'));
  });
});

describe('[S12] PINs', () => {
  const anas = {
    ...book,
    people: new Map(book.people).set('ana', person('ana', 'cashier', { pin: VERIFIER })),
  };
  const wanted = { pin: '7391', salt: 'e'.repeat(22) };

  test('[S10] everybody may change their own by the old one, who has left may not', () => {
    const made = setPin(anas, 'ana', { ...wanted, oldPin: '2580' }, doing('ana'));
    const change = readChange(valueOf(made), 'staff');
    expect(change.person?.pin).toEqual(pinVerifier('7391', wanted.salt));
    expect(change.audit[0]).toMatchObject({ what: 'person.pin', by: 'ana', details: { name: 'Ana' } });
    expect(setPin(anas, 'ana', wanted, doing('ana'))).toMatchObject({ error: { code: 'wrong-old-pin' } });
    const left = {
      ...book,
      people: new Map([['ana', person('ana', 'cashier', { active: false, pin: VERIFIER })]]),
    };
    expect(setPin(left, 'ana', { ...wanted, oldPin: '2580' }, doing('ana'))).toEqual(denied);
  });

  test('[S10] who edits the staff sets that of others without the old one, to another one', () => {
    expect(setPin(anas, 'ana', wanted, doing('mia')).ok).toBe(true);
    expect(setPin(anas, 'ana', { ...wanted, pin: '2580' }, doing('mia'))).toMatchObject({
      error: { code: 'same-pin' },
    });
    expect(setPin(anas, 'ana', { ...wanted, pin: '0000' }, doing('mia'))).toMatchObject({
      error: { code: 'pin-repeats' },
    });
    expect(
      addPerson(book, { id: 'zoe', fields: FIELDS, pin: { ...PIN, pin: '1234' } }, doing()),
    ).toMatchObject({
      error: { code: 'pin-in-a-row' },
    });
  });

  test.each([
    ['123', 'not-a-pin'],
    ['123456789', 'not-a-pin'],
    ['12a4', 'not-a-pin'],
    ['0000', 'pin-repeats'],
    ['44444', 'pin-repeats'],
    ['1212', 'pin-repeats'],
    ['123123', 'pin-repeats'],
    ['12341234', 'pin-repeats'],
    ['1234', 'pin-in-a-row'],
    ['9876', 'pin-in-a-row'],
    ['7890', 'pin-in-a-row'],
    ['1985', 'pin-is-a-year'],
    ['2026', 'pin-is-a-year'],
  ] as const)('[S12] %s is refused as %s', (pin, fault) => {
    expect(newPinFault(pin)).toBe(fault);
  });

  test.each(['2580', '7391', '19850', '1357', '40506', '27182818'])('[S12] %s is taken', (pin) => {
    expect(newPinFault(pin)).toBeUndefined();
  });

  test('[S12] of all four-digit PINs few are refused', () => {
    const refused = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(4, '0')).filter(newPinFault);
    expect(refused.length).toBe(200 + 20 + 100 - ['1919', '2020'].length);
  });
});

describe('[S3] roles', () => {
  const lead: Role = { id: 'lead', name: 'Lead', permissions: ['sale.sell', 'future.thing'] };

  test('[A2] a new one and a change are told as what was granted and withdrawn', () => {
    const added = readChange(valueOf(addRole(book, lead, doing())), 'organization');
    expect(added.role).toEqual(lead);
    expect(added.audit[0]).toMatchObject({
      what: 'role.add',
      details: { name: 'Lead', granted: 'sale.sell, future.thing' },
    });
    const without = {
      ...supervisor,
      permissions: ['sale.sell', 'audit.read'],
      limits: { 'cash.above-limit': { '*': 5 } },
    };
    const edited = readChange(valueOf(editRole(book, without, doing())), 'organization');
    expect(edited.audit[0]?.details).toMatchObject({
      granted: 'audit.read',
      withdrawn: expect.stringContaining('report.read') as string,
      limits: 'cash.above-limit 5 *',
    });
  });

  test.each([
    ['role-known', () => addRole(book, supervisor, doing())],
    ['unknown-role', () => editRole(book, lead, doing())],
    ['unknown-role', () => removeRole(book, 'supervisor', doing())],
    ['bad-role', () => addRole(book, { ...lead, name: '' }, doing())],
  ])('[S3] %s is a refusal', (code, attempt) => {
    expect(attempt()).toMatchObject({ ok: false, error: { code } });
  });

  test('[S13] one that somebody has stays, a changed built-in one becomes what it was', () => {
    const people = new Map(book.people).set('ana', person('ana', 'cashier', { roles: { [S01]: 'lead' } }));
    const roles = new Map<string, Role>([
      ['lead', lead],
      ['cashier', { ...lead, id: 'cashier' }],
    ]);
    const used = { ...book, people, roles };
    expect(removeRole(used, 'lead', doing())).toMatchObject({
      error: { code: 'role-in-use', people: ['ana'] },
    });
    expect(readChange(valueOf(removeRole(used, 'cashier', doing())), 'organization').out).toEqual([
      'role:cashier',
    ]);
    const free = { ...used, people: book.people };
    expect(removeRole(free, 'lead', doing()).ok).toBe(true);
  });
});

describe('[S13] the last person who may edit the staff', () => {
  test('[S13] is neither deactivated nor made less, nor loses it through the role', () => {
    const last = { ok: false, error: { code: 'last-editor' } };
    const { name, language, stores } = person('mia', 'manager');
    expect(setActive(book, 'mia', false, doing())).toEqual(last);
    expect(editPerson(book, 'mia', { name, language, stores, role: 'cashier' }, doing())).toEqual(last);
    expect(editPerson(book, 'mia', { name, language, stores: [S01], role: 'manager' }, doing())).toEqual(
      last,
    );
    expect(editRole(book, { ...manager, permissions: ['sale.sell'] }, doing())).toEqual(last);
    const people = new Map(book.people).set('zoe', person('zoe', 'manager'));
    expect(setActive({ ...book, people }, 'mia', false, doing()).ok).toBe(true);
  });

  test('[S13] is there after any commands somebody could give', () => {
    const ids = ['mia', 'ana', 'max'];
    const command = fc.oneof(
      fc.record({ do: fc.constant('active' as const), id: fc.constantFrom(...ids), on: fc.boolean() }),
      fc.record({
        do: fc.constant('edit' as const),
        id: fc.constantFrom(...ids),
        role: fc.constantFrom('cashier', 'manager'),
        everywhere: fc.boolean(),
      }),
      fc.record({ do: fc.constant('role' as const), permissions: fc.subarray([...PERMISSIONS]) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...ids), command)), (commands) => {
        let now = officeBook();
        for (const [by, each] of commands) {
          const { name } = person(each.do === 'role' ? 'x' : each.id, '');
          const made =
            each.do === 'active'
              ? setActive(now, each.id, each.on, doing(by))
              : each.do === 'edit'
                ? editPerson(
                    now,
                    each.id,
                    { name, language: 'en', role: each.role, stores: each.everywhere ? [] : [S01] },
                    doing(by),
                  )
                : editRole(now, { ...manager, permissions: each.permissions }, doing(by));
          if (!made.ok) continue;
          const change = readChange(made.value, each.do === 'role' ? 'organization' : 'staff');
          if (change.person)
            now = { ...now, people: new Map(now.people).set(change.person.id, change.person) };
          if (change.role) now = { ...now, roles: new Map(now.roles).set(change.role.id, change.role) };
        }
        expect(hasEditor(now)).toBe(true);
      }),
    );
  });
});
