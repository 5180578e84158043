import { documentId } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { allRows } from './database.ts';
import type { Finding } from './exceptions.ts';
import type { Writing } from './flatten-session.ts';
import type { Statements } from './statements.ts';

type Sold = {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly session: number;
  readonly seq: number;
  readonly receipt: string;
  readonly hash: string;
};

/**
 * Looks again at the baskets that these records sold, or whose sale they void, once the records are in the tables or out of
 * them. Tills that were apart may both have sold one basket; both receipts count, and a person has to void one (rule H5).
 */
export function judgeSoldTwice(
  { statements, exceptions }: Writing,
  organization: string,
  records: Iterable<JournalRecord>,
): void {
  for (const basket of basketsOf(statements, records))
    exceptions.replace(`basket:${basket}`, findings(statements, organization, basket));
}

function basketsOf(statements: Statements, records: Iterable<JournalRecord>): ReadonlySet<string> {
  const baskets = new Set<string>();
  for (const record of records) {
    if (record.kind !== 'sale') continue;
    const { basket, voids } = record.body;
    baskets.add(basket);
    if (!voids) continue;
    for (const sold of allRows<{ basket: string }>(statements.basketOfReceipt, voids.receipt))
      baskets.add(sold.basket);
  }
  return baskets;
}

function findings(statements: Statements, organization: string, basket: string): Finding[] {
  const sold = allRows<Sold>(statements.salesOfBasket, basket);
  if (sold.length < 2) return [];
  const standing = sold.filter(({ store, register, session, receipt }) => {
    const voids = allRows(statements.voidsOfReceipt, store, register, session, receipt);
    return voids.length === 0;
  });
  const [first] = standing;
  if (!first || standing.length < 2) return [];
  const { store, register, session, seq } = first;
  const receipts = standing.map(({ receipt }) => receipt).join(', ');
  return [
    {
      code: 'sold-twice',
      detail: `one basket was sold as ${receipts}; all of them are counted`,
      documentId: documentId({ organization, key: { class: 'session', store, register, session } }),
      store,
      register,
      session,
      seq,
      mark: standing
        .map(({ hash }) => hash)
        .sort()
        .join(),
    },
  ];
}
