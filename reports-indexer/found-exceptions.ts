import type { ShopException } from '#model/folds/shop-exception.ts';
import { documentId } from '#model/ids/document-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { Finding } from './exceptions.ts';

/** Where the latest of the records of an exception stands: the list links there. */
export type FoundAt = Pick<JournalRecord, 'org' | 'store' | 'register' | 'session' | 'seq'>;

/** An exception of the model as the list keeps it, under the id every replica finds it under (rule F1). */
export function findingOf(exception: ShopException, detail: string, where: FoundAt): Finding {
  const { kind: code, id, at, receipts, amount } = exception;
  const { org: organization, store, register, session, seq } = where;
  return {
    code,
    id,
    detail,
    documentId: documentId({ organization, key: { class: 'session', store, register, session } }),
    store,
    register,
    session,
    seq,
    at,
    receipts,
    ...(amount === undefined ? {} : { amount }),
  };
}

/** Of these records the one that an exception says was the last. */
export function latestOf<Known extends JournalRecord>(
  { at }: ShopException,
  records: readonly Known[],
): Known | undefined {
  return records
    .filter((record) => record.at === at)
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .at(-1);
}
