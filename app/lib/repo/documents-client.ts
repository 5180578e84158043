import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import type {
  ArchivedCopy,
  CaughtUp,
  Documents,
  DocumentsEvent,
  Fetched,
  LetGo,
  Saved,
} from './documents.ts';
import type {
  DocumentsCall,
  DocumentsCalls,
  DocumentsRefusal,
  DocumentsStart,
  FromWorker,
  WorkerEnd,
} from './documents-messages.ts';
import type { ContestedEntries } from './entry-changes.ts';
import type { Surroundings } from './surroundings.ts';

/** How long past the worker's own deadlines a durable write waits for its answer, in milliseconds. */
const WORKER_GRACE_MS = 4_000;

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (cause: Error) => void };

/** What the page's side needs. `trouble` hears in words what went wrong in the worker without a call failing. */
export type ClientParts = {
  readonly worker: WorkerEnd;
  readonly surroundings: Surroundings;
  readonly trouble: (detail: string) => void;
};

/** The documents as a page sees them: the same port, answered by a worker. */
export class DocumentsClient implements Documents {
  readonly #parts: ClientParts;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: DocumentsEvent) => void>();
  #started: (result: Result<Documents, DocumentsRefusal>) => void = () => undefined;
  /** Events told before anyone listened; undefined once someone has. */
  #early: DocumentsEvent[] | undefined = [];
  #lastId = 0;
  #closed = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    parts.worker.addEventListener('message', (event) => this.#take(event.data));
    parts.worker.addEventListener('error', (event) => this.#broken(event.message));
  }

  /** Starts the worker's documents; a refusal ends the worker. */
  start(start: DocumentsStart): Promise<Result<Documents, DocumentsRefusal>> {
    return new Promise((resolve) => {
      this.#started = resolve;
      this.#parts.worker.postMessage({ type: 'start', start }, []);
    });
  }

  open(key: DocumentKey): Promise<Entries> {
    return this.#call('open', [key]);
  }

  contested(key: DocumentKey): Promise<ContestedEntries> {
    return this.#call('contested', [key]);
  }

  known(): Promise<readonly DocumentKey[]> {
    return this.#call('known', []);
  }

  write(key: DocumentKey, changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    return this.#call('write', [key, changes]);
  }

  writeDurably(
    key: DocumentKey,
    changes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<Saved> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.surroundings.after(relayWaitMs + WORKER_GRACE_MS, () =>
        resolve({ here: 'failed', relay: 'late', cause: 'the documents worker does not answer' }),
      );
      this.#call('writeDurably', [key, changes, relayWaitMs]).then(resolve, reject).finally(cancel);
    });
  }

  caughtUp(key: DocumentKey, waitMs: number): Promise<CaughtUp> {
    return this.#call('caughtUp', [key, waitMs]);
  }

  letGo(
    keys: readonly DocumentKey[],
    notes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<LetGo> {
    return this.#call('letGo', [keys, notes, relayWaitMs]);
  }

  remembered(): Promise<Entries> {
    return this.#call('remembered', []);
  }

  fetch(key: DocumentKey, waitMs: number): Promise<Fetched> {
    return this.#call('fetch', [key, waitMs]);
  }

  archived(): Promise<readonly ArchivedCopy[]> {
    return this.#call('archived', []);
  }

  watch(listener: (event: DocumentsEvent) => void): () => void {
    this.#listeners.add(listener);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) listener(event);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#call('close', []);
    this.#closed = true;
    this.#listeners.clear();
    try {
      await closing;
    } finally {
      this.#parts.worker.terminate();
    }
  }

  #call<Method extends keyof DocumentsCalls>(
    method: Method,
    args: DocumentsCalls[Method]['takes'],
  ): Promise<DocumentsCalls[Method]['gives']> {
    if (this.#closed) return Promise.reject(new Error('the documents are closed'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#parts.worker.postMessage({ type: 'call', id, method, args } as DocumentsCall, []);
    });
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'started':
        return this.#started(ok(this));
      case 'refused':
        this.#parts.worker.terminate();
        return this.#started(err(message.refusal));
      case 'answer':
        return this.#settle(message.id, (waiting) => waiting.resolve(message.value as never));
      case 'failed':
        return this.#settle(message.id, (waiting) => waiting.reject(new Error(message.message)));
      case 'events':
        return this.#tell(message.events);
      case 'trouble':
        return this.#parts.trouble(message.detail);
    }
  }

  #tell(events: readonly DocumentsEvent[]): void {
    this.#early?.push(...events);
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  #settle(id: number, settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) settle(waiting);
  }

  /** An error in the worker: it may not have started at all, or it may still work; whoever waits is not left waiting. */
  #broken(detail: string): void {
    const message = `the documents worker failed: ${detail || 'it could not be loaded'}`;
    this.#started(err({ code: 'not-started', message }));
    for (const id of this.#waiting.keys()) this.#settle(id, (one) => one.reject(new Error(message)));
    this.#parts.trouble(message);
  }
}
