import * as A from '@automerge/automerge/slim';
import type { DocHandle } from '@automerge/automerge-repo/slim';
import type { StoredDocument } from './first-change.ts';
import type { RelayHeads } from './relay-heads.ts';
import type { RelayLink } from './relay-link.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Whether a relay that named `relayHeads` holds all of `wanted` (change hashes). A relay names heads only when they are
 * on its disk; having a head means having everything it builds on, so this asks by ancestry, not by equality.
 */
export function relayHolds(doc: A.Doc<unknown>, relayHeads: A.Heads, wanted: A.Heads): boolean {
  if (wanted.every((hash) => relayHeads.includes(hash))) return true;
  // Heads we have not received yet say nothing we could check; they will be checked once they are here.
  const known = relayHeads.filter((hash) => A.hasHeads(doc, [hash]));
  if (known.length === 0) return false;
  const notHeld = new Set(A.getChangesMetaSince(doc, known).map((change) => change.hash));
  return wanted.every((hash) => !notHeld.has(hash));
}

/** How waiting for the relay ended. */
export type RelayAnswer = 'saved' | 'away' | 'late';

/** Whether everything a relay that named `relayHeads` holds is here as well. */
export function relayHasNoMore(doc: A.Doc<unknown>, relayHeads: A.Heads): boolean {
  return A.hasHeads(doc, relayHeads);
}

/** The relay as far as its word about documents goes. */
export type RelayWord = { readonly link: RelayLink; readonly heads: RelayHeads };

/** Waits until what the relay named as its heads is `enough`: `away` as soon as there is no link, `late` after `waitMs`. */
export function relayAnswers(
  handle: DocHandle<StoredDocument>,
  enough: (doc: A.Doc<unknown>, relayHeads: A.Heads) => boolean,
  { link, heads }: RelayWord,
  waitMs: number,
  surroundings: Surroundings,
): Promise<RelayAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: RelayAnswer) => {
      cancel();
      stopWatchingLink();
      stopWatchingHeads();
      handle.off('heads-changed', later);
      resolve(answer);
    };
    const check = () => {
      const named = heads.of(handle.documentId);
      if (named !== undefined && enough(handle.doc(), named)) settle('saved');
    };
    // Both come in the middle of a merge; what was merged is to be seen when it is over.
    const later = () => queueMicrotask(check);
    const cancel = surroundings.after(waitMs, () => settle('late'));
    const stopWatchingLink = link.watch((connected) => {
      if (!connected) settle('away');
    });
    const stopWatchingHeads = heads.watch(handle.documentId, later);
    handle.on('heads-changed', later);
    if (!link.connected) settle('away');
    else check();
  });
}
