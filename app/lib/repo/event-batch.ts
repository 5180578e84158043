import type { DocumentsEvent } from './documents.ts';
import type { Surroundings } from './surroundings.ts';

/** How long events are gathered before they go to the page together, in milliseconds: a quarter of a frame. */
const GATHER_MS = 4;

/** Gathers events, so that merging a day of sales costs the page a few messages instead of one for each. */
export class EventBatch {
  readonly #deliver: (events: readonly DocumentsEvent[]) => void;
  readonly #surroundings: Surroundings;
  #events: DocumentsEvent[] = [];
  #cancel: (() => void) | undefined;

  constructor(deliver: (events: readonly DocumentsEvent[]) => void, surroundings: Surroundings) {
    this.#deliver = deliver;
    this.#surroundings = surroundings;
  }

  /** Adds an event; it is delivered soon. */
  add(event: DocumentsEvent): void {
    this.#events.push(event);
    this.#cancel ??= this.#surroundings.after(GATHER_MS, () => this.flush());
  }

  /** Delivers what is gathered now: before anything that must not overtake it. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#deliver(events);
  }
}
