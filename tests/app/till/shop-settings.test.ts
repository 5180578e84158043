import { describe, expect, it } from 'vitest';
import { masterEntry } from '#model/documents/catalog.ts';
import { pictureAddress, pictureOf } from '#model/catalog/picture.ts';
import { offlineRedeemLimit } from '#model/ledger/value-settings.ts';
import { discountReasons } from '../../../app/lib/till/discount-reasons.ts';
import { shownSale, slidePictures } from '../../../app/lib/display/shown-sale.ts';
import { returnReasons } from '../../../app/lib/till/return-reasons.ts';
import { m } from '../../../app/lib/paraglide/messages.js';
import { must, openTill, S01, setSetting as set } from './till-fixture.ts';

describe('settings of the office at the till', () => {
  it('[O1, R8, R13] say when it reminds of closing and of a full drawer', async () => {
    const bench = await openTill();
    const { till, surroundings } = bench;
    set(bench, 'organization', 'drawerLimit', 5_000);
    expect(till.reminders).toEqual({ close: false, drawerLimit: 5_000 });
    set(bench, 'store', 'drawerLimit', 10_000);
    expect(till.reminders).toEqual({ close: false });
    set(bench, 'store', 'drawerLimit', 9_999);
    // Nine in the morning in London is three in Mexico City, where the shop is.
    set(bench, 'store', 'closeReminder', '03:30');
    expect(till.reminders).toEqual({ close: false, drawerLimit: 9_999 });
    surroundings.pass(30 * 60_000);
    expect(till.reminders).toEqual({ close: true, drawerLimit: 9_999 });
    set(bench, 'store', 'closeReminder', null);
    expect(till.reminders.close).toBe(false);
  });

  it('[O2] name the reasons for a discount, else the till offers its own', async () => {
    const bench = await openTill();
    const { shop } = bench.till;
    const usual = [m.discount_reason_1(), m.discount_reason_2(), m.discount_reason_3()];
    expect(discountReasons(shop.settings)).toEqual(usual);
    set(bench, 'organization', 'discountReasons', ['Staff', 'Damaged', 'Staff']);
    expect(discountReasons(shop.settings)).toEqual(['Staff', 'Damaged']);
    set(bench, 'store', 'discountReasons', []);
    expect(discountReasons(shop.settings)).toEqual(usual);
  });

  it('[O10] name the reasons for a return, else the till offers its own', async () => {
    const bench = await openTill();
    const { shop } = bench.till;
    expect(returnReasons(shop.settings)).toHaveLength(4);
    set(bench, 'organization', 'returnReasons', ['Broken', 'Broken', 'Too small']);
    expect(returnReasons(shop.settings)).toEqual(['Broken', 'Too small']);
    set(bench, 'store', 'returnReasons', []);
    expect(returnReasons(shop.settings)).toContain(m.return_reason_2());
  });

  it('[C17] name the pictures between sales, of which those are shown that are here and what their ids name', async () => {
    const bench = await openTill();
    const { shop } = bench.till;
    const made = (mark: number) => must(pictureOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, mark)));
    const [one, two, late] = [made(1), made(2), made(3)];
    const put = (id: string, { picture: value }: typeof one) => {
      const { key, text } = masterEntry({ kind: 'slide', id, value });
      bench.documents.receive({ class: 'catalog', shard: 1 }, { [key]: text });
    };
    put(one.id, one);
    put(two.id, one);
    set(bench, 'organization', 'slidePictures', [two.id, late.id, one.id]);
    expect(slidePictures(shop)).toEqual([pictureAddress(one.picture)]);
    put(late.id, late);
    expect(slidePictures(shop)).toEqual([pictureAddress(late.picture), pictureAddress(one.picture)]);
    bench.documents.receive({ class: 'catalog', shard: 1 }, { [`slide:${one.id}`]: undefined });
    expect(slidePictures(shop)).toEqual([pictureAddress(late.picture)]);
    set(bench, 'store', 'slidePictures', []);
    expect(slidePictures(shop)).toEqual([]);
  });

  it('[O10, P7, U8, G9] reach the display, the points and the limit of cards at once', async () => {
    const bench = await openTill();
    const { till } = bench;
    set(bench, 'organization', 'slides', ['Open on Sunday']);
    expect(shownSale(till)).toMatchObject({ phase: 'idle', slides: ['Open on Sunday'] });
    expect(till.sale.rules.loyalty).toBeUndefined();
    set(bench, 'organization', 'loyalty', { earnPer: 100, redeemValue: 2 });
    expect(till.sale.rules.loyalty).toEqual({ earnPer: 100, redeemValue: 2 });
    expect(till.accounts.loyalty).toEqual({ earnPer: 100, redeemValue: 2 });
    set(bench, 'organization', 'loyalty', null);
    expect(till.accounts.loyalty).toBeUndefined();
    const limit = () => offlineRedeemLimit(till.value.settings, till.sale.rules.currency);
    expect(limit()).toBe(5000);
    set(bench, 'organization', 'offlineRedeemLimit', 0);
    expect(limit()).toBe(0);
  });

  it('[B4, O1] name the country by whose rules a code from a scale is read', async () => {
    const bench = await openTill();
    const { shop } = bench.till;
    const patterns = () => shop.measureRules(S01).map(({ pattern }) => pattern);
    expect(patterns()).toEqual(['20IIIIIVNNDDC']);
    set(bench, 'organization', 'shelfCodes', 'US');
    expect(patterns()).toEqual(['2IIIIIVNNDDC']);
    set(bench, 'store', 'shelfCodes', null);
    expect(patterns()).toEqual([]);
    set(bench, 'store', 'shelfCodes', undefined);
    expect(patterns()).toEqual(['2IIIIIVNNDDC']);
  });
});
