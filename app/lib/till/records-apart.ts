import type { JournalRecord } from '#model/journal/record.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import type { SessionKey } from './past-sessions.svelte.ts';
import { readRecord } from './session-records.ts';

const name = ({ register, session }: SessionKey) => `${register}#${session}`;

/**
 * Records of the store that have one number with another (rule J7): two machines wrote them under one key while they were apart, and a
 * document shows only one of them.
 */
export class RecordsApart {
  readonly #documents: Documents;
  readonly #store: StoreId;
  readonly #read = new Map<string, readonly JournalRecord[]>();
  /** Sessions that were contested since they were read. */
  readonly #news = new Map<string, SessionKey>();
  #version = 0;

  constructor(documents: Documents, store: StoreId) {
    this.#documents = documents;
    this.#store = store;
  }

  /** Hears of contests from now on. */
  follow(): () => void {
    return this.#documents.watch((event) => this.#hear(event));
  }

  /** Counts what was heard. */
  get version(): number {
    return this.#version;
  }

  /** The records that were found, of each number all of them. */
  get records(): readonly JournalRecord[] {
    return [...this.#read.values()].flat();
  }

  /** Reads these sessions where they were not read yet, and those that were contested since. */
  async read(sessions: readonly SessionKey[]): Promise<void> {
    const wanted = new Map(this.#news);
    for (const key of sessions) if (!this.#read.has(name(key))) wanted.set(name(key), key);
    for (const [session, key] of wanted) {
      this.#news.delete(session);
      const contested = await this.#documents.contested(key).catch((cause: unknown) => {
        this.#news.set(session, key);
        throw cause;
      });
      const records = Object.entries(contested).flatMap(([entry, texts]) =>
        texts.map((text) => readRecord(key.session, entry, text)),
      );
      this.#read.set(
        session,
        records.flatMap((read) => (read.ok ? [read.value] : [])),
      );
    }
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'contested' || !this.#isOurs(event.key)) return;
    this.#news.set(name(event.key), event.key);
    this.#version++;
  }

  #isOurs(key: DocumentKey): key is SessionKey {
    return key.class === 'session' && key.store === this.#store;
  }
}
