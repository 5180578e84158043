import { MAX_SLIDES, type NamedPicture } from '#model/catalog/picture.ts';
import { addSlide, removeSlide } from '#model/catalog/slide-commands.ts';
import { m } from '$lib/paraglide/messages.js';
import type { BackOffice } from './back-office.svelte.ts';
import { refusalSentence } from './edit-words.ts';
import type { SettingsDesk } from './settings-desk.svelte.ts';

/** One picture of a customer display; `picture` is undefined where it is not on this computer yet. */
export type Slide = { readonly id: string; readonly picture: NamedPicture | undefined };

type Removed = { readonly slide: NamedPicture; readonly at: number };

/** The pictures that the customer displays of one place show between sales (rule C17): the picture goes into the catalog before the setting names it, and out after it. */
export class SlidesDesk {
  readonly #backOffice: BackOffice;
  readonly #desk: SettingsDesk;
  #removed = $state.raw<Removed | undefined>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(backOffice: BackOffice, desk: SettingsDesk) {
    this.#backOffice = backOffice;
    this.#desk = desk;
  }

  /** The pictures in force at the place, in their order. */
  get slides(): readonly Slide[] {
    return this.#ids.map((id) => ({ id, picture: this.#backOffice.shop.pictureOf(id) }));
  }

  /** Whether no more fit. */
  get isFull(): boolean {
    return this.#ids.length >= MAX_SLIDES;
  }

  /** Whether the picture removed last can come back. */
  get canUndo(): boolean {
    return this.#removed !== undefined && !this.isFull;
  }

  /** Adds a picture behind the others; one that is shown already stays where it is. Whether it is shown now. */
  add(slide: NamedPicture): Promise<boolean> {
    return this.#inTurn(() => this.#insert(slide, this.#ids.length));
  }

  /** Takes a picture away; {@link SlidesDesk.undo} brings it back. */
  remove(id: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const at = this.#ids.indexOf(id);
      const slide = this.#backOffice.shop.pictureOf(id);
      const left = this.#ids.filter((each) => each !== id);
      if (at === -1 || !(await this.#desk.set({ name: 'slidePictures', value: left }))) return false;
      this.#removed = slide && { slide, at };
      // One that another place shows too stays.
      const swept = await this.#backOffice.edit(this.#backOffice.productDocument(id), (book, doing) =>
        removeSlide(book, id, doing),
      );
      if (!swept.ok && swept.error.code !== 'slide-in-use') this.#refuse(swept.error);
      return true;
    });
  }

  /** Brings back the picture removed last. */
  undo(): Promise<boolean> {
    return this.#inTurn(async () => {
      const removed = this.#removed;
      if (!removed || !this.canUndo || !(await this.#insert(removed.slide, removed.at))) return false;
      this.#removed = undefined;
      return true;
    });
  }

  get #ids(): readonly string[] {
    return this.#desk.settings.slidePictures;
  }

  async #insert(slide: NamedPicture, at: number): Promise<boolean> {
    if (this.#ids.includes(slide.id)) return true;
    if (this.isFull) {
      this.#desk.refuse('slidePictures', m.office_slide_full({ most: MAX_SLIDES }));
      return false;
    }
    const added = await this.#backOffice.edit(this.#backOffice.productDocument(slide.id), (book, doing) =>
      addSlide(book, slide, doing),
    );
    if (added.ok)
      return this.#desk.set({ name: 'slidePictures', value: this.#ids.toSpliced(at, 0, slide.id) });
    this.#refuse(added.error);
    return false;
  }

  #refuse(refusal: Parameters<typeof refusalSentence>[0]): void {
    this.#desk.refuse('slidePictures', refusalSentence(refusal, m.office_setting_slide_pictures()));
  }

  /** One act after the other: what is asked for while another is being written waits for it. Whoever went to another place meanwhile changes nothing there. */
  #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const { store } = this.#desk;
    const done = this.#last.then(() => store === this.#desk.store && work());
    this.#last = done.catch(() => false);
    return done;
  }
}
