/** One line of a file without its line feed. `fault` says that the file ends inside it or that it is too long to read. */
export type Line = { readonly bytes: Uint8Array; readonly fault?: 'cut' | 'too-long' };

/** No record comes near this; a longer line would have to be held in memory whole. */
const MOST_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * The lines of a file, one at a time. Only a line feed ends a line: node:readline would also end one at U+2028, which may
 * stand in the name of an article. Nothing follows a line with a fault.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield { bytes: join(pending, chunk.subarray(start, end)) };
      pending = [];
      length = 0;
      start = end + 1;
    }
    pending.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MOST_BYTES) {
      yield { bytes: new Uint8Array(), fault: 'too-long' };
      return;
    }
  }
  if (length > 0) yield { bytes: join(pending, new Uint8Array()), fault: 'cut' };
}

function join(pending: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  return pending.length === 0 ? last : Buffer.concat([...pending, last]);
}
