import { statSync } from 'node:fs';
import { open, mkdir, readFile, readdir, rename, rm, copyFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import { ArchiveFolder } from './archive-folder.ts';
import { LOG_HEADER, decodeLog, encodeLogFrame } from './log-file.ts';

/** What a document log is asked to do with the disk; the real one is {@link nodeDisk}, tests inject full and failing ones. */
export interface LogDisk {
  /** Appends at `offset` and returns when the bytes are on the medium. */
  append(path: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** Puts a file in place of another at once, durable when it returns. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Cuts a file to `length` bytes. */
  truncate(path: string, length: number): Promise<void>;
  /** The whole file, or undefined when there is none. */
  read(path: string): Promise<Buffer | undefined>;
  /** Keeps a copy of a file for people to look at. */
  copy(path: string, to: string): Promise<void>;
  /** Makes a folder where it is missing and gives the names in it. */
  list(folder: string): Promise<string[]>;
  /** The same with the bytes each file takes. */
  sizes(folder: string): Promise<Map<string, number>>;
  /** Takes a file away, where it is. */
  remove(path: string): Promise<void>;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, offset + written);
    written += bytesWritten;
  }
}

/** The disk through node:fs, with fdatasync before any promise resolves. */
export const nodeDisk: LogDisk = {
  async append(path, offset, bytes) {
    const handle = await open(path, offset === 0 ? 'w' : 'r+');
    try {
      await writeAt(handle, bytes, offset);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    if (offset === 0) await syncFolder(join(path, '..'));
  },
  async replace(path, bytes) {
    const temporary = `${path}.new`;
    const handle = await open(temporary, 'w');
    try {
      await writeAt(handle, bytes, 0);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(join(path, '..'));
  },
  async truncate(path, length) {
    const handle = await open(path, 'r+');
    try {
      await handle.truncate(length);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  },
  async read(path) {
    try {
      return await readFile(path);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw cause;
    }
  },
  async copy(path, to) {
    await copyFile(path, to);
  },
  async list(folder) {
    await mkdir(folder, { recursive: true });
    return readdir(folder);
  },
  async sizes(folder) {
    const sizes = new Map<string, number>();
    // At once: through the thread pool a hundred thousand files take ten times as long, and nothing else happens yet.
    for (const name of await nodeDisk.list(folder)) {
      const file = statSync(join(folder, name), { throwIfNoEntry: false });
      if (file?.isFile()) sizes.set(name, file.size);
    }
    return sizes;
  },
  async remove(path) {
    await rm(path, { force: true });
    await syncFolder(join(path, '..'));
  },
};

/** What a log may gather behind its first frame before it is worth rewriting, in bytes. */
const REWRITE_BYTES = 32 * 1024;

/**
 * The append-only log of one document. What `append` resolved for is on the medium; what it rejected for is not in the
 * file any more, or is cut off before the next append.
 */
export class DocumentLog {
  readonly #path: string;
  readonly #disk: LogDisk;
  #size = 0;
  /** Where the first frame ends: after {@link rewrite} that is the whole document as it then was. */
  #base = 0;
  /** A failed append may have left half a frame behind `#size`. */
  #unclean = false;

  private constructor(path: string, disk: LogDisk) {
    this.#path = path;
    this.#disk = disk;
  }

  /** Opens a log and gives its frames. A torn tail is cut off; a damaged file is copied aside first (`.damaged`). */
  static async open(
    path: string,
    disk: LogDisk,
    log: Logger,
  ): Promise<{ readonly log: DocumentLog; readonly frames: readonly Uint8Array[] }> {
    const documentLog = new DocumentLog(path, disk);
    const file = await disk.read(path);
    if (file === undefined) return { log: documentLog, frames: [] };
    const content = decodeLog(file);
    if (content.state !== 'whole') {
      const lost = file.length - content.validBytes;
      log.warn(
        { path, lost, state: content.state },
        'document log had a bad tail; peers will send what it held',
      );
      if (content.state === 'damaged') await disk.copy(path, `${path}.damaged`);
      await disk.truncate(path, content.validBytes);
    }
    documentLog.#size = content.validBytes;
    const [first] = content.frames;
    documentLog.#base = first === undefined ? 0 : LOG_HEADER.length + encodeLogFrame(first).byteLength;
    return { log: documentLog, frames: content.frames };
  }

  /**
   * Whether a {@link rewrite} pays: as much was appended as the document took before, so that all rewrites together write a
   * few times what was appended, and a log takes about twice its document. Changes are appended as they came, uncompressed.
   */
  get isLong(): boolean {
    return this.#size - this.#base > Math.max(REWRITE_BYTES, this.#base);
  }

  /** Bytes of the log. */
  get size(): number {
    return this.#size;
  }

  /** Appends one frame; resolves when it is on the medium. On rejection the document must be taken as it was before. */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#unclean) {
      await this.#disk.truncate(this.#path, this.#size);
      this.#unclean = false;
    }
    const frame = encodeLogFrame(bytes);
    const written = this.#size === 0 ? Buffer.concat([LOG_HEADER, frame]) : frame;
    try {
      await this.#disk.append(this.#path, this.#size, written);
    } catch (cause) {
      this.#unclean = this.#size > 0;
      throw cause;
    }
    this.#size += written.byteLength;
    if (this.#base === 0) this.#base = this.#size;
  }

  /** Puts an unreadable log aside (`.damaged`) and starts it empty; peers send the document again. */
  async setAside(): Promise<void> {
    await this.#disk.copy(this.#path, `${this.#path}.damaged`);
    await this.#disk.truncate(this.#path, 0);
    this.#size = 0;
    this.#base = 0;
  }

  /** Takes the log away; the next append begins a new one. */
  async remove(): Promise<void> {
    await this.#disk.remove(this.#path);
    this.#size = 0;
    this.#base = 0;
    this.#unclean = false;
  }

  /** Puts frames that hold the whole document in place of all frames. */
  async rewrite(...frames: readonly Uint8Array[]): Promise<void> {
    const file = Buffer.concat([LOG_HEADER, ...frames.map(encodeLogFrame)]);
    await this.#disk.replace(this.#path, file);
    this.#size = file.byteLength;
    this.#base = file.byteLength;
    this.#unclean = false;
  }
}

/** Where the archives of a folder of documents lie, and the index of both. */
const ARCHIVE = 'archive';
const INDEX_FILE = 'heads.log';

/** A file of a document: its log, with its length, or one of its archives. */
export type FileOfDocument = {
  readonly id: DocumentId;
  readonly logBytes?: number;
  readonly sha?: string;
};

/** The folder of all document logs of a relay, and in it the archives of those that are closed. */
export class LogFolder {
  readonly #folder: string;
  readonly #disk: LogDisk;
  readonly #log: Logger;

  constructor(folder: string, disk: LogDisk, log: Logger) {
    this.#folder = folder;
    this.#disk = disk;
    this.#log = log;
  }

  /** The folder of the archives. */
  get archives(): ArchiveFolder {
    return new ArchiveFolder(join(this.#folder, ARCHIVE), this.#disk, this.#log);
  }

  /**
   * Makes the folders where they are missing and gives what lies in them, one file after the other: a relay that holds years must
   * not have all of it in memory at once. `isKnown` tells ids that need no look; files that are no document of ours are left alone.
   */
  async *files(isKnown: (id: string) => boolean): AsyncIterable<FileOfDocument> {
    for (const [name, logBytes] of await this.#disk.sizes(this.#folder)) {
      const id = name.slice(0, -4);
      if (name.endsWith('.log') && !name.includes('/') && this.#isDocument(id, isKnown))
        yield { id, logBytes };
    }
    for (const [id, sha] of await this.archives.names()) if (this.#isDocument(id, isKnown)) yield { id, sha };
  }

  #isDocument(id: string, isKnown: (id: string) => boolean): id is DocumentId {
    if (isKnown(id) || parseDocumentId(id).ok) return true;
    this.#log.warn({ file: id }, 'a file in the document folder is no document of ours; it is left alone');
    return false;
  }

  /** Opens the log of one document. */
  async open(id: DocumentId): Promise<{ readonly log: DocumentLog; readonly frames: readonly Uint8Array[] }> {
    return DocumentLog.open(join(this.#folder, `${id}.log`), this.#disk, this.#log);
  }

  /** Opens the index, which can be made again from everything else. */
  async openIndex(): Promise<{ readonly log: DocumentLog; readonly frames: readonly Uint8Array[] }> {
    return DocumentLog.open(join(this.#folder, ARCHIVE, INDEX_FILE), this.#disk, this.#log);
  }
}
