import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { DocumentAddress, DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { challengeText, isPeerIdOf, type Meeting } from '#model/trust/challenge.ts';
import { deviceSchema, deviceStanding, type Device } from '#model/trust/device.ts';
import { mayRead, mayWrite, writeRight, type RightsHolder } from '#model/trust/rights.ts';
import { mayHaveSigned } from '#model/trust/signer.ts';
import { isVouchedFor, voucherText } from '#model/trust/voucher.ts';
import { countersignText } from '#model/documents/acknowledgements.ts';

const ORGANIZATION = 'a1b2c3d4e5f6';
const place = (store: number, register: number) => ({
  store: storeId(store),
  register: registerId(register),
});

const KEYS: readonly DocumentKey[] = [
  { class: 'organization' },
  { class: 'staff' },
  { class: 'catalog', shard: 0 },
  { class: 'store', store: storeId(1) },
  { class: 'customers', shard: 0 },
  { class: 'session', ...place(1, 1), session: 4 },
  { class: 'basket', ...place(1, 1), session: 4 },
  { class: 'parked', store: storeId(1), day: 1 },
  { class: 'stock-book', store: storeId(1), month: 1 },
  { class: 'claims', ...place(1, 1), day: 1 },
  { class: 'acknowledgements', ...place(1, 1) },
  { class: 'ledger', shard: 3 },
  { class: 'exceptions', store: storeId(1) },
  { class: 'stock-summary', store: storeId(1), month: 682, shard: 3 },
];
const at = (key: DocumentKey, organization = ORGANIZATION): DocumentAddress => ({ organization, key });
const holder = (role: RightsHolder['role'], store?: number, register?: number): RightsHolder => ({
  role,
  organization: ORGANIZATION,
  store: store === undefined ? undefined : storeId(store),
  register: register === undefined ? undefined : registerId(register),
});
const writes = (device: RightsHolder) =>
  KEYS.filter((key) => mayWrite(device, at(key))).map((key) => key.class);

describe('[E4] who may write what', () => {
  test.each([
    [
      'a till, in its own register',
      holder('terminal', 1, 1),
      ['customers', 'session', 'basket', 'parked', 'claims', 'ledger', 'exceptions'],
    ],
    [
      'a till, in another register of its store',
      holder('terminal', 1, 2),
      ['customers', 'parked', 'ledger', 'exceptions'],
    ],
    ['a till, in another store', holder('terminal', 2, 1), ['customers', 'ledger']],
    [
      'a store’s back office',
      holder('back-office', 1),
      ['store', 'customers', 'parked', 'stock-book', 'ledger', 'exceptions'],
    ],
    [
      'head office’s back office',
      holder('back-office'),
      ['organization', 'staff', 'catalog', 'store', 'customers', 'stock-book', 'ledger', 'exceptions'],
    ],
    [
      'a store’s relay',
      holder('relay', 1, 2),
      ['store', 'customers', 'session', 'basket', 'parked', 'stock-book', 'claims', 'ledger', 'exceptions'],
    ],
    ['another store’s relay', holder('relay', 2, 1), ['customers', 'ledger']],
    ['head office', holder('hq'), KEYS.map((key) => key.class)],
    ['the indexer', holder('indexer'), []],
  ])('%s', (_who, device, classes) => {
    expect(writes(device)).toEqual(classes);
  });

  test('nobody writes what it may not read, and nobody reaches into another organization', () => {
    const roles = fc.constantFrom<RightsHolder['role']>('hq', 'relay', 'terminal', 'back-office', 'indexer');
    const number = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
    fc.assert(
      fc.property(roles, number, number, fc.constantFrom(...KEYS), (role, store, register, key) => {
        const device = holder(role, store, register);
        expect(mayWrite(device, at(key)) && !mayRead(device, at(key))).toBe(false);
        expect(mayRead(device, at(key, 'ffffffffffff'))).toBe(false);
        expect(mayWrite(device, at(key, 'ffffffffffff'))).toBe(false);
      }),
    );
  });
});

describe('[E3] who may read what', () => {
  test('a till reads its organization and its store, head office and the indexer every store', () => {
    const other: DocumentKey = { class: 'session', ...place(2, 1), session: 1 };
    expect(KEYS.every((key) => mayRead(holder('terminal', 1, 2), at(key)))).toBe(true);
    expect(mayRead(holder('terminal', 1, 2), at(other))).toBe(false);
    expect(mayRead(holder('hq'), at(other))).toBe(true);
    expect(mayRead(holder('indexer'), at(other))).toBe(true);
  });
});

describe('[E12] what every store has in stock', () => {
  const summary: DocumentKey = { class: 'stock-summary', store: storeId(2), month: 682, shard: 0 };
  const book: DocumentKey = { class: 'stock-book', store: storeId(2), month: 682 };

  test.each([holder('terminal', 1, 1), holder('back-office', 1), holder('relay', 1, 1)])(
    '$role of another store reads the summary, and not the books behind it',
    (device) => {
      expect(mayRead(device, at(summary))).toBe(true);
      expect(mayRead(device, at(summary, 'ffffffffffff'))).toBe(false);
      expect(mayRead(device, at(book))).toBe(false);
    },
  );

  test('head office alone writes it, the store it speaks of does not', () => {
    const devices = [
      holder('terminal', 2, 1),
      holder('back-office', 2),
      holder('back-office'),
      holder('indexer'),
    ];
    expect(devices.map((device) => writeRight(device, at(summary)))).toEqual(devices.map(() => 'none'));
    expect(writeRight(holder('relay', 2, 1), at(summary))).toBe('vouched');
    expect(writeRight(holder('hq'), at(summary))).toBe('free');
  });
});

const DEVICE: Device = v.parse(deviceSchema, {
  id: '0123456789abcdef',
  name: 'Till 1',
  role: 'terminal',
  store: 'S01',
  register: 'R1',
  key: 'A'.repeat(43),
  enrolledAt: '2026-11-21T08:00:00.000Z',
});

describe('[E2] how a device stands', () => {
  const now = '2026-11-21T09:00:00.000Z';
  const earlier = '2026-11-21T08:30:00.000Z';
  const later = '2026-11-21T10:00:00.000Z';
  test.each([
    [undefined, 'unknown'],
    [DEVICE, 'valid'],
    [{ ...DEVICE, revokedAt: earlier }, 'revoked'],
    [{ ...DEVICE, revokedAt: now }, 'revoked'],
    [{ ...DEVICE, expiresAt: later }, 'valid'],
    [{ ...DEVICE, expiresAt: earlier }, 'expired'],
    [{ ...DEVICE, expiresAt: earlier, revokedAt: earlier }, 'revoked'],
  ])('%j is %s', (device, standing) => expect(deviceStanding(device, now)).toBe(standing));

  test.each([
    { id: '0123' },
    { key: 'short' },
    { role: 'admin' },
    { store: '1' },
    { enrolledAt: 'yesterday' },
    { name: ' ' },
  ])('[E1] %j is no device', (change) => {
    expect(v.is(deviceSchema, { ...DEVICE, ...change })).toBe(false);
  });
});

describe('[E5] the challenge', () => {
  const meeting: Meeting = { nonce: 'n', verifier: 'v', prover: 'p', peerId: 'p:1' };

  test('differs whenever anything about the meeting differs', () => {
    const text = fc.string({ minLength: 1, maxLength: 8 }).filter((value) => !value.includes('\n'));
    const meetings = fc.record({ nonce: text, verifier: text, prover: text, peerId: text });
    fc.assert(
      fc.property(meetings, meetings, (a, b) => {
        const same = (Object.keys(a) as (keyof Meeting)[]).every((key) => a[key] === b[key]);
        expect(challengeText(a) === challengeText(b)).toBe(same);
      }),
    );
    expect(challengeText(meeting)).toBe('tillmesh-auth-1\nn\nv\np\np:1');
  });

  test('a peer id belongs to the device it begins with and to no other', () => {
    expect(isPeerIdOf('0123456789abcdef:x', '0123456789abcdef')).toBe(true);
    expect(isPeerIdOf('0123456789abcdef', '0123456789abcdef')).toBe(true);
    expect(isPeerIdOf('0123456789abcdef0:x', '0123456789abcdef')).toBe(false);
    expect(isPeerIdOf('x:0123456789abcdef', '0123456789abcdef')).toBe(false);
  });
});

describe('[E6] what head office vouches for', () => {
  test('a store’s relay passes head office’s documents on, with its voucher only', () => {
    const rights = (device: RightsHolder) =>
      KEYS.filter((key) => writeRight(device, at(key)) === 'vouched').map((key) => key.class);
    const everywhere = ['organization', 'staff', 'catalog'];
    expect(rights(holder('relay', 1, 2))).toEqual([...everywhere, 'acknowledgements', 'stock-summary']);
    expect(rights(holder('relay', 2, 1))).toEqual([...everywhere, 'stock-summary']);
    expect(rights(holder('terminal', 1, 1))).toEqual([]);
    expect(rights(holder('hq'))).toEqual([]);
  });

  test('whatever is vouched for is written by head office alone, never by a store', () => {
    for (const key of KEYS) {
      expect(writeRight(holder('hq'), at(key))).toBe('free');
      expect(isVouchedFor(key)).toBe(!mayWrite(holder('relay', 1, 2), at(key)));
    }
  });

  test('a voucher speaks of one document and one set of heads, in whatever order they are named', () => {
    const text = voucherText({ document: 'd', heads: ['b', 'a'] });
    expect(text).toBe('tillmesh-voucher-1\nd\na\nb');
    expect(voucherText({ document: 'd', heads: ['a', 'b'] })).toBe(text);
    expect(voucherText({ document: 'd', heads: ['a'] })).not.toBe(text);
    expect(voucherText({ document: 'e', heads: ['a', 'b'] })).not.toBe(text);
  });
});

describe('[E10] whose signature makes a record count', () => {
  const record = { ...place(1, 1), at: '2026-11-21T09:00:00.000Z' };
  test.each([
    ['the register’s terminal', {}, true],
    ['the terminal of another register', { register: registerId(2) }, false],
    ['the terminal of another store', { store: storeId(2) }, false],
    ['a relay of the register', { role: 'relay' }, false],
    ['a terminal revoked later', { revokedAt: '2026-11-21T09:00:00.001Z' }, true],
    ['a terminal revoked by then', { revokedAt: '2026-11-21T09:00:00.000Z' }, false],
    ['a terminal expired by then', { expiresAt: '2026-11-21T08:00:00.000Z' }, false],
  ] as const)('%s: %j → %s', (_who, change, counts) => {
    expect(mayHaveSigned({ ...DEVICE, ...change }, record)).toBe(counts);
  });
});

test('[J16] the text of a countersigned head names everything it vouches for', () => {
  const head = {
    org: ORGANIZATION,
    ...place(1, 1),
    session: 2,
    seq: 40,
    hash: 'H'.repeat(43),
    at: '2026-11-21T09:00:00.000Z',
  };
  expect(countersignText(head).split('\n')).toEqual([
    'tillmesh-head-1',
    ORGANIZATION,
    'S01',
    'R1',
    '2',
    '40',
    head.hash,
    head.at,
  ]);
});
