import type { DocumentKey } from '#model/ids/document-id.ts';
import type { Standing } from '#model/trust/standing.ts';
import type { Entries, EntryChange } from '#model/documents/entries.ts';
import type { ContestedEntries } from './entry-changes.ts';

/**
 * Where a write is durable. `here` is this terminal's own disk, `relay` the disk of the relay it is connected to.
 * `relay` is `away` when there is no link, `late` when the link is there and the relay has not confirmed in time.
 */
export type Saved = {
  readonly here: 'saved' | 'failed';
  readonly relay: 'saved' | 'away' | 'late';
  /** Why `here` failed, for the log and the screen. */
  readonly cause?: string;
};

/** How waiting for the relay's state of a document ended. */
export type CaughtUp = 'caught-up' | 'away' | 'late';

/** How letting go of documents ended; `unconfirmed` are those the relay did not say it holds alike, or that are in use. */
export type LetGo =
  { readonly gone: true } | { readonly gone: false; readonly unconfirmed: readonly DocumentKey[] };

/** A document looked up at the relay without keeping it; `away` without a link, `late` when nothing of it came in time. */
export type Fetched =
  | { readonly found: true; readonly entries: Entries }
  | { readonly found: false; readonly why: 'away' | 'late' };

/** Something happened to the documents or to the link. */
export type DocumentsEvent =
  /** Entries of one document changed, here or by a merge; the first event of a document carries all its entries. */
  | {
      readonly type: 'changed';
      readonly key: DocumentKey;
      readonly changes: readonly EntryChange[];
      readonly remote: boolean;
    }
  /** A merge brought entries another text than they had: what {@link Documents.contested} says of the document changed. */
  | { readonly type: 'contested'; readonly key: DocumentKey }
  /** The link to the relay came or went. */
  | { readonly type: 'link'; readonly connected: boolean }
  /** How this device stands with the relay, whenever that changes; why it may not take part is for its user (rule E5). */
  | { readonly type: 'standing'; readonly standing: Standing }
  /**
   * The relay left out changes made here, and its copy took the place of ours, which is put aside (rule E7). `lost` are
   * keys of entries that were otherwise here, a hundred at most; a 'changed' event has told them before.
   */
  | { readonly type: 'healed'; readonly key: DocumentKey; readonly lost: readonly string[] }
  /** A save outside a durable write failed: what is on the screen may not be on the disk. */
  | { readonly type: 'save-failed'; readonly key: DocumentKey; readonly cause: string }
  /** A document could not be read; it is left as it is and not counted. */
  | { readonly type: 'damaged'; readonly documentId: string; readonly cause: string };

/** A copy of a document that was put aside when the relay's took its place: `at` is UTC, `bytes` as Automerge saves them. */
export type ArchivedCopy = {
  readonly key: DocumentKey;
  readonly at: string;
  readonly bytes: Uint8Array;
};

/**
 * The documents of one terminal (the port every screen uses). All implementations behave the same: a document always
 * exists, because its first change is the same on every device; writes are one change; reads are local.
 */
export interface Documents {
  /**
   * Opens a document and gives its entries as they are now. Later changes come as events; entries already there are
   * also told in one event before this resolves. Rejects when the document is damaged or its disk cannot be read.
   */
  open(key: DocumentKey): Promise<Entries>;
  /**
   * The entries that several devices wrote while they were apart (rule J7), with every text each has; {@link Documents.open} gives one
   * of them, the same on every device. Costs more than opening: for when somebody looks for exceptions.
   */
  contested(key: DocumentKey): Promise<ContestedEntries>;
  /** The documents of this terminal that are stored or were offered by a peer, opened or not. */
  known(): Promise<readonly DocumentKey[]>;
  /**
   * Writes entries in one change (undefined takes one out) and resolves when it is on this terminal's own disk. Rejects
   * when the disk refused it; the change stays in memory, goes to the relay, and the save is tried again. Rejects as well
   * when the relay leaves the change out or the document is being healed (rule E7); then nothing of it stays.
   */
  write(key: DocumentKey, changes: Readonly<Record<string, string | undefined>>): Promise<void>;
  /**
   * Writes like {@link Documents.write}, then waits for both copies: here (2 s at most) and at the relay (`relayWaitMs`).
   * Never rejects for a failed copy, only as a write does while a document is healed; the caller decides what a sale may do with one copy or none. A change whose copy
   * failed is not taken back: writing the same texts again adds nothing and waits for the same two copies once more.
   */
  writeDurably(
    key: DocumentKey,
    changes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<Saved>;
  /**
   * Waits until this terminal has everything the relay has of a document: `away` without a link, `late` after `waitMs`.
   * What a terminal without memory must do before it continues a journal.
   */
  caughtUp(key: DocumentKey, waitMs: number): Promise<CaughtUp>;
  /**
   * Lets go of documents here and nowhere else, all or none, and remembers `notes` (undefined forgets one) in the same step on the
   * disk (rules D9 and D10). Waits up to `relayWaitMs` for the relay to say that it holds the very same of each. What is gone is not
   * known any more and does not come back unasked. Rejects when the disk refused; then everything is as it was.
   */
  letGo(
    keys: readonly DocumentKey[],
    notes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<LetGo>;
  /** What was remembered with {@link Documents.letGo}, by name. */
  remembered(): Promise<Entries>;
  /**
   * The entries of a document: those here where it is held, else the relay's, which are not kept and not followed (rule D11). A
   * document nobody wrote to is never found.
   */
  fetch(key: DocumentKey, waitMs: number): Promise<Fetched>;
  /** The copies put aside by healing, oldest first, for support (rule E7). */
  archived(): Promise<readonly ArchivedCopy[]>;
  /**
   * Hears every event from now on; gives back the function that stops it. A page's first listener also hears, at once,
   * what happened between the start and now, so nothing of a start-up is missed.
   */
  watch(listener: (event: DocumentsEvent) => void): () => void;
  /** Disconnects and lets go of the disk. */
  close(): Promise<void>;
}

/** Who this terminal is, for its peers. */
export type TerminalIdentity = {
  /** 16 hex digits. */
  readonly device: string;
  /** The organization's tag, 12 hex digits. */
  readonly organization: string;
  readonly role: 'terminal' | 'back-office' | 'hq' | 'relay';
  readonly store?: string;
  readonly register?: string;
};
