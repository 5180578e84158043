import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { DocumentId } from '#model/ids/document-id.ts';
import type { LogDisk } from './document-log.ts';

const NAME = /^([A-Za-z0-9]+)\.([0-9a-f]{64})\.saved$/;

/** The archives of documents (rule D12): one file each, whose name says the document and the SHA-256 of what is in it. */
export class ArchiveFolder {
  readonly #folder: string;
  readonly #disk: LogDisk;
  readonly #log: Logger;

  constructor(folder: string, disk: LogDisk, log: Logger) {
    this.#folder = folder;
    this.#disk = disk;
    this.#log = log;
  }

  /** Makes the folder where it is missing and gives document and hash of each archive in it. */
  async names(): Promise<(readonly [id: string, sha: string])[]> {
    const names: (readonly [string, string])[] = [];
    for (const name of await this.#disk.list(this.#folder)) {
      const [, id, sha] = NAME.exec(name) ?? [];
      if (id !== undefined && sha !== undefined) names.push([id, sha]);
    }
    return names;
  }

  /** The bytes of an archive; undefined, and the file put aside (`.damaged`), when they are not what its name says. */
  async read(id: DocumentId, sha: string): Promise<Buffer | undefined> {
    const path = this.#path(id, sha);
    const bytes = await this.#disk.read(path);
    if (bytes !== undefined && hashOf(bytes) === sha) return bytes;
    this.#log.warn({ path }, 'an archive is missing or damaged; peers will send what it held');
    if (bytes !== undefined) {
      await this.#disk.copy(path, `${path}.damaged`);
      await this.#disk.remove(path);
    }
    return undefined;
  }

  /** Writes an archive, whole and durable or not at all; gives its hash. */
  async write(id: DocumentId, bytes: Uint8Array): Promise<string> {
    const sha = hashOf(bytes);
    await this.#disk.replace(this.#path(id, sha), bytes);
    return sha;
  }

  /** Takes an archive away. */
  async remove(id: DocumentId, sha: string): Promise<void> {
    await this.#disk.remove(this.#path(id, sha));
  }

  #path(id: DocumentId, sha: string): string {
    return join(this.#folder, `${id}.${sha}.saved`);
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
