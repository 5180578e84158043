import type { DocumentId, DocumentKey } from '#model/ids/document-id.ts';
import type { Received } from './document-work.ts';
import type { Link } from './link.ts';
import { SecondHand } from './second-hand.ts';

/** How long a terminal may take to answer before it is sent more of a document all the same, in milliseconds. */
const ANSWER_MS = 1000;

/** What spreading the news of a document needs. */
export type SpreadingParts = {
  readonly later: (milliseconds: number, callback: () => void) => void;
  /** Tells links what they lack, as soon as the document can. */
  readonly passOn: (links: Iterable<Link>) => void;
};

/**
 * Who hears of a document's news, and when: relays a little later of what another relay sent, terminals one message after the other. A
 * terminal that has not answered the last one gets what came meanwhile together as soon as it does: one that keeps up waits for nothing,
 * and one that does not merges once where it would merge ten times.
 */
export class Spreading {
  readonly #id: DocumentId;
  readonly #isBasket: boolean;
  readonly #parts: SpreadingParts;
  readonly #secondHand: SecondHand;
  readonly #unanswered = new Set<Link>();

  constructor(id: DocumentId, key: DocumentKey, parts: SpreadingParts) {
    this.#id = id;
    this.#isBasket = key.class === 'basket';
    this.#parts = parts;
    this.#secondHand = new SecondHand(parts.later, parts.passOn);
  }

  /** Whether somebody waits. */
  get isWaiting(): boolean {
    return this.#secondHand.isWaiting || this.#unanswered.size > 0;
  }

  /** Tells a relay a little later. */
  later(link: Link): void {
    this.#secondHand.add(link);
  }

  /** Which of these links hear at once of what was received; the others do later. A basket changes with every scan: relays wait for it. */
  now(links: readonly Link[], received: readonly Received[]): readonly Link[] {
    const isOld = received.length > 0 && received.every(({ link }) => link.isRelay);
    return links.filter((link) => (link.isRelay ? this.#isFirstHand(link, isOld) : this.#isAnswered(link)));
  }

  #isFirstHand(link: Link, isOld: boolean): boolean {
    const isSecondHand = isOld || this.#isBasket;
    if (isSecondHand) this.later(link);
    return !isSecondHand;
  }

  #isAnswered(link: Link): boolean {
    if (!link.owesAnswer(this.#id)) return true;
    this.#await(link);
    return false;
  }

  /** Its answer brings it the rest; who has nothing to answer to what it was sent is not kept waiting for ever. */
  #await(link: Link): void {
    if (this.#unanswered.has(link)) return;
    this.#unanswered.add(link);
    this.#parts.later(ANSWER_MS, () => {
      this.#unanswered.delete(link);
      if (!link.owesAnswer(this.#id)) return;
      link.noteAnswer(this.#id);
      this.#parts.passOn([link]);
    });
  }
}
