import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import {
  addressOfBytes,
  bytesOfDocumentId,
  documentId,
  type DocumentAddress,
  type DocumentId,
  type DocumentKey,
} from '#model/ids/document-id.ts';
import { registerId, storeId, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import type { LogDisk } from '../../sync-relay/document-log.ts';
import { headsDigest } from '../../sync-relay/heads-index.ts';
import { LOG_HEADER, decodeLog, encodeLogFrame } from '../../sync-relay/log-file.ts';
import { makeShop, writeEntries } from '../support/journal-fixture.ts';
import { ORGANIZATION, firstChange, type EntriesDocument } from '../support/stock-peer.ts';
import type { TestKey } from '../support/test-key.ts';
import { REGISTERS, afterYear, type GrowthSize } from './growth-shop.ts';

/** A row of a relay's index, as its file has it. */
type IndexRow = readonly [
  id: string,
  bytes: string,
  digest: string,
  logBytes: number,
  archives: string[],
  seal: unknown,
];

/** What every relay of a store holds on its disk: the texts and lengths of its files, without those nobody will read. */
export type StoreFiles = {
  readonly rows: readonly IndexRow[];
  readonly files: ReadonlyMap<string, Buffer>;
};

/** What head office owns and every relay holds, and what a relay must have read before head office writes again. */
const SMALL: readonly DocumentKey['class'][] = ['organization', 'acknowledgements'];

/** The key of a store's relay, the same wherever it is asked for. */
export function relayKey(store: number, register: number): TestKey {
  const seed = createHash('sha256')
    .update(`relay of ${storeId(store)} ${registerId(register)}`)
    .digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    id: seed.toString('hex').slice(0, 16),
    publicKey: createPublicKey(key)
      .export({ format: 'der', type: 'spki' })
      .subarray(-32)
      .toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url'),
  };
}

/** What head office holds of each store while its relay is off, as the relays of that store hold it. */
export function storesOf(headOffice: string): ReadonlyMap<string, StoreFiles> {
  const stores = new Map<string, { rows: IndexRow[]; files: Map<string, Buffer> }>();
  const common: IndexRow[] = [];
  const latest = new Map<string, IndexRow>();
  for (const frame of decodeLog(readFileSync(join(headOffice, 'archive', 'heads.log'))).frames)
    for (const row of JSON.parse(Buffer.from(frame).toString('utf8')) as IndexRow[]) latest.set(row[0], row);
  for (const row of latest.values()) {
    const key = addressOfBytes(Buffer.from(row[1], 'hex'))?.key;
    if (key === undefined) continue;
    if (!('store' in key)) {
      common.push(row);
      continue;
    }
    const store = stores.get(key.store) ?? { rows: [], files: new Map<string, Buffer>() };
    stores.set(key.store, store);
    store.rows.push(row);
    if (SMALL.includes(key.class)) keep(store.files, headOffice, row);
  }
  if (common.length === 0) throw new Error('head office’s index does not know the organization');
  for (const store of stores.values())
    for (const row of common) {
      store.rows.push(row);
      keep(store.files, headOffice, row);
    }
  return stores;
}

function keep(files: Map<string, Buffer>, folder: string, [id]: IndexRow): void {
  for (const name of [`${id}.log`, `${id}.voucher`]) {
    const path = join(folder, name);
    const bytes = readIfThere(path);
    if (bytes !== undefined) files.set(name, bytes);
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** A document that head office has not seen. */
export type NewDocument = {
  readonly id: DocumentId;
  readonly bytes: Buffer;
  readonly heads: readonly string[];
};

/**
 * The days after the generated time: of each register of a store sessions that a till really could have made, one change a record, each
 * signed, and the basket beside each. In the order of the days, the registers of one day together.
 */
export function newDays(size: GrowthSize, store: number, days: number): NewDocument[] {
  const journals = makeShop(store, {
    stores: 1,
    registers: REGISTERS,
    sessions: days,
    salesPerSession: size.sales,
    allClosed: true,
    behind: (_, register) => afterYear(size, storeId(store), register),
  });
  const made: NewDocument[] = [];
  for (let day = 1; day <= days; day++)
    for (const [at, journal] of journals.entries()) {
      const place = { store: storeId(store), register: registerId(at + 1), session: size.days + day };
      made.push(documentOf({ class: 'session', ...place }, journal.sessions[day - 1]?.entries ?? {}));
      made.push(
        documentOf({ class: 'basket', ...place }, { head: `the last basket of ${placeName(place)}` }),
      );
    }
  return made;
}

function placeName({ store, register }: { readonly store: StoreId; readonly register: RegisterId }): string {
  return `${store}-${register}`;
}

function documentOf(key: DocumentKey, entries: Readonly<Record<string, string>>): NewDocument {
  let doc = A.load<EntriesDocument>(firstChange());
  for (const entry of Object.entries(entries)) doc = writeEntries(doc, Object.fromEntries([entry]));
  const made = { bytes: Buffer.from(A.save(doc)), heads: A.getHeads(doc) };
  A.free(doc);
  const address: DocumentAddress = { organization: ORGANIZATION, key };
  return { id: documentId(address), ...made };
}

/** The disk of one relay of a store: what all of them hold, and in memory what this one writes. */
export class StoreDisk implements LogDisk {
  readonly #shared: StoreFiles;
  readonly #folder: string;
  readonly #own = new Map<string, Buffer>();

  constructor(folder: string, { rows, files }: StoreFiles, added: readonly NewDocument[]) {
    this.#folder = folder;
    const news = added.map((one) => ({
      ...one,
      log: Buffer.concat([LOG_HEADER, encodeLogFrame(one.bytes)]),
    }));
    for (const { id, log } of news) this.#own.set(`${id}.log`, log);
    const all = [...rows, ...news.map((one) => rowOf(one, one.log.length))];
    this.#shared = { rows: all, files };
    this.#own.set('archive/heads.log', indexFile(all));
  }

  append(path: string, offset: number, bytes: Uint8Array): Promise<void> {
    const before = (this.#file(path) ?? Buffer.alloc(0)).subarray(0, offset);
    this.#own.set(this.#name(path), Buffer.concat([before, bytes]));
    return Promise.resolve();
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    this.#own.set(this.#name(path), Buffer.from(bytes));
    return Promise.resolve();
  }

  truncate(path: string, length: number): Promise<void> {
    return this.append(path, length, new Uint8Array());
  }

  read(path: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.#file(path));
  }

  copy(path: string, to: string): Promise<void> {
    const file = this.#file(path);
    return file ? this.replace(to, file) : Promise.resolve();
  }

  list(folder: string): Promise<string[]> {
    if (this.#name(folder) === '') return Promise.resolve(this.#logs().map(([name]) => name));
    return Promise.resolve(
      this.#shared.rows.flatMap(([id, , , , archives]) => archives.map((sha) => `${id}.${sha}.saved`)),
    );
  }

  sizes(): Promise<Map<string, number>> {
    return Promise.resolve(new Map(this.#logs()));
  }

  remove(path: string): Promise<void> {
    this.#own.delete(this.#name(path));
    return Promise.resolve();
  }

  #logs(): (readonly [string, number])[] {
    return this.#shared.rows.flatMap(([id, , , logBytes]) =>
      logBytes > 0 ? [[`${id}.log`, logBytes] as const] : [],
    );
  }

  #file(path: string): Buffer | undefined {
    const name = this.#name(path);
    return this.#own.get(name) ?? this.#shared.files.get(name);
  }

  #name(path: string): string {
    return path.slice(this.#folder.length + 1);
  }
}

function rowOf({ id, heads }: NewDocument, logBytes: number): IndexRow {
  const bytes = Buffer.from(bytesOfDocumentId(id)).toString('hex');
  return [id, bytes, Buffer.from(headsDigest(heads)).toString('hex'), logBytes, [], null];
}

function indexFile(rows: readonly IndexRow[]): Buffer {
  const frames: Buffer[] = [LOG_HEADER];
  for (let at = 0; at < rows.length; at += 500)
    frames.push(encodeLogFrame(Buffer.from(JSON.stringify(rows.slice(at, at + 500)))));
  return Buffer.concat(frames);
}
