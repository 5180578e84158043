/** The bytes of one command, as far as they have come. */
export type CommandBytes = readonly number[];

/** Commands of a fixed length after ESC, in bytes with the ESC. */
const ESCAPE_LENGTHS = lengths({ '@': 2, '2': 2, S: 2, p: 5, $: 4, '\\': 4, D: 2, B: 4 });
/** Commands of a fixed length after GS, in bytes with the GS. */
const GROUP_LENGTHS = lengths({ L: 4, W: 4, P: 4, '\\': 4, $: 4, ':': 2, '^': 5 });

/**
 * How many bytes the command takes that begins with these, or null while that cannot be told yet. Printable bytes and unknown control bytes
 * are commands of one byte; an unknown ESC or GS command is taken to have one parameter, which is the commonest.
 */
export function commandLength(bytes: CommandBytes): number | null {
  const [first, second] = bytes;
  if (first !== 0x1b && first !== 0x1d) return 1;
  if (second === undefined) return null;
  if (first === 0x1b) return second === 0x2a ? bitImageLength(bytes) : (ESCAPE_LENGTHS.get(second) ?? 3);
  switch (String.fromCharCode(second)) {
    case '(':
      return bytes.length < 5 ? null : 5 + sixteenBits(bytes, 3);
    case 'k':
      return barcodeLength(bytes);
    case 'V':
      return cutLength(bytes);
    case 'v':
      return bytes.length < 8 ? null : 8 + sixteenBits(bytes, 4) * sixteenBits(bytes, 6);
    default:
      return GROUP_LENGTHS.get(second) ?? 3;
  }
}

/** GS V m, and with m from 65 on one more byte saying how far to feed. */
function cutLength([, , m]: CommandBytes): number | null {
  if (m === undefined) return null;
  return m >= 65 ? 4 : 3;
}

/** GS k m d… NUL for the old types, GS k m n d1…dn for those from 65 on. */
function barcodeLength(bytes: CommandBytes): number | null {
  const [, , type, length] = bytes;
  if (type === undefined || length === undefined) return null;
  if (type >= 65) return 4 + length;
  const end = bytes.indexOf(0, 3);
  return end < 0 ? null : end + 1;
}

/** ESC * m nL nH data: one byte a column for the 8-dot modes, three for the 24-dot ones. */
function bitImageLength(bytes: CommandBytes): number | null {
  return bytes.length < 5 ? null : 5 + sixteenBits(bytes, 3) * ((bytes[2] ?? 0) > 1 ? 3 : 1);
}

function sixteenBits(bytes: CommandBytes, index: number): number {
  return (bytes[index] ?? 0) + 256 * (bytes[index + 1] ?? 0);
}

function lengths(table: Readonly<Record<string, number>>): ReadonlyMap<number, number> {
  return new Map(Object.entries(table).map(([name, length]) => [name.charCodeAt(0), length]));
}
