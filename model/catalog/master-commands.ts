import * as v from 'valibot';
import { masterEntry } from '../documents/catalog.ts';
import { err, ok, type Result } from '../result.ts';
import type { CountryPreset } from '../settings/country-presets.ts';
import { presetTaxes } from '../settings/preset-changes.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
} from '../staff/office-actor.ts';
import type { CatalogBook } from './catalog-book.ts';
import {
  departmentSchema,
  taxRateSchema,
  tenderSchema,
  type Department,
  type TaxRate,
  type Tender,
} from './product.ts';

/** Why a department, a tax or a tender was not written. */
export type MasterRefusal =
  | OfficeRefusal
  | { readonly code: 'name-missing' | 'rate-not-understood' | 'last-tender' | 'nothing-to-change' }
  | { readonly code: 'unknown-tax'; readonly id: string }
  /** `count` articles name the tax. */
  | { readonly code: 'tax-in-use'; readonly count: number }
  /** A mapping charges the tax. */
  | { readonly code: 'tax-mapped'; readonly mapping: string }
  | { readonly code: 'bad-master'; readonly detail: string };

type Outcome = Result<DocumentChange, MasterRefusal>;

/** Writes a department, new or known; gives what to write into shard 0 (rules D4 and O6). */
export function saveDepartment(
  book: CatalogBook,
  id: string,
  value: Department,
  doing: OfficeDoing,
): Outcome {
  const read = readable(book, departmentSchema, value, doing);
  if (!read.ok) return read;
  const what = book.departments.has(id) ? 'department.edit' : 'department.add';
  const { key, text } = masterEntry({ kind: 'department', id, value: read.value });
  return ok(audited(doing, what, id, { name: read.value.name }, { [key]: text }));
}

/** Writes a tax, new or known. A rate that changes holds for what is sold from then on (rules T5 and O6). */
export function saveTax(book: CatalogBook, tax: TaxRate, doing: OfficeDoing): Outcome {
  if (!v.is(taxRateSchema.entries.rate, tax.rate)) {
    const may = permit(book, doing, 'catalog.edit');
    return may.ok ? err({ code: 'rate-not-understood' }) : may;
  }
  const read = readable(book, taxRateSchema, tax, doing);
  if (!read.ok) return read;
  const what = book.taxes.has(tax.id) ? 'tax.edit' : 'tax.add';
  const { key, text } = masterEntry({ kind: 'tax', id: tax.id, value: read.value });
  return ok(audited(doing, what, tax.id, taxWords(read.value), { [key]: text }));
}

/** Takes a tax out that no article and no mapping names (rules O7 and O11). */
export function removeTax(book: CatalogBook, id: string, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const tax = book.taxes.get(id);
  if (!tax) return err({ code: 'unknown-tax', id });
  const count = [...book.products.values()].filter(({ taxes }) => taxes.includes(id)).length;
  if (count > 0) return err({ code: 'tax-in-use', count });
  const mapping = [...book.taxMappings.values()].find(({ replaces }) =>
    Object.values(replaces).some((taxes) => taxes.includes(id)),
  );
  if (mapping) return err({ code: 'tax-mapped', mapping: mapping.name });
  return ok(audited(doing, 'tax.remove', id, taxWords(tax), { [`tax:${id}`]: undefined }));
}

/** Adds the taxes of a country that are not there yet, as one act (rule O3). */
export function addPresetTaxes(book: CatalogBook, preset: CountryPreset, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const taxes = presetTaxes(book.taxes, preset);
  if (taxes.length === 0) return err({ code: 'nothing-to-change' });
  const entries = taxes.map((value) => masterEntry({ kind: 'tax', id: value.id, value }));
  const details = { taxes: taxes.map(({ name, rate }) => `${name} ${rate}`).join(', ') };
  const change = Object.fromEntries(entries.map(({ key, text }) => [key, text]));
  return ok(audited(doing, 'tax.add', preset.country, details, change));
}

/** Writes a tender, new or known; one stays that is offered (rules Y1 and O7). */
export function saveTender(book: CatalogBook, tender: Tender, doing: OfficeDoing): Outcome {
  const read = readable(book, tenderSchema, tender, doing);
  if (!read.ok) return read;
  const after = new Map(book.tenders).set(tender.id, read.value);
  if (![...after.values()].some(({ active }) => active !== false)) return err({ code: 'last-tender' });
  const { name, kind, order, active } = read.value;
  const details = { name, kind, order: String(order), offered: active === false ? 'no' : 'yes' };
  const what = book.tenders.has(tender.id) ? 'tender.edit' : 'tender.add';
  const { key, text } = masterEntry({ kind: 'tender', id: tender.id, value: read.value });
  return ok(audited(doing, what, tender.id, details, { [key]: text }));
}

function readable<Schema extends v.GenericSchema<unknown, { readonly name: string }>>(
  book: CatalogBook,
  schema: Schema,
  value: v.InferInput<Schema>,
  doing: OfficeDoing,
): Result<v.InferOutput<Schema>, MasterRefusal> {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const { name } = value as { readonly name: string };
  if (name.trim() === '') return err({ code: 'name-missing' });
  const read = v.safeParse(schema, value);
  if (read.success) return ok(read.output);
  const [issue] = read.issues;
  return err({ code: 'bad-master', detail: `${v.getDotPath(issue) ?? 'entry'}: ${issue.message}` });
}

function taxWords({ name, rate, included, kind, compounds }: TaxRate): Record<string, string> {
  const marks = [included ? 'included' : 'on top', kind ?? 'percent', compounds ? 'compounds' : ''];
  return { name, rate, how: marks.filter((mark) => mark !== '').join(', ') };
}
