import type { Entries } from '#model/documents/entries.ts';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import type { Documents } from '../../lib/repo/documents.ts';
import { whenLinked } from '../shop-writes.ts';
import { err, ok, type Result } from '#model/result.ts';

/** How long one document may take to come from the relay, in milliseconds. */
const RELAY_WAIT_MS = 30_000;

/** Documents read over one connection: an open document stays in memory until its connection is closed. */
const DOCUMENTS_AT_ONCE = 50;

/** A document as read: its entries, and what of it could not be read at all. */
export type ReadDocument = { readonly entries: Entries; readonly damage: readonly string[] };

/** Reads any number of documents from the relay, one after another, without keeping them. */
export class DocumentReader {
  readonly #connect: () => Documents;
  readonly #organization: string;
  readonly #damage = new Map<string, string[]>();
  #documents: Documents | undefined;
  #read = 0;

  constructor(connect: () => Documents, organization: string) {
    this.#connect = connect;
    this.#organization = organization;
  }

  /** Reads one document as the relay has it. A sentence when the relay does not give it. */
  async read(key: DocumentKey): Promise<Result<ReadDocument, string>> {
    const documents = await this.#connected();
    const id = documentId({ organization: this.#organization, key });
    let entries: Entries = {};
    try {
      await documents.open(key);
      const caughtUp = await documents.caughtUp(key, RELAY_WAIT_MS);
      if (caughtUp !== 'caught-up')
        return err(`The ${key.class} document could not be read from the relay (${caughtUp}).`);
      entries = await documents.open(key);
    } catch (cause) {
      this.#note(id, cause instanceof Error ? cause.message : String(cause));
    }
    return ok({ entries, damage: this.#damage.get(id) ?? [] });
  }

  /** Lets go of the connection. */
  async close(): Promise<void> {
    await this.#documents?.close();
    this.#documents = undefined;
  }

  async #connected(): Promise<Documents> {
    this.#read += 1;
    if (this.#read % DOCUMENTS_AT_ONCE === 0) await this.close();
    if (this.#documents) return this.#documents;
    const documents = this.#connect();
    this.#documents = documents;
    documents.watch((event) => {
      if (event.type === 'damaged') this.#note(event.documentId, event.cause);
    });
    await whenLinked(documents);
    return documents;
  }

  #note(id: string, cause: string): void {
    const known = this.#damage.get(id) ?? [];
    if (!known.includes(cause)) this.#damage.set(id, [...known, cause]);
  }
}
