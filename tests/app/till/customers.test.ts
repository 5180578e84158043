import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { customerShard } from '#model/customers/customer.ts';
import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { masterEntry, type MasterEntry } from '#model/documents/catalog.ts';
import { storeEntry } from '#model/documents/store.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { customerWords, isMeant } from '../../../app/lib/till/customer-words.ts';
import {
  R2,
  S01,
  approve,
  codeOf,
  must,
  openTill,
  payCash,
  seedShop,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const LANTERN = '5012345678900';
const MASTERS: readonly MasterEntry[] = [
  { kind: 'tier', id: 'trade', value: { name: 'Trade' } },
  {
    kind: 'price-rule',
    id: 'trade-10',
    value: { id: 'trade-10', tier: 'trade', change: { kind: 'percent', percent: '10' } },
  },
];

function receiveMasters({ documents }: Pick<TillBench, 'documents'>, masters = MASTERS): void {
  for (const { key, text } of masters.map(masterEntry))
    documents.receive({ class: 'catalog', shard: 0 }, { [key]: text });
}

async function tradeTill(): Promise<TillBench> {
  const bench = await openTill();
  receiveMasters(bench);
  return bench;
}

/** A customer made at this till, with terms a manager approved. */
async function joan(bench: TillBench, terms: object = { tier: 'trade' }): Promise<string> {
  const { customers } = bench.till;
  const id = must(await customers.saveProfile(undefined, { name: 'Joan Builder', phone: '020 7946 0001' }));
  const asking = customers.saveTerms(id, { active: true, ...terms });
  await approve(bench);
  must(await asking);
  return id;
}

async function sell({ till, view }: TillBench): Promise<ReturnType<typeof must<unknown>>> {
  view.scan(LANTERN);
  must(till.sale.startPaying());
  payCash({ till } as TillBench, till.sale.priced.total);
  return must(await till.completeSale());
}

describe('a customer at the till', () => {
  it('[U4] [X12] attached, the tier prices the basket and what is scanned later; taken off, all is as before', async () => {
    const bench = await tradeTill();
    const { till, view } = bench;
    const id = await joan(bench);
    view.scan(LANTERN);
    const before = till.sale.basket;
    expect(view.attach(id)).toBe(true);
    expect(till.sale.priced.total).toBe(305);
    view.scan(LANTERN);
    expect(till.sale.basket.lines).toHaveLength(1);
    expect(till.sale.priced.total).toBe(610);
    must(till.sale.setQuantity(0, '1'));
    must(till.customers.detach());
    expect(till.sale.basket).toEqual(before);
  });

  it('[U4] the record says customer, terms and rule, and what a wrong scan leaves behind keeps the customer', async () => {
    const bench = await tradeTill();
    const { till, view } = bench;
    const id = await joan(bench);
    view.attach(id);
    view.scan(LANTERN);
    must(till.sale.remove(0));
    expect(till.sale.basket).toMatchObject({ customer: id, terms: { tier: 'trade' }, lines: [] });
    expect(await sell(bench)).toMatchObject({
      body: {
        customer: id,
        terms: { tier: 'trade' },
        total: 305,
        lines: [{ priced: { rule: 'trade-10', from: '3.39' } }],
      },
    });
    expect(till.sale.basket).not.toHaveProperty('customer');
  });

  it('[U4] changed terms count at once in the open sale', async () => {
    const bench = await tradeTill();
    const { till, view } = bench;
    const id = await joan(bench, {});
    view.attach(id);
    view.scan(LANTERN);
    const asking = till.customers.saveTerms(id, { active: true, taxFree: { certificate: 'EX-1' } });
    await approve(bench);
    must(await asking);
    expect([till.sale.priced.total, till.sale.priced.tax]).toEqual([283, 0]);
    const letting = till.customers.saveTerms(id, { active: false });
    await approve(bench);
    must(await letting);
    expect(till.sale.basket).not.toHaveProperty('customer');
    expect(codeOf(till.customers.attach(id))).toBe('customer-inactive');
  });

  it('[U3] terms declined stay as they were, and nothing is written', async () => {
    const bench = await tradeTill();
    const { till } = bench;
    const id = await joan(bench);
    const asking = till.customers.saveTerms(id, { active: true, accountLimit: 99_999 });
    await expect.poll(() => till.staff.approvals.request?.permission).toBe('customer.edit-terms');
    till.staff.approvals.decline();
    expect(codeOf(await asking)).toBe('approval-needed');
    expect(till.customers.book.customer(id)?.terms).toEqual({ active: true, tier: 'trade' });
  });

  it('[U3] the audit entry lies in the customer’s own document', async () => {
    const bench = await tradeTill();
    const id = await joan(bench);
    const entries = await bench.documents.open({ class: 'customers', shard: customerShard(id) });
    const audits = Object.entries(entries).filter(([key]) => key.startsWith('audit:'));
    expect(audits.map(([, text]) => JSON.parse(text) as object)).toMatchObject([
      { what: 'customer.terms', by: 'ana', subject: id, details: { tier: 'trade', approvedBy: 'mia' } },
    ]);
  });

  it('[U6] a scanned card attaches its customer, an article goes before a card', async () => {
    const bench = await tradeTill();
    const { till, view } = bench;
    const id = await joan(bench);
    const profile = { name: 'Joan Builder', cards: ['9900012345', LANTERN] };
    must(await till.customers.saveProfile(id, profile));
    view.scan('9900012345');
    expect(till.sale.basket.customer).toBe(id);
    view.scan(LANTERN);
    expect(till.sale.basket.lines).toHaveLength(1);
    view.scan('9900099999');
    expect(view.trouble).toMatchObject({ code: 'unknown-barcode' });
  });

  it('[U4] payments close the sale to another customer', async () => {
    const bench = await tradeTill();
    const { till, view } = bench;
    const id = await joan(bench);
    view.scan(LANTERN);
    must(till.sale.startPaying());
    payCash(bench, 100);
    expect(codeOf(till.customers.attach(id))).toBe('payments-taken');
  });

  it('[X12] the store’s own price goes before the catalog’s', async () => {
    const bench = await tradeTill();
    const { key, text } = storeEntry({ kind: 'price', id: 'lantern', value: { price: '2.50' } });
    bench.documents.receive({ class: 'store', store: S01 }, { [key]: text });
    bench.view.scan(LANTERN);
    expect(bench.till.sale.priced.total).toBe(250);
    bench.documents.receive({ class: 'store', store: S01 }, { [key]: undefined });
    expect(bench.till.shop.product('lantern')?.price).toBe('3.39');
  });
});

describe('customers of two tills', () => {
  it('[U2] made and edited apart, both tills know both groups once they hear of each other', async () => {
    const [one, two] = [new MemoryDocuments(), new MemoryDocuments()];
    [one, two].forEach(seedShop);
    const first = await openTill({ documents: one });
    const second = await openTill({ documents: two, register: R2 });
    receiveMasters(first);
    receiveMasters(second);
    const id = await joan(first, {});
    const shard = { class: 'customers', shard: customerShard(id) } as const;
    const other = must(await second.till.customers.saveProfile(undefined, { name: 'Max' }));
    two.receive(shard, await one.open(shard));
    // Apart again: one till writes the profile, the other the terms.
    must(await first.till.customers.saveProfile(id, { name: 'Joan Mason' }));
    const asking = second.till.customers.saveTerms(id, { active: true, tier: 'trade' });
    await approve(second);
    must(await asking);
    const { [`customer:${id}:terms`]: terms = '' } = await two.open(shard);
    one.receive(shard, { [`customer:${id}:terms`]: terms });
    const { [`customer:${id}:profile`]: profile = '' } = await one.open(shard);
    two.receive(shard, { [`customer:${id}:profile`]: profile });
    const expected = { id, profile: { name: 'Joan Mason' }, terms: { active: true, tier: 'trade' } };
    expect(first.till.customers.book.customer(id)).toEqual(expected);
    expect(second.till.customers.book.customer(id)).toEqual(expected);
    expect(other).not.toBe(id);
  });

  it('[D5] an entry nobody can read is kept aside, and the rest of the customer stays', async () => {
    const bench = await tradeTill();
    const id = await joan(bench);
    const shard = { class: 'customers', shard: customerShard(id) } as const;
    bench.documents.receive(shard, { [`customer:${id}:wishes`]: '{}' });
    const { book } = bench.till.customers;
    expect([...book.faults.keys()]).toEqual([`customer:${id}:wishes`]);
    expect(book.customer(id)?.profile.name).toBe('Joan Builder');
    bench.documents.receive(shard, { [`customer:${id}:wishes`]: undefined });
    expect(book.faults.size).toBe(0);
  });

  it('[D6] after a restart the customer is still at the open sale', async () => {
    const bench = await tradeTill();
    const id = await joan(bench);
    bench.view.attach(id);
    bench.view.scan(LANTERN);
    const again = await startTill({ documents: bench.documents });
    expect(again.till.customers.attached?.profile.name).toBe('Joan Builder');
    expect(again.till.sale.priced.total).toBe(305);
  });
});

describe('finding customers', () => {
  const words = customerWords({
    id: 'c',
    profile: {
      name: 'Zoë Núñez',
      company: 'Acme Ltd',
      phone: '+44 (0)20 7946-0001',
      email: 'zoe@acme.test',
      cards: ['9900012345'],
    },
    terms: { active: true },
  });

  it.each(['zoe', 'NUNEZ z', 'acme', 'zoe@', '7946 0001', '020 79', '99000'])(
    '[U6] "%s" finds her',
    (query) => {
      expect(isMeant(words, query)).toBe(true);
    },
  );

  it.each(['oe', 'zoe brown', 'cme', '7946 0002'])('[U6] "%s" does not', (query) => {
    expect(isMeant(words, query)).toBe(false);
  });

  it('[U6] active ones come first, by name, and nothing typed finds nobody', async () => {
    const bench = await tradeTill();
    const { customers } = bench.till;
    for (const name of ['Ann Two', 'Ann One', 'Ann Left'])
      must(await customers.saveProfile(undefined, { name }));
    const [left] = customers.book.search('left');
    const asking = customers.saveTerms(left?.id ?? '', { active: false });
    await approve(bench);
    must(await asking);
    expect(customers.book.search('ann').map(({ profile }) => profile.name)).toEqual([
      'Ann One',
      'Ann Two',
      'Ann Left',
    ]);
    expect(customers.book.search(' ')).toEqual([]);
  });

  it('[U6] what a customer bought is found in the sessions this till holds, and says since when', async () => {
    const bench = await tradeTill();
    const { till, surroundings } = bench;
    const id = await joan(bench);
    bench.view.attach(id);
    await sell(bench);
    must(await till.session.close({ counted: 10_305 }));
    surroundings.pass(3_600_000);
    till.session.leaveReport();
    await signIn(bench);
    must(await till.session.open(10_000));
    await sell(bench);
    expect(await till.customers.bought(id, 1)).toMatchObject({ sales: [], more: true });
    const seen = await till.customers.bought(id, 10);
    expect(seen.sales.map(({ body }) => body.total)).toEqual([305]);
    expect(seen).toMatchObject({ since: '2026-11-21T09:00:00.000Z', more: false });
  });
});

/** Documents of which those of the customers are slow to be read. */
class SlowCustomers extends MemoryDocuments {
  readonly #read = Promise.withResolvers<void>();

  /** Lets the customers be read. */
  letRead(): void {
    this.#read.resolve();
  }

  override async open(key: DocumentKey): Promise<Entries> {
    if (key.class === 'customers') await this.#read.promise;
    return super.open(key);
  }
}

/** Documents of which those of the customers cannot be read until the disk is awake. */
class UnreadableCustomers extends MemoryDocuments {
  isAwake = false;

  override async open(key: DocumentKey): Promise<Entries> {
    if (key.class === 'customers' && !this.isAwake) throw new Error('the disk is slow to wake');
    return super.open(key);
  }
}

describe('a till that has just started', () => {
  it('sells before the customers are read', async () => {
    const documents = new SlowCustomers();
    seedShop(documents);
    const bench = await openTill({ documents, settled: false });
    await sell(bench);
    expect(bench.till.finished?.record.body.receipt).toBe('S01-R1-000001');
    expect(bench.till.customers.book.isWhole).toBe(false);
    documents.letRead();
    await expect.poll(() => bench.till.customers.book.isWhole).toBe(true);
  });

  it('[U6] keeps the code of a card that was scanned too early until it knows whose it is', async () => {
    const documents = new SlowCustomers();
    seedShop(documents);
    const { till, view } = await openTill({ documents, settled: false });
    documents.receive(
      { class: 'customers', shard: customerShard('joan') },
      { 'customer:joan:profile': canonicalJson({ name: 'Joan', cards: ['99001010'] }) },
    );
    view.scan('99009999');
    expect(view.trouble).toBeUndefined();
    view.scan('99001010');
    documents.letRead();
    await expect.poll(() => till.sale.basket.customer).toBe('joan');
    expect(view.trouble).toBeUndefined();
  });

  it('tells who writes a customer that it was not saved where the others cannot be read, and saves it once they can', async () => {
    const documents = new UnreadableCustomers();
    seedShop(documents);
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (cause: unknown) => reported.push(cause));
    onTestFinished(() => void vi.unstubAllGlobals());
    const { till } = await openTill({ documents });
    const refused = await till.customers.saveProfile(undefined, { name: 'Joan' });
    expect(codeOf(refused)).toBe('customer-not-saved');
    expect(reported.map(String)).toContain('Error: the disk is slow to wake');
    documents.isAwake = true;
    const id = must(await till.customers.saveProfile(undefined, { name: 'Joan' }));
    expect(till.customers.book.search('joan').map((found) => found.id)).toEqual([id]);
  });

  it('says that nobody knows a code once it has read who has which card', async () => {
    const documents = new SlowCustomers();
    seedShop(documents);
    const { view } = await openTill({ documents, settled: false });
    view.scan('99009999');
    documents.letRead();
    await expect.poll(() => view.trouble?.code).toBe('unknown-barcode');
  });
});
