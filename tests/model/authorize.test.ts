import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { receiptNumber } from '#model/ids/register-id.ts';
import { actorOf, authorize, historyActor, type Actor } from '#model/register/actor.ts';
import {
  closeSession,
  completeSale,
  moveCash,
  openDrawer,
  openSession,
  readReport,
  reprintReceipt,
} from '#model/register/commands.ts';
import { negateQuantity } from '#model/money/quantity.ts';
import type { BasketLine } from '#model/sale/basket.ts';
import { PERMISSIONS, isApprovable, type Permission, type Role } from '#model/staff/permission.ts';
import { RULES, actOf, freshRegister, open, play, sellExactly } from './support/played-register.ts';
import { REGISTER_ID, STORE_ID, basket, cash, line } from './support/shop.ts';

/** Somebody who may do exactly this. */
const only = (person: string, ...permissions: Permission[]): Actor => ({
  person,
  role: { id: 'only', name: 'Only', permissions },
});
const builtIn = (id: string, role: string) =>
  actorOf({ id, role, active: true, stores: [] }, STORE_ID, new Map());
const ana = builtIn('ana', 'cashier');
const sam = builtIn('sam', 'supervisor');

const OPEN = play([open(), sellExactly(basket([line()]), 'cash')]).state;
const DAY = { day: '2026-11-21', currency: 'GBP', float: 0 };
const back = (of: BasketLine): BasketLine => ({ ...of, quantity: negateQuantity(of.quantity) });
const receipt = receiptNumber(STORE_ID, REGISTER_ID, 1);
const fromReceipt: BasketLine = { ...back(line()), amount: -120, refundOf: { receipt, line: 0 } };

/** Every act of a register with exactly the permissions it needs, the gravest last. */
const ACTS: readonly {
  readonly name: string;
  readonly needs: readonly Permission[];
  readonly run: (act: ReturnType<typeof actOf>) => ReturnType<typeof openSession>;
}[] = [
  { name: 'open', needs: ['session.open'], run: (act) => openSession(freshRegister().state, DAY, act) },
  { name: 'sell', needs: ['sale.sell'], run: (act) => sale([line()], 120, act) },
  { name: 'refund', needs: ['sale.refund'], run: (act) => sale([fromReceipt], -120, act) },
  {
    name: 'refund without a receipt',
    needs: ['sale.refund-without-receipt'],
    run: (act) => sale([back(line())], -120, act),
  },
  {
    name: 'exchange',
    needs: ['sale.sell', 'sale.refund'],
    run: (act) => sale([fromReceipt, line({ id: 'pear' })], 0, act),
  },
  { name: 'cash in', needs: ['cash.move'], run: (act) => move('in', 90_000, act) },
  { name: 'cash out', needs: ['cash.move', 'cash.above-limit'], run: (act) => move('out', 1, act) },
  { name: 'drawer', needs: ['drawer.open'], run: (act) => openDrawer(OPEN, 'change', act) },
  {
    name: 'copy',
    needs: ['receipt.reprint'],
    run: (act) => reprintReceipt(OPEN, { receipt, copy: 1 }, act),
  },
  { name: 'close', needs: ['session.close'], run: (act) => close(0, act) },
  {
    name: 'close with a difference',
    needs: ['session.close', 'session.over-short'],
    run: (act) => close(-1, act),
  },
];

function sale(lines: readonly BasketLine[], total: number, act: ReturnType<typeof actOf>) {
  const payments = total === 0 ? [] : [cash(total)];
  return completeSale(OPEN, { basket: basket(lines), payments, rules: RULES }, act);
}

function move(direction: 'in' | 'out', amount: number, act: ReturnType<typeof actOf>) {
  return moveCash(OPEN, { direction, amount, reason: 'to the safe' }, act);
}

function close(over: number, act: ReturnType<typeof actOf>) {
  const counted = (OPEN.report?.drawer.expected ?? 0) + over;
  return closeSession(OPEN, { counted, ...(over === 0 ? {} : { reason: 'miscounted' }) }, act);
}

describe('commands ask for permissions', () => {
  test.each(ACTS)('[S5] $name needs $needs and nothing else', ({ needs, run }) => {
    expect(run(actOf(9, { actor: only('ann', ...needs) })).ok).toBe(true);
    for (const missing of needs) {
      const actor = only('ann', ...PERMISSIONS.filter((permission) => permission !== missing));
      expect(run(actOf(9, { actor }))).toStrictEqual({
        ok: false,
        error: { code: isApprovable(missing) ? 'approval-needed' : 'not-permitted', permission: missing },
      });
    }
  });

  test('[S5] the X report is shown to who may read reports', () => {
    expect(readReport(OPEN, actOf(9, { actor: sam }))).toStrictEqual({ ok: true, value: OPEN.report });
    expect(readReport(OPEN, actOf(9, { actor: ana }))).toMatchObject({
      error: { permission: 'report.read' },
    });
    expect(readReport(OPEN, actOf(9, { actor: ana, approval: sam })).ok).toBe(true);
    expect(readReport(freshRegister().state, actOf(9, { actor: sam }))).toMatchObject({
      error: { code: 'session-not-open' },
    });
  });

  test('[S5] what is wrong in itself is said before anybody is asked to approve it', () => {
    const act = actOf(9, { actor: only('ann') });
    expect([
      openDrawer(OPEN, ' ', act),
      move('out', 0, act),
      openDrawer(freshRegister().state, 'x', act),
      closeSession(OPEN, { counted: 1 }, act),
    ]).toMatchObject([
      { error: { code: 'reason-missing' } },
      { error: { code: 'amount-zero' } },
      { error: { code: 'session-not-open' } },
      { error: { code: 'difference-needs-reason' } },
    ]);
  });

  test('[S4] a person without a role can do nothing, not even with everybody’s approval where selling is concerned', () => {
    const nobody: Actor = { person: 'ann', role: undefined };
    expect(sale([line()], 120, actOf(9, { actor: nobody, approval: sam }))).toMatchObject({
      error: { code: 'not-permitted', permission: 'sale.sell' },
    });
  });
});

describe('approvals', () => {
  test('[S6] the record names who did it and who approved it', () => {
    const made = openDrawer(OPEN, 'give change', actOf(9, { actor: ana, approval: sam }));
    expect(made.ok && made.value).toMatchObject({ by: 'ana', approvedBy: 'sam' });
  });

  test('[S6] an approval that was not needed is not in the record', () => {
    const made = openDrawer(
      OPEN,
      'give change',
      actOf(9, { actor: sam, approval: builtIn('mia', 'manager') }),
    );
    expect(made.ok && made.value.approvedBy).toBeUndefined();
    expect(made.ok && Object.hasOwn(made.value, 'approvedBy')).toBe(false);
  });

  test('[S6] nobody approves their own act, even in another role', () => {
    const herself = { ...sam, person: 'ana' };
    expect(openDrawer(OPEN, 'x', actOf(9, { actor: ana, approval: herself }))).toStrictEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'drawer.open' },
    });
  });

  test('[S6] an approver needs all that is lacking', () => {
    const clerk = only('cleo');
    const halfway = only('hal', 'cash.move');
    const attempt = move('out', 1, actOf(9, { actor: clerk, approval: halfway }));
    expect(attempt).toMatchObject({ error: { code: 'approval-needed', permission: 'cash.above-limit' } });
    const both = only('bo', 'cash.move', 'cash.above-limit');
    expect(move('out', 1, actOf(9, { actor: clerk, approval: both })).ok).toBe(true);
  });

  test('[S6] an act is done with exactly the authority of the two people, whoever they are', () => {
    const some = fc.subarray([...PERMISSIONS]);
    fc.assert(
      fc.property(some, some, some, fc.boolean(), (needed, own, others, isOther) => {
        const actor = only('ann', ...own);
        const approval = only(isOther ? 'bob' : 'ann', ...others);
        const result = authorize({ at: '2026-11-21T09:00:00.000Z', actor, approval }, needed);
        const lacking = needed.filter((permission) => !own.includes(permission));
        const helped = lacking.every(
          (permission) => isOther && isApprovable(permission) && others.includes(permission),
        );
        expect(result.ok).toBe(helped);
        expect(result.ok && result.value.approvedBy).toBe(
          helped ? (lacking.length > 0 ? 'bob' : undefined) : false,
        );
      }),
    );
  });

  test('[S6] who writes down a history needs nobody', () => {
    for (const { run } of ACTS) {
      const made = run(actOf(9, { actor: historyActor('c1') }));
      expect(made.ok && [made.value.by, made.value.approvedBy]).toStrictEqual(['c1', undefined]);
    }
  });
});

describe('limits', () => {
  const limited = (limits: Role['limits']): Actor => ({
    person: 'ann',
    role: { id: 'limited', name: 'Limited', permissions: ['session.close', 'cash.move'], limits },
  });

  test.each([500, -500, 501, -501])('[S7] a cashier closing with a difference of %i', (over) => {
    const closed = close(over, actOf(9, { actor: ana }));
    expect(closed).toMatchObject(
      Math.abs(over) <= 500
        ? { ok: true, value: { body: { difference: over } } }
        : { ok: false, error: { code: 'approval-needed', permission: 'session.over-short' } },
    );
    const approved = close(over, actOf(9, { actor: ana, approval: sam }));
    expect(approved.ok && approved.value.approvedBy).toBe(Math.abs(over) <= 500 ? undefined : 'sam');
  });

  test('[S7] the limit of cash out is for what is taken out at once', () => {
    expect(move('out', 5000, actOf(9, { actor: ana })).ok).toBe(true);
    expect(move('out', 5001, actOf(9, { actor: ana }))).toMatchObject({
      error: { permission: 'cash.above-limit' },
    });
    expect(move('in', 5001, actOf(9, { actor: ana })).ok).toBe(true);
  });

  test('[S7] a limit in another currency is none', () => {
    const actor = limited({ 'cash.above-limit': { EUR: 100_000 } });
    expect(move('out', 1, actOf(9, { actor })).ok).toBe(false);
    expect(move('out', 1, actOf(9, { actor: limited({ 'cash.above-limit': { GBP: 1 } }) })).ok).toBe(true);
  });
});
