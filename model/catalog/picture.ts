import * as v from 'valibot';
import { base64url, sha256Text } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';

/** The largest picture of an article, in bytes (rule C12): every till of the organization keeps every picture. */
export const MAX_PICTURE_BYTES = 20_000;

/** The largest picture of the customer display, in bytes (rule C17). */
export const MAX_SLIDE_BYTES = 100_000;

/** How many pictures a place's customer displays show at the most (rule C17). */
export const MAX_SLIDES = 8;

/** The id of a picture: the base64url SHA-256 of its base64 text. */
export const pictureIdSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'a picture id has 43 characters'),
);

/** The kinds of picture a till shows. */
export const PICTURE_TYPES = ['image/webp', 'image/png', 'image/jpeg'] as const;

const schemaUpTo = (most: number) =>
  v.strictObject({
    type: v.picklist(PICTURE_TYPES),
    data: v.pipe(v.string(), v.base64('a picture is base64'), v.maxLength(Math.ceil(most / 3) * 4)),
  });

/** A picture of an article as it is stored: its media type and its bytes as base64. */
export const pictureSchema = schemaUpTo(MAX_PICTURE_BYTES);

/** A picture of the customer display as it is stored (rule C17). */
export const slideSchema = schemaUpTo(MAX_SLIDE_BYTES);

/** A picture as it is stored. */
export type Picture = v.InferOutput<typeof pictureSchema>;

/** A picture with the id that names it. */
export type NamedPicture = { readonly id: string; readonly picture: Picture };

/** Why bytes are no picture of an article or of the customer display. */
export type PictureRefusal =
  { readonly code: 'picture-too-large'; readonly most: number } | { readonly code: 'picture-not-understood' };

/** Makes a stored picture with its id from the bytes of a file, whose kind its first bytes tell, `most` of them (rules C12 and C17). */
export function pictureOf(
  bytes: Uint8Array,
  most: number = MAX_PICTURE_BYTES,
): Result<NamedPicture, PictureRefusal> {
  if (bytes.length > most) return err({ code: 'picture-too-large', most });
  const type = typeOf(bytes);
  if (type === undefined) return err({ code: 'picture-not-understood' });
  const data = toBase64(bytes);
  return ok({ id: sha256Text(data), picture: { type, data } });
}

/** Whether a stored picture is the one its id names (rule C12). */
export function isPicture(id: string, { data }: Picture): boolean {
  return sha256Text(data) === id;
}

/** A picture as an address an image element takes. */
export function pictureAddress({ type, data }: Picture): string {
  return `data:${type};base64,${data}`;
}

function typeOf(bytes: Uint8Array): Picture['type'] | undefined {
  const begins = (at: number, ...values: number[]) => values.every((value, i) => bytes[at + i] === value);
  if (begins(0, 0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  if (begins(0, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (begins(0, 0x52, 0x49, 0x46, 0x46) && begins(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp';
  return undefined;
}

function toBase64(bytes: Uint8Array): string {
  const text = base64url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
