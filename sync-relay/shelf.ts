import * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import {
  addressOfBytes,
  bytesOfDocumentId,
  type DocumentAddress,
  type DocumentId,
} from '#model/ids/document-id.ts';
import type { DocumentLog, LogFolder } from './document-log.ts';
import { DocumentFile } from './document-file.ts';
import { HeadsIndex, headsDigest } from './heads-index.ts';
import { FRAME_ROWS, KnownRow, framesOf, rowsIn, type Row } from './index-row.ts';
import type { KeptSeal, Seal } from './seal.ts';

/** How long changes of the index gather before they are written, in milliseconds: a lost row costs one reading of a document. */
const WRITE_MS = 2000;

/** Documents read at once where the index does not know them. */
const READ_AT_ONCE = 4;

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
      for (const row of rowsIn(frame)) {
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
          unknown.set(id as DocumentId, [...(others ?? []), ...row.hashes]);
        rows.delete(id);
        continue;
      }
      this.index.setPacked(row.bytes, row.digest, row.archives);
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

/** The latest first: of a register's archived sessions most seals need not be read then. */
function* sealsIn(rows: ReadonlyMap<string, KnownRow>): Iterable<readonly [DocumentAddress, KeptSeal]> {
  for (const row of [...rows.values()].toReversed()) {
    // To read the id itself takes a hundred times as long.
    const address = row.isSealed ? addressOfBytes(Buffer.from(row.bytes, 'latin1')) : undefined;
    if (address !== undefined) yield [address, row];
  }
}
