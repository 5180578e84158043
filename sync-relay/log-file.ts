import { crc32 } from 'node:zlib';

/** The first bytes of every document log: what it is and its version. */
export const LOG_HEADER = Buffer.from('TMDOC01\n');

/** Length and CRC-32 before each frame's bytes, both little-endian. */
const FRAME_HEAD = 8;

/** Larger than any chunk a peer may send; a length beyond it is damage, not data. */
const MAX_FRAME = 64 * 1024 * 1024;

/** What a log held: whole frames in order, how many bytes of the file they take, and whether anything follows them. */
export type LogContent = {
  readonly frames: readonly Uint8Array[];
  readonly validBytes: number;
  /** `torn`: the last write did not finish. `damaged`: bytes changed in the middle, so whole frames are behind the fault. */
  readonly state: 'whole' | 'torn' | 'damaged';
};

/** Frames bytes for appending: length, CRC-32, bytes. */
export function encodeLogFrame(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_HEAD + bytes.byteLength);
  frame.writeUInt32LE(bytes.byteLength, 0);
  frame.writeUInt32LE(crc32(bytes), 4);
  frame.set(bytes, FRAME_HEAD);
  return frame;
}

/** Reads a log up to its first fault. A file shorter than its header is a log whose creation did not finish. */
export function decodeLog(file: Buffer): LogContent {
  if (file.length < LOG_HEADER.length) {
    return { frames: [], validBytes: 0, state: file.length === 0 ? 'whole' : 'torn' };
  }
  if (!file.subarray(0, LOG_HEADER.length).equals(LOG_HEADER))
    return { frames: [], validBytes: 0, state: 'damaged' };
  const frames: Uint8Array[] = [];
  let offset = LOG_HEADER.length;
  while (offset < file.length) {
    const frame = readFrame(file, offset);
    if (!frame) return { frames, validBytes: offset, state: tailState(file, offset) };
    frames.push(frame);
    offset += FRAME_HEAD + frame.byteLength;
  }
  return { frames, validBytes: offset, state: 'whole' };
}

function readFrame(file: Buffer, offset: number): Uint8Array | undefined {
  if (offset + FRAME_HEAD > file.length) return undefined;
  const length = file.readUInt32LE(offset);
  const end = offset + FRAME_HEAD + length;
  if (length === 0 || length > MAX_FRAME || end > file.length) return undefined;
  const bytes = file.subarray(offset + FRAME_HEAD, end);
  return crc32(bytes) === file.readUInt32LE(offset + 4) ? bytes : undefined;
}

/** A bad frame with a whole frame behind it is damage; a bad frame at the end is a write that a power cut broke off. */
function tailState(file: Buffer, offset: number): 'torn' | 'damaged' {
  if (offset + FRAME_HEAD > file.length) return 'torn';
  const next = offset + FRAME_HEAD + file.readUInt32LE(offset);
  return next < file.length && readFrame(file, next) ? 'damaged' : 'torn';
}
