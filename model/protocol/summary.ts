import { err, ok, type Result } from '../result.ts';

/** The version of the summary that relays tell each other (rule W5). */
export const SUMMARY_VERSION = 1;

/** The version of the outline that goes before a long summary (rule W11). */
export const OUTLINE_VERSION = 1;

/** Documents of one block share their id but for its last six bits (rule W6). */
export const BLOCK_DOCUMENTS = 64;

/** Bytes of a document's or a block's digest (rule W6). */
export const DIGEST_BYTES = 16;

/** The longest summary, and the longest of the answers to it, in bytes (rule W7). */
export const MAX_SUMMARY_BYTES = 4 * 1024 * 1024;

/** Bytes of a document id, and so of a block's name: the id of its first document. */
const NAME_BYTES = 16;

/** A row of a summary: a block and the digest of all its documents. */
export type BlockDigest = { readonly block: Uint8Array; readonly digest: Uint8Array };

/** A block with its documents by place (0 to 63) in ascending order, and the digest of each. */
export type BlockDocuments = {
  readonly block: Uint8Array;
  readonly documents: readonly { readonly place: number; readonly digest: Uint8Array }[];
};

/** Why a summary was refused: the sentence its sender is told when its link is closed (rule W7). */
export type SummaryRefusal = string;

/** Writes a summary; the blocks come in ascending order, none twice. */
export function encodeSummary(blocks: readonly BlockDigest[]): Uint8Array {
  const bytes = new Uint8Array(blocks.length * (NAME_BYTES + DIGEST_BYTES));
  for (const [row, { block, digest }] of blocks.entries()) {
    const at = row * (NAME_BYTES + DIGEST_BYTES);
    bytes.set(block, at);
    bytes.set(digest, at + NAME_BYTES);
  }
  return bytes;
}

/** Reads a summary; refuses what nobody who keeps the rules would send. */
export function decodeSummary(bytes: Uint8Array): Result<readonly BlockDigest[], SummaryRefusal> {
  const row = NAME_BYTES + DIGEST_BYTES;
  if (bytes.length > MAX_SUMMARY_BYTES) return err(TOO_LONG);
  if (bytes.length % row !== 0) return err('a summary is cut off');
  const blocks: BlockDigest[] = [];
  for (let at = 0; at < bytes.length; at += row) {
    const block = bytes.subarray(at, at + NAME_BYTES);
    const fault = blockFault(block, blocks.at(-1)?.block);
    if (fault !== undefined) return err(fault);
    blocks.push({ block, digest: bytes.subarray(at + NAME_BYTES, at + row) });
  }
  return ok(blocks);
}

/** The range a block is in: 64 blocks that follow one another, named as the first of them (rule W11). */
export function rangeOf(block: Uint8Array): Uint8Array {
  const range = Uint8Array.from(block);
  range[NAME_BYTES - 2] = (range[NAME_BYTES - 2] ?? 0) & 0xf0;
  range[NAME_BYTES - 1] = 0;
  return range;
}

/** Writes the names of ranges; they come in ascending order, none twice. */
export function encodeRanges(ranges: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(ranges.length * NAME_BYTES);
  for (const [at, range] of ranges.entries()) bytes.set(range, at * NAME_BYTES);
  return bytes;
}

/** Reads names of ranges; refuses what nobody who keeps the rules would send. */
export function decodeRanges(bytes: Uint8Array): Result<readonly Uint8Array[], SummaryRefusal> {
  if (bytes.length > MAX_SUMMARY_BYTES) return err(TOO_LONG);
  if (bytes.length % NAME_BYTES !== 0) return err('a list of ranges is cut off');
  const ranges: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += NAME_BYTES) {
    const range = bytes.subarray(at, at + NAME_BYTES);
    const fault = blockFault(range, ranges.at(-1));
    if (fault !== undefined) return err(fault);
    ranges.push(range);
  }
  return ok(ranges);
}

/** Writes blocks with their documents: the block's name, how many, and place and digest of each. */
export function encodeDifferences(blocks: readonly BlockDocuments[]): Uint8Array {
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + differenceBytes(block), 0));
  let at = 0;
  for (const { block, documents } of blocks) {
    bytes.set(block, at);
    bytes[at + NAME_BYTES] = documents.length;
    at += NAME_BYTES + 1;
    for (const { place, digest } of documents) {
      bytes[at] = place;
      bytes.set(digest, at + 1);
      at += 1 + DIGEST_BYTES;
    }
  }
  return bytes;
}

/** Bytes a block with its documents takes. */
export function differenceBytes({ documents }: BlockDocuments): number {
  return NAME_BYTES + 1 + documents.length * (1 + DIGEST_BYTES);
}

/** Reads blocks with their documents; refuses what nobody who keeps the rules would send. */
export function decodeDifferences(bytes: Uint8Array): Result<readonly BlockDocuments[], SummaryRefusal> {
  if (bytes.length > MAX_SUMMARY_BYTES) return err(TOO_LONG);
  const blocks: BlockDocuments[] = [];
  for (let at = 0; at < bytes.length;) {
    const count = bytes[at + NAME_BYTES];
    if (count === undefined) return err('a list of differences is cut off');
    const end = at + NAME_BYTES + 1 + count * (1 + DIGEST_BYTES);
    if (count > BLOCK_DOCUMENTS || end > bytes.length) return err('a list of differences is cut off');
    const block = bytes.subarray(at, at + NAME_BYTES);
    const documents = documentsIn(bytes.subarray(at + NAME_BYTES + 1, end));
    const fault = documents === undefined ? UNSORTED : blockFault(block, blocks.at(-1)?.block);
    if (documents === undefined || fault !== undefined) return err(fault ?? UNSORTED);
    blocks.push({ block, documents });
    at = end;
  }
  return ok(blocks);
}

function documentsIn(bytes: Uint8Array): BlockDocuments['documents'] | undefined {
  const documents: { place: number; digest: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; at += 1 + DIGEST_BYTES) {
    const place = bytes[at] ?? 0;
    if (place >= BLOCK_DOCUMENTS || place <= (documents.at(-1)?.place ?? -1)) return undefined;
    documents.push({ place, digest: bytes.subarray(at + 1, at + 1 + DIGEST_BYTES) });
  }
  return documents;
}

const TOO_LONG = `a summary has at most ${MAX_SUMMARY_BYTES} bytes`;
const UNSORTED = 'a summary names each block and document once, in order';

/** What is wrong with a block's name behind another. */
function blockFault(block: Uint8Array, before: Uint8Array | undefined): string | undefined {
  if (((block[NAME_BYTES - 1] ?? 0) & (BLOCK_DOCUMENTS - 1)) !== 0)
    return 'a block begins where its documents do';
  return before === undefined || compareBytes(before, block) < 0 ? undefined : UNSORTED;
}

/** The order of bytes: below, equal to or above zero. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (const [at, byte] of a.entries()) {
    const difference = byte - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
