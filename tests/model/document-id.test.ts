import bs58check from 'bs58check';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeDocument,
  documentId,
  isOrganizationTag,
  parseDocumentId,
  type DocumentClass,
  type DocumentKey,
} from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { AssertionError } from '#model/result.ts';
import { ORG, REGISTER_ID, STORE_ID } from './support/shop.ts';
import { anyText } from './support/arbitraries.ts';

const tag = fc.stringMatching(/^[0-9a-f]{12}$/);
const store = fc.integer({ min: 1, max: 9999 }).map(storeId);
const register = fc.integer({ min: 1, max: 999 }).map(registerId);
const sequence = fc.integer({ min: 1, max: 0xffff_ffff });
const shard = fc.integer({ min: 0, max: 0xffff });

const plain = <Shape>(shape: { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> }) =>
  fc.record(shape, { noNullPrototype: true });

/** Keys of every class; the compiler asks for a new class here. */
const KEYS: { readonly [Class in DocumentClass]: fc.Arbitrary<Extract<DocumentKey, { class: Class }>> } = {
  organization: fc.constant({ class: 'organization' }),
  staff: fc.constant({ class: 'staff' }),
  catalog: plain({ class: fc.constant('catalog'), shard }),
  store: plain({ class: fc.constant('store'), store }),
  customers: plain({ class: fc.constant('customers'), shard }),
  session: plain({ class: fc.constant('session'), store, register, session: sequence }),
  basket: plain({ class: fc.constant('basket'), store, register, session: sequence }),
  parked: plain({ class: fc.constant('parked'), store, day: sequence }),
  'stock-book': plain({ class: fc.constant('stock-book'), store, month: sequence }),
  claims: plain({ class: fc.constant('claims'), store, register, day: sequence }),
  acknowledgements: plain({ class: fc.constant('acknowledgements'), store, register }),
  ledger: plain({ class: fc.constant('ledger'), shard }),
  exceptions: plain({ class: fc.constant('exceptions'), store }),
  'stock-summary': plain({
    class: fc.constant('stock-summary'),
    store,
    month: fc.integer({ min: 0, max: 0xfff_ffff }),
    shard: fc.integer({ min: 0, max: 15 }),
  }),
};
const anyKey: fc.Arbitrary<DocumentKey> = fc.oneof(...Object.values(KEYS));

describe('document ids', () => {
  test.each(Object.keys(KEYS) as DocumentClass[])(
    '[D1] the id of any %s document says what it is',
    (name) => {
      fc.assert(
        fc.property(tag, KEYS[name] as fc.Arbitrary<DocumentKey>, (organization, key) => {
          const id = documentId({ organization, key });
          expect(parseDocumentId(id)).toStrictEqual({ ok: true, value: { organization, key } });
          expect(describeDocument(key)).not.toBe('');
        }),
      );
    },
  );

  test('[D1] different documents have different ids, and different names for people', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        const ids = [a, b].map((key) => documentId({ organization: ORG, key }));
        expect(ids[0] === ids[1]).toBe(same);
        expect(describeDocument(a) === describeDocument(b)).toBe(same);
      }),
    );
  });

  test('[D1] the bytes are as the rule says', () => {
    const id = documentId({
      organization: ORG,
      key: { class: 'session', store: storeId(258), register: REGISTER_ID, session: 65_537 },
    });
    expect(Buffer.from(bs58check.decode(id)).toString('hex')).toBe('01060123456789ab0102000200010001');
  });

  test('[D1] what is no id of ours is told apart from what is no id at all', () => {
    const bytes = bs58check.decode(
      documentId({ organization: ORG, key: { class: 'store', store: STORE_ID } }),
    );
    const foreign = (index: number, value: number) => bs58check.encode(bytes.with(index, value));
    // Another format, another class, a byte this class does not use, a store number that does not exist.
    for (const id of [foreign(0, 2), foreign(1, 99), foreign(11, 1), foreign(15, 1), foreign(9, 0)])
      expect(parseDocumentId(id)).toStrictEqual({ ok: false, error: 'foreign-id' });
    for (const text of [
      '',
      'x',
      bs58check.encode(bytes.subarray(1)),
      `${bs58check.encode(bytes)}1`,
      'ü'.repeat(20),
    ])
      expect(parseDocumentId(text)).toStrictEqual({ ok: false, error: 'not-an-id' });
    const session = { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 } as const;
    const zero = bs58check.decode(documentId({ organization: ORG, key: session })).with(15, 0);
    expect(parseDocumentId(bs58check.encode(zero))).toStrictEqual({ ok: false, error: 'foreign-id' });
  });

  test('[D1] any 16 bytes are an id of ours in one spelling or a foreign one', () => {
    const bytes = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .chain((any) => fc.integer({ min: 0, max: 12 }).map((name) => any.with(0, 1).with(1, name)));
    fc.assert(
      fc.property(bytes, (any) => {
        const id = bs58check.encode(any);
        const read = parseDocumentId(id);
        expect(read.ok ? documentId(read.value) : read.error).toBe(read.ok ? id : 'foreign-id');
      }),
      { numRuns: 500 },
    );
  });

  test('[D1] any text is answered, never with an exception', () => {
    const base58 = fc.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(anyText, base58), (text) => {
        expect(parseDocumentId(text)).toStrictEqual({ ok: false, error: 'not-an-id' });
      }),
    );
  });

  test.each([
    [{ class: 'session', store: STORE_ID, register: REGISTER_ID, session: 0 }],
    [{ class: 'session', store: STORE_ID, register: REGISTER_ID, session: 2 ** 32 }],
    [{ class: 'catalog', shard: 65_536 }],
    [{ class: 'parked', store: STORE_ID, day: -1 }],
    [{ class: 'parked', store: STORE_ID, day: 1.5 }],
  ] satisfies [DocumentKey][])(
    '[D1] a number that does not fit is a bug, not another document: %o',
    (key) => {
      expect(() => documentId({ organization: ORG, key })).toThrow(AssertionError);
    },
  );

  test('[N3] an organization tag is 12 lower-case hex digits', () => {
    expect(
      ['0123456789ab', '0123456789AB', '0123456789', 'g123456789ab'].map(isOrganizationTag),
    ).toStrictEqual([true, false, false, false]);
    expect(() => documentId({ organization: 'nope', key: { class: 'staff' } })).toThrow(AssertionError);
  });
});
