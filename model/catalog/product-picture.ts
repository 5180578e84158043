import * as v from 'valibot';
import { masterEntry } from '../documents/catalog.ts';
import type { DocumentChange } from '../staff/office-actor.ts';
import type { CatalogBook } from './catalog-book.ts';
import { isPicture, pictureSchema, type NamedPicture } from './picture.ts';
import type { Product } from './product.ts';

/** Why a picture is not one an article may have (rules C12 and C16); undefined where it is, and where none is given. */
export function pictureFault(
  given: NamedPicture | undefined,
): { readonly code: 'picture-not-understood' } | undefined {
  if (!given) return undefined;
  const isOne = v.is(pictureSchema, given.picture) && isPicture(given.id, given.picture);
  return isOne ? undefined : { code: 'picture-not-understood' };
}

/**
 * What changes among the pictures of an article's shard: the one it is given comes in, and the one it had goes unless another article
 * names it (rule C16).
 */
export function pictureChange(
  { products }: Pick<CatalogBook, 'products'>,
  { id, picture }: Product,
  given: NamedPicture | undefined,
): DocumentChange {
  const had = products.get(id)?.picture;
  const isNamed = (name: string) =>
    [...products.values()].some((other) => other.id !== id && other.picture === name);
  const isLeft = had !== undefined && had !== picture && !isNamed(had);
  const entry = given && masterEntry({ kind: 'picture', id: given.id, value: given.picture });
  return {
    ...(isLeft ? { [`picture:${had}`]: undefined } : {}),
    ...(entry ? { [entry.key]: entry.text } : {}),
  };
}
