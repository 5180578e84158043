import { createHash } from 'node:crypto';
import {
  addressOfBytes,
  bytesOfDocumentId,
  type DocumentAddress,
  type DocumentId,
} from '#model/ids/document-id.ts';
import { BLOCK_DOCUMENTS, DIGEST_BYTES } from '#model/protocol/summary.ts';

/** The bits of the last byte of an id that say the place in its block. */
const PLACES = BLOCK_DOCUMENTS - 1;

/** What a block keeps: for each place the digest of a document's heads, and the hashes of its archives; its own once asked for. */
type Block = {
  readonly digests: (string | undefined)[];
  readonly archives: (string | undefined)[];
  digest: Uint8Array | undefined;
  /** What its first document is, once asked for. */
  address: DocumentAddress | undefined;
};

/** A document as the index knows it; `digest` are 16 bytes (rule W6). */
export type IndexedDocument = { readonly place: number; readonly digest: Uint8Array };

/**
 * A block of the index: the 16 bytes of its name and its documents in order, made when asked for. Most who look at all blocks
 * look at the names of most.
 */
export class IndexedBlock {
  readonly #name: string;
  readonly #block: Block;
  #bytes: Uint8Array | undefined;

  constructor(name: string, kept: Block) {
    this.#name = name;
    this.#block = kept;
  }

  /** Its name. */
  get block(): Uint8Array {
    return (this.#bytes ??= Buffer.from(this.#name, 'latin1'));
  }

  /** What one of its documents is: class and place are those of all. Kept, for whoever comes back is shown all blocks but has few. */
  get address(): DocumentAddress | undefined {
    return (this.#block.address ??= addressOfBytes(documentBytes(this.block, this.first)));
  }

  /** The place of its first document. */
  get first(): number {
    return this.#block.digests.findIndex((digest) => digest !== undefined);
  }

  /** The place of its last document. */
  get last(): number {
    return this.#block.digests.length - 1;
  }

  /** Its documents in order. */
  get documents(): readonly IndexedDocument[] {
    return documentsOf(this.#block);
  }

  /** The digest of all its documents (rule W6). */
  get digest(): Uint8Array {
    return (this.#block.digest ??= blockDigest(this.documents));
  }
}

/** The digest of a block with these documents (rule W6). */
export function blockDigest(documents: readonly IndexedDocument[]): Uint8Array {
  return shortHash(Buffer.concat(documents.flatMap(({ place, digest }) => [Uint8Array.of(place), digest])));
}

/** The digest of a document's state: the first 16 bytes of the SHA-256 of its heads, sorted (rule W6). */
export function headsDigest(heads: readonly string[]): Uint8Array {
  return shortHash([...heads].sort().join());
}

/** The first 16 bytes of a SHA-256. */
export function shortHash(content: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(content).digest().subarray(0, DIGEST_BYTES);
}

/**
 * The state of every document a relay holds, in about a hundred bytes each: a shop keeps them for years and talks about a
 * few. Texts of one byte a character take the least room, hence `latin1`.
 */
export class HeadsIndex {
  readonly #blocks = new Map<string, Block>();
  #count = 0;

  /** How many documents there are. */
  get count(): number {
    return this.#count;
  }

  /** Whether a document is there. */
  has(id: DocumentId): boolean {
    return this.digest(bytesOfDocumentId(id)) !== undefined;
  }

  /** The digest of a document, by the bytes of its id; undefined when it is not there. */
  digest(bytes: Uint8Array): string | undefined {
    return this.#blocks.get(nameOf(bytes))?.digests[placeOf(bytes)];
  }

  /** The hashes of a document's archives. */
  archives(id: DocumentId): readonly string[] {
    const bytes = bytesOfDocumentId(id);
    const packed = this.#blocks.get(nameOf(bytes))?.archives[placeOf(bytes)];
    if (packed === undefined) return [];
    const hex = Buffer.from(packed, 'latin1').toString('hex');
    return hex.match(/.{64}/g) ?? [];
  }

  /** Takes note of a document's state and archives. */
  set(bytes: Uint8Array, digest: Uint8Array, archives: readonly string[]): void {
    this.setPacked(latin1(bytes), latin1(digest), latin1(Buffer.from(archives.join(''), 'hex')));
  }

  /** The same with all of them as texts of one byte a character, the hashes of the archives joined. */
  setPacked(bytes: string, digest: string, archives: string): void {
    const last = bytes.charCodeAt(15);
    const name = bytes.slice(0, 15) + String.fromCharCode(last & ~PLACES);
    let block = this.#blocks.get(name);
    if (block === undefined)
      this.#blocks.set(name, (block = { digests: [], archives: [], digest: undefined, address: undefined }));
    const place = last & PLACES;
    if (block.digests[place] === undefined) this.#count += 1;
    block.digest = undefined;
    block.digests[place] = digest;
    if (archives.length > 0) block.archives[place] = archives;
    else if (block.archives[place] !== undefined) block.archives[place] = undefined;
  }

  /** The block of a name. */
  block(name: Uint8Array): IndexedBlock | undefined {
    const text = nameOf(name);
    const block = this.#blocks.get(text);
    return block && new IndexedBlock(text, block);
  }

  /** All blocks, in no order. */
  *blocks(): Iterable<IndexedBlock> {
    for (const [name, block] of this.#blocks) yield new IndexedBlock(name, block);
  }

  /** The bytes of the id of every document that has no archive. */
  *loose(): Iterable<Uint8Array> {
    for (const [name, { digests, archives }] of this.#blocks)
      for (const [place, digest] of digests.entries())
        if (digest !== undefined && archives[place] === undefined)
          yield documentBytes(Buffer.from(name, 'latin1'), place);
  }

  /** The bytes of every document's id. */
  *documents(): Iterable<Uint8Array> {
    for (const { block, documents } of this.blocks())
      for (const { place } of documents) yield documentBytes(block, place);
  }
}

/** The bytes of the id of a block's document. */
export function documentBytes(block: Uint8Array, place: number): Uint8Array {
  const bytes = Uint8Array.from(block);
  bytes[15] = (bytes[15] ?? 0) + place;
  return bytes;
}

function documentsOf({ digests }: Block): IndexedDocument[] {
  const documents: IndexedDocument[] = [];
  for (const [place, digest] of digests.entries())
    if (digest !== undefined) documents.push({ place, digest: Buffer.from(digest, 'latin1') });
  return documents;
}

function placeOf(bytes: Uint8Array): number {
  return (bytes[15] ?? 0) & PLACES;
}

function nameOf(bytes: Uint8Array): string {
  const name = Buffer.from(bytes);
  name[15] = (name[15] ?? 0) & ~PLACES;
  return name.toString('latin1');
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
