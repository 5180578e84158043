import type { BackOffice, EditCommand, EditedDocument } from './back-office.svelte.ts';
import { refusalSentence, type AnyRefusal } from './edit-words.ts';
import { m } from '$lib/paraglide/messages.js';

/** What was done last, for the person who did it: `undo` puts it back as it was. */
export type Outcome = {
  readonly meaning: 'done' | 'attention' | 'danger';
  readonly text: string;
  readonly undo?: () => Promise<void>;
};

/** One edit: which document, by which command, what to say when it is done, and how to take it back. */
export type Edit = {
  readonly document: EditedDocument;
  /** Of whom or what it is, for a refusal. */
  readonly name: string;
  readonly done: string;
  readonly command: EditCommand<Extract<AnyRefusal, object>>;
  readonly undo?: EditCommand<Extract<AnyRefusal, object>>;
};

/** The edits of one page: makes them one after the other, says what became of the last, and takes it back. */
export class EditDesk {
  readonly #backOffice: Pick<BackOffice, 'edit'>;
  #outcome = $state.raw<Outcome | undefined>();
  #busy = $state(false);

  constructor(backOffice: Pick<BackOffice, 'edit'>) {
    this.#backOffice = backOffice;
  }

  /** What became of the last edit; undefined when there is nothing to say. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Whether an edit is being written. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Makes an edit; whether it was made. */
  async make(edit: Edit): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    const edited = await this.#backOffice.edit(edit.document, edit.command);
    this.#busy = false;
    if (!edited.ok) {
      this.#outcome = { meaning: 'danger', text: refusalSentence(edited.error, edit.name) };
      return false;
    }
    const { undo } = edit;
    const away = edited.value.relay !== 'saved';
    this.#outcome = {
      meaning: away ? 'attention' : 'done',
      text: away ? `${edit.done} ${m.office_edit_later()}` : edit.done,
      ...(undo === undefined ? {} : { undo: () => this.#takeBack(edit, undo) }),
    };
    return true;
  }

  /** Says nothing any more. */
  clear(): void {
    this.#outcome = undefined;
  }

  async #takeBack({ document, name }: Edit, command: NonNullable<Edit['undo']>): Promise<void> {
    await this.make({ document, name, command, done: m.office_edit_undone({ name }) });
  }
}
