import * as A from '@automerge/automerge/slim';
import type {
  DocHandle,
  DocHandleChangePayload,
  DocumentId,
  PeerId,
  Repo,
} from '@automerge/automerge-repo/slim';
import type { Entries } from '#model/documents/entries.ts';
import { documentId, parseDocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import { emptyDocument, whyForeign, type StoredDocument } from './first-change.ts';
import { QuietTurns } from './quiet-turns.ts';
import { causeText, type Surroundings } from './surroundings.ts';
import { takeWhole } from './whole-document.ts';

/**
 * A document that is open. `announced` turns true with its first event; `damage` says why it is no longer used. `shows` are
 * the entries that are read in its place while the relay's copy is fetched. `retired` rejects when another copy takes its
 * place, for whoever waits for a write to this one.
 */
export type OpenDocument = {
  readonly key: DocumentKey;
  readonly id: DocumentId;
  readonly handle: DocHandle<StoredDocument>;
  readonly retired: Promise<never>;
  announced: boolean;
  damage: string | undefined;
  shows?: Entries;
};

type Synchronizer = Repo['synchronizer']['docSynchronizers'][string & DocumentId];

/** Why a write to a document rejects whose changes the relay leaves out. */
const REFUSED =
  'this device may not change this document: the relay left the change out, and its own copy takes the place of this one';

/** What opening documents needs and whom it tells. */
export type OpenDocumentsParts = {
  readonly repo: Repo;
  /** 12 hex digits: documents of any other organization are refused. */
  readonly organization: string;
  /** 16 hex digits: the first half of the actor of every change made here. */
  readonly device: string;
  readonly surroundings: Surroundings;
  /** Reads what is stored of a document. */
  readonly load: (id: string) => Promise<A.Doc<StoredDocument> | undefined>;
  /** A whole document came from the relay and takes the place of what is here; `bytes` are all of it, as Automerge saves it. */
  readonly taken: (id: string, heads: A.Heads, bytes: Uint8Array) => void;
  readonly opened: (open: OpenDocument) => void;
  readonly changed: (open: OpenDocument, payload: DocHandleChangePayload<StoredDocument>) => void;
  readonly damaged: (documentId: string, cause: string) => void;
  /** Whether a document that a peer offers, and nobody here asked for, is taken. */
  readonly isWanted: (id: string) => Promise<boolean>;
  /** Whether the Repo speaks of a document to the relay by itself; else that is begun elsewhere (rule W9). */
  readonly isAnnounced: (id: string) => boolean;
  /** A peer speaks of a document; called before the Repo hears what it says. */
  readonly spokenOf: (id: string) => void;
};

/**
 * The documents open in a Repo. Opens them by hand rather than by `find`: from storage, on top of the first change every
 * document has, with an actor of this device, and without Repo's own saving. Nothing a peer sends opens one otherwise.
 */
export class OpenDocuments {
  readonly #parts: OpenDocumentsParts;
  readonly #opening = new Map<string, Promise<OpenDocument>>();
  readonly #open = new Map<string, OpenDocument>();
  readonly #admitted = new Map<string, Promise<boolean>>();
  /** Documents that wait for their turn: once somebody asks for one, what the relay says of it need not wait any longer. */
  readonly #inLine = new Map<string, (opening: Promise<OpenDocument>) => void>();
  readonly #told = new Set<string>();
  readonly #turns: QuietTurns;
  /** Documents that are on their way out of the storage: who asks for one waits until they are. */
  readonly #leaving = new Map<string, Promise<unknown>>();
  readonly #retire = new WeakMap<OpenDocument, (cause: Error) => void>();

  constructor(parts: OpenDocumentsParts) {
    this.#parts = parts;
    this.#turns = new QuietTurns(parts.surroundings);
  }

  /** Takes charge of what peers may send: only readable documents of our organization reach the Repo. */
  guard(): void {
    const { repo } = this.#parts;
    repo.shareConfig = {
      announce: (_peer, id) => Promise.resolve(id === undefined || this.#parts.isAnnounced(id)),
      access: (_peer, id) => this.#admit(id),
    };
    const receive = repo.synchronizer.receiveMessage.bind(repo.synchronizer);
    // Repo prints what goes wrong here and goes on; a document that cannot merge has to be shown to people.
    repo.synchronizer.receiveMessage = async (message) => {
      try {
        if (message.type === 'sync' || message.type === 'request') {
          A.decodeSyncMessage(message.data);
          this.#parts.spokenOf(message.documentId);
        }
        await receive(message);
      } catch (cause) {
        this.tellDamage(message.documentId, `a message for it could not be merged: ${causeText(cause)}`);
      }
    };
  }

  /** Opens a document, or gives the one that is open. Rejects when it is damaged or cannot be read. */
  async get(key: DocumentKey): Promise<OpenDocument> {
    const id = this.idOf(key);
    const open = await this.#turns.now(() => this.#opened(id, key));
    if (open.damage !== undefined) throw new Error(`this document is damaged: ${open.damage}`);
    return open;
  }

  /** Opens a document nobody waits for, in its turn. Rejects when it cannot be read. */
  async offer(key: DocumentKey): Promise<void> {
    const id = this.idOf(key);
    await (this.#opening.get(id) ?? this.#turns.atLeisure(() => this.#opened(id, key)));
  }

  /** Begins to speak of an open document with a peer the Repo was kept from speaking to. */
  begin(id: string, peerId: PeerId): void {
    const synchronizer = this.#parts.repo.synchronizer.docSynchronizers[id as DocumentId];
    if (synchronizer !== undefined && !synchronizer.hasPeer(peerId)) void synchronizer.beginSync([peerId]);
  }

  /** The document when it is open already. */
  peek(id: string): OpenDocument | undefined {
    return this.#open.get(id);
  }

  /** Takes no more writes to a copy whose changes the relay leaves out, and ends those that wait. */
  retire(open: OpenDocument, shows: Entries): void {
    open.shows = shows;
    this.#retire.get(open)?.(new Error(REFUSED));
  }

  /**
   * Puts an empty document in place of an open one, for the relay to fill; `shows` is read until then. The handle of before
   * is taken out of the Repo as it is: unloading or deleting it would save it empty, and leave its pending sends to wait
   * for a minute and fail.
   */
  replace(old: OpenDocument, shows: Entries): OpenDocument {
    const { repo } = this.#parts;
    old.handle.removeAllListeners();
    repo.synchronizer.removeDocument(old.id);
    delete repo.handles[old.id];
    const handle = this.#handle(old.id, emptyDocument(this.#newActor()));
    const fresh = this.#openWith(old.key, old.id, handle);
    fresh.announced = old.announced;
    fresh.shows = shows;
    this.#opening.set(old.id, Promise.resolve(fresh));
    return fresh;
  }

  /**
   * Takes a document out of the Repo and nowhere else; `leaving` ends when it is out of the storage, or stays there after all. The
   * handle is left as it is, for the reasons {@link OpenDocuments.replace} has.
   */
  remove({ id, handle }: OpenDocument, leaving: Promise<unknown>): void {
    const { repo } = this.#parts;
    handle.removeAllListeners();
    repo.synchronizer.removeDocument(id);
    delete repo.handles[id];
    this.#open.delete(id);
    this.#opening.delete(id);
    this.#admitted.delete(id);
    const left = leaving.then(
      () => void this.#leaving.delete(id),
      () => void this.#leaving.delete(id),
    );
    this.#leaving.set(id, left);
  }

  /** The documents open now. */
  all(): readonly OpenDocument[] {
    return [...this.#open.values()];
  }

  /** The id of a document of our organization, as automerge-repo names its type. */
  idOf(key: DocumentKey): DocumentId {
    return documentId({ organization: this.#parts.organization, key }) as string as DocumentId;
  }

  /** What an id names, when it is a document of our organization; otherwise tells why not. */
  ours(id: string): DocumentKey | undefined {
    const parsed = parseDocumentId(id);
    if (!parsed.ok) {
      this.tellDamage(id, 'its id is not one of a Tillmesh document');
      return undefined;
    }
    const { organization, key } = parsed.value;
    if (organization !== this.#parts.organization) {
      this.tellDamage(id, `it belongs to another organization, ${organization}`);
      return undefined;
    }
    return key;
  }

  /** Tells that a document is damaged, once for each cause. */
  tellDamage(id: string, cause: string): void {
    const told = `${id}: ${cause}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#parts.damaged(id, cause);
  }

  /** The same promise for every message of a document, so that messages keep their order while it opens. */
  #admit(id: DocumentId): Promise<boolean> {
    const known = this.#admitted.get(id);
    if (known !== undefined) return known;
    const key = this.ours(id);
    if (key === undefined) return Promise.resolve(false);
    const admitted = this.#taken(id, key).then(
      (taken) => {
        // What is not wanted now may be asked for later.
        if (taken === undefined) this.#admitted.delete(id);
        return taken ?? false;
      },
      () => {
        this.#admitted.delete(id);
        return false;
      },
    );
    this.#admitted.set(id, admitted);
    return admitted;
  }

  /** Whether a document is sound; undefined when nobody here wants it. */
  async #taken(id: DocumentId, key: DocumentKey): Promise<boolean | undefined> {
    if (!this.#opening.has(id) && !(await this.#parts.isWanted(id))) return undefined;
    return (await this.#inTurn(id, key)).damage === undefined;
  }

  #inTurn(id: DocumentId, key: DocumentKey): Promise<OpenDocument> {
    const opening = this.#opening.get(id);
    if (opening !== undefined) return opening;
    const { promise: asked, resolve } = Promise.withResolvers<OpenDocument>();
    this.#inLine.set(id, resolve);
    const turn = this.#turns.later(() => this.#opened(id, key));
    return Promise.race([turn, asked]).finally(() => this.#inLine.delete(id));
  }

  #opened(id: DocumentId, key: DocumentKey): Promise<OpenDocument> {
    let opening = this.#opening.get(id);
    if (opening === undefined) {
      opening = this.#load(id, key);
      this.#opening.set(id, opening);
      opening.catch((cause: unknown) => {
        this.#opening.delete(id);
        this.tellDamage(id, causeText(cause));
      });
      this.#inLine.get(id)?.(opening);
    }
    return opening;
  }

  async #load(id: DocumentId, key: DocumentKey): Promise<OpenDocument> {
    await this.#leaving.get(id);
    const actor = this.#newActor();
    const stored = await this.#parts.load(id).catch((cause: unknown) => {
      throw new Error(`what is stored of it cannot be read: ${causeText(cause)}`, { cause });
    });
    const foreign = stored === undefined ? undefined : whyForeign(stored);
    if (foreign !== undefined) throw new Error(`what is stored of it is damaged: ${foreign}`);
    const doc = stored === undefined ? emptyDocument(actor) : A.clone(stored, { actor });
    const open = this.#openWith(key, id, this.#handle(id, doc));
    this.#parts.opened(open);
    return open;
  }

  #openWith(key: DocumentKey, id: DocumentId, handle: DocHandle<StoredDocument>): OpenDocument {
    const { promise: retired, reject } = Promise.withResolvers<never>();
    // Writes that wait race with this and hear of it; with none waiting nobody has to.
    retired.catch(() => undefined);
    const open: OpenDocument = { key, id, handle, retired, announced: false, damage: undefined };
    this.#retire.set(open, reject);
    this.#open.set(id, open);
    handle.on('change', (payload) => this.#parts.changed(open, payload));
    return open;
  }

  /** Never the same actor twice: a restored disk would otherwise number other changes alike. */
  #newActor(): string {
    const { device, surroundings } = this.#parts;
    return device + surroundings.randomHex(8);
  }

  #handle(id: DocumentId, doc: A.Doc<StoredDocument>): DocHandle<StoredDocument> {
    const handle = this.#parts.repo.import<StoredDocument>(FIRST_CHANGE, { docId: id });
    // The listener Repo just attached saves without anyone hearing of a failure; ours takes its place.
    handle.removeAllListeners('heads-changed');
    handle.update(() => doc);
    const synchronizer = this.#parts.repo.synchronizer.docSynchronizers[id];
    if (synchronizer !== undefined) this.#takeWholeOnes(handle, synchronizer);
    return handle;
  }

  /** Has a document's synchronizer read whole documents as such; as late as it handles a message, so that messages keep their order. */
  #takeWholeOnes(handle: DocHandle<StoredDocument>, synchronizer: Synchronizer): void {
    const receive = synchronizer.receiveMessage.bind(synchronizer);
    const taken = (heads: A.Heads, bytes: Uint8Array) => this.#parts.taken(handle.documentId, heads, bytes);
    synchronizer.receiveMessage = (message) => {
      const isSync = message.type === 'sync' || message.type === 'request';
      receive(isSync ? { ...message, data: takeWhole(handle, message.data, taken) } : message);
    };
  }
}
