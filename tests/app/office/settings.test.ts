import { describe, expect, test } from 'vitest';
import { registerId } from '#model/ids/register-id.ts';
import { editProduct } from '#model/catalog/product-commands.ts';
import { AFTER_SALE, DEFAULT_SETTINGS } from '#model/settings/settings.ts';
import { drawerLines, readDrawerLines } from '../../../app/lib/office/drawer-lines.ts';
import { cashExamples, taxExamples } from '../../../app/lib/office/rounding-examples.ts';
import { feeText, readFee } from '../../../app/lib/office/layaway-fee-text.ts';
import { SettingsDesk } from '../../../app/lib/office/settings-desk.svelte.ts';
import { settingValueWords } from '../../../app/lib/office/setting-words.ts';
import { m } from '../../../app/lib/paraglide/messages.js';
import { S01 } from '../../model/support/office.ts';
import { json, LAMP, LAMP_DOCUMENT, startOffice } from './office-fixture.ts';

describe('settings in the office', () => {
  test('[O1] a store takes the organization’s until it has its own, and takes it again', async () => {
    const { office, documents } = await startOffice();
    const whole = new SettingsDesk(office, () => undefined);
    const store = new SettingsDesk(office, () => S01);
    expect(await whole.set({ name: 'cashRounding', value: { step: 5, mode: 'half-up' } })).toBe(true);
    expect(store.settings.cashRounding).toEqual({ step: 5, mode: 'half-up' });
    expect(await store.set({ name: 'cashRounding', value: null })).toBe(true);
    expect(store.settings.cashRounding).toBeNull();
    expect(whole.settings.cashRounding).not.toBeNull();
    expect(store.sourceOf('cashRounding')).toBe('store');
    await store.follow('cashRounding');
    expect(store.sourceOf('cashRounding')).toBe('organization');
    const own = await documents.open({ class: 'store', store: S01 });
    expect(Object.keys(own).filter((key) => key.startsWith('audit:'))).toHaveLength(2);
  });

  test('[O1] what the foundation said of a store is its own until it takes the organization’s', async () => {
    const { office } = await startOffice();
    const store = new SettingsDesk(office, () => S01);
    expect(store.settings.receiptHeader).toEqual(['12 High Street']);
    await store.follow('receiptHeader');
    expect(store.settings.receiptHeader).toEqual([]);
  });

  test('every setting says for itself what became of it', async () => {
    const { office, documents } = await startOffice();
    const desk = new SettingsDesk(office, () => undefined);
    await desk.set({ name: 'signOutMinutes', value: 5 });
    expect(desk.said('signOutMinutes')).toMatchObject({ meaning: 'done' });
    expect(desk.said('language')).toBeUndefined();
    documents.setConnected(false);
    await desk.set({ name: 'language', value: 'es' });
    expect(desk.said('language')).toMatchObject({ meaning: 'attention' });
    expect(await desk.set({ name: 'signOutMinutes', value: 0 })).toBe(false);
    expect(desk.said('signOutMinutes')).toMatchObject({ meaning: 'danger' });
    office.signIn.signOut();
    expect(await desk.set({ name: 'language', value: 'en' })).toBe(false);
  });

  test('[O6] a price that changes elsewhere is the one the next edit goes by', async () => {
    const { office, documents } = await startOffice();
    documents.receive(LAMP_DOCUMENT, { 'product:lamp:price': json({ price: '12', taxes: [] }) });
    expect(office.shop.products.map(({ price }) => price)).toEqual(['12']);
    const fields = { ...LAMP, name: 'Big lamp', price: '12', taxes: [], department: undefined };
    const edited = await office.edit(office.productDocument('lamp'), (book, doing) =>
      editProduct(book, 'lamp', fields, doing),
    );
    expect(edited.ok).toBe(true);
    expect(office.shop.catalog.products.get('lamp')).toMatchObject({ name: 'Big lamp', price: '12' });
    const entries = await documents.open(LAMP_DOCUMENT);
    expect(Object.values(entries).some((text) => text.includes('"product.edit"'))).toBe(true);
    documents.receive(LAMP_DOCUMENT, { 'product:lamp:price': undefined });
    expect(office.shop.products).toEqual([]);
  });
});

describe('examples of rounding', () => {
  test('[Y6, Y7] are nine amounts around the steps, as the model rounds them', () => {
    const swiss = cashExamples({ step: 5, mode: 'half-up' });
    expect(swiss.map(({ due }) => due)).toEqual([101, 102, 103, 104, 105, 106, 107, 108, 109]);
    expect(swiss.map(({ paid }) => paid)).toEqual([100, 100, 105, 105, 105, 105, 105, 110, 110]);
    const swedish = cashExamples({ step: 100, mode: 'half-up', change: 'half-down' });
    expect(swedish.map(({ paid }) => paid)).toEqual([1000, 1000, 1000, 1000, 1100, 1100, 1100, 1100, 1100]);
    expect(cashExamples(null).every(({ due, paid }) => due === paid)).toBe(true);
  });

  test('[T2, T10] show that the ways of rounding differ', () => {
    const examples = taxExamples(DEFAULT_SETTINGS, 'GBP');
    expect(examples.map(({ rounding, tax }) => [rounding, tax])).toEqual([
      ['receipt', 52],
      ['line', 51],
      ['total', 52],
    ]);
    for (const { net, tax, total } of examples) expect(net + tax).toBe(total);
  });

  test('[R14] drawers are typed a line each, those of one register behind its name', () => {
    const read = readDrawerLines(' Left \n\nr2 : Bar\nR3:Side');
    expect(read).toEqual([
      { name: 'Left' },
      { name: 'Bar', register: 'R2' },
      { name: 'Side', register: 'R3' },
    ]);
    expect(drawerLines(read ?? [])).toBe('Left\nR2: Bar\nR3: Side');
    expect(readDrawerLines('')).toEqual([]);
    const refused = ['A\nB\nC', 'A\nA', 'A\nB\nR2: C', 'R2: A\nR2: A', 'R2:', 'x'.repeat(41)];
    expect(refused.map(readDrawerLines)).toEqual(refused.map(() => undefined));
  });

  test('a setting’s value is said in words', () => {
    const formats = { money: (amount: number) => `£${(amount / 100).toFixed(2)}`, language: 'en' };
    expect(settingValueWords('cashRounding', null, formats)).toBe('none');
    expect(settingValueWords('cashRounding', { step: 5, mode: 'down', change: 'half-up' }, formats)).toBe(
      'to £0.05 · always down · change half up',
    );
    expect(settingValueWords('country', 'CH', formats)).toBe('Switzerland');
    expect(settingValueWords('slidePictures', [], formats)).toBe('none');
    expect(settingValueWords('slidePictures', ['A'.repeat(43)], formats)).toBe('1');
    expect(settingValueWords('receiptHeader', ['a', 'b'], formats)).toBe('a · b');
    expect(settingValueWords('drawerLimit', 50_000, formats)).toBe('£500.00');
    const drawers = [{ name: 'Left' }, { name: 'Bar', register: registerId(2) }];
    expect(settingValueWords('drawers', drawers, formats)).toBe('Left · R2: Bar');
    expect(settingValueWords('drawers', [], formats)).toBe('none');
    const fees = [null, { kind: 'percent', percent: 10 }, { kind: 'amount', amount: 500 }] as const;
    expect(fees.map((fee) => settingValueWords('layawayFee', fee, formats))).toEqual([
      'none',
      '10 %',
      '£5.00',
    ]);
    expect(fees.map((fee) => feeText(fee, 'GBP'))).toEqual(['', '10 %', '5.00']);
    expect(['', '10%', '5', '0', '101 %', 'x'].map((text) => readFee(text, 'GBP'))).toEqual([
      ...fees,
      undefined,
      undefined,
      undefined,
    ]);
    expect(settingValueWords('keepNet', true, formats)).toBe('Yes');
    expect(AFTER_SALE.map((value) => settingValueWords('afterSale', value, formats))).toEqual([
      m.office_after_sale_print(),
      m.office_after_sale_ask(),
      m.office_after_sale_none(),
    ]);
  });
});
