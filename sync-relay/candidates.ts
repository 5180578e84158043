import * as A from '@automerge/automerge';
import { holds, isIncomplete, sameHeads } from './entries-document.ts';
import type { Link } from './link.ts';

/**
 * Copies of one document with changes head office has not vouched for yet, by the link they came on (rule E6). They live in
 * memory only: a link that ends takes its copy along, and the peer sends the changes again on the next.
 */
export class Candidates {
  readonly #copies = new Map<Link, A.Doc<unknown>>();

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#copies.size === 0;
  }

  /** The links something waits of. */
  get links(): Iterable<Link> {
    return this.#copies.keys();
  }

  /** The copy of a link, brought up to `doc`, so that a peer nobody vouches for still hears what is new. */
  of(link: Link, doc: A.Doc<unknown>): A.Doc<unknown> | undefined {
    const copy = this.#copies.get(link);
    if (copy === undefined) return undefined;
    const current = A.merge(copy, doc);
    this.#copies.set(link, current);
    return current;
  }

  /** Keeps what a link sent. */
  set(link: Link, copy: A.Doc<unknown>): void {
    this.#copies.set(link, copy);
  }

  /**
   * `doc` with those changes of the copies that the heads of a vouched state cover, and no others; a copy that holds nothing
   * else is forgotten. One in which changes wait for others stays: its link will not bring them a second time (rule W16).
   */
  adopt(doc: A.Doc<unknown>, vouched: readonly (readonly string[])[]): A.Doc<unknown> {
    let adopted = doc;
    for (const link of this.#copies.keys()) {
      const copy = this.of(link, adopted);
      if (copy === undefined) continue;
      for (const state of vouched) if (holds(copy, state)) adopted = withChangesUpTo(state, adopted, copy);
      const isTaken = holds(adopted, A.getHeads(copy)) && !isIncomplete(copy);
      if (!link.isOpen || isTaken) this.#copies.delete(link);
    }
    return adopted;
  }
}

/** `doc` with the changes of `copy` that lead to `heads`: a head's hash covers every change before it. */
function withChangesUpTo(
  heads: readonly string[],
  doc: A.Doc<unknown>,
  copy: A.Doc<unknown>,
): A.Doc<unknown> {
  if (holds(doc, heads)) return doc;
  if (sameHeads(A.getHeads(copy), [...heads])) return A.merge(doc, copy);
  const fresh = new Map(
    A.getChanges(doc, copy).map((bytes) => {
      const { hash, deps } = A.decodeChange(bytes);
      return [hash, { bytes, deps }];
    }),
  );
  const covered = new Set<string>();
  const reached = [...heads];
  for (let hash = reached.pop(); hash !== undefined; hash = reached.pop()) {
    const change = fresh.get(hash);
    if (change === undefined || covered.has(hash)) continue;
    covered.add(hash);
    reached.push(...change.deps);
  }
  const taken = [...fresh].filter(([hash]) => covered.has(hash)).map(([, { bytes }]) => bytes);
  return A.applyChanges(doc, taken)[0];
}
