import { createContext } from 'svelte';
import { createFormats, chooseLocales, type Formats } from './formats.ts';
import type { LiveFeed } from './live-feed.svelte.ts';
import { Loaded } from './loaded.svelte.ts';
import { createNames, officeTimeZone, type OrganizationNames } from './organization-names.ts';
import type { ReportsClient } from './reports-client.ts';
import type { Health, OrganizationAnswer } from './reports-schema.ts';

const NOBODY: OrganizationAnswer = {
  name: 'Tillmesh',
  currency: 'EUR',
  language: 'en',
  stores: [],
  registers: [],
  people: [],
};

/** What every page of the office shares: who asks, names, how figures are written, and how fresh they are. */
export class Office {
  readonly client: ReportsClient;
  readonly feed: LiveFeed;
  readonly organization: Loaded<OrganizationAnswer>;
  readonly health: Loaded<Health>;
  readonly #language: () => string;

  /** `language` is read again and again: a person may change it. */
  constructor(client: ReportsClient, feed: LiveFeed, language: () => string) {
    this.client = client;
    this.feed = feed;
    this.#language = language;
    this.organization = new Loaded();
    this.health = new Loaded();
  }

  readonly known: OrganizationAnswer = $derived.by(() => this.organization.value ?? NOBODY);
  readonly names: OrganizationNames = $derived.by(() => createNames(this.known));
  readonly timeZone: string = $derived.by(() => officeTimeZone(this.known));
  readonly formats: Formats = $derived.by(() => {
    const locales = chooseLocales(this.#language(), this.known.stores[0]?.locale);
    return createFormats({ currency: this.known.currency, ...locales });
  });

  /** Asks for the organization and the reports program's health again. */
  async refresh(): Promise<void> {
    await Promise.all([
      this.organization.load('organization', () => this.client.organization()),
      this.health.load('health', () => this.client.health()),
    ]);
    const at = this.health.value?.indexedAt;
    if (at) this.feed.noteIndexed(at);
  }
}

/** The office of the page: `setOffice` in the shell, `getOffice` below it. */
export const [getOffice, setOffice] = createContext<Office>();
