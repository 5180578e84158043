import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { err, ok, type Result } from '../result.ts';
import {
  BLOCK_DOCUMENTS,
  DIGEST_BYTES,
  MAX_SUMMARY_BYTES,
  compareBytes,
  type SummaryRefusal,
} from './summary.ts';

/** The version of what a terminal tells its relay of its documents (rule W9). */
export const HOLDINGS_VERSION = 1;

/** Documents a frame tells of at most; a till holds some hundreds. */
export const MOST_HELD = 4096;

const ID_BYTES = 16;
const MASK_BYTES = BLOCK_DOCUMENTS / 8;
const ROW_BYTES = ID_BYTES + MASK_BYTES;

/** A block and some of its documents, by place (0 to 63). */
export type BlockPlaces = { readonly block: Uint8Array; readonly places: readonly number[] };

/** The digest of a document's state: the first 16 bytes of the SHA-256 of its heads, sorted and joined with commas (rule W6). */
export function digestOfHeads(heads: readonly string[]): Uint8Array {
  return sha256(utf8ToBytes([...heads].sort().join())).subarray(0, DIGEST_BYTES);
}

/** A document by the bytes of its id: its block's name and its place there (rule W6). */
export function blockPlace(id: Uint8Array): { readonly block: Uint8Array; readonly place: number } {
  const block = Uint8Array.from(id);
  const last = id[ID_BYTES - 1] ?? 0;
  block[ID_BYTES - 1] = last & ~(BLOCK_DOCUMENTS - 1);
  return { block, place: last & (BLOCK_DOCUMENTS - 1) };
}

/** The bytes of the id of a document by its place in a block. */
export function idInBlock(block: Uint8Array, place: number): Uint8Array {
  const bytes = Uint8Array.from(block);
  bytes[ID_BYTES - 1] = (bytes[ID_BYTES - 1] ?? 0) + place;
  return bytes;
}

/** Documents by block, blocks and places in ascending order; of one that is named twice the first. */
export function byBlock<One extends { readonly id: Uint8Array }>(
  documents: Iterable<One>,
): readonly {
  readonly block: Uint8Array;
  readonly documents: readonly (One & { readonly place: number })[];
}[] {
  const blocks = new Map<string, { block: Uint8Array; documents: Map<number, One & { place: number }> }>();
  for (const one of documents) {
    const { block, place } = blockPlace(one.id);
    const name = block.join();
    let found = blocks.get(name);
    if (found === undefined) blocks.set(name, (found = { block, documents: new Map() }));
    if (!found.documents.has(place)) found.documents.set(place, { ...one, place });
  }
  return [...blocks.values()]
    .sort((a, b) => compareBytes(a.block, b.block))
    .map(({ block, documents: found }) => ({
      block,
      documents: [...found.values()].sort((a, b) => a.place - b.place),
    }));
}

/** Writes places of blocks: each block's name and a bit for each of its places, the lowest first. */
export function encodePlaces(blocks: readonly BlockPlaces[]): Uint8Array {
  const bytes = new Uint8Array(blocks.length * ROW_BYTES);
  for (const [row, { block, places }] of blocks.entries()) {
    bytes.set(block, row * ROW_BYTES);
    for (const place of places) {
      const at = row * ROW_BYTES + ID_BYTES + (place >> 3);
      bytes[at] = (bytes[at] ?? 0) | (1 << (place & 7));
    }
  }
  return bytes;
}

/** Reads places of blocks; refuses what nobody who keeps the rules would send. */
export function decodePlaces(bytes: Uint8Array): Result<readonly BlockPlaces[], SummaryRefusal> {
  if (bytes.length > MAX_SUMMARY_BYTES) return err(`a list of places has at most ${MAX_SUMMARY_BYTES} bytes`);
  if (bytes.length % ROW_BYTES !== 0) return err('a list of places is cut off');
  const blocks: BlockPlaces[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const block = bytes.subarray(at, at + ID_BYTES);
    const before = blocks.at(-1)?.block;
    if (blockPlace(block).place !== 0) return err('a block begins where its documents do');
    if (before !== undefined && compareBytes(before, block) >= 0)
      return err('a list of places names each block once, in order');
    blocks.push({ block, places: placesIn(bytes.subarray(at + ID_BYTES, at + ROW_BYTES)) });
  }
  return ok(blocks);
}

function placesIn(mask: Uint8Array): number[] {
  const places: number[] = [];
  for (let place = 0; place < BLOCK_DOCUMENTS; place++)
    if (((mask[place >> 3] ?? 0) & (1 << (place & 7))) !== 0) places.push(place);
  return places;
}
