import type { RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { err, type Result } from '../result.ts';
import type { Act } from './actor.ts';
import {
  countPermissions,
  countedDrawer,
  seal,
  type CommandRefusal,
  type Denominations,
} from './commands.ts';
import { isOpen, type RegisterState } from './register-state.ts';

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
  },
  act: Act,
): Result<RecordOf<'handover'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { report, holder = report.openedBy } = state;
  if (args.to === holder) return err({ code: 'same-holder' });
  const count = countedDrawer(report, args);
  if (!count.ok) return count;
  const body = { from: holder, to: args.to, ...count.value };
  const needed = countPermissions(report, body.difference, act);
  return seal<'handover'>(state, { kind: 'handover', body }, act, needed);
}
