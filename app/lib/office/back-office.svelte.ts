import { createContext } from 'svelte';
import type { PricesBook, StoresBook } from '#model/catalog/catalog-book.ts';
import { catalogShard } from '#model/catalog/product.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import { foundedByStore } from '#model/settings/settings-of.ts';
import type { SettingsBook } from '#model/settings/settings-commands.ts';
import type { DocumentChange, OfficeDoing } from '#model/staff/office-actor.ts';
import type { DeviceBook } from '#model/trust/device-commands.ts';
import type { Documents } from '../repo/documents.ts';
import type { Surroundings } from '../surroundings.ts';
import type { PinCheck } from '../till/pin-gate.svelte.ts';
import { OfficeSignIn } from './office-sign-in.svelte.ts';
import { OwnerBook } from './owner-book.svelte.ts';
import { ShopBook } from './shop-book.svelte.ts';

/** Everything commands of the office ask about. */
export type OfficeBook = DeviceBook & StoresBook & PricesBook & SettingsBook;

/** A document the office edits; those there is one of by name. */
export type EditedDocument =
  'organization' | 'staff' | Extract<DocumentKey, { class: 'catalog' | 'store' | 'exceptions' }>;

/** How far the documents of the office have come. */
export type BackOfficeStage =
  | { readonly name: 'starting' | 'other-tab' | 'waiting' | 'ready' }
  | { readonly name: 'no-documents'; readonly detail: string };

/** What a back office is made of. */
export type BackOfficeParts = {
  readonly open: () => Promise<Result<Documents, { readonly code: string; readonly message: string }>>;
  readonly checkPin: PinCheck;
  readonly surroundings: Surroundings;
  /** That many fresh random bytes. */
  readonly random: (bytes: number) => Uint8Array;
};

/** What became of an edit: it is on this computer's disk, and at head office's relay or not yet. */
export type Edited = { readonly relay: 'saved' | 'away' | 'late' };
/** Why an edit was not made. */
export type EditRefusal<Failure> = Failure | { readonly code: 'nobody-signed-in' | 'not-saved' };
/** A command of the model: what it knows and who asks gives what to write. */
export type EditCommand<Failure> = (book: OfficeBook, doing: OfficeDoing) => Result<DocumentChange, Failure>;

/** How long head office's relay may take to have an edit on its disk, in milliseconds. */
const RELAY_WAIT_MS = 5_000;

/** The office as a writer: its documents, who is signed in, and the one way edits are made. */
export class BackOffice {
  readonly owner = new OwnerBook();
  readonly shop = new ShopBook();
  readonly signIn: OfficeSignIn;
  readonly #parts: BackOfficeParts;
  #stage = $state.raw<BackOfficeStage>({ name: 'starting' });
  #documents: Documents | undefined;

  constructor(parts: BackOfficeParts) {
    this.#parts = parts;
    this.signIn = new OfficeSignIn(parts.checkPin, parts.surroundings, this.owner);
  }

  /** How far the documents have come. Waiting is until somebody is there who could sign in. */
  get stage(): BackOfficeStage {
    if (this.#stage.name !== 'ready') return this.#stage;
    return this.signIn.people.length > 0 ? this.#stage : { name: 'waiting' };
  }

  /** Opens the documents; again after they were in another tab. */
  async start(): Promise<void> {
    if (this.#documents !== undefined) return;
    const opened = await this.#parts.open();
    if (!opened.ok) {
      const { code, message } = opened.error;
      this.#stage =
        code === 'already-open-in-another-tab'
          ? { name: 'other-tab' }
          : { name: 'no-documents', detail: message };
      return;
    }
    this.#documents = opened.value;
    await this.owner.follow(opened.value, (remote) => this.signIn.review(remote));
    this.#stage = { name: 'ready' };
  }

  /** That many random bytes as hex digits. */
  randomHex(bytes: number): string {
    return Array.from(this.#parts.random(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** That many random bytes. */
  random(bytes: number): Uint8Array {
    return this.#parts.random(bytes);
  }

  /** Now, as entries write it: UTC with milliseconds. */
  now(): string {
    return this.#parts.surroundings.now().toISOString();
  }

  /** Everything commands ask about. */
  get book(): OfficeBook {
    const written = this.shop.storeSettings;
    const storeSettings = new Map(
      this.owner.stores.map((store) => [
        store.id as string,
        { founded: foundedByStore(store), written: written.get(store.id) ?? {} },
      ]),
    );
    return {
      ...this.owner.book,
      ...this.shop.catalog,
      organizationSettings: this.owner.settings,
      storeSettings,
      favourites: new Map(this.owner.stores.map(({ id }) => [id as string, this.shop.favouritesOf(id)])),
      storePrices: new Map(this.owner.stores.map(({ id }) => [id as string, this.shop.storePricesOf(id)])),
    };
  }

  /** Opens the catalog and the stores' documents for a page that shows them. */
  async openShop(): Promise<void> {
    const { organization, stores } = this.owner;
    if (this.#documents === undefined || organization === undefined) return;
    await this.shop.open(
      this.#documents,
      organization.catalogShards,
      stores.map(({ id }) => id),
    );
  }

  /** The document of the catalog a product is in (rule D4). */
  productDocument(id: string): EditedDocument {
    return { class: 'catalog', shard: catalogShard(id, this.owner.organization?.catalogShards ?? 1) };
  }

  /** Edits a document by a command of the model, in the name of who is signed in, with its audit entry (rule A2). */
  async edit<Failure>(
    document: EditedDocument,
    command: EditCommand<Failure>,
  ): Promise<Result<Edited, EditRefusal<Failure>>> {
    const by = this.signIn.person?.id;
    if (by === undefined || this.#documents === undefined) return err({ code: 'nobody-signed-in' });
    const made = command(this.book, { by, at: this.now(), auditId: this.randomHex(8) });
    if (!made.ok) return made;
    this.signIn.autoSignOut.touch();
    const key = typeof document === 'string' ? { class: document } : document;
    const saved = await this.#documents.writeDurably(key, made.value, RELAY_WAIT_MS);
    return saved.here === 'saved' ? ok({ relay: saved.relay }) : err({ code: 'not-saved' });
  }
}

/** The back office of the page: `provideBackOffice` in the shell, `useBackOffice` below it. */
export const [useBackOffice, provideBackOffice] = createContext<BackOffice>();
