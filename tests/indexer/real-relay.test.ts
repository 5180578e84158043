import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deviceEntries, makeShop, terminals } from '../support/journal-fixture.ts';
import { PATIENCE } from '../support/patience.ts';
import { startProgram } from '../support/program.ts';
import { ORGANIZATION, stockPeer } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { foldSession } from './flatten-fixture.ts';

const program = (path: string) => join(import.meta.dirname, '../..', path);

async function started(path: string, args: readonly string[]) {
  const running = await startProgram(program(path), args);
  onTestFinished(async () => void (await running.stop()));
  return running;
}

test('what a till writes to a real relay is in the reports of a real indexer', async () => {
  const shop = makeShop(21, { stores: 1, registers: 2, sessions: 2, salesPerSession: 6 });
  const records = shop.flatMap((journal) => journal.records);
  const common = ['--port', '0', '--organization', ORGANIZATION];
  const relayArgs = ['--data', await temporaryFolder(), '--open', '--no-discovery', ...common];
  const relay = await started('sync-relay/main.ts', relayArgs);
  const url = `ws://127.0.0.1:${relay.ready.port}/sync`;
  const indexerArgs = ['--data', await temporaryFolder(), '--relay', url, ...common];
  const indexer = await started('reports-indexer/main.ts', indexerArgs);
  const till = stockPeer(url, 'till');
  for (const [name, text] of Object.entries(deviceEntries(terminals(1, 2))))
    till.write({ class: 'organization' }, name, text);
  for (const { key, entries } of shop.flatMap((journal) => journal.sessions))
    for (const [name, text] of Object.entries(entries)) till.write(key, name, text);

  const get = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${indexer.ready.port}/reports/${path}`)).json();
  await vi.waitFor(
    async () => expect(await get('health')).toMatchObject({ connected: true, records: records.length }),
    PATIENCE,
  );
  const [journal] = shop;
  const first = journal?.records.filter(({ session }) => session === 1) ?? [];
  expect(await get('z?store=S01&register=R1&session=1')).toEqual(foldSession(first));
  expect(await get('exceptions')).toEqual({ rows: [], figures: [] });
});
