import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveAtTill, resolveInOffice, type ResolutionWish } from '#model/audit/resolve-exception.ts';
import { readExceptionsEntry, resolutionsByException, type Resolution } from '#model/documents/exceptions.ts';
import { BUILT_IN_ROLES } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';

const AT = '2026-11-21T12:00:00.000Z';
const AUDIT_ID = '00112233445566aa';
const EXCEPTION = { kind: 'double-refund', id: 'a'.repeat(43) };
const LOSS: ResolutionWish = {
  exception: EXCEPTION,
  about: 'S01-R1-000001',
  outcome: 'loss',
  reason: ' Customer is gone ',
  amount: 278,
};

const actor = (person: string, role: string) => ({
  person,
  role: BUILT_IN_ROLES.find(({ id }) => id === role),
});
const act = (role: string, approval?: ReturnType<typeof actor>) => ({
  at: AT,
  actor: actor('ann', role),
  approval,
});

/** The one entry of a change, read as every replica reads it. */
function written(change: Readonly<Record<string, string>>): Resolution {
  const [[key, text] = ['', '']] = Object.entries(change);
  const read = readExceptionsEntry(key, text);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

function resolved(wish: ResolutionWish = LOSS): Resolution {
  const made = resolveAtTill(wish, undefined, AUDIT_ID, act('manager'));
  if (!made.ok) throw new Error(made.error.code);
  return written(made.value);
}

describe('[F10] resolving an exception at a till', () => {
  test('[F10] a manager says how with a reason: who, when, what was lost', () => {
    expect(resolved()).toEqual({
      exception: EXCEPTION,
      outcome: 'loss',
      reason: 'Customer is gone',
      amount: 278,
      at: AT,
      by: 'ann',
      entry: AUDIT_ID,
    });
  });

  test('[F10] what was put right or was nothing comes to no amount', () => {
    for (const outcome of ['corrected', 'false-alarm'] as const)
      expect(resolved({ ...LOSS, outcome })).not.toHaveProperty('amount');
  });

  test('[F10] a cashier asks somebody who may, and both names stay', () => {
    const alone = resolveAtTill(LOSS, undefined, AUDIT_ID, act('cashier'));
    expect(alone).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'exception.resolve' },
    });
    const made = resolveAtTill(LOSS, undefined, AUDIT_ID, act('cashier', actor('max', 'supervisor')));
    expect(made.ok && written(made.value)).toMatchObject({ by: 'ann', approvedBy: 'max' });
  });

  test('[F10] without a reason, without what a loss was, or a second time it is refused', () => {
    const refusal = (wish: Partial<ResolutionWish>, earlier?: Resolution) => {
      const made = resolveAtTill({ ...LOSS, ...wish }, earlier, AUDIT_ID, act('manager'));
      return made.ok ? undefined : made.error;
    };
    expect(refusal({ reason: '  ' })).toEqual({ code: 'reason-missing' });
    expect(refusal({ reason: 'x'.repeat(201) })).toMatchObject({ code: 'reason-too-long' });
    expect(refusal({ amount: undefined })).toEqual({ code: 'loss-missing' });
    expect(refusal({ amount: -1 })).toEqual({ code: 'loss-missing' });
    expect(refusal({}, resolved())).toEqual({ code: 'already-resolved', by: 'ann' });
    expect(refusal({ amount: 0 })).toBeUndefined();
  });
});

describe('[F10, F12] resolving in the office', () => {
  const person = (change: Partial<Person>): Person => ({
    id: 'zoe',
    name: 'Zoe',
    language: 'en',
    role: 'manager',
    stores: [],
    active: true,
    pin: { salt: 'A'.repeat(22), hash: 'B'.repeat(43) },
    ...change,
  });
  const office = (change: Partial<Person> = {}, wish: ResolutionWish = LOSS) =>
    resolveInOffice({ people: new Map([['zoe', person(change)]]), roles: new Map() }, wish, undefined, {
      by: 'zoe',
      at: AT,
      auditId: AUDIT_ID,
    });

  test('[F10] somebody with the permission for all stores does; others may not', () => {
    const made = office();
    expect(made.ok && written(made.value)).toMatchObject({ by: 'zoe', outcome: 'loss', amount: 278 });
    const refusal = { ok: false, error: { code: 'not-permitted', permission: 'exception.resolve' } };
    expect(office({ role: 'cashier' })).toEqual(refusal);
    expect(office({ stores: ['S01'] as unknown as Person['stores'] })).toEqual(refusal);
    expect(office({ active: false })).toEqual(refusal);
  });

  test('[F12] a finding about a journal is named by its code and its own id', () => {
    const exception = { kind: 'gap', id: 'Zk3_-9'.padEnd(22, 'x') };
    const made = office({}, { ...LOSS, exception, outcome: 'false-alarm' });
    expect(made.ok && written(made.value).exception).toEqual(exception);
  });
});

describe('[F10, F11] entries of a document of exceptions', () => {
  test('[F11] what is no resolution is told as an entry that cannot be read', () => {
    const [[key, text] = ['', '']] = Object.entries(
      resolveAtTill(LOSS, undefined, AUDIT_ID, act('manager')).ok
        ? (resolveAtTill(LOSS, undefined, AUDIT_ID, act('manager')) as { value: Record<string, string> })
            .value
        : {},
    );
    const code = (at: string, what: string) => {
      const read = readExceptionsEntry(at, what);
      return read.ok ? undefined : read.error.code;
    };
    expect(code(key, text)).toBeUndefined();
    expect(code('settings:language', text)).toBe('unknown-key');
    expect(code(key, text.replace('exception.resolve', 'person.edit'))).toBe('bad-shape');
    expect(code(key, text.replace('"loss"', '"forgotten"'))).toBe('bad-shape');
    expect(code(key, text.replace('"278"', '"2.5"'))).toBe('bad-shape');
    expect(code(key, text.replace('double-refund:', 'double refund '))).toBe('bad-shape');
    expect(code(key, '{')).toBe('not-json');
    expect(code(key.replace('aa', 'ab'), text)).toBeUndefined();
    expect(code(key.replace('2026', '2027'), text)).toBe('bad-shape');
  });

  test('[F10] of two who resolved one exception while apart the earlier counts on every replica', () => {
    const at = fc.integer({ min: 0, max: 3 }).map((minute) => `2026-11-21T12:0${minute}:00.000Z`);
    const entry = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(16, '0'));
    const kind = fc.constantFrom('fork', 'oversold');
    const some = fc.uniqueArray(
      fc.record({ at, entry, kind }).map(({ kind: of, ...when }): Resolution => ({
        exception: { kind: of, id: 'x' },
        outcome: 'corrected',
        reason: 'seen to',
        by: 'ann',
        ...when,
      })),
      { selector: ({ entry: id }) => id, minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(
        some.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const counted = resolutionsByException(all);
          expect(resolutionsByException([...shuffled, ...all])).toEqual(counted);
          for (const { exception, at: when, entry: id } of all) {
            const first = counted.get(`${exception.kind}:${exception.id}`);
            expect(`${first?.at} ${first?.entry}` <= `${when} ${id}`).toBe(true);
          }
        },
      ),
    );
  });
});
