import { describe, expect, it } from 'vitest';
import { S01, codeOf, openTill, startTill, type TillBench } from './till-fixture.ts';

const ana = ({ till }: TillBench) => {
  const [person] = till.shop.peopleOf(S01);
  if (!person) throw new Error('the test shop has nobody');
  return person;
};

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
