import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, STORE_SETTINGS, readSettingEntry } from '#model/settings/settings.ts';
import {
  foundedByOrganization,
  foundedByStore,
  pricingOf,
  settingsOf,
  sourceOf,
  valueSettingsOf,
} from '#model/settings/settings-of.ts';
import { setSetting, setStoreSetting } from '#model/settings/settings-commands.ts';
import { layawayDays, layawayPercent, offlineRedeemLimit } from '#model/ledger/value-settings.ts';
import { doing, NOTHING_SET, settingsBook, valueOf } from './support/office.ts';

const FOUNDATION = { currency: 'GBP', language: 'en', taxRounding: 'receipt' } as const;
const LOYALTY = { earnPer: 100, redeemValue: 1, tiers: [{ tier: 'trade', from: 500 }], expiryDays: 365 };
const BOOK = settingsBook();

describe('what holds wherever a customer comes with points, a card or a layaway', () => {
  test('[O10] is what the foundation said until somebody sets it, "none" too', () => {
    const founded = foundedByOrganization({
      ...FOUNDATION,
      loyalty: LOYALTY,
      value: { offlineRedeemLimit: { GBP: 100, EUR: 7 }, layawayPercent: 30 },
    });
    expect(settingsOf({ founded, written: {} })).toEqual({
      ...DEFAULT_SETTINGS,
      loyalty: LOYALTY,
      offlineRedeemLimit: 100,
      layawayPercent: 30,
    });
    const written = { loyalty: null, layawayPercent: 50 };
    expect(settingsOf({ founded, written })).toMatchObject({ ...written, offlineRedeemLimit: 100 });
    expect(sourceOf('layawayDays', { founded, written }, undefined)).toBe('default');
  });

  test('[O10, G9, G10] without a foundation and a setting is as the rules of value say', () => {
    const value = valueSettingsOf(settingsOf(NOTHING_SET), 'GBP');
    expect(offlineRedeemLimit(value, 'GBP')).toBe(offlineRedeemLimit(undefined, 'GBP'));
    expect(layawayPercent(value)).toBe(layawayPercent(undefined));
    expect(layawayDays(value)).toBe(layawayDays(undefined));
  });

  test('[O10, U8] decides by what a basket earns points; none earns none', () => {
    expect(pricingOf({ ...DEFAULT_SETTINGS, loyalty: LOYALTY }).loyalty).toEqual(LOYALTY);
    expect(pricingOf(DEFAULT_SETTINGS)).not.toHaveProperty('loyalty');
  });

  test.each(['loyalty', 'offlineRedeemLimit', 'layawayPercent', 'layawayDays'] as const)(
    '[O10] %s is of the organization alone',
    (name) => {
      expect(STORE_SETTINGS).not.toContain(name);
      const wanted = { name, value: DEFAULT_SETTINGS[name] } as Parameters<typeof setStoreSetting>[2];
      expect(setStoreSetting(BOOK, 'S01', wanted, doing())).toMatchObject({
        ok: false,
        error: { code: 'not-of-a-store' },
      });
    },
  );

  test.each([
    { name: 'loyalty', value: { earnPer: 0, redeemValue: 1 } },
    { name: 'offlineRedeemLimit', value: -1 },
    { name: 'layawayPercent', value: 101 },
    { name: 'layawayDays', value: 0 },
    { name: 'returnReasons', value: ['x'.repeat(61)] },
    { name: 'slides', value: ['x'.repeat(121)] },
  ] as const)('[O5] [O10] $name is not set to $value', (wanted) => {
    const made = setSetting(BOOK, wanted as Parameters<typeof setSetting>[1], doing());
    expect(made).toMatchObject({ ok: false, error: { code: 'bad-setting', setting: wanted.name } });
  });

  test('[O10] what is set is read back as it was', () => {
    const loyalty = fc.record({
      earnPer: fc.integer({ min: 1, max: 100_000 }),
      redeemValue: fc.integer({ min: 1, max: 1000 }),
      expiryDays: fc.integer({ min: 1, max: 3650 }),
    });
    fc.assert(
      fc.property(loyalty, (value) => {
        const change = valueOf(setSetting(BOOK, { name: 'loyalty', value }, doing()));
        const text = change['settings:loyalty'] ?? '';
        expect(readSettingEntry('settings:loyalty', text)).toEqual({
          ok: true,
          value: { name: 'loyalty', value },
        });
      }),
    );
  });
});

describe('what a store shows and offers', () => {
  test('[O10, P7] between sales is what its entry said until a setting says otherwise', () => {
    const founded = foundedByStore({ header: [], footer: [], slides: ['Tea is here'] });
    expect(settingsOf(NOTHING_SET, { founded, written: {} }).slides).toEqual(['Tea is here']);
    expect(settingsOf(NOTHING_SET, { founded, written: { slides: [] } }).slides).toEqual([]);
    const organization = { founded: {}, written: { slides: ['Open on Sunday'] } };
    expect(settingsOf(organization, NOTHING_SET).slides).toEqual(['Open on Sunday']);
  });

  test('[O10] as reasons for returns is its own, else the organization’s', () => {
    const organization = { founded: {}, written: { returnReasons: ['Broken'] } };
    const store = { founded: {}, written: { returnReasons: ['Too small'] } };
    expect(settingsOf(organization).returnReasons).toEqual(['Broken']);
    expect(settingsOf(organization, store).returnReasons).toEqual(['Too small']);
  });
});
