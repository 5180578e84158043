import type * as A from '@automerge/automerge';
import type { Link } from './link.ts';
import type { Seal } from './seal.ts';

/** A sync message of a peer, waiting for its turn. */
export type Received = { readonly link: Link; readonly data: Uint8Array; readonly requested: boolean };

/** A session to be archived when it is still in the state that was found well; a basket has no seal. */
export type Sealing = {
  readonly heads: A.Heads;
  readonly seal: Seal | null;
  readonly done: (archived: boolean) => void;
};

/** The relay's own change of a document, waiting for its turn. */
export type Edit = {
  readonly changes: Readonly<Record<string, string | undefined>>;
  readonly done: (outcome: 'saved' | 'failed') => void;
};
