import {
  holdEntry,
  holdKey,
  ledgerShard,
  moveEntry,
  readLedgerEntry,
  type Hold,
  type LedgerEntry,
} from '#model/documents/ledger.ts';
import { documentId, parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { AccountRef } from '#model/ledger/account.ts';
import { balanceOf, bookedMoves, type BookedMove } from '#model/ledger/ledger.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { ifRefused } from './disk.ts';
import type { PageDocuments } from './page-documents.ts';
import type { Replica } from './replica.ts';

/**
 * Writes the moves of sales that the ledgers a page holds lack, and lets go of what their baskets held, as the app does it after a record
 * and at its start (rules G7 and G8).
 */
export function book(documents: PageDocuments, records: readonly JournalRecord[]): void {
  for (const record of records)
    for (const move of record.kind === 'sale' ? bookedMoves(record.body, record.at) : []) {
      const id = ledgerOf(move.account);
      const { key, text } = moveEntry(move);
      if (record.kind === 'sale') release(documents, move.account, record.body.basket);
      if (documents.doc(id).entries[key] !== undefined) continue;
      documents.set(id, key, text);
      keep(documents, id);
    }
}

/** Holds a part of an account for a basket that is not paid yet (rule G8). */
export function hold(documents: PageDocuments, wanted: Hold): void {
  const { key, text } = holdEntry(wanted);
  const id = ledgerOf(wanted.account);
  documents.set(id, key, text);
  keep(documents, id);
}

/** Lets go of an account that a basket held. */
export function release(documents: PageDocuments, account: string, basket: string): void {
  const [id, key] = [ledgerOf(account), holdKey({ account, basket })];
  if (documents.doc(id).entries[key] === undefined) return;
  documents.remove(id, key);
  keep(documents, id);
}

/** The holds of the ledger document of an account that reached a page. */
export function holdsAt(documents: PageDocuments, account: string): Hold[] {
  return holdsIn(documents.entries(ledgerOf(account)));
}

/** The holds in the ledger documents of a replica. */
export function holdsOfReplica(replica: Replica): Hold[] {
  return [...replica].filter(([id]) => isLedgerDocument(id)).flatMap(([, { entries }]) => holdsIn(entries));
}

function holdsIn(entries: ReadonlyMap<string, readonly unknown[]>): Hold[] {
  return [...entries].flatMap(([key, values]) => {
    const read = values.map((value) => readOnce(key, String(value)));
    return read.flatMap((one) => (one?.kind === 'hold' ? [one.value] : []));
  });
}

/** The ledger document of an account. */
export function ledgerOf(account: string): DocumentId {
  return documentId({ organization: ORGANIZATION, key: { class: 'ledger', shard: ledgerShard(account) } });
}

function keep(documents: PageDocuments, id: DocumentId): void {
  void documents.save(id).catch(ifRefused(undefined));
}

/** The moves of accounts that reached a page. */
export function movesAt(documents: PageDocuments): BookedMove[] {
  return documents.ids.filter(isLedgerDocument).flatMap((id) => {
    const { entries } = documents.doc(id);
    return Object.entries(entries).flatMap(([key, text]) => movesIn(key, [String(text)]));
  });
}

const known = new Map<string, LedgerEntry | undefined>();
const MOST_KNOWN = 20_000;

/** Reads an entry of a ledger, the same one only once: every till looks at all of them before each payment. */
function readOnce(key: string, text: string): LedgerEntry | undefined {
  const name = `${key} ${text}`;
  if (known.has(name)) return known.get(name);
  if (known.size >= MOST_KNOWN) known.clear();
  const read = readLedgerEntry(key, text);
  const entry = read.ok ? read.value : undefined;
  known.set(name, entry);
  return entry;
}

/** The moves of accounts in the ledger documents of a replica. */
export function movesIn(key: string, texts: readonly string[]): BookedMove[] {
  const read = texts.map((text) => readOnce(key, text));
  return read.flatMap((one) => (one?.kind === 'move' ? [one.value] : []));
}

/** The same of a replica. */
export function movesOfReplica(replica: Replica): BookedMove[] {
  return [...replica]
    .filter(([id]) => isLedgerDocument(id))
    .flatMap(([, { entries }]) => [...entries].flatMap(([key, texts]) => movesIn(key, texts)));
}

/** Accounts with something left on them, with how much. */
export function fundedAccounts(moves: readonly BookedMove[]): (AccountRef & { readonly balance: number })[] {
  const accounts = new Map(
    moves.map(({ ledger, account }) => [`${ledger} ${account}`, { ledger, id: account }]),
  );
  return [...accounts.values()]
    .map((account) => ({ ...account, balance: balanceOf(moves, account) }))
    .filter(({ balance }) => balance > 0);
}

/** Whether a document is one of the ledgers. */
export function isLedgerDocument(id: DocumentId): boolean {
  const address = parseDocumentId(id);
  return address.ok && address.value.key.class === 'ledger';
}
