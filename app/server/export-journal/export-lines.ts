import { createHash } from 'node:crypto';
import * as v from 'valibot';
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

/** The first line. */
export function headerLine(header: ExportHeader): string {
  return canonicalJson({ format: 'tillmesh-journal', version: 1, ...header });
}

const deviceSchema = v.object({
  key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, 'an Ed25519 key has 43 base64url characters')),
});

/**
 * The line of one entry of the organization document: a device with its public key, what is wrong with the entry, or
 * nothing where it is about something else or the device has no key.
 */
export function deviceLine(key: string, text: string): string | undefined {
  if (!key.startsWith('device:')) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  if (!parsed.success)
    return unreadableLine({ class: 'organization' }, { key, text, cause: parsed.issues[0].message });
  if (typeof parsed.output !== 'object' || parsed.output === null || !('key' in parsed.output))
    return undefined;
  const device = v.safeParse(deviceSchema, parsed.output);
  return device.success
    ? canonicalJson({ device: key.slice('device:'.length), key: device.output.key })
    : unreadableLine({ class: 'organization' }, { key, text, cause: device.issues[0].message });
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
