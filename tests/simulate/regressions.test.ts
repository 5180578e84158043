import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import { registerId } from '#model/ids/register-id.ts';
import { Indexer } from '../../reports-indexer/indexer.ts';
import { entriesSince } from '../../sync-relay/journal-entries.ts';
import { dump, freshReports } from '../indexer/flatten-fixture.ts';
import { ORGANIZATION, type EntriesDocument } from '../support/stock-peer.ts';
import { STORE, idOf } from './shop.ts';
import { simulate } from './simulation.ts';
import type { Plan } from './steps.ts';

const step = (kind: Plan['steps'][number]['kind'], till: number, draw: number, wait = 600) => ({
  kind,
  till,
  other: 0,
  wait,
  draw,
});

test('[N2] a till whose full disk left a sale at the relay alone does not give its number again after a crash', async () => {
  const { faults, counts } = await simulate({
    seed: 115,
    tills: 3,
    steps: [
      step('sell', 1, 1_580_973_338),
      // This draw fills the disk of the second till.
      step('disk', 1, 3),
      step('sell', 1, 1_079_673_041),
      step('crash-till', 1, 1),
      step('boot', 1, 1),
      step('sell', 1, 1_655_922_359),
      step('sell', 1, 7),
    ],
  });
  expect(faults).toEqual([]);
  expect(counts.get('saved at the relay only')).toBeGreaterThan(0);
}, 120_000);

/** Three records under one number, each written by a device that knew of none of the others; the last one is never shown. */
function threeClones(): readonly A.Doc<EntriesDocument>[] {
  return ['ff', 'bb', 'aa'].map((actor) => {
    const doc = A.loadIncremental(A.init<EntriesDocument>({ actor: `${actor}00` }), FIRST_CHANGE);
    return A.change(doc, { time: 0 }, (draft) => {
      draft.entries['000000001'] = new A.ImmutableString(`record of ${actor}`);
    });
  });
}

test('[J7] a third record under one number is indexed, although Automerge says nothing of it', async () => {
  const id = idOf({ class: 'session', store: STORE, register: registerId(1), session: 1 });
  const index = async (docs: readonly (readonly A.Doc<EntriesDocument>[])[]) => {
    const { writer, database } = freshReports();
    const tasks: (() => void)[] = [];
    const indexer = new Indexer({
      writer,
      log: pino({ level: 'silent' }),
      schedule: (task) => tasks.push(task),
      now: () => '2026-01-05T08:00:00.000Z',
      onIndexed: () => undefined,
      onDamaged: (error) => {
        throw error;
      },
    });
    let [doc, sync] = [A.init<EntriesDocument>(), A.initSyncState()];
    writer.setOrganization(ORGANIZATION);
    indexer.linkUp((_, data) => ([doc, sync] = A.receiveSyncMessage(doc, sync, data)));
    for (const batch of docs) {
      for (const one of batch) doc = A.merge(doc, one);
      for (let said = 0; said < 5; said++) {
        const [next, message] = A.generateSyncMessage(doc, sync);
        sync = next;
        if (message) indexer.receive(id, message);
      }
      for (const task of tasks.splice(0)) task();
      await writer.write([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return dump(database);
  };
  const [one, two, three] = threeClones();
  if (!one || !two || !three) throw new Error('three were made');
  expect(await index([[one], [two], [three]])).toEqual(await index([[one, two, three]]));
});

test('[J7] a third record under one number is looked at by the relays', () => {
  const [one, two, three] = threeClones();
  if (!one || !two || !three) throw new Error('three were made');
  const before = A.merge(A.merge(A.init<EntriesDocument>(), one), two);
  const heads = A.getHeads(before);
  const found = entriesSince(A.merge(before, three), heads);
  expect(found.entries.map(([, values]) => values.length)).toEqual([3]);
});
