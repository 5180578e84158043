import type { RecordOf } from '../journal/record.ts';
import { err, type Result } from '../result.ts';
import type { Act } from './actor.ts';
import { seal, type CommandRefusal } from './commands.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** Writes down that training begins at this till (rule V3). */
export function enterTraining(state: RegisterState, act: Act): Result<RecordOf<'training'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  return seal<'training'>(state, { kind: 'training', body: { change: 'entered' } }, act, ['training.enter']);
}

/** Writes down that training is over and how many receipts were practised; needs no permission (rule V3). */
export function leaveTraining(
  state: RegisterState,
  receipts: number,
  act: Act,
): Result<RecordOf<'training'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  return seal<'training'>(state, { kind: 'training', body: { change: 'left', receipts } }, act, []);
}
