import { documentId } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { ledgerExceptions, ledgerMoves, type BookedMove } from '#model/ledger/ledger.ts';
import { allRows } from './database.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import type { Statements } from './statements.ts';

type StoredMove = BookedMove & {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly session: number;
};

/**
 * Looks at the accounts that records which came or went moved (rule G5). An account is overspent by the journals alone, and its exception has
 * the id under which tills find it.
 */
export function judgeAccounts(
  statements: Statements,
  exceptions: ExceptionList,
  organization: string,
  records: readonly JournalRecord[],
): void {
  const accounts = new Map<string, { readonly ledger: string; readonly account: string }>();
  for (const record of records) {
    if (record.kind !== 'sale') continue;
    for (const { ledger, account } of ledgerMoves(record.body))
      accounts.set(`${ledger}:${account}`, { ledger, account });
  }
  for (const [name, { ledger, account }] of accounts) {
    const moves = allRows<StoredMove>(statements.movesOfAccount, ledger, account);
    exceptions.replace(`ledger:${name}`, findingsOf(moves, organization));
  }
}

function findingsOf(moves: readonly StoredMove[], organization: string): Finding[] {
  // It is shown where the last of its receipts is, whichever of them came here last.
  const last = moves.at(-1);
  if (!last) return [];
  const { store, register, session } = last;
  return ledgerExceptions(moves).map(({ id, ledger, account, balance, receipts }) => ({
    id,
    code: 'overspent',
    detail: `${ledger} ${account} paid ${-balance} minor units more than it held, on ${receipts.join(', ')}`,
    documentId: documentId({ organization, key: { class: 'session', store, register, session } }),
    store,
    register,
    session,
  }));
}
