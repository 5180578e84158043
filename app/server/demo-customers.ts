import { profileEntry, termsEntry } from '#model/customers/customer-entries.ts';
import {
  CUSTOMER_SHARDS,
  customerShard,
  type CustomerProfile,
  type CustomerTerms,
} from '#model/customers/customer.ts';
import { masterEntry } from '#model/documents/catalog.ts';
import type { Loyalty } from '#model/loyalty/loyalty.ts';
import type { Writes } from './shop-writes.ts';

/** A point for each whole pound, worth a penny. */
export const DEMO_LOYALTY: Loyalty = { earnPer: 100, redeemValue: 1 };

/** Invented people; the phone numbers are of the range Ofcom keeps for drama (020 7946 0000 to 0999). */
const NAMES = [
  'Amelia Hart',
  'Ben Okafor',
  'Chloe Marsh',
  'Daniel Price',
  'Elena Rossi',
  'Farah Siddiqui',
  'George Whitlow',
  'Hana Kimura',
  'Isaac Boateng',
  'Joan Builder',
  'Karim Haddad',
  'Lucía Fernández',
  'Martin Greaves',
  'Nadia Petrova',
  'Oscar Lindqvist',
  'Priya Raman',
  'Quentin Doyle',
  'Rosa Álvarez',
  'Samuel Adeyemi',
  'Tess Van Dijk',
] as const;

/** What makes some of them different. */
const SPECIAL: Readonly<
  Record<string, { readonly profile?: Partial<CustomerProfile>; readonly terms?: Partial<CustomerTerms> }>
> = {
  'Joan Builder': {
    profile: { company: 'Builder & Daughters Ltd', taxNumber: 'GB 123 4567 89' },
    terms: { tier: 'trade', accountLimit: 50_000 },
  },
  'Karim Haddad': {
    profile: { company: 'Consulate of Lebanon' },
    terms: { taxFree: { certificate: 'VAT-1615A-0042' } },
  },
  'Martin Greaves': {
    profile: { company: 'Greaves Interiors' },
    terms: { tier: 'trade', accountLimit: 20_000 },
  },
  'Tess Van Dijk': { terms: { tier: 'staff' } },
  'Lucía Fernández': { profile: { language: 'es' } },
};

/** The tiers of the demo shop and what they are sold for, and the ways only customers pay. */
export function demoTierEntries(): readonly { readonly key: string; readonly text: string }[] {
  const rule = (tier: string, percent: string) =>
    masterEntry({
      kind: 'price-rule',
      id: `${tier}-${percent}`,
      value: { id: `${tier}-${percent}`, tier, change: { kind: 'percent', percent } },
    });
  return [
    masterEntry({ kind: 'tier', id: 'trade', value: { name: 'Trade' } }),
    masterEntry({ kind: 'tier', id: 'staff', value: { name: 'Staff' } }),
    rule('trade', '10'),
    rule('staff', '20'),
    masterEntry({
      kind: 'tender',
      id: 'account',
      value: { id: 'account', name: 'On account', kind: 'account', order: 8 },
    }),
    masterEntry({
      kind: 'tender',
      id: 'points',
      value: { id: 'points', name: 'Points', kind: 'points', order: 9 },
    }),
  ];
}

/** The customers of the demo shop, each with a card. */
export function demoCustomerSeeds(): Writes {
  const shards = Array.from({ length: CUSTOMER_SHARDS }, (): Record<string, string> => ({}));
  NAMES.forEach((name, index) => {
    const id = `demo-customer-${String(index + 1).padStart(2, '0')}`;
    const { profile = {}, terms } = SPECIAL[name] ?? {};
    const handle = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(' ', '.');
    const whole: CustomerProfile = {
      name,
      phone: `020 7946 0${String(101 + index)}`,
      email: `${handle}@example.com`,
      cards: [`9900${String(1001 + index)}`],
      ...profile,
    };
    Object.assign(
      shards[customerShard(id)] ?? {},
      profileEntry(id, whole),
      terms ? termsEntry(id, { active: true, ...terms }) : {},
    );
  });
  return shards.map((entries, shard) => ({ key: { class: 'customers', shard }, entries }));
}
