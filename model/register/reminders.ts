import type { Store } from '../documents/organization.ts';
import type { Minor } from '../money/money.ts';
import { isDrawerFull } from './commands.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** What a till reminds its people of now: an open session of an earlier day, or of closing; and a full drawer. */
export type Reminders = {
  /** The business day of the open session, where that is not today any more (rule R13). */
  readonly olderDay?: string;
  /** Whether it is time to close (rule R13); not said beside `olderDay`. */
  readonly close: boolean;
  /** The limit of the drawer that is exceeded, in minor units (rule R8). */
  readonly drawerLimit?: Minor;
};

/** What to remind of at a business day and a time of the store's clock (`20:31`). */
export function remindersOf(
  state: RegisterState,
  { drawerLimit, closeReminder }: Pick<Store, 'drawerLimit' | 'closeReminder'>,
  now: { readonly day: string; readonly time: string },
): Reminders {
  if (!isOpen(state)) return { close: false };
  const { day } = state.report;
  const isOlder = day < now.day;
  return {
    ...(isOlder ? { olderDay: day } : {}),
    close: !isOlder && closeReminder !== undefined && now.time >= closeReminder,
    ...(drawerLimit !== undefined && isDrawerFull(state, drawerLimit) ? { drawerLimit } : {}),
  };
}
