import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import type { Documents } from '../repo/documents.ts';
import type { AskRelay } from './links.svelte.ts';

/** How long one look at the relay may take, in milliseconds. */
const LOOK_MS = 5000;

/** What a register must know before it may continue its journal. */
export type CatchUpParts = {
  readonly documents: Documents;
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  readonly askRelay: AskRelay;
  /** Called when the till has to wait for the relay; a till that waits says so. */
  readonly onWaiting: () => void;
  /** Resolves a moment later: a relay that answers but has no link yet must not be asked without end. */
  readonly pause: () => Promise<void>;
};

/**
 * Waits until this register's latest session is here. A browser whose storage was cleared knows nothing of its sessions;
 * opening one before the relay has sent them would give receipt numbers a second time. A relay that does not answer is
 * no reason to wait: it never had more than this till wrote, and a cleared till has no shop either until the relay is back.
 */
export async function catchUp({ documents, place, askRelay, onWaiting, pause }: CatchUpParts): Promise<void> {
  for (;;) {
    const status = await askRelay();
    const session = status?.sessions?.[registerName(place.store, place.register)] ?? 0;
    if (session === 0) return;
    const key: DocumentKey = { class: 'session', ...place, session };
    const entries = await documents.open(key);
    if (Object.keys(entries).length > 0) return;
    if ((await documents.caughtUp(key, LOOK_MS)) === 'caught-up') return;
    onWaiting();
    await pause();
  }
}
