import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { readStoreEntry } from '#model/documents/store.ts';
import { ROUNDING_MODES } from '#model/money/rounding.ts';
import { priceBasket } from '#model/sale/pricing.ts';
import { COUNTRY_PRESETS, type CountryPreset } from '#model/settings/country-presets.ts';
import { presetSettings, presetTaxes, settingsOfPreset } from '#model/settings/preset-changes.ts';
import { applyPreset, resetSetting, setSetting, setStoreSetting } from '#model/settings/settings-commands.ts';
import {
  foundedByOrganization,
  foundedByStore,
  pricingOf,
  settingsOf,
  sourceOf,
  storeInForce,
} from '#model/settings/settings-of.ts';
import {
  DEFAULT_SETTINGS,
  readSettingEntry,
  SETTING_NAMES,
  settingKey,
  settingText,
  STORE_SETTINGS,
  writtenSettings,
  type SettingEntry,
  type SettingName,
  type WrittenSettings,
} from '#model/settings/settings.ts';
import type { MeasureRule } from '#model/catalog/measure-code.ts';
import { REGION_MEASURE_RULES } from '#model/catalog/measure-regions.ts';
import { shelfRules } from '#model/settings/shelf-codes.ts';
import { STORE } from './support/shop.ts';
import { doing, NOTHING_SET, settingsBook, valueOf } from './support/office.ts';

const PATTERNS: readonly MeasureRule[] = [{ pattern: '21IIIIINNDDDC', measure: 'weight' }];

/** Some settings with values of the right shape. */
const someSettings: fc.Arbitrary<WrittenSettings> = fc.record(
  {
    taxRounding: fc.constantFrom('receipt', 'line', 'total'),
    roundingMode: fc.constantFrom(...ROUNDING_MODES),
    exactLines: fc.boolean(),
    cashRounding: fc.option(
      fc.record({ step: fc.integer({ min: 1, max: 100 }), mode: fc.constant('half-up') }),
    ),
    receiptHeader: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
    signOutMinutes: fc.integer({ min: 1, max: 480 }),
    country: fc.option(fc.constantFrom('GB', 'CH')),
    discountReasons: fc.constantFrom([], ['Damaged']),
    layawayFee: fc.constantFrom(null, { kind: 'percent', percent: 10 }),
    drawers: fc.constantFrom([], [{ name: 'Left' }, { name: 'Bar', register: 'R2' }]),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<WrittenSettings>;

function presetOf(country: string) {
  const value = COUNTRY_PRESETS.get(country);
  return value ? ({ ok: true, value } as const) : ({ ok: false, error: country } as const);
}

/** What a change writes, read as the programs read it. */
function writtenBy(change: Readonly<Record<string, string | undefined>>): WrittenSettings {
  const entries: SettingEntry[] = [];
  for (const [key, text = ''] of Object.entries(change)) {
    const read = readOrganizationEntry(key, text);
    if (!read.ok) throw new Error(`${key}: ${read.error.detail}`);
    if (read.value.kind === 'settings') entries.push(read.value.value);
  }
  return writtenSettings(entries);
}

describe('settings of a store', () => {
  test('[O1] are its own, else the organization’s, else the defaults, name by name', () => {
    fc.assert(
      fc.property(someSettings, someSettings, (organization, store) => {
        const settings = settingsOf({ founded: {}, written: organization }, { founded: {}, written: store });
        for (const name of SETTING_NAMES) {
          const own = STORE_SETTINGS.includes(name) ? store[name] : undefined;
          const said = [own, organization[name], DEFAULT_SETTINGS[name]].find((value) => value !== undefined);
          expect(settings[name]).toEqual(said);
        }
      }),
    );
  });

  test('[O1] what was set counts before what the foundation said, in the same place', () => {
    const organization = {
      founded: foundedByOrganization({
        currency: 'GBP',
        language: 'es',
        taxRounding: 'line',
        cashRounding: { step: 5, mode: 'half-up' },
      }),
      written: { taxRounding: 'total' } as const,
    };
    const store = {
      founded: foundedByStore({ header: ['12 High Street'], footer: [], signOutMinutes: 3 }),
      written: { signOutMinutes: 30 },
    };
    expect(settingsOf(organization, store)).toEqual({
      ...DEFAULT_SETTINGS,
      language: 'es',
      taxRounding: 'total',
      cashRounding: { step: 5, mode: 'half-up' },
      receiptHeader: ['12 High Street'],
      signOutMinutes: 30,
    });
    const back = { ...store, written: { signOutMinutes: undefined } };
    expect(settingsOf(organization, back).signOutMinutes).toBe(10);
    expect(sourceOf('signOutMinutes', organization, store)).toBe('store');
    expect(sourceOf('signOutMinutes', organization, back)).toBe('default');
    expect(sourceOf('taxRounding', organization, store)).toBe('organization');
  });

  test('[O1, R8, R13] what the till reminds of is the store’s entry until a setting says otherwise, "none" too', () => {
    const store = { ...STORE, closeReminder: '20:30', drawerLimit: 50_000 };
    const settingsWith = (organization: WrittenSettings, written: WrittenSettings) =>
      settingsOf({ founded: {}, written: organization }, { founded: foundedByStore(store), written });
    expect(storeInForce(store, settingsWith({ drawerLimit: 900 }, {}))).toEqual(store);
    expect(storeInForce(store, settingsWith({}, { drawerLimit: 700, closeReminder: '21:00' }))).toEqual({
      ...store,
      drawerLimit: 700,
      closeReminder: '21:00',
    });
    expect(storeInForce(store, settingsWith({}, { drawerLimit: null, closeReminder: null }))).toEqual(STORE);
    const asShop = settingsWith({ drawerLimit: 900 }, { drawerLimit: undefined });
    expect(storeInForce(store, asShop).drawerLimit).toBe(900);
  });

  test.each<[string, WrittenSettings, WrittenSettings, boolean, string | undefined]>([
    ['its own country where nobody says anything', {}, {}, false, 'GB'],
    ['the organization’s setting before its own country', { shelfCodes: 'DE' }, {}, false, 'DE'],
    ['the organization’s "none" before its own country', { shelfCodes: null }, {}, false, undefined],
    ['its own setting before everything', { shelfCodes: 'DE' }, { shelfCodes: 'SE' }, true, 'SE'],
    ['its own "none" before everything', { shelfCodes: 'DE' }, { shelfCodes: null }, true, undefined],
    ['the organization’s when it asks for it', { shelfCodes: 'DE' }, { shelfCodes: undefined }, true, 'DE'],
    ['its own country when it asks for what nobody said', {}, { shelfCodes: undefined }, true, 'GB'],
  ])('[B4, O1] reads shelf codes by %s', (_, organization, store, hasPatterns, country) => {
    const rules = shelfRules({
      organization: { founded: {}, written: organization },
      store: { founded: {}, written: store },
      patterns: hasPatterns ? PATTERNS : undefined,
      country: 'GB',
    });
    expect(rules).toEqual(REGION_MEASURE_RULES.get(country ?? '') ?? []);
  });

  test('[B4, O3] keeps a store’s own patterns when the organization names a country', () => {
    const organization = { founded: {}, written: { shelfCodes: 'DE' } };
    expect(shelfRules({ organization, store: NOTHING_SET, patterns: PATTERNS, country: 'GB' })).toBe(
      PATTERNS,
    );
    expect(
      shelfRules({ organization: NOTHING_SET, store: NOTHING_SET, patterns: undefined, country: 'FR' }),
    ).toEqual([]);
  });

  test('[O1] "none" of a store is a value of its own, not the organization’s', () => {
    const organization = { founded: {}, written: { cashRounding: { step: 5, mode: 'half-up' } } } as const;
    const store = { founded: {}, written: { cashRounding: null } };
    expect(settingsOf(organization, store).cashRounding).toBeNull();
    expect(sourceOf('cashRounding', organization, store)).toBe('store');
  });

  test('[O1] read back from their entries, in both documents', () => {
    fc.assert(
      fc.property(someSettings, (settings) => {
        for (const [name, value] of Object.entries(settings) as [SettingName, never][]) {
          const key = settingKey(name);
          const read = readSettingEntry(key, settingText(value));
          expect(read).toEqual({ ok: true, value: { name, value } });
          expect(readStoreEntry(key, settingText(value))).toMatchObject({
            ok: true,
            value: { kind: 'settings' },
          });
          expect(readOrganizationEntry(key, settingText(undefined))).toMatchObject({
            ok: true,
            value: { kind: 'settings', value: { name, value: undefined } },
          });
        }
      }),
    );
  });

  test('[O2, D5] an entry that cannot be read is a fault and says nothing', () => {
    const faults = [
      ['settings:colour', '{"value":"red"}', 'unknown-key'],
      ['settings:signOutMinutes', '{"value":0}', 'bad-shape'],
      ['settings:cashRounding', '{"value":{"step":0,"mode":"half-up"}}', 'bad-shape'],
      ['settings:language', 'en', 'not-json'],
    ] as const;
    for (const [key, text, code] of faults)
      expect(readSettingEntry(key, text)).toMatchObject({ ok: false, error: { key, code } });
  });
});

describe('changing a setting', () => {
  test('[O5] is for who may edit settings of the whole organization, with its audit entry', () => {
    const wanted = { name: 'signOutMinutes', value: 5 } as const;
    for (const by of ['ana', 'max', 'nobody'])
      expect(setSetting(settingsBook(), wanted, doing(by))).toEqual({
        ok: false,
        error: { code: 'not-permitted', permission: 'settings.edit' },
      });
    const change = valueOf(setSetting(settingsBook(), wanted, doing()));
    expect(writtenBy(change)).toEqual({ signOutMinutes: 5 });
    expect(change[`audit:${doing().at}:${doing().auditId}`]).toContain('"what":"setting.edit"');
  });

  test('[O5] refuses a value of the wrong shape and says which', () => {
    expect(setSetting(settingsBook(), { name: 'signOutMinutes', value: 0 }, doing())).toMatchObject({
      ok: false,
      error: { code: 'bad-setting', setting: 'signOutMinutes' },
    });
    const wrong = { name: 'closeReminder', value: '25:00' } as const;
    expect(setStoreSetting(settingsBook(), 'S01', wrong, doing())).toMatchObject({
      ok: false,
      error: { code: 'bad-setting' },
    });
  });

  test('[O1] of a store can be its own or the organization’s; some are the organization’s alone', () => {
    const book = settingsBook();
    const own = valueOf(setStoreSetting(book, 'S01', { name: 'language', value: 'es' }, doing()));
    expect(writtenBy(own)).toEqual({ language: 'es' });
    const back = valueOf(setStoreSetting(book, 'S01', { name: 'language', value: undefined }, doing()));
    expect(back[settingKey('language')]).toBe('{}');
    expect(setStoreSetting(book, 'S09', { name: 'language', value: 'es' }, doing())).toMatchObject({
      error: { code: 'unknown-store' },
    });
    expect(setStoreSetting(book, 'S01', { name: 'country', value: 'CH' }, doing())).toMatchObject({
      error: { code: 'not-of-a-store', setting: 'country' },
    });
  });

  test('[O1] can be taken back, so that the foundation’s word holds again', () => {
    const change = valueOf(resetSetting(settingsBook(), 'taxRounding', doing()));
    expect(Object.entries(change).filter(([, text]) => text === undefined)).toEqual([
      ['settings:taxRounding', undefined],
    ]);
    expect(resetSetting(settingsBook(), 'taxRounding', doing('ana')).ok).toBe(false);
  });
});

describe('a country’s preset', () => {
  const presets = [...COUNTRY_PRESETS.values()];
  const CH = valueOf(presetOf('CH'));
  const anyPreset = fc.constantFrom<CountryPreset>(...presets);

  test('[O3] applied once more writes nothing, whatever was set before', () => {
    fc.assert(
      fc.property(someSettings, anyPreset, (written, preset) => {
        const before = settingsBook({ organizationSettings: { founded: {}, written } });
        const change = applyPreset(before, preset, doing());
        const after = { ...written, ...(change.ok ? writtenBy(change.value) : {}) };
        const again = settingsBook({ organizationSettings: { founded: {}, written: after } });
        expect(settingsOf(again.organizationSettings)).toMatchObject(settingsOfPreset(preset));
        expect(applyPreset(again, preset, doing())).toEqual({
          ok: false,
          error: { code: 'nothing-to-change' },
        });
      }),
    );
  });

  test('[O3] says before what it will change, and changes nothing else', () => {
    fc.assert(
      fc.property(someSettings, anyPreset, (written, preset) => {
        const place = { founded: {}, written };
        const shown = presetSettings(settingsOf(place), preset);
        const change = applyPreset(settingsBook({ organizationSettings: place }), preset, doing());
        const made = change.ok ? writtenBy(change.value) : {};
        expect(Object.keys(made).toSorted()).toEqual(shown.map(({ name }) => name).toSorted());
        for (const { name, after } of shown) expect(made[name]).toEqual(after);
      }),
    );
  });

  test('[O3] adds the taxes that are not there and leaves the others as they are', () => {
    const [first, ...others] = CH.taxes;
    const known = new Map(first ? [[first.id, { ...first, rate: '7.7' }]] : []);
    expect(presetTaxes(known, CH)).toEqual(others);
    expect(presetTaxes(new Map(CH.taxes.map((tax) => [tax.id, tax])), CH)).toEqual([]);
  });

  test('[O3] is for who may edit settings', () => {
    expect(applyPreset(settingsBook(), CH, doing('ana'))).toMatchObject({
      error: { code: 'not-permitted', permission: 'settings.edit' },
    });
  });

  test('[O4] decides by what a basket is priced from then on', () => {
    const line = { product: 'a', sku: 'a', name: 'A', quantity: '1', price: '10.005', taxes: [] };
    const basket = { id: 'b', lines: [line] };
    const priced = (written: WrittenSettings) =>
      priceBasket(basket, { currency: 'EUR', ...pricingOf(settingsOf({ founded: {}, written })) });
    expect(priced({}).total).toBe(1001);
    expect(priced({ taxRounding: 'total', exactLines: true, roundingMode: 'half-down' }).total).toBe(1000);
    expect(pricingOf(settingsOf(NOTHING_SET))).not.toHaveProperty('cashRounding');
  });
});
