import { describe, expect, it } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { exceptionId } from '#model/folds/shop-exception.ts';
import { registerId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import type { Doubt, RelayStatus } from '../../../app/lib/till/links.svelte.ts';
import {
  DEVICE_KEY,
  R1,
  R2,
  S01,
  approve,
  codeOf,
  must,
  openTill,
  seedShop,
  sellLantern,
  signIn,
  startTill,
} from './till-fixture.ts';
import { JOURNAL, meet, copied, takeBack, refundedTwice } from './tills-apart.ts';

const BOOK = { class: 'stock-book', store: S01, month: 682 } as const;
const LANTERN = { id: 'lantern' };
/** One lantern, booked in before anything was sold. */
const PIECE = canonicalJson({
  id: 'a',
  product: 'lantern',
  kind: 'receipt',
  quantity: '1',
  at: '2026-11-01T08:00:00.000Z',
  by: 'mia',
  reason: '',
});
/** The device that signs for the first register, as head office lists it. */
const DEVICE = {
  'device:0123456789abcdef': canonicalJson({
    id: '0123456789abcdef',
    name: 'Till 1',
    role: 'terminal',
    store: S01,
    register: R1,
    key: DEVICE_KEY.publicKey,
    enrolledAt: '2026-01-01T00:00:00.000Z',
  }),
};
const RELAY: RelayStatus = { peers: [], targets: [], disk: 'ok' };
const DOCUMENT = { class: 'exceptions', store: S01 } as const;

/** Documents that cannot be listed from some moment on, so that no older session is found. */
class UnlistedDocuments extends MemoryDocuments {
  isFailing = false;

  override async known(): Promise<readonly DocumentKey[]> {
    if (this.isFailing) throw new Error('the disk is asleep');
    return super.known();
  }
}

/** Documents that count how often they are listed: whoever looks for a receipt does. */
class CountedDocuments extends MemoryDocuments {
  lists = 0;

  override async known(): Promise<readonly DocumentKey[]> {
    this.lists++;
    return super.known();
  }
}

const HOW = { outcome: 'loss', reason: 'customer is gone', amount: 339 } as const;

describe('exceptions at a till', () => {
  it('[F1] [F2] are the same at both tills once they met, and still there after a restart', async () => {
    const [one, two] = await refundedTwice();
    expect(one.till.exceptions.open).toMatchObject([
      {
        kind: 'double-refund',
        amount: 339,
        receipts: ['S01-R1-000001', 'S01-R1-000002', 'S01-R2-000001'],
      },
    ]);
    expect(two.till.exceptions.open).toEqual(one.till.exceptions.open);
    const again = await startTill({ documents: one.documents, surroundings: one.surroundings });
    await expect.poll(() => again.till.exceptions.open).toEqual(one.till.exceptions.open);
  });

  it('[F2] find the sale of an older session that two tills took back since', async () => {
    const [one] = await refundedTwice();
    const third = await startTill({ documents: one.documents, register: R2 });
    const expected = (third.till.journal.state.report?.drawer.expected ?? 0) + 0;
    await signIn(third);
    must(await third.till.session.close({ counted: expected }));
    must(await third.till.session.open(10_000));
    const fourth = await startTill({ documents: one.documents });
    await expect.poll(() => fourth.till.exceptions.open.map(({ kind }) => kind)).toEqual(['double-refund']);
  });

  it('[F2] are not sought again in every session for a receipt nobody has, until more of its register came in', async () => {
    const one = await openTill();
    const two = await openTill({ register: R2 });
    const receipt = await sellLantern(one);
    await meet(one.documents, two.documents);
    await takeBack(two, receipt);
    const documents = new CountedDocuments();
    seedShop(documents);
    const back = { class: 'session', store: S01, register: R2, session: 1 } as const;
    documents.receive(back, await two.documents.open(back));
    const third = await openTill({ documents, register: registerId(3) });
    await third.till.refresh();
    expect(third.till.store.missingReceipts()).toEqual([receipt]);
    await sellLantern(third);
    documents.lists = 0;
    await third.till.refresh();
    expect(documents.lists).toBe(0);
    const expected = (one.till.journal.state.report?.drawer.expected ?? 0) + 0;
    must(await one.till.session.close({ counted: expected }));
    must(await one.till.session.open(10_000));
    for (const session of [2, 1])
      documents.receive({ ...JOURNAL, session }, await one.documents.open({ ...JOURNAL, session }));
    await third.till.refresh();
    expect(documents.lists).toBeGreaterThan(0);
    expect(third.till.store.missingReceipts()).toEqual([]);
  });

  it('[F2] seek a receipt again whose sale the relay does not doubt any more', async () => {
    const one = await openTill();
    const two = await openTill({ register: R2 });
    const receipt = await sellLantern(one);
    await meet(one.documents, two.documents);
    await takeBack(two, receipt);
    const sale = one.till.journal.records.find(({ kind }) => kind === 'sale');
    const expected = (one.till.journal.state.report?.drawer.expected ?? 0) + 0;
    must(await one.till.session.close({ counted: expected }));
    must(await one.till.session.open(10_000));
    const documents = new MemoryDocuments();
    seedShop(documents);
    let quarantine: Doubt[] = [
      { register: R1, session: 1, seq: sale?.seq ?? 0, code: 'altered', detail: '' },
    ];
    const askRelay = async () => ({ ...RELAY, quarantine });
    const third = await openTill({ documents, register: registerId(3), askRelay });
    const back = { ...JOURNAL, register: R2 };
    documents.receive(back, await two.documents.open(back));
    for (const session of [2, 1])
      documents.receive({ ...JOURNAL, session }, await one.documents.open({ ...JOURNAL, session }));
    await third.till.refresh();
    expect(third.till.store.missingReceipts()).toEqual([receipt]);
    quarantine = [];
    await third.till.refresh();
    expect(third.till.store.missingReceipts()).toEqual([]);
  });

  it('[F1] are looked for when whoever stands at the till makes a pause', async () => {
    const [one, two] = await refundedTwice();
    const pause = Promise.withResolvers<void>();
    const documents = new MemoryDocuments();
    seedShop(documents);
    let isBusy = false;
    let isAsked = false;
    const paused = () => {
      isAsked ||= isBusy;
      return isBusy ? pause.promise : Promise.resolve();
    };
    const third = await openTill({ documents, register: registerId(3), paused });
    isBusy = true;
    for (const bench of [one, two]) await meet(bench.documents, documents);
    const refreshed = third.till.refresh();
    await expect.poll(() => isAsked).toBe(true);
    await Promise.race([refreshed, third.till.store.listed()]);
    expect(third.till.exceptions.open).toEqual([]);
    pause.resolve();
    await refreshed;
    expect(third.till.exceptions.open.map(({ kind }) => kind)).toEqual(['double-refund']);
  });

  it('that cannot be looked for keep no sale from its second copy', async () => {
    const one = await openTill();
    const two = await openTill({ register: R2 });
    await sellLantern(one);
    const receipt = await sellLantern(one);
    await meet(one.documents, two.documents);
    await takeBack(two, receipt);
    const documents = new UnlistedDocuments();
    seedShop(documents);
    const third = await openTill({ documents });
    documents.relayConfirms = false;
    await sellLantern(third);
    expect(third.till.journal.lastSaved?.relay).toBe('late');
    const key = { class: 'session', store: S01, register: R2, session: 1 } as const;
    documents.receive(key, await two.documents.open(key));
    documents.relayConfirms = true;
    documents.isFailing = true;
    await expect(third.till.refresh()).rejects.toThrow('the disk is asleep');
    expect(third.till.journal.lastSaved?.relay).toBe('saved');
  });

  it('[F10] are resolved by a cashier with an approval, at the other till too as soon as it hears of it', async () => {
    const [one, two] = await refundedTwice();
    const [found] = one.till.exceptions.open;
    if (!found) throw new Error('nothing was found');
    const asking = one.till.exceptions.resolve(found, HOW);
    await approve(one);
    must(await asking);
    expect(one.till.exceptions.open).toEqual([]);
    expect(two.till.exceptions.open).toHaveLength(1);
    await meet(one.documents, two.documents);
    for (const { till } of [one, two])
      expect(till.exceptions.all).toMatchObject([
        { resolution: { outcome: 'loss', amount: 339, by: 'ana', approvedBy: 'mia' } },
      ]);
    expect(two.till.exceptions.open).toEqual([]);
    expect(codeOf(await two.till.exceptions.resolve(found, HOW))).toBe('already-resolved');
  });

  it('[F10] resolved by two people while apart keep both entries, and show the earlier at every till', async () => {
    const [one, two] = await refundedTwice();
    one.surroundings.pass(60_000);
    for (const bench of [one, two]) {
      const [found] = bench.till.exceptions.open;
      if (!found) throw new Error('nothing was found');
      bench.till.signIn.signOut();
      await signIn(bench, 'mia');
      must(await bench.till.exceptions.resolve(found, { ...HOW, reason: bench === one ? 'later' : 'first' }));
    }
    await meet(one.documents, two.documents);
    for (const { till } of [one, two])
      expect(till.exceptions.all.map(({ resolution }) => resolution?.reason)).toEqual(['first']);
    expect(Object.keys(await one.documents.open(DOCUMENT))).toHaveLength(2);
  });

  it('[F10] are refused without a reason or a loss, and stay open when no disk takes the resolution', async () => {
    const [one] = await refundedTwice();
    const [found] = one.till.exceptions.open;
    if (!found) throw new Error('nothing was found');
    one.till.signIn.signOut();
    await signIn(one, 'mia');
    expect(codeOf(await one.till.exceptions.resolve(found, { ...HOW, reason: ' ' }))).toBe('reason-missing');
    expect(codeOf(await one.till.exceptions.resolve(found, { outcome: 'loss', reason: 'x' }))).toBe(
      'loss-missing',
    );
    one.documents.setConnected(false);
    one.documents.failHere = 'disk full';
    expect(codeOf(await one.till.exceptions.resolve(found, HOW))).toBe('resolution-not-saved');
  });

  it('[F4] [F13] tell at both tills, once they met, who sold the last piece twice, and at the one that resolves it for the other', async () => {
    const one = await openTill();
    const two = await openTill({ register: R2 });
    for (const { documents } of [one, two]) documents.receive(BOOK, { 'entry:a': PIECE });
    for (const bench of [one, two]) await expect.poll(() => bench.till.stock.here(LANTERN)?.onHand).toBe('1');
    await sellLantern(one);
    two.surroundings.pass(60_000);
    await sellLantern(two);
    for (const { till } of [one, two]) {
      await till.exceptions.look();
      expect(till.exceptions.open).toEqual([]);
    }
    await meet(one.documents, two.documents);
    for (const { till } of [one, two]) {
      await expect.poll(() => till.stock.here(LANTERN)?.onHand).toBe('-1');
      await till.exceptions.look();
      expect(till.exceptions.pressing).toMatchObject([
        { kind: 'oversold', products: ['lantern'], receipts: ['S01-R2-000001'] },
      ]);
    }
    const [found] = two.till.exceptions.open;
    expect(one.till.exceptions.open).toEqual([found]);
    const sale = one.till.store.records.find(({ kind, register }) => kind === 'sale' && register === R2);
    expect(found?.id).toBe(exceptionId([sale?.hash ?? '']));
    if (!found) throw new Error('nothing was found');
    one.till.signIn.signOut();
    await signIn(one, 'mia');
    must(await one.till.exceptions.resolve(found, { outcome: 'corrected', reason: 'one more in the back' }));
    await meet(one.documents, two.documents);
    for (const { till } of [one, two]) expect(till.exceptions.open).toEqual([]);
  });

  it('[F4] [F13] warn of overselling on its day, and list it after that until the book is right', async () => {
    const one = await openTill();
    one.documents.receive(BOOK, { 'entry:a': PIECE });
    for (let n = 0; n < 3; n++) {
      one.surroundings.pass(60_000);
      await sellLantern(one);
    }
    await expect.poll(() => one.till.stock.here(LANTERN)?.onHand).toBe('-2');
    await one.till.exceptions.look();
    expect(one.till.exceptions.pressing.map(({ receipts }) => receipts)).toEqual([['S01-R1-000002']]);
    one.surroundings.pass(24 * 3_600_000);
    expect(one.till.exceptions.pressing).toEqual([]);
    expect(one.till.exceptions.open).toHaveLength(1);
    const again = await startTill({ documents: one.documents, surroundings: one.surroundings });
    await again.till.settled();
    await again.till.exceptions.look();
    expect(again.till.exceptions.open).toEqual(one.till.exceptions.open);
    one.documents.receive(BOOK, { 'entry:b': PIECE.replace('"id":"a"', '"id":"b"').replace('"1"', '"2"') });
    await one.till.exceptions.look();
    expect(one.till.exceptions.open).toEqual([]);
  });

  it('[F4] [F13] list no overselling before every session is counted, as that of a till that holds too little', async () => {
    const one = await openTill();
    const receipt = await sellLantern(one);
    const documents = new MemoryDocuments({ connected: false });
    seedShop(documents);
    documents.receive(BOOK, { 'entry:a': PIECE });
    // The second session is here and the first is not.
    one.surroundings.pass(60_000);
    must(
      await one.till.session.close({ counted: (one.till.journal.state.report?.drawer.expected ?? 0) + 0 }),
    );
    must(await one.till.session.open(10_000));
    await sellLantern(one);
    const [first, second] = [1, 2].map(
      (n) => ({ class: 'session', store: S01, register: R1, session: n }) as const,
    );
    if (!first || !second) throw new Error('two sessions');
    documents.receive(second, await one.documents.open(second));
    const two = await startTill({ documents, register: R2 });
    await two.till.settled();
    await two.till.exceptions.look();
    expect(two.till.exceptions.open).toEqual([]);
    documents.receive(first, await one.documents.open(first));
    documents.setConnected(true);
    await expect.poll(() => two.till.stock.here(LANTERN)?.onHand).toBe('-1');
    await two.till.exceptions.look();
    expect(two.till.exceptions.open.map(({ kind, receipts }) => [kind, receipts])).toEqual([
      ['oversold', [receipt.replace('000001', '000002')]],
    ]);
  });

  it('[F5] [F14] tell a copied register wherever both its histories arrive, also after a restart, and no forged one', async () => {
    const one = await openTill();
    await sellLantern(one);
    const { one: original, copy } = await copied(one);
    one.surroundings.pass(60_000);
    copy.surroundings.pass(120_000);
    await sellLantern(original);
    await sellLantern(copy);
    const two = await openTill({ register: R2 });
    two.documents.receive({ class: 'organization' }, DEVICE);
    two.documents.receive(JOURNAL, await original.documents.open(JOURNAL));
    two.documents.receiveApart(JOURNAL, await copy.documents.open(JOURNAL));
    await two.till.exceptions.look();
    const [found] = two.till.exceptions.open;
    expect(found).toMatchObject({ kind: 'fork', register: 'S01-R1', seq: 3, receipts: ['S01-R1-000002'] });
    const sales = [original, copy].map(({ till }) => till.journal.records.at(-1)?.hash ?? '');
    expect(found?.id).toBe(exceptionId(sales));
    const again = await startTill({ documents: two.documents, register: R2 });
    await again.till.exceptions.look();
    expect(again.till.exceptions.open).toEqual([found]);
    const third = await openTill({ register: R2 });
    third.documents.receive({ class: 'organization' }, DEVICE);
    third.documents.receive(JOURNAL, await original.documents.open(JOURNAL));
    const [, , text = ''] = Object.values(await copy.documents.open(JOURNAL));
    third.documents.receiveApart(JOURNAL, { '000000003': text.replace(/"sig":"..../, '"sig":"AAAA') });
    await third.till.exceptions.look();
    expect(third.till.exceptions.open).toEqual([]);
  });

  it('[F5] [F14] tell a copied register that went on in another session, though the relay doubts its records', async () => {
    const { one, copy } = await copied(await openTill());
    one.surroundings.pass(60_000);
    copy.surroundings.pass(120_000);
    await sellLantern(one);
    must(
      await copy.till.session.close({ counted: (copy.till.journal.state.report?.drawer.expected ?? 0) + 0 }),
    );
    must(await copy.till.session.open(10_000));
    const doubts: Doubt[] = [
      { register: 'S01-R1', session: 1, seq: 2, code: 'fork', detail: 'another record' },
    ];
    const documents = new MemoryDocuments();
    seedShop(documents);
    documents.receive({ class: 'organization' }, DEVICE);
    const two = await openTill({
      documents,
      register: R2,
      askRelay: async () => ({ ...RELAY, quarantine: doubts }),
    });
    documents.receive(JOURNAL, await one.documents.open(JOURNAL));
    documents.receiveApart(JOURNAL, await copy.documents.open(JOURNAL));
    const later = { ...JOURNAL, session: 2 };
    documents.receive(later, await copy.documents.open(later));
    await two.till.refresh();
    expect(two.till.exceptions.open).toMatchObject([{ kind: 'fork', register: 'S01-R1', seq: 2 }]);
  });

  it('[F11] show what they hold when an entry cannot be read', async () => {
    const [one] = await refundedTwice();
    one.documents.receive(DOCUMENT, { 'audit:2026-11-21T09:00:00.000Z:00': '{}', other: '{}' });
    expect([...one.till.exceptions.faults.keys()]).toHaveLength(2);
    expect(one.till.exceptions.open).toHaveLength(1);
    one.documents.receive(DOCUMENT, { other: undefined });
    expect([...one.till.exceptions.faults.keys()]).toHaveLength(1);
  });
});
