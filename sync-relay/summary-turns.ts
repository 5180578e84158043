import type { DocumentId } from '#model/ids/document-id.ts';
import type { Link } from './link.ts';

/** Links that are answered at once: what is spoken of is in memory, a session of 300 sales with two megabytes. */
const AT_ONCE = 8;

/** How often it is looked whether a link whose turn it is still says something, in milliseconds. */
const LOOK_MS = 100;

/**
 * Looks in which a link said nothing after which it has said all. A far line takes longer for a word and its answer, and then goes on
 * beside the next; longer turns would keep 48 relays with nothing new from head office for eleven seconds instead of five.
 */
const SILENT_LOOKS = 3;

/**
 * The same while it owes something: its first word, for which it may have to read a day from its disk, or what it said that it has. Whoever
 * of its store came next would bring all of that a second time.
 */
const OWING_LOOKS = 30;

/** Looks after which the next link is answered whatever this one still says: a slow line goes on beside the others. */
const MOST_LOOKS = 100;

/** A link whose turn it is; `open` are the documents it spoke of of which both do not hold the same yet, undefined before its first word. */
type Turn = { spoke: boolean; silent: number; looks: number; open: Set<DocumentId> | undefined };

/**
 * In which order relays that come back at once are answered (rule W14): a few at a time, and of one store one after the other, for
 * what the first of them brings the others need not bring again.
 */
export class SummaryTurns {
  readonly #later: (milliseconds: number, callback: () => void) => void;
  readonly #waiting = new Map<Link, () => boolean>();
  readonly #now = new Map<Link, Turn>();

  constructor(later: (milliseconds: number, callback: () => void) => void) {
    this.#later = later;
  }

  /** Calls `answer` when it is the link's turn; it says whether there is anything to speak of. */
  wait(link: Link, answer: () => boolean): void {
    this.#waiting.set(link, answer);
    this.#next();
  }

  /** Takes note that a link spoke of a document. */
  heard(link: Link, id: DocumentId): void {
    const turn = this.#now.get(link);
    if (turn === undefined) return;
    turn.spoke = true;
    const open = (turn.open ??= new Set());
    if (open.has(id)) return;
    open.add(id);
    link.onceAgreed(id, () => open.delete(id));
  }

  /** Forgets a link that is gone. */
  left(link: Link): void {
    this.#waiting.delete(link);
    if (this.#now.delete(link)) this.#next();
  }

  #next(): void {
    const places = new Set([...this.#now.keys()].map(placeOf));
    for (const [link, answer] of this.#waiting) {
      if (this.#now.size >= AT_ONCE) return;
      if (places.has(placeOf(link))) continue;
      this.#waiting.delete(link);
      if (!link.isOpen || !answer()) continue;
      places.add(placeOf(link));
      this.#now.set(link, { spoke: false, silent: 0, looks: 0, open: undefined });
      this.#look(link);
    }
  }

  #look(link: Link): void {
    this.#later(LOOK_MS, () => {
      const turn = this.#now.get(link);
      if (turn === undefined) return;
      turn.looks += 1;
      turn.silent = turn.spoke || link.isBehind ? 0 : turn.silent + 1;
      turn.spoke = false;
      const patience = turn.open?.size === 0 ? SILENT_LOOKS : OWING_LOOKS;
      if (link.isOpen && turn.looks < MOST_LOOKS && turn.silent < patience) return this.#look(link);
      this.#now.delete(link);
      this.#next();
    });
  }
}

/** Relays of one store hold the same. */
function placeOf(link: Link): string {
  return link.metadata.device?.store ?? link.peerId;
}
