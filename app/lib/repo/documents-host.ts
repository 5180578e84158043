import type { Documents } from './documents.ts';
import type { DocumentsCall, DocumentsStart, FromWorker, ToWorker } from './documents-messages.ts';
import { EventBatch } from './event-batch.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/** What the worker's side needs: `start` gives the documents or throws, `refused` answers for a taken database. */
export type HostParts = {
  readonly post: (message: FromWorker) => void;
  readonly start: (start: DocumentsStart) => Promise<Documents | 'taken'>;
  readonly surroundings: Surroundings;
};

/** Answers a page's calls with the documents of this worker. */
export class DocumentsHost {
  readonly #parts: HostParts;
  readonly #batch: EventBatch;
  #documents: Documents | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#batch = new EventBatch((events) => parts.post({ type: 'events', events }), parts.surroundings);
  }

  /** Takes one message of the page. */
  async take(message: ToWorker): Promise<void> {
    if (message.type === 'start') await this.#start(message.start);
    else await this.#answer(message);
  }

  async #start(start: DocumentsStart): Promise<void> {
    const { post } = this.#parts;
    try {
      const documents = await this.#parts.start(start);
      if (documents === 'taken') {
        const message =
          'Tillmesh is already open in another tab of this device. Close that tab, then try again.';
        return post({ type: 'refused', refusal: { code: 'already-open-in-another-tab', message } });
      }
      this.#documents = documents;
      documents.watch((event) => this.#batch.add(event));
      post({ type: 'started' });
    } catch (cause) {
      const message = `The documents did not start: ${causeText(cause)}`;
      post({ type: 'refused', refusal: { code: 'not-started', message } });
    }
  }

  async #answer(call: DocumentsCall): Promise<void> {
    const { id } = call;
    try {
      const value = await this.#run(call);
      this.#batch.flush();
      this.#parts.post({ type: 'answer', id, value });
    } catch (cause) {
      this.#batch.flush();
      this.#parts.post({ type: 'failed', id, message: causeText(cause) });
    }
  }

  #run(call: DocumentsCall): Promise<unknown> {
    const documents = this.#documents;
    if (documents === undefined) throw new Error('the documents have not started');
    switch (call.method) {
      case 'open':
        return documents.open(...call.args);
      case 'contested':
        return documents.contested(...call.args);
      case 'known':
        return documents.known();
      case 'write':
        return documents.write(...call.args);
      case 'writeDurably':
        return documents.writeDurably(...call.args);
      case 'caughtUp':
        return documents.caughtUp(...call.args);
      case 'letGo':
        return documents.letGo(...call.args);
      case 'remembered':
        return documents.remembered();
      case 'fetch':
        return documents.fetch(...call.args);
      case 'archived':
        return documents.archived();
      case 'close':
        return documents.close();
    }
  }
}
