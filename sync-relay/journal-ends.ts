import { documentId, type DocumentAddress, type DocumentId } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { FrameOf } from '#model/protocol/frame.ts';
import type { Link } from './link.ts';

/** Which register of the organization. */
export type RegisterPlace = { readonly store: StoreId; readonly register: RegisterId };

/** What is said about the ends of journals needs of the relay. */
export type JournalEndsParts = {
  readonly links: Iterable<Link>;
  /** The organization of this relay; undefined while it belongs to none. */
  readonly organization: string | undefined;
  /** The latest session held of the register a document is of. */
  readonly latest: (address: DocumentAddress) => number;
  /** Whether a peer may have a document. */
  readonly isReadable: (link: Link, address: DocumentAddress) => boolean;
  /** Speaks of documents with a peer. */
  readonly speak: (link: Link, documents: readonly (readonly [DocumentId, DocumentAddress])[]) => void;
};

/** So many of a register's last sessions are spoken of: the latest may have been named by somebody and hold nothing yet. */
const SPOKEN_OF = 2;

/**
 * What relays ask each other when a register's journal must be known to its end (rule W12): a terminal that takes a register over gives
 * no number before each relay that may hold more of it has said that it does not.
 */
export class JournalEnds {
  readonly #parts: JournalEndsParts;
  /** By link, the registers asked for; true once all that the peer has of the journal's end is here. */
  readonly #asked = new WeakMap<Link, Map<string, boolean>>();

  constructor(parts: JournalEndsParts) {
    this.#parts = parts;
  }

  /** Asks the relays that are linked and were not asked on this link. */
  ask({ store, register }: RegisterPlace): void {
    for (const link of this.#parts.links) {
      if (!link.isOpen || !link.answersLatest) continue;
      const asked = this.#asked.get(link) ?? new Map<string, boolean>();
      this.#asked.set(link, asked);
      const name = nameOf({ store, register });
      if (asked.has(name)) continue;
      asked.set(name, false);
      link.askLatest(store, register);
    }
  }

  /** Whether everything a peer has of a journal's end is here; undefined of a peer that is not asked. */
  isHeard(link: Link, place: RegisterPlace): boolean | undefined {
    return link.answersLatest ? (this.#asked.get(link)?.get(nameOf(place)) ?? false) : undefined;
  }

  /** Answers a relay, and speaks of the journal's end. */
  answer(link: Link, { store, register }: FrameOf<'tillmesh-ask-latest'>): void {
    const { organization, latest, isReadable } = this.#parts;
    if (organization === undefined || !link.answersLatest)
      return link.refuse('a question from one who is no relay');
    const place = { store, register };
    const first = { organization, key: { class: 'session', ...place, session: 1 } } as const;
    if (!isReadable(link, first)) return link.refuse('a question about a register of another store');
    const session = latest(first);
    link.tellLatest(store, register, session);
    this.#parts.speak(link, this.#last(place, session));
  }

  /** Takes an answer: heard is it when both have the same of what it names. */
  take(link: Link, { store, register, session }: FrameOf<'tillmesh-latest'>): void {
    const place = { store, register };
    const asked = this.#asked.get(link);
    if (asked?.get(nameOf(place)) === undefined) return link.refuse('an answer nobody asked for');
    const agreed = this.#last(place, session).map(
      ([id]) => new Promise<void>((resolve) => link.onceAgreed(id, resolve)),
    );
    void Promise.all(agreed).then(() => asked.set(nameOf(place), link.isOpen));
    // The peer speaks of them too; whoever speaks first, both answer.
    this.#parts.speak(link, this.#last(place, session));
  }

  #last(place: RegisterPlace, session: number): (readonly [DocumentId, DocumentAddress])[] {
    const { organization } = this.#parts;
    if (organization === undefined) return [];
    return Array.from({ length: Math.min(session, SPOKEN_OF) }, (_, back) => {
      const key = { class: 'session', ...place, session: session - back } as const;
      const address = { organization, key };
      return [documentId(address), address] as const;
    });
  }
}

function nameOf({ store, register }: RegisterPlace): string {
  return `${store}-${register}`;
}
