import {
  addressOfBytes,
  bytesOfDocumentId,
  documentId,
  type DocumentAddress,
  type DocumentId,
} from '#model/ids/document-id.ts';
import type { FrameOf } from '#model/protocol/frame.ts';
import { blockPlace } from '#model/protocol/holdings.ts';
import {
  MAX_SUMMARY_BYTES,
  compareBytes,
  decodeDifferences,
  decodeRanges,
  decodeSummary,
  differenceBytes,
  encodeDifferences,
  encodeRanges,
  encodeSummary,
  rangeOf,
  type BlockDigest,
  type BlockDocuments,
} from '#model/protocol/summary.ts';
import { isVouchedFor } from '#model/trust/voucher.ts';
import { blockDigest, documentBytes, shortHash, type HeadsIndex, type IndexedBlock } from './heads-index.ts';
import type { Link } from './link.ts';
import { SummaryTurns } from './summary-turns.ts';

/** What summaries need of the relay. */
export type SummaryParts = {
  readonly index: HeadsIndex;
  /** Whether both this relay and the peer may have a document. */
  readonly isShared: (link: Link, address: DocumentAddress) => boolean;
  /** Whether head office's word for a document is here: a peer without it must hear it. */
  readonly isVouched: (id: DocumentId, digest: Uint8Array) => boolean;
  /** Speaks of documents that differ. */
  readonly speak: (link: Link, documents: readonly (readonly [DocumentId, DocumentAddress])[]) => void;
  readonly later: (milliseconds: number, callback: () => void) => void;
  /** Whether relays of many stores come back here at once. Within a store each brings what only it has. */
  readonly isHeadOffice: boolean;
};

/**
 * What two relays tell each other when they meet (rule W5), in place of a message for every document: the side that dialled
 * says what it holds, the other answers what it holds where that differs, and the first speaks of just those documents.
 */
export class Summaries {
  readonly #parts: SummaryParts;
  /** Links whose summary is under way: ours when it was sent, theirs when it came. */
  readonly #met = new WeakSet<Link>();
  /** Links whose outline we sent and whose answer we wait for. */
  readonly #outlined = new WeakSet<Link>();
  /** The ranges we said differ, of links that sent an outline: their summary is of these. */
  readonly #asked = new WeakMap<Link, ReadonlySet<string>>();
  readonly #turns: SummaryTurns;
  /** Links that wait for their turn, with the blocks in which something changed meanwhile. */
  readonly #late = new Map<Link, Set<string>>();

  constructor(parts: SummaryParts) {
    this.#parts = parts;
    this.#turns = new SummaryTurns(parts.later);
  }

  /** Whether relays wait for their turn. */
  get isAwaited(): boolean {
    return this.#late.size > 0;
  }

  /** Takes note that a peer spoke of a document. */
  heard(link: Link, id: DocumentId): void {
    this.#turns.heard(link, id);
  }

  /** Whether a peer hears of a register's document with the answer it waits for: most of what changes meanwhile it has itself. */
  tellsLater(
    link: Link,
    { id, address }: { readonly id: DocumentId; readonly address: DocumentAddress },
  ): boolean {
    const late = this.#late.get(link);
    if (late === undefined || link.knows(id) || !('register' in address.key)) return false;
    late.add(keyOf(blockPlace(bytesOfDocumentId(id)).block));
    return true;
  }

  /** Forgets a link that is gone. */
  left(link: Link): void {
    this.#late.delete(link);
    this.#turns.left(link);
  }

  /** Begins, as the side that dialled; where much is held, in short first. */
  begin(link: Link): void {
    const blocks = this.#blocksFor(link);
    if (!link.outlines || blocks.length <= MOST_ROWS) return this.#tell(link, blocks);
    this.#outlined.add(link);
    link.outline(encodeSummary(outlineOf(blocks)));
  }

  /** Takes the outline of the side that dialled, and answers where it is otherwise here (rule W11). */
  takeOutline(link: Link, { blocks }: FrameOf<'tillmesh-outline'>): void {
    if (!link.outlines || link.direction !== 'in' || this.#met.has(link) || this.#asked.has(link))
      return link.refuse('an outline nobody waits for');
    const theirs = decodeSummary(blocks);
    if (!theirs.ok) return link.refuse(theirs.error);
    const known = new Map(theirs.value.map(({ block, digest }) => [keyOf(block), digest]));
    const differing: Uint8Array[] = [];
    for (const { block, digest } of outlineOf(this.#blocksFor(link))) {
      const other = known.get(keyOf(block));
      known.delete(keyOf(block));
      if (other === undefined || compareBytes(other, digest) !== 0) differing.push(block);
    }
    for (const key of known.keys()) differing.push(Buffer.from(key, 'latin1'));
    this.#asked.set(link, new Set(differing.map(keyOf)));
    link.tellRanges(encodeRanges(differing.sort(compareBytes)));
  }

  /** Takes where the other side differs, and tells of the blocks there. */
  takeRanges(link: Link, { ranges }: FrameOf<'tillmesh-ranges'>): void {
    if (!this.#outlined.delete(link)) return link.refuse('ranges nobody asked for');
    const theirs = decodeRanges(ranges);
    if (!theirs.ok) return link.refuse(theirs.error);
    if (theirs.value.length === 0) return;
    this.#tell(link, this.#blocksFor(link, new Set(theirs.value.map(keyOf))));
  }

  #tell(link: Link, blocks: readonly SharedBlock[]): void {
    this.#met.add(link);
    link.summarize(encodeSummary(blocks));
  }

  /** Takes the summary of the side that dialled, and answers it: at once where nothing differs, else in its turn (rule W14). */
  take(link: Link, { blocks }: FrameOf<'tillmesh-summary'>): void {
    if (!link.summarizes || link.direction !== 'in' || this.#met.has(link))
      return link.refuse('a summary nobody waits for');
    this.#met.add(link);
    const theirs = decodeSummary(blocks);
    if (!theirs.ok) return link.refuse(theirs.error);
    const differing = this.#differingFrom(theirs.value, link);
    if (differing.length === 0 || !this.#parts.isHeadOffice) return this.#answer(link, differing);
    this.#late.set(link, new Set());
    this.#turns.wait(link, () => {
      // What is here has changed since, most of it by the same store's other relays.
      const still = this.#withLate(this.#differingFrom(theirs.value, link), link);
      this.#answer(link, still);
      return still.length > 0;
    });
  }

  #answer(link: Link, differing: readonly BlockDocuments[]): void {
    for (const part of parts(differing)) link.tellDifferences(encodeDifferences(part));
  }

  /** With the blocks in which something changed while the peer waited and of which its summary was not. */
  #withLate(differing: readonly BlockDocuments[], link: Link): BlockDocuments[] {
    const all = new Map(differing.map((block) => [keyOf(block.block), block]));
    const asked = this.#asked.get(link);
    for (const name of this.#late.get(link) ?? []) {
      const block = Buffer.from(name, 'latin1');
      // What its summary was of was compared with what is here now.
      if (asked === undefined || asked.has(keyOf(rangeOf(block)))) continue;
      const indexed = this.#parts.index.block(block);
      const shared = indexed && this.#shared(link, indexed);
      if (shared) all.set(name, shared);
    }
    this.#late.delete(link);
    return [...all.values()].sort((a, b) => compareBytes(a.block, b.block));
  }

  /** What is here of the blocks that differ from a peer's, in order. */
  #differingFrom(theirs: readonly BlockDigest[], link: Link): BlockDocuments[] {
    const known = new Map(theirs.map(({ block, digest }) => [keyOf(block), digest]));
    const differing: BlockDocuments[] = [];
    for (const block of this.#blocksFor(link, this.#asked.get(link))) {
      const digest = known.get(keyOf(block.block));
      known.delete(keyOf(block.block));
      if (digest === undefined || compareBytes(digest, block.digest) !== 0) differing.push(block);
    }
    for (const key of known.keys()) differing.push({ block: Buffer.from(key, 'latin1'), documents: [] });
    return differing.sort((a, b) => compareBytes(a.block, b.block));
  }

  /** Takes what the other side holds where it differs, and speaks of it. */
  takeDifferences(link: Link, { blocks }: FrameOf<'tillmesh-differences'>): void {
    if (!this.#met.has(link) || link.direction !== 'out') return link.refuse('differences nobody asked for');
    const theirs = decodeDifferences(blocks);
    if (!theirs.ok) return link.refuse(theirs.error);
    const differing: (readonly [DocumentId, DocumentAddress])[] = [];
    for (const block of theirs.value) differing.push(...this.#differing(link, block));
    this.#parts.speak(link, differing);
  }

  *#differing(
    link: Link,
    { block, documents }: BlockDocuments,
  ): Iterable<readonly [DocumentId, DocumentAddress]> {
    const theirs = new Map(documents.map(({ place, digest }) => [place, digest]));
    const indexed = this.#parts.index.block(block);
    for (const { place, digest } of (indexed && this.#shared(link, indexed)?.documents) ?? []) {
      const other = theirs.get(place);
      theirs.delete(place);
      if (other === undefined || compareBytes(digest, other) !== 0) yield* this.#named(link, block, place);
    }
    for (const place of theirs.keys()) yield* this.#named(link, block, place);
  }

  /** The document at a place, when it is one that both may have. */
  *#named(link: Link, block: Uint8Array, place: number): Iterable<readonly [DocumentId, DocumentAddress]> {
    const address = addressOfBytes(documentBytes(block, place));
    if (address !== undefined && this.#parts.isShared(link, address)) yield [documentId(address), address];
  }

  /** The blocks this relay tells a peer of, in order; of some ranges, where they are said. */
  #blocksFor(link: Link, ranges?: ReadonlySet<string>): SharedBlock[] {
    // Head office that has lost everything is told nothing by a stranger's summary, and tells it nothing.
    if (link.trust === 'stranger') return [];
    const blocks: SharedBlock[] = [];
    for (const indexed of this.#parts.index.blocks()) {
      // Most blocks are of other stores, and are passed over without their names being made.
      if (indexed.address === undefined || !this.#parts.isShared(link, indexed.address)) continue;
      if (ranges !== undefined && !ranges.has(keyOf(rangeOf(indexed.block)))) continue;
      const shared = this.#shared(link, indexed);
      if (shared !== undefined) blocks.push(shared);
    }
    return blocks.sort((a, b) => compareBytes(a.block, b.block));
  }

  /** A block as a peer may see it: who may have one of its documents may have all. */
  #shared(link: Link, indexed: IndexedBlock): SharedBlock | undefined {
    const { address } = indexed;
    if (address === undefined || !this.#parts.isShared(link, address)) return undefined;
    if (!isVouchedFor(address.key)) return indexed;
    const { block } = indexed;
    const documents = indexed.documents.map((one) => this.#withWord(block, one));
    return { block, documents, digest: blockDigest(documents) };
  }

  #withWord(block: Uint8Array, { place, digest }: BlockDocuments['documents'][number]) {
    const address = addressOfBytes(documentBytes(block, place));
    const isVouched = address !== undefined && this.#parts.isVouched(documentId(address), digest);
    return { place, digest: isVouched ? shortHash(Buffer.concat([digest, VOUCHED])) : digest };
  }
}

/** A block as a peer may see it, with its own digest. */
type SharedBlock = BlockDocuments & { readonly digest: Uint8Array };

/** Blocks a summary has without an outline before it: two kilobytes, where an outline saves less than its round trip costs. */
const MOST_ROWS = 64;

/** Put behind the digest of a document that is vouched for here (rules W6 and W15). */
const VOUCHED = Buffer.from('vouched');

/** The ranges of blocks in order, each with the digest of the names and digests of its blocks (rule W11). */
function outlineOf(blocks: readonly SharedBlock[]): BlockDigest[] {
  const ranges: { block: Uint8Array; rows: Uint8Array[] }[] = [];
  for (const { block, digest } of blocks) {
    const range = rangeOf(block);
    const last = ranges.at(-1);
    if (last !== undefined && compareBytes(last.block, range) === 0) last.rows.push(block, digest);
    else ranges.push({ block: range, rows: [block, digest] });
  }
  return ranges.map(({ block, rows }) => ({ block, digest: shortHash(Buffer.concat(rows)) }));
}

function keyOf(block: Uint8Array): string {
  return Buffer.from(block).toString('latin1');
}

/** Blocks in lists short enough to send; one list, and be it empty, for an answer. */
function parts(blocks: readonly BlockDocuments[]): BlockDocuments[][] {
  const lists: BlockDocuments[][] = [];
  let room = 0;
  for (const block of blocks) {
    room -= differenceBytes(block);
    if (room < 0) {
      lists.push([]);
      room = MAX_SUMMARY_BYTES / 4 - differenceBytes(block);
    }
    lists.at(-1)?.push(block);
  }
  return lists.length > 0 ? lists : [[]];
}
