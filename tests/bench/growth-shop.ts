import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import { openSaleEntries } from '#model/documents/basket.ts';
import type { Entries } from '#model/documents/entries.ts';
import { bytesOfDocumentId, documentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { recordKey } from '#model/journal/record.ts';
import { recordText, type ChainHead } from '#model/journal/chain.ts';
import { encodeLogFrame, LOG_HEADER } from '../../sync-relay/log-file.ts';
import type { BasketLine } from '#model/sale/basket.ts';
import { headsDigest } from '../../sync-relay/heads-index.ts';
import { makeShop, writeEntries } from '../support/journal-fixture.ts';
import { ORGANIZATION, firstChange, type EntriesDocument } from '../support/stock-peer.ts';

/** How much is generated: each register has one session and one basket a day. */
export type GrowthSize = { readonly stores: number; readonly days: number; readonly sales: number };

export const REGISTERS = 4;

/** The session of a register on a day of the generated time, from 1. */
export function sessionOf(store: number, register: number, day: number): DocumentId {
  return idOf('session', store, register, day);
}

function idOf(name: 'session' | 'basket', store: number, register: number, session: number): DocumentId {
  const place = { store: storeId(store), register: registerId(register) };
  return documentId({ organization: ORGANIZATION, key: { class: name, ...place, session } });
}

/** Every generated document is one of these with a change of its own behind it. */
type Template = { readonly bytes: Uint8Array; readonly change: Buffer; readonly nameAt: number };

/** The name the template's own change has where each document has its own; all are as long as this. */
const PLACEHOLDER = 'x'.repeat(32);

/** Where a change's checksum is, and where what its hash is of begins. */
const [CHECKSUM_AT, HASHED_AT] = [4, 8];

/** The records of one real day. */
function dayOf(sales: number): A.Doc<EntriesDocument> {
  const [journal] = makeShop(1, { stores: 1, registers: 1, sessions: 1, salesPerSession: sales });
  return A.change(A.load<EntriesDocument>(firstChange()), { time: 0 }, (draft) => {
    for (const record of journal?.records ?? [])
      draft.entries[recordKey(record.seq)] = new A.ImmutableString(recordText(record));
  });
}

/** A basket in which sales of three lines lay one after the other, as scans and payment write them. */
function basketAfter(sales: number): A.Doc<EntriesDocument> {
  let doc = A.load<EntriesDocument>(firstChange());
  let held: Entries = {};
  const become = (next: Entries) => {
    const changes: Record<string, string | undefined> = { ...next };
    for (const key of Object.keys(held)) if (!(key in next)) changes[key] = undefined;
    for (const [key, text] of Object.entries(next)) if (held[key] === text) delete changes[key];
    doc = writeEntries(doc, changes);
    held = next;
  };
  for (let sale = 1; sale <= sales; sale++) {
    const lines = [1, 2, 3].map((line) => basketLine((7 * sale + 13 * line) % 400));
    const basketOf = (count: number) => ({ id: `basket-${sale}`, lines: lines.slice(0, count) });
    for (const count of [1, 2, 3])
      become(openSaleEntries({ basket: basketOf(count), paying: false, payments: [] }));
    become(openSaleEntries({ basket: basketOf(3), paying: true, payments: [] }));
    become({});
  }
  return doc;
}

function basketLine(number: number): BasketLine {
  const taxes = [{ id: 'vat', name: 'VAT', rate: '20', included: true }];
  const what = { product: `P${number}`, sku: `SKU-${number}`, name: `Product ${number}` };
  return { ...what, quantity: '1', price: '3.50', taxes };
}

/** A document, and a change behind it that names each document made like it. */
function templateOf(doc: A.Doc<EntriesDocument>): Template {
  const bytes = A.save(doc);
  const named = A.change(doc, { time: 0 }, (draft) => {
    draft.entries['own'] = new A.ImmutableString(PLACEHOLDER);
  });
  const change = Buffer.from(A.getLastLocalChange(named) ?? new Uint8Array());
  return { bytes, change, nameAt: change.indexOf(PLACEHOLDER) };
}

/** A document as long on the disk as a real one, in a thousandth of the time; only its own change is made anew. */
function documentLike(
  { bytes, change, nameAt }: Template,
  id: DocumentId,
): { heads: readonly string[]; bytes: Buffer } {
  const own = Buffer.from(change);
  own.write(id.padEnd(PLACEHOLDER.length, '-').slice(0, PLACEHOLDER.length), nameAt, 'latin1');
  const hash = createHash('sha256').update(own.subarray(HASHED_AT)).digest();
  own.set(hash.subarray(0, 4), CHECKSUM_AT);
  return { heads: [hash.toString('hex')], bytes: Buffer.concat([bytes, own]) };
}

/** One of each kind read back: that what was made by hand is what Automerge reads, with the heads the index says. */
function assertReadable({ heads, bytes }: ReturnType<typeof documentLike>, id: DocumentId): void {
  const doc = A.loadIncremental(A.init<EntriesDocument>(), bytes);
  const isRight =
    A.getHeads(doc).join() === heads.join() && id.startsWith(String(doc.entries['own']).replace(/-+$/, ''));
  if (!isRight) throw new Error('a generated document is not what it should be');
  A.free(doc);
}

/** Where relays keep their documents; several folders are filled with the same. */
export async function generateYear(
  { stores, days, sales }: GrowthSize,
  folders: readonly { readonly folder: string; readonly store?: number }[],
): Promise<{ readonly documents: number; readonly bytes: number }> {
  for (const { folder } of folders) await mkdir(join(folder, 'archive'), { recursive: true });
  const [session, basket] = [templateOf(dayOf(sales)), templateOf(basketAfter(sales))];
  const rows = folders.map((): unknown[] => []);
  let [documents, bytes] = [0, 0];
  for (let store = 1; store <= stores; store++)
    for (let register = 1; register <= REGISTERS; register++)
      for (let day = 1; day <= days; day++) {
        for (const name of ['session', 'basket'] as const) {
          const id = idOf(name, store, register, day);
          const made = documentLike(name === 'session' ? session : basket, id);
          if (day === 1) assertReadable(made, id);
          documents += 1;
          bytes += made.bytes.length;
          for (const [at, { folder, store: only }] of folders.entries()) {
            if (only !== undefined && only !== store) continue;
            rows[at]?.push(place(folder, id, made, name === 'session' ? day * recordsOf(sales) : undefined));
          }
        }
      }
  for (const [at, { folder }] of folders.entries()) await writeIndex(folder, rows[at] ?? []);
  return { documents, bytes };
}

/** Puts a document where a relay has its archives; gives its row of the index, with a seal where it is a session. */
function place(
  folder: string,
  id: DocumentId,
  { heads, bytes }: { readonly heads: readonly string[]; readonly bytes: Buffer },
  seq: number | undefined,
): unknown {
  const digest = Buffer.from(headsDigest(heads)).toString('hex');
  const name = Buffer.from(bytesOfDocumentId(id)).toString('hex');
  const sha = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, 'archive', `${id}.${sha}.saved`), bytes);
  const seal = seq && { end: { seq, ...endAfter(seq) }, latestAt: '2026-01-01T20:00:00.000Z' };
  return [id, name, digest, 0, [sha], seal ?? null];
}

/** Where the journal of a register ends after so many records; generated records have no hash of their own. */
function endAfter(seq: number): Pick<ChainHead, 'hash' | 'totals'> {
  return { hash: 'g'.repeat(43), totals: { receipts: seq, signed: seq * 900, absolute: seq * 900 } };
}

/** Where a register stands after the generated time. */
export function afterYear(
  { days, sales }: GrowthSize,
  store: StoreId,
  register: RegisterId,
): { readonly head: ChainHead; readonly session: number } {
  const seq = days * recordsOf(sales);
  return { head: { org: ORGANIZATION, store, register, seq, ...endAfter(seq) }, session: days };
}

/** Records of a session: its sales, its opening and its closing. */
function recordsOf(sales: number): number {
  return sales + 2;
}

async function writeIndex(folder: string, rows: readonly unknown[]): Promise<void> {
  const frames: Buffer[] = [];
  for (let at = 0; at < rows.length; at += 500)
    frames.push(encodeLogFrame(Buffer.from(JSON.stringify(rows.slice(at, at + 500)))));
  await writeFile(join(folder, 'archive', 'heads.log'), Buffer.concat([LOG_HEADER, ...frames]));
}
