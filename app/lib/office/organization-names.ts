import type { OrganizationAnswer } from './reports-schema.ts';

/** Names for ids. An id nobody named yet is its own name: a store's sales may arrive before its settings. */
export type OrganizationNames = {
  readonly store: (id: string) => string;
  /** The register with its store: `Camden · R2`. */
  readonly register: (store: string, register: string) => string;
  readonly person: (id: string) => string;
  /** IANA name of the store's clock. */
  readonly timeZone: (store: string) => string;
};

/** Makes the look-ups of an organization. */
export function createNames(organization: OrganizationAnswer): OrganizationNames {
  const stores = new Map(organization.stores.map((store) => [store.id, store]));
  const people = new Map(organization.people.map((person) => [person.id, person.name]));
  const store = (id: string): string => stores.get(id)?.name ?? id;
  return {
    store,
    register: (storeId, register) => `${store(storeId)} · ${register}`,
    person: (id) => people.get(id) ?? id,
    timeZone: (id) => stores.get(id)?.timeZone ?? officeTimeZone(organization),
  };
}

/** The clock of the office: the first store's, for figures of more than one. */
export function officeTimeZone(organization: OrganizationAnswer): string {
  return organization.stores[0]?.timeZone ?? 'UTC';
}

/** The clocks of the stores a filter leaves, each once, in order of the stores. */
export function timeZonesOf(organization: OrganizationAnswer, store: string | undefined): readonly string[] {
  const stores = organization.stores.filter((each) => store === undefined || each.id === store);
  return [...new Set(stores.map((each) => each.timeZone))];
}
