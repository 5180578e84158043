import { createHash } from 'node:crypto';
import { fault, type Fault } from './fault.ts';

/** A JSON object as it was read. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A line as read: its text and the object in it, canonical or not. */
export type ReadLine = { readonly text: string; readonly object: JsonObject };

/** No record is nested deeper than a refund line's receipt; hostile text must not exhaust the stack. */
const MOST_DEPTH = 16;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the JSON object in the bytes of a line. */
export function readLine(bytes: Uint8Array): ReadLine | Fault {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    if (cause instanceof TypeError) return fault('not-utf8', 'the line is not UTF-8 text');
    throw cause;
  }
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return fault('not-json', 'the line is not JSON');
    throw cause;
  }
  return isObject(object) ? { text, object } : fault('not-json', 'the line is not a JSON object');
}

/**
 * The canonical JSON of a value (rule J2): members sorted by UTF-16 code units, no white space, shortest escapes, whole
 * numbers within ±(2⁵³ − 1), strings in NFC. Undefined for a value that has none.
 */
export function canonical(value: unknown, depth = 0): string | undefined {
  if (depth > MOST_DEPTH) return undefined;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value.normalize('NFC') === value ? JSON.stringify(value) : undefined;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (Array.isArray(value))
    return wrapped(
      '[]',
      value.map((item) => canonical(item, depth + 1)),
    );
  return isObject(value) ? wrapped('{}', membersOf(value, depth)) : undefined;
}

function membersOf(object: JsonObject, depth: number): (string | undefined)[] {
  // The default order of sort() is that of UTF-16 code units.
  return Object.keys(object)
    .sort()
    .map((name) => {
      const text = canonical(object[name], depth + 1);
      return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
    });
}

function wrapped(brackets: string, items: readonly (string | undefined)[]): string | undefined {
  return items.includes(undefined) ? undefined : `${brackets[0]}${items.join(',')}${brackets[1]}`;
}

/** The hash of a record (rule J3): SHA-256 of its canonical JSON without `hash` and `sig`, base64url without padding. */
export function hashOf(record: JsonObject): string {
  const { hash: _hash, sig: _sig, ...hashed } = record;
  return createHash('sha256')
    .update(canonical(hashed) ?? '', 'utf8')
    .digest('base64url');
}
