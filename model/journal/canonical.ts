import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { assert } from '../result.ts';

/** What canonical bytes are made of: no floats, no undefined, nothing a second program could write differently (rule J2). */
export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue | undefined };

/**
 * Canonical JSON (rule J2): object keys sorted by UTF-16 code unit, no white space, safe integers only, text in NFC,
 * keys whose value is undefined left out. Throws on anything else, for a record that cannot be written canonically is a bug.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), () => `canonical JSON holds whole numbers only, not ${value}`);
    return String(value === 0 ? 0 : value);
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${keyText(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** Printable ASCII that needs no escape: what nearly every text of a record is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text.normalize('NFC'));
}

/** A key is written as it is: two that are the same in NFC are still two. */
function keyText(key: string): string {
  return PLAIN.test(key) ? `"${key}"` : JSON.stringify(key);
}

function isArray(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

/** SHA-256 of a text's UTF-8 bytes as base64url without padding, 43 characters (rule J3). */
export function sha256Text(text: string): string {
  return base64url(sha256(utf8ToBytes(text)));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Bytes as base64url without padding (RFC 4648 §5). */
export function base64url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const chunk = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = Math.min(4, Math.ceil(((bytes.length - i) * 8) / 6));
    for (let c = 0; c < characters; c++) text += ALPHABET[(chunk >> (18 - 6 * c)) & 63];
  }
  return text;
}
