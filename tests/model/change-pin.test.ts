import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { actorOf } from '#model/register/actor.ts';
import { changePin } from '#model/staff/change-pin.ts';
import { checkPin, personSchema, pinVerifier, type Person } from '#model/staff/pin.ts';

const SALT = 'c2FsdC1mb3ItdGVzdHM';
const person = (id: string, role: string): Person => ({
  id,
  name: id,
  role,
  language: 'en',
  stores: [],
  active: true,
  pin: pinVerifier('4711', SALT),
});
const ANA = person('ana', 'cashier');
const act = (who: Person) => actorOf(who, 'S01', new Map());
const codeOf = (result: ReturnType<typeof changePin>) => (result.ok ? 'changed' : result.error.code);

describe('changing a PIN', () => {
  const wanted = { pin: '2580', salt: 'bmV3LXNhbHQtZm9yLWl0' };

  test('[S10] one’s own takes the old PIN', () => {
    const changed = changePin(ANA, { ...wanted, oldPin: '4711' }, act(ANA));
    expect(changed.ok && changed.value).toStrictEqual({ ...ANA, pin: pinVerifier('2580', wanted.salt) });
    expect(changed.ok && v.is(personSchema, changed.value)).toBe(true);
    expect(
      changed.ok && [checkPin('2580', changed.value.pin), checkPin('4711', changed.value.pin)],
    ).toStrictEqual([true, false]);
    expect(codeOf(changePin(ANA, { ...wanted, oldPin: '1111' }, act(ANA)))).toBe('wrong-old-pin');
    expect(codeOf(changePin(ANA, wanted, act(ANA)))).toBe('wrong-old-pin');
  });

  test('[S10] somebody else’s takes the permission to edit staff, and not even a manager’s own goes without the old one', () => {
    const mia = person('mia', 'manager');
    expect(codeOf(changePin(ANA, wanted, act(mia)))).toBe('changed');
    expect(codeOf(changePin(mia, wanted, act(mia)))).toBe('wrong-old-pin');
    for (const role of ['cashier', 'supervisor', 'gardener'])
      expect(codeOf(changePin(ANA, { ...wanted, oldPin: '4711' }, act(person('luis', role))))).toBe(
        'not-permitted',
      );
    const retired = { ...mia, active: false };
    expect(codeOf(changePin(ANA, wanted, act(retired)))).toBe('not-permitted');
  });

  test.each([
    ['4711', 'same-pin'],
    ['12', 'not-a-pin'],
    ['123456789', 'not-a-pin'],
    ['abcd', 'not-a-pin'],
  ])('[S10] %s is refused as the new one: %s', (pin, code) => {
    expect(codeOf(changePin(ANA, { ...wanted, pin, oldPin: '4711' }, act(ANA)))).toBe(code);
  });
});
