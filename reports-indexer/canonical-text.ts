import { hash } from 'node:crypto';
import { hashRecord } from '#model/journal/chain.ts';
import type { JournalRecord } from '#model/journal/record.ts';

/**
 * Whether the record's hash is that of its content (rule J3). `text` is the canonical text it was read from; it is hashed as
 * it stands, without its two seals, which is ten times as fast as writing the record out again.
 */
export function isUnaltered(record: JournalRecord, text: string): boolean {
  const hashed = withoutSeals(record, text);
  if (hashed === undefined) return hashRecord(record) === record.hash;
  return hash('sha256', hashed, 'base64url') === record.hash;
}

/**
 * Whether `text` is the canonical JSON (rule J2) of the value parsed from it. A yes is always right; a no may be wrong for
 * keys that look like numbers, so it sends the text the model's way.
 */
export function isCanonical(value: unknown, text: string): boolean {
  return hasSortedKeys(value) && JSON.stringify(value) === text && isNormal(text);
}

/** Neither quote nor brace combines with a following mark, so the whole text is NFC when each string in it is. */
function isNormal(text: string): boolean {
  // Normalising makes a copy, and a million of them keep the garbage collector busy.
  return !NOT_ASCII.test(text) || text.normalize('NFC') === text;
}

const NOT_ASCII = /[^ -~]/;

function hasSortedKeys(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const member of value) if (!hasSortedKeys(member)) return false;
    return true;
  }
  let before = '';
  for (const key in value) {
    if (key < before) return false;
    before = key;
    if (!hasSortedKeys((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

/** The canonical text without the members `hash` and `sig`, cut out; undefined when they are not where they must be. */
function withoutSeals(record: JournalRecord, text: string): string | undefined {
  // Both follow the body in key order, and a quote inside a text is escaped: the last one is the record's own.
  const digest = `,"hash":"${record.hash}"`;
  const sig = `,"sig":"${record.sig}"`;
  const hashAt = text.lastIndexOf(digest);
  const sigAt = text.lastIndexOf(sig);
  if (hashAt < 0 || sigAt < hashAt) return undefined;
  return text.slice(0, hashAt) + text.slice(hashAt + digest.length, sigAt) + text.slice(sigAt + sig.length);
}
