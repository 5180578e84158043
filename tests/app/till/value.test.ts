import { describe, expect, it } from 'vitest';
import { masterEntry } from '#model/documents/catalog.ts';
import { ledgerShard } from '#model/documents/ledger.ts';
import type { Tender } from '#model/catalog/product.ts';
import { accountNumber, issuedNumber } from '#model/ledger/account.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { HOLD_MS } from '#model/ledger/ledger.ts';
import type { RelayStatus } from '../../../app/lib/till/links.svelte.ts';
import {
  R2,
  approve,
  codeOf,
  must,
  openTill,
  payCash,
  seedShop,
  sellLantern,
  sessionKey,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const CARD = 'GIFT12345678';
const ACCOUNT = { ledger: 'gift-card', id: CARD } as const;
const BY_CARD: Tender = { id: 'gift-card', name: 'Gift card', kind: 'gift-card', order: 3 };
const CREDIT: Tender = { id: 'store-credit', name: 'Store credit', kind: 'store-credit', order: 4 };
const LANTERN = '5012345678900';
const CONNECTED: RelayStatus = {
  peers: [],
  targets: [{ url: 'ws://hq', kind: 'hq', state: 'connected', since: '2026-11-21T08:00:00.000Z' }],
  disk: 'ok',
};

/** Documents of the test shop that knows gift cards and store credit. */
function shopDocuments(): MemoryDocuments {
  const documents = new MemoryDocuments();
  seedShop(documents);
  for (const value of [BY_CARD, CREDIT]) {
    const { key, text } = masterEntry({ kind: 'tender', id: value.id, value });
    documents.receive({ class: 'catalog', shard: 0 }, { [key]: text });
  }
  return documents;
}

/** A till with an open session, connected with head office unless told otherwise. */
async function tillOn(
  documents = shopDocuments(),
  given: Parameters<typeof openTill>[0] = {},
): Promise<TillBench> {
  const bench = await openTill({ documents, askRelay: async () => CONNECTED, ...given });
  await bench.till.refresh();
  return bench;
}

/** Sells a gift card over an amount for cash. */
async function sellCard({ till }: TillBench, amount = 2000, number = CARD): Promise<RecordOf<'sale'>> {
  must(await till.value.fillCard(number, amount));
  must(till.sale.startPaying());
  must(till.sale.pay({ tender: 'cash', name: 'Cash', kind: 'cash', given: till.sale.settlement.due }));
  return must(await till.completeSale());
}

/** Has lanterns of 3.39 in the basket, ready to be paid. */
function wantLanterns({ till, view }: TillBench, count = 1): void {
  view.scan(LANTERN);
  must(till.sale.setQuantity(0, String(count)));
  must(till.sale.startPaying());
}

/** Brings everything each of two tills wrote to the other, as their relays would. */
async function meet(a: MemoryDocuments, b: MemoryDocuments): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    for (const key of await from.known()) to.receive(key, await from.open(key));
}

async function booked({ till }: TillBench, balance: number): Promise<void> {
  await expect.poll(() => till.ledgers.balance(ACCOUNT)).toBe(balance);
}

describe('gift cards', () => {
  it('[G3] [G4] are sold and topped up with a line of their own, and the slip says the balance', async () => {
    const bench = await tillOn();
    const { body } = await sellCard(bench);
    expect(body.lines).toMatchObject([
      { account: ACCOUNT, amount: 2000, taxes: [], name: 'Gift card **** 5678' },
    ]);
    await booked(bench, 2000);
    await sellCard(bench, 500);
    await booked(bench, 2500);
    expect(bench.till.journal.state.report?.liabilities).toEqual({ 'gift-card': { count: 2, amount: 2500 } });
    await expect
      .poll(() => bench.bridge.papers.map(({ jobId }) => jobId))
      .toContain('S01-R1-000002:slip-GIFT12345678:1');
    expect(JSON.stringify(bench.bridge.papers.at(-1))).toContain('£25.00');
  });

  it('[G6] without a number a new one is issued, another for each card of a basket', async () => {
    const { till } = await tillOn();
    must(await till.value.fillCard('', 1000));
    must(await till.value.fillCard(' ', 1000));
    const numbers = till.sale.basket.lines.map(({ account }) => account?.id ?? '');
    expect(new Set(numbers).size).toBe(2);
    expect(numbers.map(accountNumber)).toEqual(numbers);
    expect(codeOf(await till.value.fillCard('123', 1000))).toBe('not-a-number');
    expect(codeOf(await till.value.fillCard('', 0))).toBe('amount-zero');
    const credit = issuedNumber('store-credit', 'b1');
    expect(await till.value.fillCard(credit, 1000)).toMatchObject({
      error: { code: 'other-ledger', ledger: 'store-credit' },
    });
  });

  it('[G8] [G9] pay what they hold, the rest is paid otherwise, and the receipt shows only the end of the number', async () => {
    const bench = await tillOn();
    const { till } = bench;
    await sellCard(bench, 200);
    await booked(bench, 200);
    wantLanterns(bench);
    expect(await till.value.pay(BY_CARD, ACCOUNT, 339)).toMatchObject({
      error: { code: 'account-too-little', available: 200 },
    });
    must(await till.value.pay(BY_CARD, ACCOUNT, 200));
    expect(codeOf(await till.value.pay(BY_CARD, ACCOUNT, 1))).toBe('account-too-little');
    payCash(bench, 139);
    const { body } = must(await till.completeSale());
    expect(body.tenders).toMatchObject([
      { kind: 'gift-card', amount: 200, account: CARD },
      { kind: 'cash', amount: 139 },
    ]);
    await booked(bench, 0);
    expect(codeOf(await till.value.pay(BY_CARD, ACCOUNT, 1))).toBe('account-empty');
    expect(codeOf(await till.value.pay(BY_CARD, { ledger: 'gift-card', id: 'NEVER0001' }, 1))).toBe(
      'account-unknown',
    );
    const receipt = bench.bridge.papers.find(({ jobId }) => jobId === `${body.receipt}:receipt:1`);
    expect(JSON.stringify(receipt)).toContain('**** 5678');
    expect(JSON.stringify(receipt)).not.toContain(CARD);
  });

  it('[G8] two payments by one card count together', async () => {
    const bench = await tillOn();
    await sellCard(bench, 300);
    await booked(bench, 300);
    wantLanterns(bench);
    must(await bench.till.value.pay(BY_CARD, ACCOUNT, 200));
    expect(await bench.till.value.pay(BY_CARD, ACCOUNT, 101)).toMatchObject({
      error: { code: 'account-too-little', available: 300 },
    });
    must(await bench.till.value.pay(BY_CARD, ACCOUNT, 100));
    expect(bench.till.ledgers.holdOf(CARD, bench.till.sale.basket.id)?.amount).toBe(300);
    bench.till.value.takeBackPayment(0);
    await expect.poll(() => bench.till.ledgers.holdOf(CARD, bench.till.sale.basket.id)?.amount).toBe(100);
  });
});

describe('voiding', () => {
  it('[H6] [G1] the sale of a card takes the value back, and is refused once it is spent', async () => {
    const bench = await tillOn();
    const { till } = bench;
    const first = await sellCard(bench, 400);
    await booked(bench, 400);
    const voider = till.receipts.voidSale(first, 'wrong card');
    await approve(bench);
    must(await voider);
    await booked(bench, 0);
    const second = await sellCard(bench, 400);
    await booked(bench, 400);
    wantLanterns(bench);
    must(await till.value.pay(BY_CARD, ACCOUNT, 339));
    const paid = must(await till.completeSale());
    await booked(bench, 61);
    expect(codeOf(await till.receipts.voidSale(second, 'wrong card'))).toBe('account-too-little');
    const undoing = till.receipts.voidSale(paid, 'wrong article');
    await approve(bench);
    must(await undoing);
    await booked(bench, 400);
  });
});

describe('[G8] two tills that are connected', () => {
  it('[G8] what one holds the other cannot take, until the payment is taken back or the hold is old', async () => {
    const one = await tillOn();
    const other = await tillOn(one.documents, { register: R2, surroundings: one.surroundings });
    await sellCard(one, 500);
    await booked(other, 500);
    wantLanterns(one);
    must(await one.till.value.pay(BY_CARD, ACCOUNT, 339));
    wantLanterns(other);
    expect(await other.till.value.pay(BY_CARD, ACCOUNT, 339)).toMatchObject({
      error: { code: 'account-too-little', available: 161 },
    });
    one.till.value.takeBackPayment(0);
    await expect.poll(() => other.till.ledgers.held(ACCOUNT, '')).toBe(0);
    must(await one.till.value.pay(BY_CARD, ACCOUNT, 339));
    one.surroundings.pass(HOLD_MS);
    must(await other.till.value.pay(BY_CARD, ACCOUNT, 339));
    expect(one.till.sale.payments).toHaveLength(1);
  });

  it('[G8] of two that took a card at one moment the earlier completes, the other is told', async () => {
    const one = await tillOn();
    const apart = shopDocuments();
    await sellCard(one, 400);
    await booked(one, 400);
    await meet(one.documents, apart);
    const other = await tillOn(apart, { register: R2 });
    other.surroundings.time = one.surroundings.time + 1000;
    wantLanterns(one);
    wantLanterns(other);
    must(await one.till.value.pay(BY_CARD, ACCOUNT, 339));
    must(await other.till.value.pay(BY_CARD, ACCOUNT, 339));
    await meet(one.documents, apart);
    expect(codeOf(await other.till.completeSale())).toBe('account-held');
    expect(other.till.sale.frozen).toBe(false);
    must(await one.till.completeSale());
    await booked(one, 61);
    expect(one.till.ledgers.holdOf(CARD, 'any')).toBeUndefined();
    await meet(one.documents, apart);
    expect(codeOf(await other.till.completeSale())).toBe('account-too-little');
  });
});

describe('[G5] [G9] tills that are apart', () => {
  it('[G5] both take one card, both receipts stand, and both find the same exception', async () => {
    const one = await tillOn();
    await sellCard(one, 400);
    await booked(one, 400);
    const apart = shopDocuments();
    await meet(one.documents, apart);
    const other = await tillOn(apart, { register: R2, askRelay: async () => undefined });
    const receipts: string[] = [];
    for (const bench of [one, other]) {
      wantLanterns(bench);
      must(await bench.till.value.pay(BY_CARD, ACCOUNT, 339));
      receipts.push(must(await bench.till.completeSale()).body.receipt);
      await booked(bench, 61);
      await bench.till.exceptions.look();
      expect(bench.till.exceptions.open).toEqual([]);
    }
    await meet(one.documents, apart);
    await booked(one, -278);
    for (const bench of [one, other]) await bench.till.exceptions.look();
    expect(one.till.exceptions.open).toMatchObject([
      { kind: 'overspent', account: CARD, balance: -278, receipts },
    ]);
    expect(other.till.exceptions.open).toEqual(one.till.exceptions.open);
    const back = await startTill({ documents: apart, register: R2 });
    await back.till.exceptions.look();
    expect(back.till.exceptions.open).toEqual(one.till.exceptions.open);
  });

  it('[G9] above the limit somebody approves, and the receipt names them', async () => {
    const bench = await tillOn(shopDocuments(), { askRelay: async () => undefined });
    await sellCard(bench, 9000);
    await booked(bench, 9000);
    wantLanterns(bench, 20);
    const paying = bench.till.value.pay(BY_CARD, ACCOUNT, 6000);
    await expect.poll(() => bench.till.staff.approvals.request?.permission).toBe('value.redeem-offline');
    await approve(bench);
    must(await paying);
    payCash(bench, 780);
    const { body } = must(await bench.till.completeSale());
    expect(body.tenders[0]).toMatchObject({ account: CARD, approvedBy: 'mia' });
  });

  it('[G9] head office away is apart, and without one every other till must be there', async () => {
    let status: RelayStatus | undefined = CONNECTED;
    const bench = await startTill({ askRelay: async () => status });
    const ask = async (targets: RelayStatus['targets']) => {
      status = { ...CONNECTED, targets };
      await bench.till.refresh();
      return bench.till.value.connected;
    };
    expect(bench.till.value.connected).toBe(false);
    const since = '2026-11-21T08:00:00.000Z';
    expect(await ask([{ url: 'a', kind: 'hq', state: 'connected', since }])).toBe(true);
    expect(await ask([{ url: 'a', kind: 'hq', state: 'away', since }])).toBe(false);
    expect(await ask([{ url: 'b', kind: 'peer', state: 'connected', since }])).toBe(true);
    expect(await ask([{ url: 'b', kind: 'peer', state: 'away', since }])).toBe(false);
    status = undefined;
    await bench.till.refresh();
    expect(bench.till.value.connected).toBe(false);
  });
});

describe('[G7] a crash between the record and its entry', () => {
  it('[G7] is mended at the next start, once', async () => {
    const bench = await tillOn();
    await sellCard(bench, 700);
    await booked(bench, 700);
    // A disk that holds the journal and nothing that was written after it.
    const saved = shopDocuments();
    saved.receive(sessionKey(1), await bench.documents.open(sessionKey(1)));
    const again = await startTill({ documents: saved });
    expect(again.till.ledgers.balance(ACCOUNT)).toBe(700);
    const shard = { class: 'ledger', shard: ledgerShard(CARD) } as const;
    const entries = await saved.open(shard);
    expect(Object.keys(entries)).toEqual(['S01-R1-000001:0']);
    await startTill({ documents: saved });
    expect(await saved.open(shard)).toEqual(entries);
  });

  it('[G7] [D5] an entry nobody can read is kept and not counted', async () => {
    const documents = shopDocuments();
    documents.receive({ class: 'ledger', shard: ledgerShard(CARD) }, { 'S01-R9-000001:0': '{}' });
    const { till } = await startTill({ documents });
    expect([...till.ledgers.faults.keys()]).toEqual(['S01-R9-000001:0']);
    expect(till.ledgers.balance(ACCOUNT)).toBe(0);
  });
});

describe('[G9] store credit', () => {
  it('[G9] a refund issues it with a number and a slip, and it pays later', async () => {
    const bench = await tillOn();
    const { till } = bench;
    const receipt = await sellLantern(bench);
    till.nextSale();
    must(await till.refunds.find(receipt));
    must(await till.refunds.takeBack(0, '1'));
    must(till.sale.startPaying());
    const number = issuedNumber('store-credit', till.sale.basket.id);
    expect(codeOf(await till.value.payBack(CREDIT, 'NEVER0001', 339))).toBe('account-unknown');
    must(await till.value.payBack(CREDIT, '', 339));
    const { body } = must(await till.completeSale());
    expect(body.tenders).toMatchObject([{ kind: 'store-credit', amount: -339, account: number }]);
    expect(body.total).toBe(-339);
    const account = { ledger: 'store-credit', id: number } as const;
    await expect.poll(() => till.ledgers.balance(account)).toBe(339);
    await expect.poll(() => bench.bridge.papers.at(-1)?.jobId).toBe(`${body.receipt}:slip-${number}:1`);
    expect(bench.bridge.papers.at(-1)?.paper.lines).toContainEqual({
      kind: 'barcode',
      symbology: 'code128',
      data: number,
    });
    till.nextSale();
    wantLanterns(bench, 2);
    must(await till.value.pay(CREDIT, account, 339));
    payCash(bench, 339);
    must(await till.completeSale());
    await expect.poll(() => till.ledgers.balance(account)).toBe(0);
  });
});

describe('scanning numbers', () => {
  it('a slip of ours opens what it is, and whoever asks for a number gets it first', async () => {
    const { till, view } = await tillOn();
    view.scan(issuedNumber('deposit', 'b1'));
    expect([view.panel, view.number]).toEqual(['layaway', issuedNumber('deposit', 'b1')]);
    view.scan(issuedNumber('store-credit', 'b1'));
    expect([view.panel, view.number]).toEqual(['gift-card', issuedNumber('store-credit', 'b1')]);
    const taken: string[] = [];
    const stop = view.takeScans((code) => code === CARD && taken.push(code) > 0);
    view.scan(CARD);
    view.scan(LANTERN);
    expect(taken).toEqual([CARD]);
    expect(till.sale.basket.lines).toHaveLength(1);
    stop();
    view.scan(CARD);
    expect(view.trouble?.code).toBe('unknown-barcode');
  });
});
