import * as v from 'valibot';
import { drawersOfRegister } from '#model/register/drawer-number.ts';
import { holderOf, isOpen } from '#model/register/register-state.ts';
import type { RegisterId } from '#model/ids/register-id.ts';
import type { Surroundings } from '../surroundings.ts';
import type { RegisterJournal } from './register-journal.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { SignIn } from './sign-in.svelte.ts';

/** What the desk works with. */
export type DrawerParts = {
  readonly journal: RegisterJournal;
  readonly shop: Shop;
  readonly signIn: SignIn;
  readonly surroundings: Surroundings;
  readonly register: RegisterId;
};

const NOTE = 'drawers';
const choicesSchema = v.strictObject({ session: v.number(), by: v.record(v.string(), v.number()) });
type Choices = v.InferOutput<typeof choicesSchema>;

/** Which of a register's drawers somebody works with (rule R14). What was chosen lasts for the session, also over a reload. */
export class DrawerDesk {
  readonly #parts: DrawerParts;
  #choices: Choices = $state.raw({ session: 0, by: {} });

  constructor(parts: DrawerParts) {
    this.#parts = parts;
    const note = parts.surroundings.readNote(NOTE);
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), choicesSchema), note ?? '');
    if (read.success) this.#choices = read.output;
  }

  /** The names of the open session's drawers in their order; none where there is the one every register has. */
  get names(): readonly string[] {
    const { state } = this.#parts.journal;
    return isOpen(state) ? (state.report.drawers ?? []).map(({ name }) => name) : [];
  }

  /** The names of the drawers the next session opens with, by the settings; none where there is one. */
  get nextNames(): readonly string[] {
    const { shop, register } = this.#parts;
    return drawersOfRegister(shop.settings.drawers, register);
  }

  /** The drawer of whoever is signed in, from 1: the one chosen, else the one taken over, else the first. */
  get current(): number {
    return this.#chosen ?? this.#taken ?? 1;
  }

  /** What that drawer is called; undefined where there is only one. */
  get currentName(): string | undefined {
    return this.names[this.current - 1];
  }

  /** Whether somebody is signed in who did not say yet which of several drawers is theirs. */
  get asks(): boolean {
    const { person } = this.#parts.signIn;
    return person !== undefined && this.names.length > 1 && (this.#chosen ?? this.#taken) === undefined;
  }

  /** Who answers for a drawer now. */
  holder(drawer = this.current): string | undefined {
    return holderOf(this.#parts.journal.state, drawer);
  }

  /** Says which drawer somebody works with from now on: whoever is signed in, or who took one over. */
  choose(drawer: number, person = this.#parts.signIn.person): void {
    if (person === undefined) return;
    const { session } = this.#parts.journal.state;
    const before = this.#choices.session === session ? this.#choices.by : {};
    this.#choices = { session, by: { ...before, [person]: drawer } };
    this.#parts.surroundings.writeNote(NOTE, JSON.stringify(this.#choices));
  }

  get #chosen(): number | undefined {
    const { journal, signIn } = this.#parts;
    const { session, by } = this.#choices;
    const { person } = signIn;
    if (person === undefined || session !== journal.state.session || !Object.hasOwn(by, person))
      return undefined;
    const drawer = by[person];
    return drawer !== undefined && drawer <= Math.max(1, this.names.length) ? drawer : undefined;
  }

  get #taken(): number | undefined {
    const { journal, signIn } = this.#parts;
    const { holders = {} } = journal.state;
    const found = Object.entries(holders).find(([, holder]) => holder === signIn.person);
    return found && Number(found[0]);
  }
}
