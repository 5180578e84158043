import * as v from 'valibot';
import type { CatalogBook } from '../catalog/catalog-book.ts';
import { masterEntry } from '../documents/catalog.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
} from '../staff/office-actor.ts';
import { specialSchema, type Scope, type Special } from './special.ts';

/** Why a special was not written. */
export type SpecialRefusal =
  | OfficeRefusal
  | { readonly code: 'name-missing' | 'days-backwards' | 'unknown-special' | 'effect-empty' | 'scope-empty' }
  | { readonly code: 'unknown-product' | 'unknown-department'; readonly id: string }
  | { readonly code: 'bad-special'; readonly detail: string };

type Outcome = Result<DocumentChange, SpecialRefusal>;

/** Writes a special, new or known (rules X4 to X10 and O6); gives what to write into shard 0. */
export function saveSpecial(book: CatalogBook, special: Special, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const fault = faultOf(book, special);
  return fault ? err(fault) : write(book, special, doing);
}

/** Switches a special off or on again; it is never taken out, because receipts name it (rule O7). */
export function switchSpecial(book: CatalogBook, id: string, on: boolean, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const known = book.specials.get(id);
  if (!known) return err({ code: 'unknown-special' });
  const { off: _before, ...rest } = known;
  return write(book, on ? rest : { ...rest, off: true }, doing);
}

function write(book: CatalogBook, special: Special, doing: OfficeDoing): Outcome {
  const read = v.safeParse(specialSchema, special);
  if (!read.success) {
    const [issue] = read.issues;
    return err({ code: 'bad-special', detail: `${v.getDotPath(issue) ?? 'special'}: ${issue.message}` });
  }
  const { key, text } = masterEntry({ kind: 'special', id: special.id, value: read.output });
  const what = book.specials.has(special.id) ? 'special.edit' : 'special.add';
  const details = { name: special.name, special: text };
  return ok(audited(doing, what, special.id, details, { [key]: text }));
}

function faultOf(book: CatalogBook, special: Special): SpecialRefusal | undefined {
  const { name, firstDay, lastDay, scope, effect } = special;
  if (name.trim() === '') return { code: 'name-missing' };
  if (firstDay !== undefined && lastDay !== undefined && lastDay < firstDay)
    return { code: 'days-backwards' };
  const isEmpty = effect.kind === 'units' && !effect.change && (effect.steps ?? []).length === 0;
  if (isEmpty) return { code: 'effect-empty' };
  const scopes = effect.kind === 'buy-get' && effect.reward ? [scope, effect.reward] : [scope];
  return scopes.map((each) => scopeFault(book, each)).find((fault) => fault !== undefined);
}

function scopeFault(book: CatalogBook, { products, departments }: Scope): SpecialRefusal | undefined {
  const named = [...(products ?? []), ...(departments ?? [])];
  // A scope that names nothing at all is for everything; a list that was emptied would be for nothing.
  if ((products || departments) && named.length === 0) return { code: 'scope-empty' };
  const product = products?.find((id) => !book.products.has(id));
  if (product !== undefined) return { code: 'unknown-product', id: product };
  const department = departments?.find((id) => !book.departments.has(id));
  return department === undefined ? undefined : { code: 'unknown-department', id: department };
}
