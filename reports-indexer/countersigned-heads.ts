import {
  COUNTERSIGNED_HEAD,
  countersignedHeadSchema,
  countersignText,
} from '#model/documents/acknowledgements.ts';
import { readEntry } from '#model/documents/entries.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerName } from '#model/ids/register-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import { allRows, oneRow } from './database.ts';
import { headOffices } from './device-rows.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import type { EntryRefusal } from './read-record.ts';
import { isSignedBy } from './signatures.ts';
import type { Statements } from './statements.ts';

/** The acknowledgements document of a register. */
export type AcknowledgementsKey = Extract<DocumentKey, { class: 'acknowledgements' }>;

type HeadRow = { org: string; store: string; register: string; json: string };

/** Keeps what an entry of an acknowledgements document says (rule J16). Whether head office said it is judged with its devices. */
export function putHead(
  statements: Statements,
  { store, register }: AcknowledgementsKey,
  entry: string,
  text: string,
): Result<true, EntryRefusal> {
  if (entry !== COUNTERSIGNED_HEAD) return ok(true);
  const read = readEntry(countersignedHeadSchema, entry, text);
  if (!read.ok) return read;
  const head = read.value;
  if (head.store !== store || head.register !== register)
    return err({
      code: 'wrong-register',
      detail: `the head is of ${registerName(head.store, head.register)}`,
    });
  statements.putHead.run(store, register, head.org, text);
  return ok(true);
}

/** Holds every countersigned head against its register again, after head office's devices changed. */
export function judgeHeads(statements: Statements, exceptions: ExceptionList): void {
  for (const { store, register } of allRows<HeadRow>(statements.heads))
    judgeHead(statements, exceptions, { store, register });
}

/**
 * Holds a register's countersigned head against the records that are here (rule J16): without the record it names the
 * journal has lost its tail, with another record in its place somebody wrote a second one.
 */
export function judgeHead(
  statements: Statements,
  exceptions: ExceptionList,
  { store, register }: { readonly store: string; readonly register: string },
): void {
  const row = oneRow<HeadRow>(statements.getHead, store, register);
  const finding = row && headFinding(statements, row);
  exceptions.replace(`head:${store}-${register}`, finding ? [finding] : []);
}

function headFinding(statements: Statements, { store, register, json }: HeadRow): Finding | undefined {
  const read = readEntry(countersignedHeadSchema, COUNTERSIGNED_HEAD, json);
  if (!read.ok) return undefined;
  const { sig, device, ...head } = read.value;
  const key = {
    class: 'session' as const,
    store: head.store,
    register: head.register,
    session: head.session,
  };
  const place = {
    documentId: documentId({ organization: head.org, key }),
    store,
    register,
    session: head.session,
    seq: head.seq,
    mark: head.hash,
  };
  const office = headOffices(statements).find(({ id }) => id === device);
  // Without head office's key nothing can be said; it comes with the organization document.
  if (!office) return undefined;
  if (!isSignedBy(office, countersignText(head), sig))
    return { ...place, code: 'bad-head', detail: `head office did not sign the head at record ${head.seq}` };
  const hashes = allRows<{ hash: string }>(statements.hashesAt, store, register, head.seq);
  if (hashes.some(({ hash }) => hash === head.hash)) return undefined;
  if (hashes.length > 0)
    return {
      ...place,
      code: 'fork',
      detail: `record ${head.seq} is not the one head office held at ${head.at}`,
    };
  const detail = `head office held record ${head.seq} at ${head.at}; it is not here`;
  return { ...place, code: 'truncated', detail };
}
