import { describe, expect, test } from 'vitest';
import type { DocumentAddress, DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { OFFERED_SESSIONS, isOffered, isReadable, type PeerDevice } from '../../sync-relay/access.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

const at = (key: DocumentKey, organization = ORGANIZATION): DocumentAddress => ({ organization, key });
const session = (number: number, store = 1, register = 1): DocumentKey => ({
  class: 'session',
  store: storeId(store),
  register: registerId(register),
  session: number,
});
const basket = (register: number): DocumentKey =>
  ({ ...session(9, 1, register), class: 'basket' }) as DocumentKey;
const device = (role: NonNullable<PeerDevice>['role'], store?: string, register?: string): PeerDevice => ({
  id: '0123456789abcdef',
  role,
  organization: ORGANIZATION,
  ...(store === undefined ? {} : { store }),
  ...(register === undefined ? {} : { register }),
});
const till = device('terminal', 'S01', 'R1');
const storeRelay = device('relay', 'S01', 'R1');

describe('who may read a document', () => {
  test.each([
    ['a till its store’s sessions', till, at(session(1)), true],
    ['a till another register’s session of its store', till, at(session(1, 1, 2)), true],
    ['a till another store’s session', till, at(session(1, 2)), false],
    ['a till the catalog', till, at({ class: 'catalog', shard: 3 }), true],
    ['a till another store’s settings', till, at({ class: 'store', store: storeId(2) }), false],
    ['a store’s relay another store’s session', storeRelay, at(session(1, 2)), false],
    [
      'a till what another store has in stock',
      till,
      at({ class: 'stock-summary', store: storeId(2), month: 682, shard: 3 }),
      true,
    ],
    ['head office every store’s session', device('hq'), at(session(1, 2)), true],
    ['the indexer every store’s session', device('indexer'), at(session(1, 2)), true],
    [
      'anyone another organization’s catalog',
      device('hq'),
      at({ class: 'catalog', shard: 0 }, 'ffffffffffff'),
      false,
    ],
  ])('%s: %s', (_what, peer, address, allowed) => {
    expect(isReadable(peer, address)).toBe(allowed);
  });
});

describe('what a peer is offered unasked', () => {
  test(`a terminal gets the latest ${OFFERED_SESSIONS} sessions of a register, a relay and the indexer all`, () => {
    const offered = (peer: PeerDevice) =>
      [1, 6, 7, 8, 9].filter((number) => isOffered(peer, at(session(number)), 9));
    expect(offered(till)).toEqual([7, 8, 9]);
    expect(offered(storeRelay)).toEqual([1, 6, 7, 8, 9]);
    expect(offered(device('indexer'))).toEqual([1, 6, 7, 8, 9]);
    expect(offered(undefined)).toEqual([1, 6, 7, 8, 9]);
  });

  test('a terminal gets what stores have in stock when it asks, a relay and the indexer at once', () => {
    const summary = at({ class: 'stock-summary', store: storeId(2), month: 682, shard: 3 });
    const offered = [till, device('back-office', 'S01'), storeRelay, device('indexer')];
    expect(offered.map((peer) => isOffered(peer, summary, 0))).toEqual([false, false, true, true]);
  });

  test('a terminal gets its own basket and no other, a relay every basket of its store', () => {
    expect([1, 2].filter((register) => isOffered(till, at(basket(register)), 9))).toEqual([1]);
    expect([1, 2].filter((register) => isOffered(storeRelay, at(basket(register)), 9))).toEqual([1, 2]);
  });

  test('nobody is offered what it may not read', () => {
    expect(isOffered(till, at(session(9, 2)), 9)).toBe(false);
  });
});
