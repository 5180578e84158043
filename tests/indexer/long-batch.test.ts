import { expect, test } from 'vitest';
import { makeShop } from '../support/journal-fixture.ts';
import { dump, freshReports, wholeUpdate } from './flatten-fixture.ts';

/** Sessions that are too many for one transaction. */
function longBatch() {
  const shop = makeShop(11, { stores: 1, registers: 2, sessions: 3, salesPerSession: 150 });
  return shop.flatMap(({ sessions }) => sessions.map((s) => wholeUpdate(s.documentId, s.entries)));
}

test('a batch that takes several transactions says the same as its documents one by one', async () => {
  const updates = longBatch();
  const [together, alone] = [freshReports(), freshReports()];
  await together.writer.write(updates);
  for (const update of updates) await alone.writer.write([update]);
  const counted = together.database.prepare('SELECT count(*) AS n FROM record').get()?.['n'];
  expect(counted).toBe(updates.reduce((sum, { entries }) => sum + entries.size, 0));
  expect(dump(together.database)).toEqual(dump(alone.database));
});

test('one that fails in the middle leaves whole documents behind, and writing it again mends the rest', async () => {
  const updates = longBatch();
  const { database, writer } = freshReports();
  const last = updates.at(-1)?.documentId ?? '';
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON document WHEN NEW.id = '${last}'
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  await expect(writer.write(updates)).rejects.toThrow('full');
  expect(writer.heads(updates[0]?.documentId ?? '')).toEqual(updates[0]?.heads);
  expect(writer.heads(last)).toBeUndefined();
  database.exec('DROP TRIGGER full');
  await writer.write(updates);
  const whole = freshReports();
  await whole.writer.write(updates);
  expect(dump(database)).toEqual(dump(whole.database));
});
