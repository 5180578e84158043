import * as v from 'valibot';

/** The part of an `EventSource` the feed needs. */
export type EventStream = {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
};

/** What the feed runs on; a test brings its own. `later` calls back after `ms` and returns how to cancel that. */
export type FeedParts = {
  readonly open: (address: string) => EventStream;
  readonly later: (callback: () => void, ms: number) => () => void;
};

/** `live`: changes arrive by themselves; `away`: the reports program does not answer and is asked again. */
export type FeedState = 'connecting' | 'live' | 'away';

const indexedSchema = v.object({ at: v.string() });
const CLOSED = 2;
const RETRY_MS = 3_000;
// A store that comes back with a day of sales makes many batches; the page draws once for several of them.
const CALM_MS = 1_000;

/** Follows `/reports/events`: tells when figures changed, and reconnects for ever. */
export class LiveFeed {
  state: FeedState = $state('connecting');
  /** Counts up whenever figures may have changed; read it in an effect that loads. */
  changes = $state(0);
  /** When the reports program last took something in, ISO UTC. */
  indexedAt: string | undefined = $state();

  readonly #parts: FeedParts;
  #stream: EventStream | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelCalm: (() => void) | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Begins to listen. */
  start(): void {
    const stream = this.#parts.open('/reports/events');
    this.#stream = stream;
    stream.addEventListener('open', () => this.#opened());
    stream.addEventListener('indexed', (event) => this.#indexed(event));
    stream.addEventListener('error', () => this.#failed(stream));
  }

  /** Stops listening and every timer. */
  stop(): void {
    this.#cancelRetry?.();
    this.#cancelCalm?.();
    this.#cancelCalm = undefined;
    this.#stream?.close();
    this.#stream = undefined;
  }

  /** Notes a time from elsewhere (the health answer), unless a newer one is known. */
  noteIndexed(at: string): void {
    if (this.indexedAt === undefined || Date.parse(at) > Date.parse(this.indexedAt)) this.indexedAt = at;
  }

  #opened(): void {
    const wasAway = this.state === 'away';
    this.state = 'live';
    // What happened while the line was down was not told: look again.
    if (wasAway) this.#changed();
  }

  #indexed(event: Event): void {
    const at = readIndexedAt(event);
    if (at !== undefined) this.noteIndexed(at);
    this.#changed();
  }

  #changed(): void {
    this.#cancelCalm ??= this.#parts.later(() => {
      this.#cancelCalm = undefined;
      this.changes += 1;
    }, CALM_MS);
  }

  #failed(stream: EventStream): void {
    this.state = 'away';
    // A refused stream (the server says 502) is closed for good by the browser; a broken one it reopens itself.
    if (stream.readyState !== CLOSED || stream !== this.#stream) return;
    this.#stream = undefined;
    this.#cancelRetry = this.#parts.later(() => this.start(), RETRY_MS);
  }
}

/** The feed of a browser. */
export function browserFeed(): LiveFeed {
  return new LiveFeed({
    open: (address) => new EventSource(address),
    later: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  });
}

/** The time in an `indexed` event. An event without one still means that figures changed. */
function readIndexedAt(event: Event): string | undefined {
  if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), indexedSchema), event.data);
  return parsed.success ? parsed.output.at : undefined;
}
