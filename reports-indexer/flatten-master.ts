import { readCatalogEntry } from '#model/documents/catalog.ts';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { readStaffEntry } from '#model/documents/staff.ts';
import { readStoreEntry } from '#model/documents/store.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import { COUNTERSIGNED_HEAD } from '#model/documents/acknowledgements.ts';
import { judgeHead, judgeHeads, putHead } from './countersigned-heads.ts';
import { allRows } from './database.ts';
import { clearCustomer, clearCustomers, putCustomer } from './customer-rows.ts';
import { deviceSnapshot, markChangedRegisters, putDevice } from './device-rows.ts';
import type { Finding } from './exceptions.ts';
import { flattenAudit } from './flatten-audit.ts';
import { clearResolution, putResolution, putStock, stockProducts } from './flatten-exceptions.ts';
import { judgeStockEntries } from './judge-stock.ts';
import { entrySource, type DocumentEntries, type Writing } from './flatten-session.ts';
import type { EntryRefusal, EntryValue } from './read-record.ts';
import type { Statements } from './statements.ts';

/** Documents about the shop rather than about its sales. */
export type MasterKey = Extract<
  DocumentKey,
  {
    class:
      | 'organization'
      | 'staff'
      | 'catalog'
      | 'store'
      | 'acknowledgements'
      | 'customers'
      | 'exceptions'
      | 'stock-book';
  }
>;

/** Whether a document is one of those. */
export function isMaster(key: DocumentKey): key is MasterKey {
  return [
    'organization',
    'staff',
    'catalog',
    'store',
    'acknowledgements',
    'customers',
    'exceptions',
    'stock-book',
  ].includes(key.class);
}

/**
 * Brings the tables to what a document of the organization, its staff, a catalog shard, a store, a document of customers or head
 * office's word says.
 */
export function flattenMaster(
  writing: Writing,
  organization: string,
  key: MasterKey,
  document: DocumentEntries,
): void {
  const { statements, exceptions } = writing;
  const stock = key.class === 'stock-book' ? touchedProducts(statements, key, document) : undefined;
  flattenAudit(writing, key.class, document);
  const devices = key.class === 'organization' ? deviceSnapshot(statements) : undefined;
  if (document.complete) clearAll(statements, key);
  if (document.complete && document.known) {
    for (const { source } of allRows<{ source: string }>(statements.entryExceptions, document.documentId))
      exceptions.replace(source, []);
  }
  for (const [entry, values] of document.entries) {
    if (!document.complete) clearEntry(statements, key, entry);
    // The first value is the one every replica shows; the others lost an edit of the same entry.
    const [value] = values;
    const written = value === undefined ? ok(true) : putEntry(statements, key, entry, value);
    const findings: Finding[] = written.ok ? [] : [{ ...written.error, documentId: document.documentId }];
    exceptions.replace(entrySource(document.documentId, entry), findings);
  }
  if (devices && markChangedRegisters(statements, devices)) judgeHeads(statements, exceptions);
  if (key.class === 'acknowledgements') judgeHead(statements, exceptions, key);
  if (key.class !== 'stock-book' || !stock) return;
  const products = new Set([...stock, ...touchedProducts(statements, key, document)]);
  judgeStockEntries(writing, organization, key.store, [...products].sort());
}

/** Products that a book's document, or the entries of it that changed, name now. */
function touchedProducts(
  statements: Statements,
  key: Extract<MasterKey, { class: 'stock-book' }>,
  { complete, entries }: DocumentEntries,
): Set<string> {
  return stockProducts(statements, key, complete ? undefined : entries.keys());
}

function clearAll(statements: Statements, key: MasterKey): void {
  if (key.class === 'staff') statements.deletePeople.run();
  if (key.class === 'catalog') statements.deleteProducts.run(key.shard);
  if (key.class === 'catalog' && key.shard === 0) {
    statements.deleteDepartments.run();
    statements.deleteTiers.run();
  }
  if (key.class === 'customers') clearCustomers(statements, key.shard);
  if (key.class === 'exceptions') statements.deleteResolutions.run(key.store);
  if (key.class === 'stock-book')
    for (const { id } of allRows<{ id: string }>(statements.stockOfMonth, key.store, key.month))
      statements.deleteStockEntry.run(key.store, key.month, id);
  if (key.class === 'acknowledgements') statements.deleteHead.run(key.store, key.register);
  if (key.class !== 'organization') return;
  statements.deleteOrganizations.run();
  statements.deleteDevices.run();
  statements.deleteStores.run();
  statements.deleteRegisters.run();
}

function clearEntry(statements: Statements, key: MasterKey, entry: string): void {
  const [noun = '', id = '', group] = entry.split(':');
  if (key.class === 'staff' && noun === 'person') statements.deletePerson.run(id);
  if (key.class === 'catalog' && noun === 'product' && group === 'info')
    statements.deleteProduct.run(key.shard, id);
  if (key.class === 'catalog' && key.shard === 0) {
    if (noun === 'department') statements.deleteDepartment.run(id);
    if (noun === 'tier') statements.deleteTier.run(id);
  }
  if (key.class === 'customers') clearCustomer(statements, key.shard, entry);
  if (key.class === 'exceptions') clearResolution(statements, key.store, entry);
  if (key.class === 'stock-book') statements.deleteStockEntry.run(key.store, key.month, id);
  if (key.class === 'acknowledgements' && noun === COUNTERSIGNED_HEAD)
    statements.deleteHead.run(key.store, key.register);
  if (key.class !== 'organization') return;
  if (noun === 'device') statements.deleteDevice.run(id);
  if (noun === 'organization') statements.deleteOrganizations.run();
  if (noun === 'store') statements.deleteStore.run(id);
  const [store = '', register = ''] = id.split('-');
  if (noun === 'register') statements.deleteRegister.run(store, register);
}

function putEntry(
  statements: Statements,
  key: MasterKey,
  entry: string,
  value: EntryValue,
): Result<true, EntryRefusal> {
  if (typeof value !== 'string') return err({ code: 'bad-shape', detail: value.unreadable });
  if (key.class === 'organization') return putOrganization(statements, entry, value);
  if (key.class === 'acknowledgements') return putHead(statements, key, entry, value);
  if (key.class === 'staff') return putPerson(statements, entry, value);
  if (key.class === 'customers') return putCustomer(statements, key.shard, entry, value);
  if (key.class === 'exceptions') return putResolution(statements, key.store, entry, value);
  if (key.class === 'stock-book') return putStock(statements, key, entry, value);
  if (key.class === 'store') return readable(readStoreEntry(entry, value));
  return putProduct(statements, key.shard, entry, value);
}

/** Settings and favourites are in no report; an entry that cannot be read is told all the same (rule D5). */
function readable(read: Result<unknown, EntryRefusal>): Result<true, EntryRefusal> {
  return read.ok ? ok(true) : read;
}

function putOrganization(statements: Statements, key: string, text: string): Result<true, EntryRefusal> {
  const read = readOrganizationEntry(key, text);
  if (!read.ok) return read;
  const entry = read.value;
  if (entry.kind === 'organization') {
    const { tag, name, currency, language } = entry.value;
    statements.putOrganization.run(tag, name, currency, language);
  } else if (entry.kind === 'store') {
    const { id, name, timeZone, locale } = entry.value;
    statements.putStore.run(id, name, timeZone, locale);
  } else if (entry.kind === 'register') {
    const { store, register, name } = entry.value;
    statements.putRegister.run(store, register, name);
  } else if (entry.kind === 'device') putDevice(statements, entry.value);
  return ok(true);
}

function putPerson(statements: Statements, key: string, text: string): Result<true, EntryRefusal> {
  const read = readStaffEntry(key, text);
  if (!read.ok) return read;
  if (read.value.kind === 'audit') return ok(true);
  const { id, name, role, active } = read.value.value;
  statements.putPerson.run(id, name, role, active ? 1 : 0);
  return ok(true);
}

function putProduct(
  statements: Statements,
  shard: number,
  key: string,
  text: string,
): Result<true, EntryRefusal> {
  const read = readCatalogEntry(key, text);
  if (!read.ok) return read;
  const { kind, id } = read.value;
  if (kind === 'info') {
    const { sku, name, department, active } = read.value.value;
    statements.putProduct.run(shard, id, sku, name, department ?? null, active ? 1 : 0);
    return ok(true);
  }
  // A picture lies with its article (rule C12), a slide in a shard of its own (rule C17); neither is anything for reports.
  if (kind === 'price' || kind === 'picture' || kind === 'slide' || kind === 'audit') return ok(true);
  if (shard !== 0)
    return err({ code: 'wrong-shard', detail: `a ${kind} belongs to shard 0, not to ${shard}` });
  if (kind === 'department') statements.putDepartment.run(id, read.value.value.name);
  if (kind === 'tier') statements.putTier.run(id, read.value.value.name);
  return ok(true);
}
