import { storeId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { catalogShard } from '#model/catalog/product.ts';
import { ok } from '#model/result.ts';
import { pinVerifier } from '#model/staff/pin.ts';
import { BackOffice } from '../../../app/lib/office/back-office.svelte.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { person } from '../../model/support/office.ts';
import { HeldSurroundings } from '../till/till-fixture.ts';

/** A value as an entry has it. */
export const json = (value: unknown) => canonicalJson(value as CanonicalValue);
const MIA = { ...person('mia', 'manager'), pin: pinVerifier('9876', 'mia-salt-0123456789') };
const ORGANIZATION = {
  tag: '0123456789ab',
  name: 'Shop',
  currency: 'GBP',
  language: 'en',
  taxRounding: 'receipt',
  catalogShards: 4,
  foundedAt: '2026-11-01T00:00:00.000Z',
};
const STORE = {
  id: storeId(1),
  name: 'Camden',
  timeZone: 'Europe/London',
  locale: 'en-GB',
  header: ['12 High Street'],
  footer: [],
};
/** The article of the shop, without its price. */
export const LAMP = { sku: 'LAMP', name: 'Lamp', barcodes: [], active: true };
/** Where the article is. */
export const LAMP_DOCUMENT = { class: 'catalog', shard: catalogShard('lamp', 4) } as const;

/** An office of a shop with one store and one article, where Mia the manager is signed in. */
export async function startOffice() {
  const documents = new MemoryDocuments();
  await documents.write({ class: 'staff' }, { 'person:mia': json(MIA) });
  await documents.write(
    { class: 'organization' },
    { organization: json(ORGANIZATION), 'store:S01': json(STORE) },
  );
  await documents.write(LAMP_DOCUMENT, {
    'product:lamp:info': json(LAMP),
    'product:lamp:price': json({ price: '10', taxes: [] }),
  });
  let drawn = 0;
  const office = new BackOffice({
    open: async () => ok(documents),
    checkPin: async (pin, verifier) => pinVerifier(pin, verifier.salt).hash === verifier.hash,
    surroundings: new HeldSurroundings(),
    random: (bytes) => new Uint8Array(bytes).fill(++drawn),
  });
  await office.start();
  await office.openShop();
  await office.signIn.signIn(MIA, '9876');
  return { documents, office };
}
