import { describe, expect, it } from 'vitest';
import {
  S01,
  changePerson,
  codeOf,
  openTill,
  personOf,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const ana = ({ till }: TillBench) => personOf(till, 'ana');

describe('signing in', () => {
  it('takes the right PIN and remembers the person over a reload', async () => {
    const bench = await startTill();
    expect((await bench.till.signIn.signIn(ana(bench), '1234')).ok).toBe(true);
    expect((await startTill(bench)).till.signIn.person).toBe('ana');
  });

  it('says how many tries are left', async () => {
    const bench = await startTill();
    const { signIn } = bench.till;
    const wrong = () => signIn.signIn(ana(bench), '0000');
    expect(await wrong()).toEqual({ ok: false, error: { code: 'wrong-pin', triesLeft: 2 } });
    expect(await wrong()).toEqual({ ok: false, error: { code: 'wrong-pin', triesLeft: 1 } });
    expect(signIn.person).toBeUndefined();
  });

  it('[S2] waits longer after every wrong PIN from the third on, also over a reload', async () => {
    const bench = await startTill();
    const { surroundings } = bench;
    const person = ana(bench);
    const delays: number[] = [];
    for (let wrong = 0; wrong < 5; wrong++) {
      await bench.till.signIn.signIn(person, '0000');
      const until = bench.till.staff.pins.lockedUntil(person.id);
      delays.push(until === 0 ? 0 : until - surroundings.time);
      surroundings.pass(delays.at(-1) ?? 0);
    }
    expect(delays).toEqual([0, 0, 5_000, 15_000, 30_000]);
    await bench.till.signIn.signIn(person, '0000');
    const { till } = await startTill(bench);
    expect(codeOf(await till.signIn.signIn(person, '1234'))).toBe('locked');
    surroundings.pass(60_000);
    expect((await till.signIn.signIn(person, '1234')).ok).toBe(true);
  });

  it('forgets the wrong tries of a person who came in', async () => {
    const bench = await startTill();
    await bench.till.signIn.signIn(ana(bench), '0000');
    await bench.till.signIn.signIn(ana(bench), '1234');
    bench.till.signIn.signOut();
    const wrong = await bench.till.signIn.signIn(ana(bench), '0000');
    expect(wrong).toEqual({ ok: false, error: { code: 'wrong-pin', triesLeft: 2 } });
  });

  it.each(['', '12', '123456789', 'abcd'])('refuses "%s" without counting it', async (pin) => {
    const bench = await startTill();
    expect(codeOf(await bench.till.signIn.signIn(ana(bench), pin))).toBe('not-a-pin');
    expect(bench.till.staff.pins.lockedUntil('ana')).toBe(0);
  });

  it('leaves the open sale where it is on signing out', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    bench.till.signIn.signOut();
    expect(bench.till.signIn.person).toBeUndefined();
    expect(bench.till.sale.basket.lines).toHaveLength(1);
    bench.view.scan('5012345678900');
    expect(bench.view.trouble).toEqual({ code: 'scan-not-now' });
  });
});

describe('[S8] what head office says of the person at the till', () => {
  it('signs out at once who does not work here any more; the open sale stays', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan('5012345678900');
    await changePerson(bench, 'ana', { active: false });
    expect(till.signIn.person).toBeUndefined();
    expect(till.signIn.farewell).toEqual({ person: 'ana', why: 'left' });
    expect(till.sale.basket.lines).toHaveLength(1);
    expect(codeOf(await till.session.open(0))).toBe('nobody-signed-in');
    expect(till.shop.peopleOf(S01).map(({ id }) => id)).toEqual(['luis', 'mia']);
  });

  it('also holds for a person who was sent to another store', async () => {
    const bench = await openTill();
    await changePerson(bench, 'ana', { stores: ['S02'] });
    expect(bench.till.signIn.farewell).toEqual({ person: 'ana', why: 'left' });
  });

  it('holds when it arrived while the till was off', async () => {
    const bench = await openTill();
    await changePerson(bench, 'ana', { active: false });
    const { till } = await startTill(bench);
    expect(till.signIn.person).toBeUndefined();
  });

  it.each([
    ['role', { role: 'manager' }],
    ['role in this store', { roles: { [S01]: 'supervisor' } }],
    ['PIN', { pin: { salt: 'bmV3bmV3bmV3bmV3bmV3bg', hash: 'B'.repeat(43) } }],
  ])('asks for a new sign-in when the %s changed', async (_what, change) => {
    const bench = await openTill();
    await changePerson(bench, 'ana', change);
    expect(bench.till.signIn.farewell).toEqual({ person: 'ana', why: 'changed' });
    await signIn(bench);
    expect(bench.till.signIn.farewell).toBeUndefined();
    expect(bench.till.signIn.person).toBe('ana');
  });

  it.each([
    ['name', { name: 'Ana Lucía' }],
    ['language', { language: 'es' as const }],
    ['role in another store', { roles: { S02: 'manager' } }],
  ])('disturbs nobody when only the %s changed', async (_what, change) => {
    const bench = await openTill();
    await changePerson(bench, 'ana', change);
    expect((await startTill(bench)).till.signIn.person).toBe('ana');
  });

  it('keeps out who was deactivated while the PIN was typed', async () => {
    const bench = await startTill();
    const listed = ana(bench);
    await changePerson(bench, 'ana', { active: false });
    expect(codeOf(await bench.till.signIn.signIn(listed, '1234'))).toBe('not-here');
    expect(bench.till.signIn.person).toBeUndefined();
  });

  it('takes the rights of a person whose entry cannot be read, and keeps the name', async () => {
    const bench = await openTill();
    bench.documents.receive({ class: 'staff' }, { 'person:ana': '{"id":"ana","from":"a newer office"}' });
    expect(bench.till.signIn.person).toBeUndefined();
    expect(bench.till.shop.personName('ana')).toBe('Ana');
    expect(bench.till.shop.faults.get('person:ana')?.code).toBe('bad-shape');
  });

  it('[D5] does not let an entry under one name speak for another person', async () => {
    const bench = await openTill();
    const entries = await bench.documents.open({ class: 'staff' });
    const asMia = (entries['person:mia'] ?? '').replace('"role":"manager"', '"role":"cashier"');
    bench.documents.receive({ class: 'staff' }, { 'person:zoe': asMia });
    expect(personOf(bench.till, 'mia').role).toBe('manager');
    expect(bench.till.shop.faults.get('person:zoe')?.code).toBe('wrong-key');
  });
});
