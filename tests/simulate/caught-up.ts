import { documentId, type DocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import { catchUp, hearRelay, type CatchUpParts } from '../../app/lib/till/catch-up.ts';
import type { RelayStatus } from '../../app/lib/till/links.svelte.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import type { PageDocuments } from './page-documents.ts';
import type { RelayHost } from './relay-host.ts';
import type { TillHost } from './till-host.ts';

const PAUSE_MS = 500;
const LOOK_AGAIN_MS = 100;

/** Where a page keeps a note that survives a crash. */
export function notePath(name: string): string {
  return `notes/${name}`;
}

/** Waits, as the app does it and by its own program, until a register may give its next number (rules E9, R16 and R17). */
export async function caughtUp(host: TillHost, documents: PageDocuments): Promise<void> {
  const { machine, disk, home, store, register, key } = host;
  const parts: CatchUpParts = {
    documents: documentsOf(host, documents),
    organization: ORGANIZATION,
    place: { store, register },
    device: key.id,
    surroundings: {
      now: () => new Date(machine.wall),
      uptime: () => machine.steady,
      readNote: (name) => disk.files.get(notePath(name))?.toString(),
      writeNote: (name, text) => disk.note(notePath(name), text),
    },
    askRelay: (asked) =>
      Promise.resolve(statusOf(home, asked === undefined ? undefined : { store, register })),
    onWaiting: () => undefined,
    pause: () => new Promise((resolve) => machine.later(PAUSE_MS, resolve)),
  };
  const isNew = parts.surroundings.readNote(`caught-up:${key.id}`) === undefined;
  await catchUp(parts);
  if (isNew) host.line.hear(host.atRelays());
  await hearRelay(parts);
}

/** What the relay's program answers over HTTP. */
function statusOf(
  { relay }: RelayHost,
  asked: Pick<TillHost, 'store' | 'register'> | undefined,
): RelayStatus | undefined {
  if (relay === undefined) return undefined;
  if (asked) relay.askForEnd(asked);
  const { disk, documents, device, sessions, peers } = relay.status(asked);
  const known = peers.flatMap(({ device: id, role, since, heard }) =>
    id === undefined || role === undefined
      ? []
      : [{ device: id, role, since, ...(heard === undefined ? {} : { heard }) }],
  );
  return { disk, documents, device, sessions, peers: known, targets: [] };
}

function documentsOf({ machine }: TillHost, documents: PageDocuments): CatchUpParts['documents'] {
  const idOf = (key: DocumentKey): DocumentId => documentId({ organization: ORGANIZATION, key });
  return {
    open: (key) => {
      const { entries } = documents.doc(idOf(key));
      return Promise.resolve(
        Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, String(text)])),
      );
    },
    caughtUp: async (key, waitMs) => {
      const end = machine.steady + waitMs;
      while (documents.isLinked && !documents.isCaughtUp(idOf(key))) {
        if (machine.steady >= end) return 'late';
        await new Promise<void>((resolve) => machine.later(LOOK_AGAIN_MS, resolve));
      }
      return documents.isLinked ? 'caught-up' : 'away';
    },
  };
}
