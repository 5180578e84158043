import type { DocumentKey } from '#model/ids/document-id.ts';
import type { Documents, Fetched } from './documents.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a link for looking things up stays when nothing is looked up, in milliseconds. */
const IDLE_MS = 30_000;

/** So many documents are looked up before they are all let out of memory. */
const MOST = 60;

/**
 * Looks documents up at the relay without keeping them (rule D11), over a link of its own: a relay does not send again what it sent
 * on a link, and what was let go here was once sent. The link comes with the first question and goes when nobody asks any more.
 */
export class RelayReader {
  readonly #connect: () => Documents;
  readonly #surroundings: Surroundings;
  #documents: Documents | undefined;
  #linked = false;
  #asked = 0;
  #running = 0;
  #cancelIdle: () => void = () => undefined;

  constructor(connect: () => Documents, surroundings: Surroundings) {
    this.#connect = connect;
    this.#surroundings = surroundings;
  }

  /** The relay's entries of a document, once there are any; gives up after `waitMs`. */
  async fetch(key: DocumentKey, waitMs: number): Promise<Fetched> {
    this.#cancelIdle();
    this.#running++;
    this.#asked++;
    const documents = (this.#documents ??= this.#open());
    try {
      return await this.#read(documents, key, waitMs);
    } finally {
      this.#running--;
      if (this.#asked >= MOST) await this.#leaveWhenDone();
      else this.#cancelIdle = this.#surroundings.after(IDLE_MS, () => void this.#leaveWhenDone());
    }
  }

  /** Ends the link. */
  async close(): Promise<void> {
    this.#cancelIdle();
    const documents = this.#documents;
    this.#documents = undefined;
    this.#linked = false;
    this.#asked = 0;
    await documents?.close();
  }

  #open(): Documents {
    const documents = this.#connect();
    documents.watch((event) => {
      if (event.type === 'link' && this.#documents === documents) this.#linked = event.connected;
    });
    return documents;
  }

  async #leaveWhenDone(): Promise<void> {
    if (this.#running === 0) await this.close();
  }

  /** A relay that has nothing yet may ask others, so what counts is the first entry, not the first answer. */
  #read(documents: Documents, key: DocumentKey, waitMs: number): Promise<Fetched> {
    return new Promise((resolve, reject) => {
      const settle = (fetched: Fetched) => {
        cancel();
        stop();
        resolve(fetched);
      };
      const look = async () => {
        if (!this.#linked || (await documents.caughtUp(key, waitMs)) !== 'caught-up') return;
        const entries = await documents.open(key);
        if (Object.keys(entries).length > 0) settle({ found: true, entries });
      };
      const tryLook = () => {
        look().catch((cause: unknown) => {
          cancel();
          stop();
          reject(cause instanceof Error ? cause : new Error(String(cause)));
        });
      };
      const cancel = this.#surroundings.after(waitMs, () =>
        settle({ found: false, why: this.#linked ? 'late' : 'away' }),
      );
      const stop = documents.watch((event) => {
        if (event.type === 'link' || event.type === 'changed') tryLook();
      });
      tryLook();
    });
  }
}
