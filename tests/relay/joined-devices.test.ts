import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Device } from '#model/trust/device.ts';
import { keepJournals } from '../../sync-relay/journal-keeping.ts';
import { joinedDevices } from '../../sync-relay/joined-devices.ts';
import { memoryRelay, wire } from '../support/memory-relays.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { deviceEntry, testKey } from '../support/test-key.ts';

type Document = { entries: Record<string, A.ImmutableString> };

const till = testKey('aaaaaaaaaaaaaaaa');
const NAME = `device:${till.id}`;
const REVOKED = '2026-02-01T00:00:00.000Z';
const LATER = '2026-02-02T00:00:00.000Z';

const textOf = (place: Partial<Device>) => deviceEntry(till, place)[NAME] ?? '';

/** The organization document with the till's entry written apart, once by each actor; the higher one is shown. */
function writtenApart(lower: string, higher: string): A.Doc<Document> {
  const set = (doc: A.Doc<Document>, text: string) =>
    A.change(doc, (draft) => {
      draft.entries[NAME] = new A.ImmutableString(text);
    });
  const base = set(A.from<Document>({ entries: {} }, { actor: '00' }), textOf({ name: 'Till' }));
  const one = set(A.clone(base, { actor: 'aa' }), lower);
  return A.merge(one, set(A.clone(base, { actor: 'bb' }), higher));
}

test.each([
  [
    'hidden by a new name',
    { revokedAt: REVOKED },
    { name: 'Renamed' },
    { name: 'Renamed', revokedAt: REVOKED },
  ],
  ['told later by the other', { revokedAt: REVOKED }, { revokedAt: LATER }, { revokedAt: REVOKED }],
])('[E2] a revocation %s is written again', (_, lower, higher, wanted) => {
  expect(joinedDevices(writtenApart(textOf(lower), textOf(higher)))).toEqual({ [NAME]: textOf(wanted) });
});

test('[E2] nothing is written where the revocation is shown, nobody is revoked, or the text is not a device', () => {
  for (const [lower, higher] of [
    [textOf({ name: 'Renamed' }), textOf({ revokedAt: REVOKED })],
    [textOf({ name: 'One' }), textOf({ name: 'Other' })],
    [textOf({ revokedAt: REVOKED }), '{"broken'],
    ['{"broken', textOf({ name: 'Other' })],
  ])
    expect(joinedDevices(writtenApart(lower ?? '', higher ?? ''))).toEqual({});
  expect(joinedDevices(A.init())).toEqual({});
});

test('[E2] a text with another key revokes nobody', () => {
  const impostor = deviceEntry({ id: till.id, publicKey: testKey().publicKey }, { revokedAt: REVOKED })[NAME];
  expect(joinedDevices(writtenApart(impostor ?? '', textOf({ name: 'Renamed' })))).toEqual({});
});

test('[E2] head office and every relay show a till revoked that was renamed elsewhere meanwhile', async () => {
  const hqKey = testKey('2222222222222222');
  const hq = await memoryRelay({ id: hqKey.id, role: 'hq' });
  const store = await memoryRelay({ id: '1111111111111111', role: 'relay', store: 'S01' });
  const keeping = keepJournals(hq.relay, {
    own: { id: hqKey.id, key: hqKey.publicKey, role: 'hq' },
    organization: ORGANIZATION,
    sign: hqKey.sign,
    log: pino({ level: 'silent' }),
    now: () => '2026-03-01T00:00:00.000Z',
    later: () => () => undefined,
  });
  onTestFinished(keeping.stop);
  const [atHq, atStore] = [hq, store].map(({ relay }) => relay.document({ class: 'organization' }));
  await atHq?.write({ [NAME]: textOf({ name: 'Till' }) });
  const first = wire(store.relay, hq.relay);
  const shows = async (text: string) => {
    for (const one of [atHq, atStore]) expect((await one?.entries())?.[NAME]).toContain(text);
  };
  await vi.waitFor(() => shows('"Till"'), PATIENCE);
  first.cut();
  // Which of the two Automerge shows is chance here; the tests above have it both ways.
  await atStore?.write({ [NAME]: textOf({ name: 'Renamed' }) });
  await atHq?.write({ [NAME]: textOf({ name: 'Till', revokedAt: REVOKED }) });
  wire(store.relay, hq.relay);
  await vi.waitFor(() => shows(REVOKED), PATIENCE);
});
