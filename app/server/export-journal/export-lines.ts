import { createHash } from 'node:crypto';
import { COUNTERSIGNED_HEAD, countersignedHeadSchema } from '#model/documents/acknowledgements.ts';
import { readEntry } from '#model/documents/entries.ts';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { describeDocument, type DocumentKey } from '#model/ids/document-id.ts';
import { registerName } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { parseRecord, recordKey } from '#model/journal/record.ts';

/** What the first line of an export says (rule J10). `registers` are names in the order of the file. */
export type ExportHeader = {
  readonly organization: string;
  /** UTC with milliseconds. */
  readonly exportedAt: string;
  readonly registers: readonly string[];
  readonly from?: string;
  readonly to?: string;
};

/** The document of a register session. */
export type SessionKey = Extract<DocumentKey, { class: 'session' }>;

/** The document in which head office says how far it holds a register's journal. */
export type AcknowledgementsKey = Extract<DocumentKey, { class: 'acknowledgements' }>;

/** The first line. */
export function headerLine(header: ExportHeader): string {
  return canonicalJson({ format: 'tillmesh-journal', version: 1, ...header });
}

/**
 * The line of one entry of the organization document: a device with its public key, what is wrong with the entry, or
 * nothing where it is about something else.
 */
export function deviceLine(key: string, text: string): string | undefined {
  if (!key.startsWith('device:')) return undefined;
  const read = readOrganizationEntry(key, text);
  if (!read.ok) return unreadableLine({ class: 'organization' }, { key, text, cause: read.error.detail });
  if (read.value.kind !== 'device') return undefined;
  const { id: device, key: publicKey, role, store, register, expiresAt, revokedAt } = read.value.value;
  return canonicalJson({ device, key: publicKey, role, store, register, expiresAt, revokedAt });
}

/** The line of a register's countersigned head, or what is wrong with the entry (rule J16). */
export function headLine(document: AcknowledgementsKey, text: string): string {
  const read = readEntry(countersignedHeadSchema, COUNTERSIGNED_HEAD, text);
  return read.ok
    ? canonicalJson({ head: read.value })
    : unreadableLine(document, { key: COUNTERSIGNED_HEAD, text, cause: read.error.detail });
}

/** The line of one entry of a session document: the record as it is stored, or why it is none (rule J10). */
export function entryLine(session: SessionKey, key: string, text: string): string {
  const cause = entryFault(session, key, text);
  return cause === undefined ? text : unreadableLine(session, { key, text, cause });
}

function entryFault(session: SessionKey, key: string, text: string): string | undefined {
  const read = parseRecord(text);
  if (!read.ok) return read.error.detail;
  const { store, register, session: number, seq } = read.value;
  if (store !== session.store || register !== session.register || number !== session.session)
    return `it is a record of session ${registerName(store, register)} #${number}`;
  return recordKey(seq) === key ? undefined : `it is record ${seq}, whose key would be ${recordKey(seq)}`;
}

/** A line for what could not be read, with all that is stored of it; `key` and `text` are left out for a whole document. */
export function unreadableLine(
  document: DocumentKey,
  what: { readonly key?: string; readonly text?: string; readonly cause: string },
): string {
  const register =
    'register' in document ? { register: registerName(document.store, document.register) } : {};
  // Not canonical JSON on purpose: NFC would change a text that has to be shown as it is.
  return JSON.stringify({ unreadable: { document: describeDocument(document), ...register, ...what } });
}

/** Ends every line, and the file with a line that seals it: how many lines came before and the SHA-256 of their bytes. */
export async function* endedLines(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const line of lines) {
    const text = `${line}\n`;
    hash.update(text, 'utf8');
    count += 1;
    yield text;
  }
  yield `${canonicalJson({ end: { lines: count, sha256: hash.digest('base64url') } })}\n`;
}
