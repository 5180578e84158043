import type { RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { err, type Result } from '../result.ts';
import type { Act } from './actor.ts';
import { countPermissions, seal, type CommandRefusal } from './commands.ts';
import { countedDrawer, type Denominations } from './drawer-count.ts';
import { drawerMember } from './drawer-number.ts';
import { drawerExpected, holderOf, isOpen, type RegisterState } from './register-state.ts';

/**
 * Hands the drawer to another cashier within the session, counted as at a closing (rule R10). Whoever had it answers for the
 * difference; `to` answers for what was counted from here on. `to` is a person's id.
 */
export function handOver(
  state: RegisterState,
  args: {
    readonly to: string;
    readonly counted: Minor;
    readonly denominations?: Denominations;
    readonly reason?: string;
    /** Which drawer, from 1 (rule R14). */
    readonly drawer?: number;
  },
  act: Act,
): Result<RecordOf<'handover'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { report } = state;
  const { to, drawer } = args;
  const member = drawerMember(report.drawers?.length ?? 1, drawer);
  const holder = holderOf(state, drawer) ?? report.openedBy;
  if (to === holder) return err({ code: 'same-holder' });
  const count = countedDrawer(drawerExpected(report, drawer), args);
  if (!count.ok) return count;
  const body = { from: holder, to, ...count.value, ...member };
  const needed = countPermissions(report, body.difference, act);
  return seal<'handover'>(state, { kind: 'handover', body }, act, needed);
}
