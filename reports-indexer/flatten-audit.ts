import { isAuditKey, readAuditEntry } from '#model/audit/audit-entry.ts';
import { sha256Text } from '#model/journal/canonical.ts';
import { allRows } from './database.ts';
import { entrySource, type DocumentEntries, type Writing } from './flatten-session.ts';
import type { EntryValue } from './read-record.ts';
import type { Statements } from './statements.ts';

/** Texts by the key of their entry. */
export type AuditTexts = ReadonlyMap<string, ReadonlySet<string>>;

type Stored = { text: string; act: string };

/**
 * Keeps what audit entries of an organization or staff document ever said, and reports those that no longer say it (rule
 * A3). The outcome follows from the document with its history: following it and reading it afresh give the same rows.
 */
export function flattenAudit(
  { statements, exceptions }: Writing,
  source: string,
  document: DocumentEntries,
): void {
  const { documentId } = document;
  for (const [key, values] of auditKeys(statements, document)) {
    const texts = new Set(values.filter((value) => typeof value === 'string'));
    const stored = new Map(
      allRows<Stored>(statements.auditTexts, documentId, key).map(({ text, act }) => [text, act]),
    );
    for (const text of new Set([...texts, ...(document.audited?.get(key) ?? [])])) {
      const act = stored.has(text) ? undefined : insertAct(statements, source, document, key, text);
      if (act !== undefined) stored.set(text, act);
    }
    const gone = [...stored].filter(([text]) => !texts.has(text));
    for (const [text, act] of stored) statements.markAct.run(texts.has(text) ? 0 : 1, act);
    const code = values.length === 0 ? 'audit-removed' : 'audit-changed';
    const word = values.length === 0 ? 'removed' : 'changed';
    exceptions.replace(
      `audit:${documentId}:${key}`,
      gone.map(([text]) => ({
        code,
        detail: `the ${source}'s entry "${key.slice(0, 60)}" was ${word}; the audit keeps what it said`,
        documentId,
        mark: text,
      })),
    );
  }
}

/** The audit entries to look at with their values now; of a whole document also those that were here once. */
function auditKeys(
  statements: Statements,
  { documentId, entries, complete, audited }: DocumentEntries,
): Map<string, readonly EntryValue[]> {
  const keys = new Map([...entries].filter(([key]) => isAuditKey(key)));
  const before = complete
    ? allRows<{ key: string }>(statements.auditKeys, documentId).map(({ key }) => key)
    : [];
  // What was written and taken out again before this reading is in the history alone.
  for (const key of [...(audited?.keys() ?? []), ...before]) if (!keys.has(key)) keys.set(key, []);
  return keys;
}

/** Makes an act of a text; one that cannot be read is no act and is reported as any other entry. */
function insertAct(
  statements: Statements,
  source: string,
  { documentId }: DocumentEntries,
  key: string,
  text: string,
): string | undefined {
  const read = readAuditEntry(key, text);
  if (!read.ok) return undefined;
  const { at, by, what, subject, details } = read.value;
  const act = sha256Text(`${entrySource(documentId, key)}\n${text}`).slice(0, 22);
  const detail = Object.entries(details)
    .map(([field, value]) => `${field}: ${value}`)
    .join('; ');
  const nowhere = [null, null, null, null] as const;
  statements.insertAct.run(
    at.slice(0, 10),
    at,
    act,
    source,
    what,
    ...nowhere,
    by,
    null,
    subject,
    null,
    detail,
    0,
  );
  statements.insertAuditText.run(documentId, key, text, act);
  return act;
}
