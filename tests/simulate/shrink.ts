/**
 * The shortest row of items that still fails, as far as taking out parts finds one (delta debugging, Zeller and Hildebrandt 2002): first
 * halves, then smaller and smaller parts, then single ones. `fails` is asked for rows shorter than the one before; `tries` ends the search.
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (some: readonly Item[]) => Promise<boolean>,
  tries = 200,
): Promise<readonly Item[]> {
  let left = items;
  let parts = 2;
  let tried = 0;
  while (left.length > 0) {
    const size = Math.ceil(left.length / parts);
    let shorter: readonly Item[] | undefined;
    for (let at = 0; at < left.length && shorter === undefined; at += size) {
      if (tried++ >= tries) return left;
      const without = [...left.slice(0, at), ...left.slice(at + size)];
      if (await fails(without)) shorter = without;
    }
    if (shorter !== undefined) {
      left = shorter;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) return left;
    else parts = Math.min(left.length, parts * 2);
  }
  return left;
}
