import * as v from 'valibot';
import { masterEntry } from '../documents/catalog.ts';
import { err, ok, type Result } from '../result.ts';
import { ownValue, settingsOf } from '../settings/settings-of.ts';
import type { SettingsBook } from '../settings/settings-commands.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
  type StaffBook,
} from '../staff/office-actor.ts';
import { isPicture, slideSchema, type NamedPicture } from './picture.ts';

/** Why a picture of the customer display was not written or taken out. */
export type SlideRefusal =
  OfficeRefusal | { readonly code: 'picture-not-understood' } | { readonly code: 'slide-in-use' };

type Outcome = Result<DocumentChange, SlideRefusal>;
type Book = StaffBook & SettingsBook;

/** Puts a picture for the customer display into the shard its id falls into (rule C17); a setting names it afterwards. */
export function addSlide(book: Book, { id, picture }: NamedPicture, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'settings.edit');
  if (!may.ok) return may;
  if (!v.is(slideSchema, picture) || !isPicture(id, picture)) return err({ code: 'picture-not-understood' });
  const { key, text } = masterEntry({ kind: 'slide', id, value: picture });
  return ok(audited(doing, 'slide.add', id, {}, { [key]: text }));
}

/** Takes out a picture that no place's customer display shows any more (rule C17). */
export function removeSlide(book: Book, id: string, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'settings.edit');
  if (!may.ok) return may;
  const places = [
    settingsOf(book.organizationSettings).slidePictures,
    ...[...book.storeSettings.values()].map((store) => ownValue(store, 'slidePictures') ?? []),
  ];
  if (places.some((shown) => shown.includes(id))) return err({ code: 'slide-in-use' });
  return ok(audited(doing, 'slide.remove', id, {}, { [`slide:${id}`]: undefined }));
}
