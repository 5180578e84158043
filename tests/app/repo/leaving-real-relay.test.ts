import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MemoryStorage } from '../../../app/lib/repo/document-storage.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import { PATIENCE } from '../../support/patience.ts';
import { startProgram } from '../../support/program.ts';
import { session } from './documents.contract.ts';
import { nodeTerminal } from './node-terminal.ts';

const RELAY_WAIT = 10_000;
const SESSIONS = 9;

async function startRelay(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'tillmesh-relay-'));
  const args = ['--data', data, '--port', '0', '--open', '--no-discovery'];
  const relay = await startProgram('sync-relay/main.ts', args);
  onTestFinished(async () => {
    await relay.stop();
    await rm(data, { recursive: true, force: true });
  });
  return `ws://127.0.0.1:${relay.ready.port}/sync`;
}

const sessionsOf = async (documents: Documents) =>
  (await documents.known()).flatMap((key) => (key.class === 'session' ? [key.session] : [])).sort();

test('[D8] [D11] a new till is sent the latest sessions only, works, and looks the others up at its relay', async () => {
  const syncUrl = await startRelay();
  const before = nodeTerminal(2, { syncUrl });
  for (let n = 1; n <= SESSIONS; n++)
    await vi.waitFor(async () => {
      const saved = await before.writeDurably(session(n), { '000000001': `{"n":${n}}` }, RELAY_WAIT);
      expect(saved).toEqual({ here: 'saved', relay: 'saved' });
    }, PATIENCE);
  await before.close();

  const storage = new MemoryStorage();
  const documents = nodeTerminal(2, { syncUrl, storage });
  onTestFinished(() => documents.close());
  await vi.waitFor(
    async () => expect(await documents.caughtUp(session(SESSIONS), RELAY_WAIT)).toBe('caught-up'),
    PATIENCE,
  );
  const sold = await documents.writeDurably(session(SESSIONS), { '000000002': '{"sale":1}' }, RELAY_WAIT);
  expect(sold).toEqual({ here: 'saved', relay: 'saved' });
  await vi.waitFor(async () => expect(await sessionsOf(documents)).toEqual([7, 8, 9]), PATIENCE);
  for (let n = 1; n <= 6; n++)
    expect(await documents.fetch(session(n), RELAY_WAIT)).toEqual({
      found: true,
      entries: { '000000001': `{"n":${n}}` },
    });
  expect(await sessionsOf(documents)).toEqual([7, 8, 9]);
});
