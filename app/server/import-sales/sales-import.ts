import type { ImportOptions } from './options.ts';
import type { Documents } from '../../lib/repo/documents.ts';
import { addMissing, readDocument, type Writes } from '../shop-writes.ts';
import { organizationSchema } from '#model/documents/organization.ts';
import { readEntry } from '#model/documents/entries.ts';
import { registerName } from '#model/ids/register-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import { RegisterImport } from './register-import.ts';
import type { ImportedReceipt } from './sales-file.ts';
import {
  cashierEntries,
  masterEntries,
  organizationEntry,
  placeEntries,
  productWrites,
} from './shop-documents.ts';

/** What an import works with; the world is passed in. */
export type SalesImportParts = {
  readonly documents: Documents;
  readonly organization: string;
  readonly options: ImportOptions;
  /** The latest session of each register, by register name, as the relay knows it. */
  readonly latestSessions: () => Promise<Readonly<Record<string, number>>>;
  readonly now: () => string;
  /** 32 random base64url characters. */
  readonly random: () => string;
  readonly onReceipt: () => void;
};

/** What the basket ids of an import begin with. */
export function basketPrefix(options: ImportOptions): string {
  return `${options.source}:`;
}

/** Brings receipts into the documents: the shop first, then every register's days. An error is a sentence. */
export async function importSales(
  receipts: readonly ImportedReceipt[],
  parts: SalesImportParts,
): Promise<Result<void, string>> {
  const currency = await prepareShop(receipts, parts);
  if (!currency.ok) return currency;
  const rules = { currency: currency.value, taxRounding: 'receipt' as const };
  const latest = await parts.latestSessions();
  const registers = groupBy(receipts, ({ store, register }) => registerName(store, register));
  const ready: { readonly register: RegisterImport; readonly receipts: readonly ImportedReceipt[] }[] = [];
  for (const [name, own] of registers) {
    const [first] = own;
    if (!first) continue;
    const register = new RegisterImport(
      {
        documents: parts.documents,
        organization: parts.organization,
        rules,
        timeZone: parts.options['time-zone'],
        prefix: basketPrefix(parts.options),
      },
      first.store,
      first.register,
    );
    // Every register is read before the first is written: a refusal must not leave half of the file behind.
    const trouble = await register.read(latest[name] ?? 0);
    if (trouble !== undefined) return err(trouble);
    ready.push({ register, receipts: own });
  }
  for (const { register, receipts: own } of ready) {
    for (const [day, receiptsOfDay] of groupBy(own, ({ at }) => at.slice(0, 10))) {
      const rung = await register.ring(day, receiptsOfDay, parts.onReceipt);
      if (!rung.ok) return rung;
    }
  }
  return ok(undefined);
}

/** Writes what the file needs and the organization lacks; gives the organization's currency. */
async function prepareShop(
  receipts: readonly ImportedReceipt[],
  parts: SalesImportParts,
): Promise<Result<string, string>> {
  const { documents, options, organization } = parts;
  const known = await readDocument(documents, { class: 'organization' });
  if (!known.ok) return known;
  const text =
    known.value['organization'] ??
    organizationEntry(organization, options.name, options.currency, parts.now());
  const own = readEntry(organizationSchema, 'organization', text);
  if (!own.ok) return err(`The organization in this folder cannot be read (${own.error.detail}).`);
  const defaults = { currency: own.value.currency, timeZone: options['time-zone'], locale: options.locale };
  const writes: Writes = [
    { key: { class: 'organization' }, entries: { organization: text, ...placeEntries(receipts, defaults) } },
    { key: { class: 'staff' }, entries: cashierEntries(receipts, parts.random) },
    { key: { class: 'catalog', shard: 0 }, entries: masterEntries(receipts) },
    ...productWrites(receipts, own.value.catalogShards),
  ];
  for (const write of writes) {
    const trouble = await addMissing(documents, write);
    if (trouble !== undefined) return err(trouble);
  }
  return ok(own.value.currency);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
