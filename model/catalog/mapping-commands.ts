import * as v from 'valibot';
import { masterEntry } from '../documents/catalog.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
} from '../staff/office-actor.ts';
import { taxMappingSchema, type TaxMapping } from '../tax/tax-mapping.ts';
import type { CatalogBook } from './catalog-book.ts';

/** Why a mapping of taxes was not written. */
export type MappingRefusal =
  | OfficeRefusal
  | { readonly code: 'name-missing' | 'mapping-known' | 'mapping-empty' | 'nothing-to-change' }
  | { readonly code: 'unknown-tax'; readonly id: string }
  | { readonly code: 'bad-master'; readonly detail: string };

/** Writes a mapping of taxes, new or known; gives what to write into shard 0 (rules T13 and O11). */
export function saveTaxMapping(
  book: CatalogBook,
  mapping: TaxMapping,
  doing: OfficeDoing,
): Result<DocumentChange, MappingRefusal> {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const wanted = { ...mapping, name: mapping.name.trim() };
  const fault = faultOf(book, wanted);
  if (fault) return err(fault);
  const read = v.safeParse(taxMappingSchema, wanted);
  if (!read.success) {
    const [issue] = read.issues;
    return err({ code: 'bad-master', detail: `${v.getDotPath(issue) ?? 'entry'}: ${issue.message}` });
  }
  const { id } = wanted;
  const { key, text } = masterEntry({ kind: 'tax-mapping', id, value: read.output });
  const before = book.taxMappings.get(id);
  if (before && masterEntry({ kind: 'tax-mapping', id, value: before }).text === text)
    return err({ code: 'nothing-to-change' });
  const what = before ? 'tax-mapping.edit' : 'tax-mapping.add';
  return ok(audited(doing, what, id, mappingWords(read.output), { [key]: text }));
}

function faultOf(book: CatalogBook, mapping: TaxMapping): MappingRefusal | undefined {
  const { id, name, exempt, replaces } = mapping;
  if (name === '') return { code: 'name-missing' };
  const twin = [...book.taxMappings.values()].some(
    (other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase(),
  );
  if (twin) return { code: 'mapping-known' };
  if (!exempt && Object.keys(replaces).length === 0) return { code: 'mapping-empty' };
  const named = [...Object.keys(replaces), ...Object.values(replaces).flat()];
  const unknown = named.find((tax) => !book.taxes.has(tax));
  return unknown === undefined ? undefined : { code: 'unknown-tax', id: unknown };
}

function mappingWords({ name, exempt, replaces }: TaxMapping): Record<string, string> {
  const changes = Object.entries(replaces).map(([tax, by]) => `${tax} > ${by.join(' + ') || 'none'}`);
  return { name, replaces: exempt ? 'all taxes away' : changes.join(', ') };
}
