import { open, mkdir, readFile, readdir, rename, copyFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
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

  /** Puts one frame with the whole document in place of all frames. */
  async rewrite(bytes: Uint8Array): Promise<void> {
    const file = Buffer.concat([LOG_HEADER, encodeLogFrame(bytes)]);
    await this.#disk.replace(this.#path, file);
    this.#size = file.byteLength;
    this.#base = file.byteLength;
    this.#unclean = false;
  }
}

/** The folder of all document logs of a relay. */
export class LogFolder {
  readonly #folder: string;
  readonly #disk: LogDisk;
  readonly #log: Logger;

  constructor(folder: string, disk: LogDisk, log: Logger) {
    this.#folder = folder;
    this.#disk = disk;
    this.#log = log;
  }

  /** Makes the folder where it is missing and gives the ids of the documents in it; files that are none are left alone. */
  async documentIds(): Promise<DocumentId[]> {
    const names = await this.#disk.list(this.#folder);
    const ids: DocumentId[] = [];
    for (const name of names) {
      if (!name.endsWith('.log')) continue;
      const id = name.slice(0, -4);
      if (parseDocumentId(id).ok) ids.push(id as DocumentId);
      else
        this.#log.warn(
          { file: name },
          'a file in the document folder is no document of ours; it is left alone',
        );
    }
    return ids;
  }

  /** Opens the log of one document. */
  async open(id: DocumentId): Promise<{ readonly log: DocumentLog; readonly frames: readonly Uint8Array[] }> {
    return DocumentLog.open(join(this.#folder, `${id}.log`), this.#disk, this.#log);
  }
}
