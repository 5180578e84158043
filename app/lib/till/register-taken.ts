import type { AskRelay } from './links.svelte.ts';

/** How often a register must look taken: the page that was just left may still be linked for a moment. */
const LOOKS = 4;

/**
 * Whether a terminal other than `own` works a register now, as the relay of this machine sees it. A relay that does not
 * answer sees nobody.
 */
export async function isRegisterTaken(
  askRelay: AskRelay,
  { store, register }: { readonly store?: string | undefined; readonly register?: string | undefined },
  own: string | undefined,
  pause: () => Promise<void>,
): Promise<boolean> {
  if (store === undefined || register === undefined) return false;
  for (let look = 1; look <= LOOKS; look++) {
    const status = await askRelay();
    const isThere = status?.peers.some(
      (peer) =>
        peer.role === 'terminal' &&
        peer.device !== own &&
        peer.store === store &&
        peer.register === register,
    );
    if (!isThere) return false;
    if (look < LOOKS) await pause();
  }
  return true;
}
