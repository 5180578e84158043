import { ledgerShard, moveEntry, readLedgerEntry } from '#model/documents/ledger.ts';
import { documentId, parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { AccountRef } from '#model/ledger/account.ts';
import { balanceOf, bookedMoves, type BookedMove } from '#model/ledger/ledger.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { ifRefused } from './disk.ts';
import type { PageDocuments } from './page-documents.ts';
import type { Replica } from './replica.ts';

/** Writes the moves of sales that the ledgers a page holds lack, as the app does it after a record and at its start (rule G7). */
export function book(documents: PageDocuments, records: readonly JournalRecord[]): void {
  for (const record of records)
    for (const move of record.kind === 'sale' ? bookedMoves(record.body, record.at) : []) {
      const shard = ledgerShard(move.account);
      const id = documentId({ organization: ORGANIZATION, key: { class: 'ledger', shard } });
      const { key, text } = moveEntry(move);
      if (documents.doc(id).entries[key] !== undefined) continue;
      documents.set(id, key, text);
      void documents.save(id).catch(ifRefused(undefined));
    }
}

/** The moves of accounts that reached a page. */
export function movesAt(documents: PageDocuments): BookedMove[] {
  return documents.ids.filter(isLedgerDocument).flatMap((id) => {
    const { entries } = documents.doc(id);
    return Object.entries(entries).flatMap(([key, text]) => movesIn(key, [String(text)]));
  });
}

/** The moves of accounts in the ledger documents of a replica. */
export function movesIn(key: string, texts: readonly string[]): BookedMove[] {
  const read = texts.map((text) => readLedgerEntry(key, text));
  return read.flatMap((one) => (one.ok && one.value.kind === 'move' ? [one.value.value] : []));
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

function isLedgerDocument(id: DocumentId): boolean {
  const address = parseDocumentId(id);
  return address.ok && address.value.key.class === 'ledger';
}
