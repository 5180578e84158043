import * as A from '@automerge/automerge/slim';
import { bytesOfDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import {
  MOST_HELD,
  byBlock,
  decodePlaces,
  digestOfHeads,
  encodePlaces,
  idInBlock,
} from '#model/protocol/holdings.ts';
import { encodeDifferences } from '#model/protocol/summary.ts';
import type { OpenDocument, OpenDocuments } from './open-documents.ts';
import type { RelayHeads } from './relay-heads.ts';
import type { Surroundings } from './surroundings.ts';

/** How long the relay may take to answer before every document is spoken of after all, in milliseconds. */
const ANSWER_MS = 10_000;

/** What is told in one message: what is held, what nobody wants to be told of, and whether the relay is to bring the rest. */
export type ToldHoldings = {
  readonly blocks: Uint8Array;
  readonly known: Uint8Array;
  readonly rest: boolean;
};

/** What a meeting needs and whom it tells. */
export type MeetingParts = {
  readonly documents: OpenDocuments;
  readonly heads: RelayHeads;
  readonly surroundings: Surroundings;
  /** Ids of documents that are not open and that the relay is not to speak of: let go, or not opened yet. */
  readonly known: () => Promise<readonly string[]>;
  readonly send: (holdings: ToldHoldings) => void;
  /** Begins to speak of a document with the relay. */
  readonly begin: (id: string) => void;
};

/** One message of holdings that waits for its answer: the heads of each document as they were told. */
type Asked = { readonly heads: ReadonlyMap<string, A.Heads>; readonly cancel: () => void };

/**
 * What this terminal and its relay say when they meet (rule W9): one message says what is held here, the answer which of that is
 * not the same there, and nobody speaks of the others until they change. A relay that knows nothing of it is told as before.
 */
export class RelayMeeting {
  readonly #parts: MeetingParts;
  /** Documents nobody here has begun to speak of on this link. */
  readonly #covered = new Set<string>();
  /** Documents somebody waits for while the answer is on its way. */
  readonly #wanted = new Set<string>();
  #asked: Asked[] = [];
  #meets = false;
  /** Counts the links, so that what was begun on one does not end on the next. */
  #link = 0;

  constructor(parts: MeetingParts) {
    this.#parts = parts;
  }

  /** A relay has answered the call; to be told before the Repo hears of it, which would begin to speak of everything. */
  greeted(meets: boolean): void {
    this.#link += 1;
    this.#meets = meets;
    for (const { cancel } of this.#asked) cancel();
    this.#asked = [];
    this.#wanted.clear();
    this.#covered.clear();
    if (!meets) return;
    for (const open of this.#parts.documents.all()) if (isSound(open)) this.#covered.add(open.id);
  }

  /** The link is up: tells what is held, and has the relay bring the rest. */
  async joined(): Promise<void> {
    if (!this.#meets) return;
    const link = this.#link;
    // Nothing is known to be gone where the disk cannot say; then it is offered, and refused one by one.
    const known = await this.#parts.known().catch(() => []);
    if (link === this.#link) this.#tell([...this.#covered], known, true);
  }

  /** Whether the Repo is not to speak of a document by itself. */
  covers(id: string): boolean {
    return this.#covered.has(id);
  }

  /** A stored document is about to be opened, and told of with others of its kind. */
  cover(id: string): void {
    if (this.#meets) this.#covered.add(id);
  }

  /** Tells of documents that were opened since the link is up. */
  opened(ids: readonly string[]): void {
    if (this.#meets) this.#tell(ids, [], false);
  }

  /** A document was changed here: from now on it is spoken of. */
  changed(id: string): void {
    if (this.#covered.delete(id)) this.#parts.begin(id);
  }

  /**
   * The relay begins to speak of a document. Here the Repo must begin as well: it would answer with what it remembers of the link
   * before, takes what was lost with that for sent, and both would ask each other for it without end.
   */
  spokenOf(id: string): void {
    this.changed(id);
  }

  /** Somebody waits for what the relay has of a document. */
  wanted(id: string): void {
    if (!this.#covered.has(id) || this.#parts.heads.of(id) !== undefined) return;
    if (this.#asked.length > 0) this.#wanted.add(id);
    else this.changed(id);
  }

  /** The relay's answer to the oldest message: which of the documents it does not hold alike. */
  answered(places: Uint8Array): void {
    const asked = this.#asked.shift();
    if (asked === undefined) return;
    asked.cancel();
    const unlike = unlikeIn(places);
    for (const [id, heads] of asked.heads) {
      if (unlike === undefined || unlike.has(nameOf(id))) this.#beginIfWanted(id, unlike === undefined);
      else this.#parts.heads.alike(id, heads);
    }
    if (this.#asked.length > 0) return;
    for (const id of this.#wanted) this.wanted(id);
    this.#wanted.clear();
  }

  /** The relay speaks first of what is not alike, a few at a time; what somebody waits for does not wait for its turn. */
  #beginIfWanted(id: string, always: boolean): void {
    if (this.#wanted.delete(id) || always) this.changed(id);
  }

  #tell(ids: readonly string[], known: readonly string[], rest: boolean): void {
    const told = ids.flatMap((id) => this.#sound(id) ?? []);
    for (let at = 0; at === 0 ? rest || told.length > 0 : at < told.length; at += MOST_HELD) {
      const part = told.slice(at, at + MOST_HELD);
      const heads = new Map(part.map(({ id, handle }) => [id as string, A.getHeads(handle.doc())]));
      const isFirst = at === 0;
      this.#asked.push({ heads, cancel: this.#parts.surroundings.after(ANSWER_MS, () => this.#late()) });
      this.#parts.send({
        blocks: blocksOf(heads),
        known: encodePlaces(isFirst ? placesOf(known) : []),
        rest: isFirst && rest,
      });
    }
  }

  #sound(id: string): OpenDocument | undefined {
    const open = this.#parts.documents.peek(id);
    if (open !== undefined && isSound(open)) return open;
    // What is not well is spoken of as ever.
    this.changed(id);
    return undefined;
  }

  /** No answer came: every document is spoken of, as to a relay that knows nothing of all this. */
  #late(): void {
    this.#asked = [];
    this.#meets = false;
    for (const id of this.#covered) this.changed(id);
  }
}

function isSound({ damage, shows }: OpenDocument): boolean {
  return damage === undefined && shows === undefined;
}

function blocksOf(heads: ReadonlyMap<string, A.Heads>): Uint8Array {
  const documents = [...heads].map(([id, own]) => ({ id: bytesOf(id), digest: digestOfHeads(own) }));
  return encodeDifferences(byBlock(documents));
}

function placesOf(ids: readonly string[]) {
  const blocks = byBlock(ids.map((id) => ({ id: bytesOf(id) })));
  return blocks.map(({ block, documents }) => ({ block, places: documents.map(({ place }) => place) }));
}

/** The names of the documents an answer lists; undefined when it cannot be read. */
function unlikeIn(places: Uint8Array): ReadonlySet<string> | undefined {
  const blocks = decodePlaces(places);
  if (!blocks.ok) return undefined;
  return new Set(
    blocks.value.flatMap(({ block, places: found }) => found.map((place) => idInBlock(block, place).join())),
  );
}

function nameOf(id: string): string {
  return bytesOf(id).join();
}

function bytesOf(id: string): Uint8Array {
  return bytesOfDocumentId(id as DocumentId);
}
