import type { StoreId } from '#model/ids/register-id.ts';
import { settingsOf, sourceOf, type SettingSource, type SettingsPlace } from '#model/settings/settings-of.ts';
import {
  setSetting,
  setStoreSetting,
  type SettingRefusal,
  type WantedSetting,
} from '#model/settings/settings-commands.ts';
import type { SettingName, Settings } from '#model/settings/settings.ts';
import { m } from '$lib/paraglide/messages.js';
import type { BackOffice, EditCommand, EditedDocument } from './back-office.svelte.ts';
import { refusalSentence } from './edit-words.ts';
import { settingLabel } from './setting-words.ts';

/** What became of the last change of one setting. */
export type Said = { readonly meaning: 'done' | 'attention' | 'danger'; readonly text: string };

/** The settings of one place, the organization or a store, as a page shows and changes them: each setting says for itself what became of it. */
export class SettingsDesk {
  readonly #backOffice: BackOffice;
  readonly #place: () => StoreId | undefined;
  #said = $state.raw<Readonly<Record<string, Said>>>({});

  constructor(backOffice: BackOffice, place: () => StoreId | undefined) {
    this.#backOffice = backOffice;
    this.#place = place;
  }

  /** The store whose settings these are; undefined for the organization's. */
  get store(): StoreId | undefined {
    return this.#place();
  }

  /** What is in force at the place. */
  get settings(): Settings {
    return settingsOf(this.#backOffice.owner.settings, this.#own);
  }

  /** What is in force where a store has nothing of its own. */
  get organization(): Settings {
    return settingsOf(this.#backOffice.owner.settings);
  }

  /** Where the value of a setting comes from. */
  sourceOf(name: SettingName): SettingSource {
    return sourceOf(name, this.#backOffice.owner.settings, this.#own);
  }

  /** What became of the last change of a setting here; undefined when there is nothing to say. */
  said(name: SettingName): Said | undefined {
    return this.#said[this.#keyOf(name)];
  }

  /** Sets a setting at the place; whether it was saved. */
  set(wanted: WantedSetting): Promise<boolean> {
    const { store } = this;
    if (store === undefined)
      return this.#edit(wanted.name, 'organization', (book, doing) => setSetting(book, wanted, doing));
    return this.#edit(wanted.name, { class: 'store', store }, (book, doing) =>
      setStoreSetting(book, store, wanted, doing),
    );
  }

  /** Lets the store take the organization's value. */
  async follow(name: SettingName): Promise<boolean> {
    const { store } = this;
    if (store === undefined) return false;
    return this.#edit(name, { class: 'store', store }, (book, doing) =>
      setStoreSetting(book, store, { name, value: undefined }, doing),
    );
  }

  /** Says of a setting why what was typed is none. */
  refuse(name: SettingName, text: string): void {
    this.#say(name, { meaning: 'danger', text });
  }

  get #own(): SettingsPlace | undefined {
    const { store } = this;
    return store === undefined ? undefined : this.#backOffice.book.storeSettings.get(store);
  }

  async #edit(
    name: SettingName,
    document: EditedDocument,
    command: EditCommand<SettingRefusal>,
  ): Promise<boolean> {
    const edited = await this.#backOffice.edit(document, command);
    if (!edited.ok) {
      this.#say(name, { meaning: 'danger', text: refusalSentence(edited.error, settingLabel(name)) });
      return false;
    }
    const isAway = edited.value.relay !== 'saved';
    this.#say(
      name,
      isAway
        ? { meaning: 'attention', text: m.office_setting_saved_here() }
        : { meaning: 'done', text: m.office_setting_saved() },
    );
    return true;
  }

  #say(name: SettingName, said: Said): void {
    this.#said = { ...this.#said, [this.#keyOf(name)]: said };
  }

  #keyOf(name: SettingName): string {
    return `${this.store ?? ''} ${name}`;
  }
}
