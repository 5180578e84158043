import { describe, expect, test } from 'vitest';
import type { PriceRule } from '#model/pricing/price-rule.ts';
import { refusalSentence, tileSentence, type AnyRefusal } from '$lib/office/edit-words.ts';
import { createFormats } from '$lib/office/formats.ts';
import { PriceRuleForm } from '$lib/office/price-rule-form.svelte.ts';
import { ruleLimitWords, ruleScopeWords, type RuleNames } from '$lib/office/price-rule-words.ts';
import { overwriteGetLocale } from '$lib/paraglide/runtime.js';

overwriteGetLocale(() => 'en');

const NAMES: RuleNames = {
  formats: createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' }),
  product: (id) => `article ${id}`,
  department: (id) => `department ${id}`,
  store: (id) => `store ${id}`,
  tier: (id) => `tier ${id}`,
};
const TENTH: PriceRule = { id: 'one', change: { kind: 'percent', percent: '10' } };

describe('the form of a price rule', () => {
  test.each<Partial<PriceRule>>([
    {},
    { product: 'lamp', from: '10', priority: -2 },
    { department: 'home', tier: 'trade', store: 'S01' },
    { change: { kind: 'amount', amount: '0.5' } },
    { change: { kind: 'price', price: '9.99' } },
  ])('gives back what it was filled with: %o', (change) => {
    const rule = { ...TENTH, ...change };
    expect(new PriceRuleForm(rule).rule('one')).toEqual(rule);
  });

  test('gives no rule while what it is about is not chosen, and takes a comma', () => {
    const form = new PriceRuleForm(undefined);
    form.value = ' 12,5 ';
    expect(form.rule('one')).toEqual({ id: 'one', change: { kind: 'percent', percent: '12.5' } });
    form.scope = 'product';
    expect(form.rule('one')).toBeUndefined();
    form.product = 'lamp';
    expect(form.rule('one')).toMatchObject({ product: 'lamp' });
    // What was chosen under another scope is not written.
    form.scope = 'department';
    form.department = 'home';
    expect(form.rule('one')).not.toHaveProperty('product');
    form.priority = 'high';
    expect(form.rule('one')).toBeUndefined();
  });
});

describe('a price rule in words', () => {
  test.each<[Partial<PriceRule>, string, string]>([
    [{}, 'all articles', ''],
    [{ product: 'lamp', from: '10' }, 'article lamp', 'from 10 on'],
    [{ department: 'home', tier: 'trade' }, 'department home', 'for customers of tier trade'],
    [{ tier: 'trade', store: 'S01' }, 'all articles', 'for customers of tier trade; in store S01'],
  ])('%o', (change, scope, limits) => {
    const rule = { ...TENTH, ...change };
    expect([ruleScopeWords(rule, NAMES), ruleLimitWords(rule, NAMES)]).toEqual([scope, limits]);
  });
});

describe('a refusal of the office', () => {
  test.each<[AnyRefusal, string]>([
    [{ code: 'scope-twice' }, 'A rule is about an article or a department, not both.'],
    [{ code: 'tier-known' }, 'There is already Trade. Choose another name.'],
    [{ code: 'unknown-tier', id: 'gold' }, 'gold is not there any more. Someone else may have changed it.'],
    [{ code: 'percent-not-understood' }, 'The percentage is a number from 0 to 100 with at most 4 decimals.'],
    [
      { code: 'changed-meanwhile' },
      'Trade: someone else changed this since you began. Discard to see theirs, then do it again.',
    ],
  ])('%o has a sentence', (refusal, sentence) => {
    expect(refusalSentence(refusal, 'Trade')).toBe(sentence);
  });

  test('about a tile says what to do', () => {
    expect(tileSentence({ code: 'too-many-tiles', most: 60 })).toBe(
      'A grid has at most 60 tiles. Remove one first.',
    );
    expect(tileSentence({ code: 'tile-twice' })).not.toBe(tileSentence({ code: 'no-such-tile' }));
  });
});
