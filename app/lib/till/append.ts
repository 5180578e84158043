import type { JournalRecord } from '#model/journal/record.ts';
import type { Act } from '#model/register/actor.ts';
import type { CommandRefusal } from '#model/register/commands.ts';
import type { RegisterState } from '#model/register/register-state.ts';
import type { Result } from '#model/result.ts';
import type { Matter } from './approval-desk.svelte.ts';
import type { TillRefusal } from './till.svelte.ts';

/** Makes a record by a command of the model as whoever is signed in, with an approval where it needs one, and keeps it. */
export type Append = <Kind extends JournalRecord>(
  make: (state: RegisterState, act: Act) => Result<Kind, CommandRefusal>,
  matter?: Matter,
) => Promise<Result<Kind, TillRefusal>>;
