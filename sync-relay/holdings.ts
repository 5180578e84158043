import { FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import { addressOfBytes, documentId, type DocumentAddress, type DocumentId } from '#model/ids/document-id.ts';
import type { FrameOf } from '#model/protocol/frame.ts';
import {
  byBlock,
  decodePlaces,
  encodePlaces,
  idInBlock,
  type BlockPlaces,
} from '#model/protocol/holdings.ts';
import { compareBytes, decodeDifferences, type BlockDocuments } from '#model/protocol/summary.ts';
import { headsDigest, type HeadsIndex } from './heads-index.ts';
import type { Link } from './link.ts';

/** The digest of a document that holds nothing but what every document starts with. */
const BLANK = headsDigest([FIRST_CHANGE_HASH]);

/** A document as links speak of it. */
type Named = readonly [DocumentId, DocumentAddress];

/** What holdings need of the relay. */
export type HoldingsParts = {
  readonly index: HeadsIndex;
  /** Whether the peer may have a document. */
  readonly isReadable: (link: Link, address: DocumentAddress) => boolean;
  /** What the peer is offered unasked. */
  readonly offered: (link: Link) => Iterable<DocumentAddress>;
  /** Speaks of documents. */
  readonly speak: (link: Link, documents: Iterable<Named>) => void;
};

/**
 * What a terminal says it holds when it links (rule W9), in place of a message for every document each way: the relay answers
 * which of them are not the same on its disk, and speaks of just those and of what the terminal has not.
 */
export class Holdings {
  readonly #parts: HoldingsParts;
  /** Links that asked for the rest. */
  readonly #rested = new WeakSet<Link>();

  constructor(parts: HoldingsParts) {
    this.#parts = parts;
  }

  /** Takes what a terminal holds, and answers. */
  take(link: Link, { blocks, known, rest }: FrameOf<'tillmesh-holdings'>): void {
    if (!link.tellsHoldings) return link.refuse('holdings nobody waits for');
    if (rest && this.#rested.has(link)) return link.refuse('the rest was asked for before');
    const held = decodeDifferences(blocks);
    if (!held.ok) return link.refuse(held.error);
    const named = decodePlaces(known);
    if (!named.ok) return link.refuse(named.error);
    const told = new Set<DocumentId>();
    const unlike = this.#compared(link, held.value, told);
    this.#answer(link, unlike.places);
    this.#parts.speak(link, unlike.documents);
    if (!rest) return;
    this.#rested.add(link);
    for (const id of idsIn(named.value)) told.add(id);
    this.#parts.speak(link, this.#rest(link, told));
  }

  /** What of the documents held is not the same here, with what the terminal may not have and is not spoken of. */
  #compared(link: Link, held: readonly BlockDocuments[], told: Set<DocumentId>) {
    const documents: Named[] = [];
    const places: Uint8Array[] = [];
    for (const { block, documents: inBlock } of held)
      for (const { place, digest } of inBlock) {
        const bytes = idInBlock(block, place);
        const address = addressOfBytes(bytes);
        const id = address && this.#parts.isReadable(link, address) ? documentId(address) : undefined;
        if (id !== undefined) {
          told.add(id);
          link.noteHeld(id, digest);
          if (this.#isAlike(bytes, digest)) continue;
        }
        places.push(bytes);
        if (id !== undefined && address !== undefined) documents.push([id, address]);
      }
    return { documents, places };
  }

  *#rest(link: Link, told: ReadonlySet<DocumentId>): Iterable<Named> {
    for (const address of this.#parts.offered(link)) {
      const id = documentId(address);
      if (!told.has(id)) yield [id, address];
    }
  }

  #isAlike(bytes: Uint8Array, digest: Uint8Array): boolean {
    const here = this.#parts.index.digest(bytes);
    // What every document starts with can be made by anybody: who has nothing else has what is here where nothing is.
    const wanted = here === undefined ? BLANK : Buffer.from(here, 'latin1');
    return compareBytes(wanted, digest) === 0;
  }

  #answer(link: Link, documents: readonly Uint8Array[]): void {
    const blocks = byBlock(documents.map((id) => ({ id })));
    link.tellUnlike(
      encodePlaces(
        blocks.map(({ block, documents: found }) => ({ block, places: found.map(({ place }) => place) })),
      ),
    );
  }
}

function* idsIn(blocks: readonly BlockPlaces[]): Iterable<DocumentId> {
  for (const { block, places } of blocks)
    for (const place of places) {
      const address = addressOfBytes(idInBlock(block, place));
      if (address !== undefined) yield documentId(address);
    }
}
