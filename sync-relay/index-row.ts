import * as v from 'valibot';
import { assert } from '#model/result.ts';
import { sealSchema, type KeptSeal, type Seal } from './seal.ts';

/** Rows in one frame of the index file. */
export const FRAME_ROWS = 500;

/** Bytes of the hash in the name of an archive. */
const HASH_BYTES = 32;

/** A row of the index file: what a document's files were when it had this state. */
const rowSchema = v.strictTuple([
  v.string(),
  v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  v.number(),
  v.array(v.string()),
  v.nullable(sealSchema),
]);

/** Id, its bytes and the digest of the heads in hex, bytes of the log, hashes of the archives, and the seal of an archived session. */
export type Row = v.InferOutput<typeof rowSchema>;

/** The rows of a frame of the index file; what is no row is left out, and its document read again. */
export function* rowsIn(frame: Uint8Array): Iterable<Row> {
  const read = parsed(frame);
  for (const one of Array.isArray(read) ? read : []) {
    const row = v.safeParse(rowSchema, one);
    if (row.success) yield row.output;
  }
}

/** Rows as frames of the index file. */
export function framesOf(rows: readonly Row[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < rows.length; at += FRAME_ROWS)
    frames.push(Buffer.from(JSON.stringify(rows.slice(at, at + FRAME_ROWS))));
  return frames;
}

function parsed(frame: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8'));
  } catch {
    // A row that is no row is made again like one that is missing.
    return undefined;
  }
}

/**
 * A row of the index as it waits for its files, in as little as it takes: at a start there is one for every document. What is packed are
 * texts of one byte a character, as the index in memory keeps them.
 */
export class KnownRow implements KeptSeal {
  /** The bytes of the id, packed. */
  readonly bytes: string;
  /** The digest of the heads, packed. */
  readonly digest: string;
  /** The hashes of the archives, packed and joined. */
  readonly archives: string;
  readonly #logBytes: number;
  readonly #seal: string | undefined;
  #found = 0;
  #isLogFound: boolean;
  #isSeen = false;

  constructor([, bytes, digest, logBytes, archives, seal]: Row) {
    this.bytes = packed(bytes);
    this.digest = packed(digest);
    this.archives = packed(archives.length === 1 ? (archives[0] ?? '') : archives.join(''));
    this.#logBytes = logBytes;
    this.#isLogFound = logBytes === 0;
    this.#seal = seal === null ? undefined : JSON.stringify(seal);
  }

  /** Takes note of a file; false when the row does not name it. */
  finds(logBytes: number | undefined, sha: string | undefined): boolean {
    this.#isSeen = true;
    if (logBytes !== undefined) return (this.#isLogFound = logBytes === this.#logBytes);
    const isNamed = sha !== undefined && this.#names(packed(sha));
    if (isNamed) this.#found += 1;
    return isNamed;
  }

  /** Whether any file of the document was there. */
  get isSeen(): boolean {
    return this.#isSeen;
  }

  /** Whether every file was there. */
  get isFound(): boolean {
    return this.#isLogFound && this.#found * HASH_BYTES === this.archives.length;
  }

  /** The hashes of the archives, in hex. */
  get hashes(): readonly string[] {
    return unpacked(this.archives).match(/.{64}/g) ?? [];
  }

  /** Whether the document was archived. */
  get isSealed(): boolean {
    return this.#seal !== undefined;
  }

  get end(): Seal['end'] {
    assert(this.#seal !== undefined, () => 'only an archived document has an end that is kept');
    return (JSON.parse(this.#seal) as Seal).end;
  }

  /** The row as it is written; `id` is what `bytes` says. */
  row(id: string): Row {
    const seal = this.#seal === undefined ? null : (JSON.parse(this.#seal) as Seal);
    return [id, unpacked(this.bytes), unpacked(this.digest), this.#logBytes, [...this.hashes], seal];
  }

  #names(hash: string): boolean {
    for (let at = 0; at < this.archives.length; at += HASH_BYTES)
      if (this.archives.startsWith(hash, at)) return true;
    return false;
  }
}

/** Hex as text of one byte a character. */
function packed(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}

function unpacked(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}
