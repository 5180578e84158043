import type { ListedClosing } from '../folds/closing-list.ts';
import { monthClosing, yearClosing, type PastSession } from '../folds/period-closing.ts';
import { zzBody, type StoreDay } from '../folds/store-day.ts';
import type { RecordOf } from '../journal/record.ts';
import { assert, err, ok, type Result } from '../result.ts';
import { authorize, type Act } from './actor.ts';
import { seal, type CommandRefusal } from './commands.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** Closes the store's day as this register knows it: a ZZ behind its own closed session (rule R11). */
export function closeDay(
  state: RegisterState,
  day: StoreDay,
  act: Act,
): Result<RecordOf<'zz'>, CommandRefusal> {
  if (isOpen(state)) return err({ code: 'session-still-open' });
  if (state.session === 0 || day.sessions.length === 0) return err({ code: 'nothing-to-close' });
  return seal<'zz'>(state, { kind: 'zz', body: zzBody(day) }, act, ['report.read']);
}

/**
 * Closes the month or, behind it, the year of this register (rule R12). `past` are its closed sessions back to the month closed
 * before. Whoever may open the register may do it, for opening asks for it.
 */
export function closePeriod(
  state: RegisterState,
  what: 'month' | 'year',
  past: readonly PastSession[],
  act: Act,
): Result<RecordOf<'period'>, CommandRefusal> {
  if (isOpen(state)) return err({ code: 'session-still-open' });
  if (state.session === 0) return err({ code: 'nothing-to-close' });
  const latest = past.find(({ session }) => session === state.session);
  assert(latest, () => `session ${state.session} is closed and not among those to sum up`);
  const body = what === 'month' ? monthClosing(past) : yearClosing(latest);
  if (!body.ok) return body;
  return seal<'period'>(state, { kind: 'period', body: body.value }, act, ['session.open']);
}

/** The closings of the register, for somebody who may see them (rules R15, S5). Writes no record. */
export function readClosings(
  closings: readonly ListedClosing[],
  act: Act,
): Result<readonly ListedClosing[], CommandRefusal> {
  const permitted = authorize(act, ['report.read']);
  return permitted.ok ? ok(closings) : permitted;
}

/** The store's day as it stands, for somebody who may see it (rules Z8, S5). Writes no record. */
export function readDay(day: StoreDay, act: Act): Result<StoreDay, CommandRefusal> {
  const permitted = authorize(act, ['report.read']);
  return permitted.ok ? ok(day) : permitted;
}
