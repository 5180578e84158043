import * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import * as v from 'valibot';
import {
  addressOfBytes,
  bytesOfDocumentId,
  type DocumentAddress,
  type DocumentId,
} from '#model/ids/document-id.ts';
import { assert } from '#model/result.ts';
import type { DocumentLog, LogFolder } from './document-log.ts';
import { DocumentFile } from './document-file.ts';
import { HeadsIndex, headsDigest } from './heads-index.ts';
import { sealSchema, type KeptSeal, type Seal } from './seal.ts';

/** How long changes of the index gather before they are written, in milliseconds: a lost row costs one reading of a document. */
const WRITE_MS = 2000;

/** Rows in one frame of the index file. */
const FRAME_ROWS = 500;

/** Documents read at once where the index does not know them. */
const READ_AT_ONCE = 4;

/** A row of the index file: what a document's files were when it had this state. */
const rowSchema = v.strictTuple([
  v.string(),
  v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  v.number(),
  v.array(v.string()),
  v.nullable(sealSchema),
]);
type Row = v.InferOutput<typeof rowSchema>;

/**
 * Everything a relay holds on its disk: logs, archives, and an index that says the state of each document without reading
 * it. The index is made again from the others: a row counts while the files are as long and as named as it says.
 */
export class Shelf {
  readonly index = new HeadsIndex();
  readonly #folder: LogFolder;
  readonly #log: Logger;
  readonly #later: (milliseconds: number, callback: () => void) => void;
  readonly #unwritten = new Map<DocumentId, Row>();
  #file: DocumentLog | undefined;
  #waiting = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: LogFolder, log: Logger, later: (milliseconds: number, callback: () => void) => void) {
    this.#folder = folder;
    this.#log = log;
    this.#later = later;
  }

  /** Reads which documents there are and gives the seals of those that were archived. Reads what the index does not know. */
  async start(): Promise<Iterable<readonly [DocumentAddress, KeptSeal]>> {
    const { log: file, frames } = await this.#folder.openIndex();
    this.#file = file;
    const rows = new Map<string, KnownRow>();
    let written = 0;
    for (const frame of frames)
      for (const row of this.#rowsIn(frame)) {
        rows.set(row[0], new KnownRow(row));
        written += 1;
      }
    const unknown = new Map<DocumentId, string[]>();
    for await (const { id, logBytes, sha } of this.#folder.files((name) => rows.has(name))) {
      if (rows.get(id)?.finds(logBytes, sha) === true) continue;
      const archives = unknown.get(id) ?? [];
      unknown.set(id, sha === undefined ? archives : [...archives, sha]);
    }
    let valid = 0;
    for (const [id, row] of rows) {
      if (unknown.has(id as DocumentId) || !row.isFound) {
        // What is there of it is read; an archive the index names and nobody found is told of then.
        const others = unknown.get(id as DocumentId);
        if (others !== undefined || row.isSeen)
          unknown.set(id as DocumentId, [...(others ?? []), ...row.archives]);
        rows.delete(id);
        continue;
      }
      this.index.set(row.bytes, row.digest, row.archives);
      valid += 1;
    }
    if (written > 2 * valid + FRAME_ROWS) await this.#rewrite(rows);
    await this.#read([...unknown]);
    return sealsIn(rows);
  }

  /** Opens a document; rejects where the disk refuses. */
  open(id: DocumentId): Promise<{ readonly file: DocumentFile; readonly doc: A.Doc<unknown> }> {
    return DocumentFile.open(this.#folder, id, this.index.archives(id), this.#log);
  }

  /** Whether a document that was read is in the state it was known to have. */
  knows(id: DocumentId, { heads }: DocumentFile): boolean {
    const known = this.index.digest(bytesOfDocumentId(id));
    return known === undefined
      ? heads.length === 0
      : known === Buffer.from(headsDigest(heads)).toString('latin1');
  }

  /** Takes note of a document as it is on the disk now. */
  note(id: DocumentId, { heads, logBytes, archives }: DocumentFile, seal: Seal | null = null): void {
    const bytes = bytesOfDocumentId(id);
    const digest = Buffer.from(headsDigest(heads));
    // A document without changes is on no disk.
    if (heads.length === 0 && this.index.digest(bytes) === undefined) return;
    this.index.set(bytes, digest, archives);
    const row: Row = [
      id,
      Buffer.from(bytes).toString('hex'),
      digest.toString('hex'),
      logBytes,
      [...archives],
      seal,
    ];
    this.#unwritten.set(id, row);
    this.#writeLater();
  }

  /** Writes what was noted. */
  async settled(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  *#rowsIn(frame: Uint8Array): Iterable<Row> {
    const read: unknown = parsed(frame);
    for (const one of Array.isArray(read) ? read : []) {
      const row = v.safeParse(rowSchema, one);
      if (row.success) yield row.output;
    }
  }

  async #read(unknown: readonly (readonly [DocumentId, readonly string[]])[]): Promise<void> {
    if (unknown.length > 0) this.#log.info({ documents: unknown.length }, 'documents are read for the index');
    const waiting = unknown[Symbol.iterator]();
    const reader = async () => {
      for (const [id, archives] of waiting) {
        const { file, doc } = await DocumentFile.open(this.#folder, id, [...archives].sort(), this.#log);
        A.free(doc);
        // Also one whose log is empty is there: its name was taken.
        this.index.set(bytesOfDocumentId(id), headsDigest(file.heads), file.archives);
        this.note(id, file);
      }
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, reader));
  }

  #writeLater(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#later(WRITE_MS, () => {
      this.#waiting = false;
      this.#write();
    });
  }

  #write(): void {
    const rows = [...this.#unwritten.values()];
    this.#unwritten.clear();
    this.#writing = this.#append(rows, this.#writing);
  }

  async #append(rows: readonly Row[], before: Promise<void>): Promise<void> {
    await before;
    try {
      for (const frame of framesOf(rows)) await this.#file?.append(frame);
    } catch (cause) {
      this.#log.warn({ err: cause }, 'the disk refused the index; what it lacks is read at the next start');
    }
  }

  async #rewrite(rows: ReadonlyMap<string, KnownRow>): Promise<void> {
    try {
      await this.#file?.rewrite(...framesOf([...rows].map(([id, row]) => row.row(id))));
    } catch (cause) {
      this.#log.warn({ err: cause }, 'the index could not be shortened');
    }
  }
}

function framesOf(rows: readonly Row[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < rows.length; at += FRAME_ROWS)
    frames.push(Buffer.from(JSON.stringify(rows.slice(at, at + FRAME_ROWS))));
  return frames;
}

function parsed(frame: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(frame).toString('utf8'));
  } catch {
    // A row that is no row is made again like one that is missing.
    return undefined;
  }
}

/** A row of the index as it waits for its files, in as little as it takes: at a start there is one for every document. */
class KnownRow {
  readonly #bytes: string;
  readonly #digest: string;
  readonly #archives: string;
  readonly #logBytes: number;
  readonly #seal: string | undefined;
  #found = 0;
  #isLogFound: boolean;
  #isSeen = false;

  constructor([, bytes, digest, logBytes, archives, seal]: Row) {
    this.#bytes = packed(bytes);
    this.#digest = packed(digest);
    this.#archives = packed(archives.join(''));
    this.#logBytes = logBytes;
    this.#isLogFound = logBytes === 0;
    this.#seal = seal === null ? undefined : JSON.stringify(seal);
  }

  /** Takes note of a file; false when the row does not name it. */
  finds(logBytes: number | undefined, sha: string | undefined): boolean {
    this.#isSeen = true;
    if (logBytes !== undefined) return (this.#isLogFound = logBytes === this.#logBytes);
    const isNamed = sha !== undefined && this.archives.includes(sha);
    if (isNamed) this.#found += 1;
    return isNamed;
  }

  /** Whether any file of the document was there. */
  get isSeen(): boolean {
    return this.#isSeen;
  }

  /** Whether every file was there. */
  get isFound(): boolean {
    return this.#isLogFound && this.#found === this.archives.length;
  }

  get bytes(): Uint8Array {
    return Buffer.from(this.#bytes, 'latin1');
  }

  get digest(): Uint8Array {
    return Buffer.from(this.#digest, 'latin1');
  }

  get archives(): readonly string[] {
    return Buffer.from(this.#archives, 'latin1').toString('hex').match(/.{64}/g) ?? [];
  }

  /** Whether the document was archived. */
  get isSealed(): boolean {
    return this.#seal !== undefined;
  }

  get end(): Seal['end'] {
    assert(this.#seal !== undefined, () => 'only an archived document has an end that is kept');
    return (JSON.parse(this.#seal) as Seal).end;
  }

  row(id: string): Row {
    const seal = this.#seal === undefined ? null : (JSON.parse(this.#seal) as Seal);
    const [bytes, digest] = [this.bytes, this.digest].map((one) => Buffer.from(one).toString('hex'));
    return [id, bytes ?? '', digest ?? '', this.#logBytes, [...this.archives], seal];
  }
}

/** Hex as text of one byte a character. */
function packed(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}

/** The latest first: of a register's archived sessions most seals need not be read then. */
function* sealsIn(rows: ReadonlyMap<string, KnownRow>): Iterable<readonly [DocumentAddress, KeptSeal]> {
  for (const row of [...rows.values()].toReversed()) {
    // To read the id itself takes a hundred times as long.
    const address = row.isSealed ? addressOfBytes(row.bytes) : undefined;
    if (address !== undefined) yield [address, row];
  }
}
