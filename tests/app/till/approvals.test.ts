import { describe, expect, it } from 'vitest';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Role } from '#model/staff/permission.ts';
import { askedWords } from '../../../app/lib/till/staff-words.ts';
import {
  S01,
  approve,
  changePerson,
  codeOf,
  must,
  openTill,
  personOf,
  sellLantern,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

/** Writes a role of the organization's own. */
function writeRole({ documents }: TillBench, role: Role): void {
  const text = canonicalJson(role as CanonicalValue);
  documents.receive({ class: 'organization' }, { [`role:${role.id}`]: text });
}

/** Ana asks for the drawer; gives the answer she waits for. */
async function askForDrawer({ till }: TillBench) {
  const asking = till.session.openDrawer('give change');
  await expect.poll(() => till.staff.approvals.request).toBeDefined();
  return asking;
}

describe('an act that needs an approval', () => {
  it('[S6] waits, is done with the PIN of somebody who may, and names both in the journal', async () => {
    const bench = await openTill();
    const asking = bench.till.session.openDrawer('give change');
    await expect
      .poll(() => bench.till.staff.approvals.request)
      .toEqual({
        asker: 'ana',
        permission: 'drawer.open',
        reason: 'give change',
      });
    expect(bench.bridge.drawers).toEqual([]);
    await approve(bench);
    expect(must(await asking)).toMatchObject({ kind: 'drawer', by: 'ana', approvedBy: 'mia' });
    expect(bench.bridge.drawers).toHaveLength(1);
    expect(bench.till.staff.approvals.request).toBeUndefined();
  });

  it('[S6] counts once: the next one asks again', async () => {
    const bench = await openTill();
    const first = bench.till.session.openDrawer('give change');
    await approve(bench);
    must(await first);
    const second = bench.till.session.openDrawer('once more');
    await expect.poll(() => bench.till.staff.approvals.request?.reason).toBe('once more');
    bench.till.staff.approvals.decline();
    expect(codeOf(await second)).toBe('approval-needed');
    expect(bench.till.journal.records.filter(({ kind }) => kind === 'drawer')).toHaveLength(1);
  });

  it('is refused when it is declined, and nothing was written', async () => {
    const bench = await openTill();
    const { till } = bench;
    const asking = till.session.openDrawer('give change');
    await expect.poll(() => till.staff.approvals.request).toBeDefined();
    till.staff.approvals.decline();
    expect(await asking).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'drawer.open' },
    });
    expect(till.journal.records).toHaveLength(1);
  });

  it('is refused when its person is signed out meanwhile', async () => {
    const bench = await openTill();
    const asking = bench.till.session.openDrawer('give change');
    await expect.poll(() => bench.till.staff.approvals.request).toBeDefined();
    await changePerson(bench, 'ana', { active: false });
    expect(codeOf(await asking)).toBe('approval-needed');
    expect(bench.till.staff.approvals.request).toBeUndefined();
  });

  it('keeps a second one from being approved by the PIN for the first', async () => {
    let checked: Promise<boolean> = Promise.resolve(true);
    const bench = await openTill({ checkPin: () => checked });
    const { approvals } = bench.till.staff;
    const first = bench.till.session.openDrawer('first');
    await expect.poll(() => approvals.request?.reason).toBe('first');
    const check = Promise.withResolvers<boolean>();
    checked = check.promise;
    const approving = approvals.approve(personOf(bench.till, 'mia'), '1234');
    const second = bench.till.session.openDrawer('second');
    await expect.poll(() => approvals.request?.reason).toBe('second');
    check.resolve(true);
    expect(codeOf(await approving)).toBe('not-here');
    expect(codeOf(await first)).toBe('approval-needed');
    await approve(bench);
    expect(must(await second)).toMatchObject({ body: { reason: 'second' }, approvedBy: 'mia' });
  });

  it('[S7] is taking out more cash than the limit, and closing with a large difference', async () => {
    const bench = await openTill();
    const { till } = bench;
    must(await till.session.moveCash('out', 5_000, 'to the safe'));
    const more = till.session.moveCash('out', 5_001, 'to the safe');
    await expect
      .poll(() => till.staff.approvals.request)
      .toMatchObject({
        permission: 'cash.above-limit',
        amount: -5_001,
      });
    till.staff.approvals.decline();
    expect(codeOf(await more)).toBe('approval-needed');
    const closing = till.session.close({ counted: 4_000, reason: 'counted twice' });
    await expect
      .poll(() => till.staff.approvals.request)
      .toMatchObject({
        permission: 'session.over-short',
        amount: -1_000,
      });
    await approve(bench);
    expect(must(await closing)).toMatchObject({ by: 'ana', approvedBy: 'mia', body: { difference: -1_000 } });
  });

  it('[S5] is seeing the X report, which is put away when the person leaves', async () => {
    const bench = await openTill();
    const { till } = bench;
    till.session.printReport();
    expect(till.session.shownReport).toBeUndefined();
    const showing = bench.view.openReport();
    await approve(bench);
    await showing;
    expect(bench.view.panel).toBe('x-report');
    expect(till.session.shownReport?.session).toBe(1);
    till.session.printReport();
    await expect.poll(() => bench.bridge.papers.map(({ kind }) => kind)).toEqual(['x-report']);
    till.staff.signOut();
    expect(till.session.shownReport).toBeUndefined();
  });

  it('says which report or closing is asked for, where one permission is of them all', async () => {
    const { till } = await openTill();
    const asked = async (act: Promise<unknown>) => {
      await expect.poll(() => till.staff.approvals.request).toBeDefined();
      const words = till.staff.approvals.request && askedWords(till.staff.approvals.request);
      till.staff.approvals.decline();
      await act;
      return words;
    };
    const session = till.session;
    expect(await asked(session.showReport())).toBe('See the X report');
    expect(await asked(till.books.showDay())).toBe('See the store’s day');
    expect(await asked(till.closings.show())).toBe('See the closings');
    must(await session.close({ counted: 10_000, reason: '' }));
    expect(await asked(till.books.closeDay())).toBe('Close the store’s day (ZZ)');
    // What was named for one act is not said of the next.
    expect(await asked(till.books.showDay())).toBe('See the store’s day');
  });

  it('holds the open sale until it is answered', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    writeRole(bench, { id: 'cashier', name: 'Trainee', permissions: ['sale.sell', 'session.close'] });
    const receipt = await sellLantern(bench);
    till.nextSale();
    must(await till.refunds.find(receipt));
    must(await till.refunds.takeBack(0, '1'));
    must(till.sale.startPaying());
    must(till.sale.pay({ tender: 'cash', name: 'Cash', kind: 'cash', given: -339 }));
    const refunding = till.completeSale();
    await expect
      .poll(() => till.staff.approvals.request)
      .toMatchObject({
        permission: 'sale.refund',
        amount: -339,
      });
    view.scan('5012345678900');
    expect(view.trouble).toEqual({ code: 'scan-not-now' });
    expect(codeOf(await till.completeSale())).toBe('busy');
    till.staff.approvals.decline();
    expect(codeOf(await refunding)).toBe('approval-needed');
    const again = till.completeSale();
    await approve(bench);
    expect(must(await again)).toMatchObject({ by: 'ana', approvedBy: 'mia', body: { type: 'refund' } });
  });
});

describe('who approves', () => {
  it('[S6] is somebody of this store who may, and never the person who asks', async () => {
    const bench = await openTill();
    const { approvals } = bench.till.staff;
    const asking = askForDrawer(bench);
    await expect.poll(() => approvals.approvers.map(({ id }) => id)).toEqual(['mia']);
    await changePerson(bench, 'luis', { role: 'supervisor' });
    expect(approvals.approvers.map(({ id }) => id)).toEqual(['luis', 'mia']);
    await changePerson(bench, 'luis', { roles: { [S01]: 'cashier' } });
    await changePerson(bench, 'mia', { stores: ['S02'] });
    expect(approvals.approvers).toEqual([]);
    expect(codeOf(await approvals.approve(personOf(bench.till, 'ana'), '1234'))).toBe('not-here');
    approvals.decline();
    await asking;
  });

  it('[S6] must still be permitted when the PIN has been checked', async () => {
    const bench = await openTill();
    const { approvals } = bench.till.staff;
    const asking = askForDrawer(bench);
    await expect.poll(() => approvals.request).toBeDefined();
    const approving = approvals.approve(personOf(bench.till, 'mia'), '1234');
    await changePerson(bench, 'mia', { role: 'cashier' });
    expect(codeOf(await approving)).toBe('not-here');
    approvals.decline();
    expect(codeOf(await asking)).toBe('approval-needed');
  });

  it('[S2] waits after wrong PINs, which count with those of signing in and over a reload', async () => {
    const bench = await openTill();
    const { approvals, pins } = bench.till.staff;
    const asking = askForDrawer(bench);
    await expect.poll(() => approvals.request).toBeDefined();
    const mia = personOf(bench.till, 'mia');
    expect(await bench.till.signIn.signIn(mia, '0000')).toMatchObject({ error: { triesLeft: 2 } });
    expect(await approvals.approve(mia, '0000')).toMatchObject({ error: { triesLeft: 1 } });
    expect(codeOf(await approvals.approve(mia, '0000'))).toBe('locked');
    expect(codeOf(await approvals.approve(mia, '1234'))).toBe('locked');
    expect(pins.lockedUntil('ana')).toBe(0);
    const again = await startTill(bench);
    expect(codeOf(await again.till.signIn.signIn(mia, '1234'))).toBe('locked');
    bench.surroundings.pass(5_000);
    await approve(bench);
    expect((await asking).ok).toBe(true);
  });
});

describe('limits on the screen', () => {
  it('[S7] are those of the person’s role here, over and short alike', async () => {
    const bench = await openTill();
    const { staff } = bench.till;
    const over = (amount: number) => staff.exceeds('session.over-short', amount);
    expect([over(500), over(501), over(-501), over(0)]).toEqual([false, true, true, false]);
    writeRole(bench, {
      id: 'cashier',
      name: 'Cashier',
      permissions: ['session.close'],
      limits: { 'session.over-short': { GBP: 2_000 } },
    });
    expect([over(2_000), over(2_001)]).toEqual([false, true]);
  });
});

describe('the roles of the organization', () => {
  it('[S8] hold from the next act on, without a new sign-in', async () => {
    const bench = await openTill();
    const { staff } = bench.till;
    expect([staff.may('drawer.open'), staff.may('staff.edit')]).toEqual(['approvable', 'refused']);
    writeRole(bench, { id: 'cashier', name: 'Cashier', permissions: ['drawer.open'] });
    expect([staff.may('drawer.open'), staff.may('sale.sell')]).toEqual(['permitted', 'refused']);
    expect((await bench.till.session.openDrawer('give change')).ok).toBe(true);
    expect(bench.till.signIn.person).toBe('ana');
  });

  it('[S3] give nothing while their entry cannot be read', async () => {
    const bench = await openTill();
    const role = () => bench.till.shop.roleOf(personOf(bench.till, 'ana'), 'S01')?.name;
    bench.documents.receive({ class: 'organization' }, { 'role:cashier': '{"id":"cashier"}' });
    expect([role(), bench.till.staff.may('sale.sell')]).toEqual([undefined, 'refused']);
    expect(bench.till.shop.faults.get('role:cashier')?.code).toBe('bad-shape');
    bench.documents.receive({ class: 'organization' }, { 'role:cashier': undefined });
    expect([role(), bench.till.staff.may('sale.sell')]).toEqual(['Cashier', 'permitted']);
  });

  it('[S5] stop a sale that its person may not make, and the basket stays', async () => {
    const bench = await openTill();
    writeRole(bench, { id: 'cashier', name: 'Helper', permissions: ['session.open'] });
    const { till } = bench;
    bench.view.scan('5012345678900');
    must(till.sale.startPaying());
    must(till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: 339 }));
    expect(await till.completeSale()).toEqual({
      ok: false,
      error: { code: 'not-permitted', permission: 'sale.sell' },
    });
    expect(till.sale.frozen).toBe(false);
    till.staff.signOut();
    await signIn(bench, 'mia');
    expect(must(await till.completeSale())).toMatchObject({ by: 'mia' });
  });
});
