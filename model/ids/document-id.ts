import bs58check from 'bs58check';
import { assert, err, ok, type Result } from '../result.ts';
import {
  registerId,
  registerNumber,
  storeId,
  storeNumber,
  type RegisterId,
  type StoreId,
} from './register-id.ts';

/**
 * What a document is (rule D1). Two devices that create "the same" document while apart create the same id, and
 * anyone can tell from the id alone who may write it.
 * `shard` 0 to 65535; `session` counts a register's sessions from 1; `day` is days and `month` months since 1970-01-01.
 * A stock summary's `shard` is 0 to 15.
 */
export type DocumentKey =
  | { readonly class: 'organization' }
  | { readonly class: 'staff' }
  | { readonly class: 'catalog'; readonly shard: number }
  | { readonly class: 'store'; readonly store: StoreId }
  | { readonly class: 'customers'; readonly shard: number }
  | {
      readonly class: 'session';
      readonly store: StoreId;
      readonly register: RegisterId;
      readonly session: number;
    }
  | {
      readonly class: 'basket';
      readonly store: StoreId;
      readonly register: RegisterId;
      readonly session: number;
    }
  | { readonly class: 'parked'; readonly store: StoreId; readonly day: number }
  | { readonly class: 'stock-book'; readonly store: StoreId; readonly month: number }
  | { readonly class: 'claims'; readonly store: StoreId; readonly register: RegisterId; readonly day: number }
  | { readonly class: 'acknowledgements'; readonly store: StoreId; readonly register: RegisterId }
  | { readonly class: 'ledger'; readonly shard: number }
  | { readonly class: 'exceptions'; readonly store: StoreId }
  | {
      readonly class: 'stock-summary';
      readonly store: StoreId;
      readonly month: number;
      readonly shard: number;
    };

/** The name of a document class. */
export type DocumentClass = DocumentKey['class'];

/** An automerge-repo document id: base58check of 16 bytes. */
export type DocumentId = string & { readonly __documentId: true };

/** A document id with what it says. `organization` is the organization's tag, 12 hex digits. */
export type DocumentAddress = { readonly organization: string; readonly key: DocumentKey };

const FORMAT = 1;
const CLASS_CODES: Record<DocumentClass, number> = {
  organization: 1,
  staff: 2,
  catalog: 3,
  store: 4,
  customers: 5,
  session: 6,
  basket: 7,
  parked: 8,
  'stock-book': 9,
  claims: 10,
  acknowledgements: 11,
  ledger: 12,
  exceptions: 13,
  'stock-summary': 14,
};
/** How many documents hold one month's summary of a store's stock (rule K7); fixed for ever, as it is part of their ids. */
export const STOCK_SUMMARY_SHARDS = 16;

const CLASS_BY_CODE = new Map(
  Object.entries(CLASS_CODES).map(([name, code]) => [code, name as DocumentClass]),
);

/** Whether `text` is an organization tag: 12 lower-case hex digits. */
export function isOrganizationTag(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text);
}

/** Ids that were made and read before: a relay does both with every message, and the check of one costs two SHA-256. */
const made = new Map<string, DocumentId>();
const read = new Map<string, Result<DocumentAddress, DocumentIdRefusal>>();
const bytesRead = new Map<string, Uint8Array>();
const MOST_KEPT = 2_000;

/** The id of a document: format 1 byte, class 1, organization tag 6, store 2, register 2, sequence 4, big-endian (rule D1). */
export function documentId(address: DocumentAddress): DocumentId {
  assert(isOrganizationTag(address.organization), () => `not an organization tag: ${address.organization}`);
  const { key } = address;
  const sequence = sequenceOf(key);
  // DataView would wrap a number that does not fit, and two documents would share one id.
  assert(isSequence(key.class, sequence), () => `out of range: ${describeDocument(key)}`);
  const store = 'store' in key ? storeNumber(key.store) : 0;
  const register = 'register' in key ? registerNumber(key.register) : 0;
  const name = [address.organization, CLASS_CODES[key.class], store, register, sequence].join();
  const known = made.get(name);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FORMAT);
  view.setUint8(1, CLASS_CODES[key.class]);
  for (let i = 0; i < 6; i++)
    view.setUint8(2 + i, Number.parseInt(address.organization.slice(i * 2, i * 2 + 2), 16));
  view.setUint16(8, store);
  view.setUint16(10, register);
  view.setUint32(12, sequence);
  const id = bs58check.encode(bytes) as DocumentId;
  if (made.size >= MOST_KEPT) made.clear();
  made.set(name, id);
  return id;
}

function sequenceOf(key: DocumentKey): number {
  if (key.class === 'stock-summary') return summarySequence(key);
  if ('shard' in key) return key.shard;
  if ('session' in key) return key.session;
  if ('day' in key) return key.day;
  if ('month' in key) return key.month;
  return 0;
}

function summarySequence({ month, shard }: Extract<DocumentKey, { class: 'stock-summary' }>): number {
  const isShard = Number.isInteger(shard) && shard >= 0 && shard < STOCK_SUMMARY_SHARDS;
  // Out of range, it would be the id of another month.
  return isShard ? month * STOCK_SUMMARY_SHARDS + shard : Number.NaN;
}

function isSequence(name: DocumentClass, sequence: number): boolean {
  const least = name === 'session' ? 1 : 0;
  const isShard = name === 'catalog' || name === 'customers' || name === 'ledger';
  const most = isShard ? 0xffff : 0xffff_ffff;
  return Number.isInteger(sequence) && sequence >= least && sequence <= most;
}

/** Why an id was not read: it is no base58check text of 16 bytes, or not one of ours. */
export type DocumentIdRefusal = 'not-an-id' | 'foreign-id';

/** Reads a document id; the exact inverse of {@link documentId}. Ids of another format or shape are refused as foreign. */
export function parseDocumentId(text: string): Result<DocumentAddress, DocumentIdRefusal> {
  const known = read.get(text);
  if (known !== undefined) return known;
  const found = readDocumentId(text);
  // What is refused is not kept: whoever makes up ids must not fill the memory.
  if (!found.ok) return found;
  if (read.size >= MOST_KEPT) read.clear();
  read.set(text, found);
  return found;
}

function readDocumentId(text: string): Result<DocumentAddress, DocumentIdRefusal> {
  const bytes = text.length <= 64 ? bs58check.decodeUnsafe(text) : undefined;
  if (bytes === undefined || bytes.length !== 16) return err('not-an-id');
  const address = addressOfBytes(bytes);
  // Bytes a class does not use must be zero, or two ids would name one document.
  return address !== undefined && documentId(address) === text ? ok(address) : err('foreign-id');
}

/** The 16 bytes of a document id. */
export function bytesOfDocumentId(id: DocumentId): Uint8Array {
  const known = bytesRead.get(id) ?? bs58check.decode(id);
  if (bytesRead.size >= MOST_KEPT) bytesRead.clear();
  bytesRead.set(id, known);
  return known.slice();
}

/** The two hex digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Ids that were made once: a relay that starts asks for those of every document it holds. */
const storesMade = new Map<number, StoreId>();
const registersMade = new Map<number, RegisterId>();

function storeOf(number: number): StoreId {
  const made = storesMade.get(number) ?? storeId(number);
  storesMade.set(number, made);
  return made;
}

function registerOf(number: number): RegisterId {
  const made = registersMade.get(number) ?? registerId(number);
  registersMade.set(number, made);
  return made;
}

/** What 16 bytes name, without a look at those its class does not use; undefined where they name nothing of ours. */
export function addressOfBytes(bytes: Uint8Array): DocumentAddress | undefined {
  if (bytes.length !== 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const name = CLASS_BY_CODE.get(view.getUint8(1));
  if (view.getUint8(0) !== FORMAT || name === undefined) return undefined;
  let organization = '';
  for (let at = 2; at < 8; at++) organization += HEX[bytes[at] ?? 0];
  const key = keyOf(name, view.getUint16(8), view.getUint16(10), view.getUint32(12));
  return key !== undefined && isSequence(name, sequenceOf(key)) ? { organization, key } : undefined;
}

function keyOf(
  name: DocumentClass,
  store: number,
  register: number,
  sequence: number,
): DocumentKey | undefined {
  const storeOk = store >= 1 && store <= 9999;
  const registerOk = register >= 1 && register <= 999;
  switch (name) {
    case 'organization':
    case 'staff':
      return { class: name };
    case 'catalog':
    case 'customers':
    case 'ledger':
      return { class: name, shard: sequence };
    case 'store':
    case 'exceptions':
      return storeOk ? { class: name, store: storeOf(store) } : undefined;
    case 'parked':
      return storeOk ? { class: name, store: storeOf(store), day: sequence } : undefined;
    case 'stock-book':
      return storeOk ? { class: name, store: storeOf(store), month: sequence } : undefined;
    case 'stock-summary': {
      const shard = sequence % STOCK_SUMMARY_SHARDS;
      const month = (sequence - shard) / STOCK_SUMMARY_SHARDS;
      return storeOk ? { class: name, store: storeOf(store), month, shard } : undefined;
    }
    case 'session':
    case 'basket':
      return storeOk && registerOk
        ? { class: name, store: storeOf(store), register: registerOf(register), session: sequence }
        : undefined;
    case 'claims':
      return storeOk && registerOk
        ? { class: name, store: storeOf(store), register: registerOf(register), day: sequence }
        : undefined;
    case 'acknowledgements':
      return storeOk && registerOk
        ? { class: name, store: storeOf(store), register: registerOf(register) }
        : undefined;
  }
}

/** A short name of a document for people and logs: `session S01-R2 #41`, `catalog 3`. */
export function describeDocument(key: DocumentKey): string {
  switch (key.class) {
    case 'organization':
    case 'staff':
      return key.class;
    case 'catalog':
    case 'customers':
    case 'ledger':
      return `${key.class} ${key.shard}`;
    case 'store':
    case 'exceptions':
      return `${key.class} ${key.store}`;
    case 'session':
    case 'basket':
      return `${key.class} ${key.store}-${key.register} #${key.session}`;
    case 'parked':
      return `parked ${key.store} day ${key.day}`;
    case 'stock-book':
      return `stock book ${key.store} month ${key.month}`;
    case 'stock-summary':
      return `stock summary ${key.store} month ${key.month} shard ${key.shard}`;
    case 'claims':
      return `claims ${key.store}-${key.register} day ${key.day}`;
    case 'acknowledgements':
      return `acknowledgements ${key.store}-${key.register}`;
  }
}
