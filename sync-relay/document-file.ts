import * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import type { DocumentId } from '#model/ids/document-id.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import type { DocumentLog, LogFolder } from './document-log.ts';
import { sameHeads } from './entries-document.ts';

/**
 * One document on the disk: its archive, where it has one, and the log of what came since. The document is everything in
 * both, so that a crash between the steps of archiving leaves it twice, never not at all.
 */
export class DocumentFile {
  readonly #id: DocumentId;
  readonly #file: DocumentLog;
  readonly #folder: ArchiveFolder;
  #archives: readonly string[];
  #heads: A.Heads = [];

  private constructor(id: DocumentId, file: DocumentLog, folder: ArchiveFolder, archives: readonly string[]) {
    this.#id = id;
    this.#file = file;
    this.#folder = folder;
    this.#archives = archives;
  }

  /** Reads a document. What is damaged is put aside; rejects where the disk refuses. */
  static async open(
    folder: LogFolder,
    id: DocumentId,
    archives: readonly string[],
    log: Logger,
  ): Promise<{ readonly file: DocumentFile; readonly doc: A.Doc<unknown> }> {
    const parts: Uint8Array[] = [];
    const whole: string[] = [];
    for (const sha of archives) {
      const bytes = await folder.archives.read(id, sha);
      if (bytes === undefined) continue;
      parts.push(bytes);
      whole.push(sha);
    }
    const { log: documentLog, frames } = await folder.open(id);
    const file = new DocumentFile(id, documentLog, folder.archives, whole);
    let doc: A.Doc<unknown>;
    try {
      doc = loaded([...parts, ...frames]);
    } catch (cause) {
      log.error(
        { err: cause, document: id },
        'a document log is unreadable; it is put aside and fetched again',
      );
      await documentLog.setAside();
      return DocumentFile.open(folder, id, whole, log);
    }
    file.#heads = A.getHeads(doc);
    return { file, doc };
  }

  /** The state that is on the medium. */
  get heads(): A.Heads {
    return this.#heads;
  }

  /** Bytes of the log. */
  get logBytes(): number {
    return this.#file.size;
  }

  /** The hashes of its archives; more than one only after a crash. */
  get archives(): readonly string[] {
    return this.#archives;
  }

  /** Appends what is new; rejects where the disk refuses, and nothing is confirmed then. */
  async save(doc: A.Doc<unknown>): Promise<'unchanged' | 'saved'> {
    const heads = A.getHeads(doc);
    if (sameHeads(heads, this.#heads)) return 'unchanged';
    await this.#file.append(A.saveSince(doc, this.#heads));
    this.#heads = heads;
    return 'saved';
  }

  /** Shortens the log where that pays; false where it does not. */
  async shorten(doc: A.Doc<unknown>): Promise<boolean> {
    if (!this.#file.isLong) return false;
    await this.#file.rewrite(A.save(doc));
    return true;
  }

  /**
   * Makes the document one archived file (rule D12): first that is on the medium, then the log and older archives go. Rejects
   * where the disk refuses; what is there then is still all of the document.
   */
  async archive(doc: A.Doc<unknown>): Promise<void> {
    const older = this.#archives;
    const sha = await this.#folder.write(this.#id, A.save(doc));
    this.#archives = [...new Set([...older, sha])].sort();
    if (this.#file.size > 0) await this.#file.remove();
    for (const other of older) if (other !== sha) await this.#folder.remove(this.#id, other);
    this.#archives = [sha];
  }
}

/**
 * The document in these parts. At once that takes a tenth of the time of one after the other, but Automerge takes it only where
 * every part is whole and behind what it builds on; what it then refuses is taken part by part, as far as it goes.
 */
function loaded(parts: readonly Uint8Array[]): A.Doc<unknown> {
  if (parts.length === 0) return A.init();
  try {
    return A.load(Buffer.concat(parts));
  } catch {
    return parts.reduce<A.Doc<unknown>>((doc, part) => A.loadIncremental(doc, part), A.init());
  }
}
