import type { DocumentId } from '#model/ids/document-id.ts';
import type { Link } from './link.ts';
import type { RelayDocument } from './relay-document.ts';
import type { Vouchers } from './vouchers.ts';

/** What a document tells the relay it lives in. */
export type DocumentEvents = {
  /** The links that take part in this document now. */
  readonly links: (document: RelayDocument) => Iterable<Link>;
  /** The document has new changes, which are on the disk. Called before anybody gets a reply. */
  readonly onChanged: (document: RelayDocument) => void;
  /** A peer sent changes it may not make; they were left out (rule E7). */
  readonly onRefusedChanges: (document: RelayDocument, link: Link) => void;
  /** Head office's word for what it owns. */
  readonly vouchers: Vouchers;
  /** Calls back later, unless the relay has stopped by then. */
  readonly later: (milliseconds: number, callback: () => void) => void;
  /** The document has nothing to do any more. */
  readonly onIdle: (document: RelayDocument) => void;
  /** Sends a link what it lacks of a document, later than the one who asks may still be in memory. */
  readonly offer: (id: DocumentId, link: Link) => void;
  /** The disk took a write, or refused it. */
  readonly onDisk: (state: 'ok' | 'failed', cause?: unknown) => void;
};
