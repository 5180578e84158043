import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ImmutableString, Repo, type DocumentId, type PeerId } from '@automerge/automerge-repo';
import { WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { documentId } from '#model/ids/document-id.ts';
import { MemoryStorage } from '../../../app/lib/repo/document-storage.ts';
import { collect, session } from './documents.contract.ts';
import { nodeTerminal, ORGANIZATION } from './node-terminal.ts';
import { PATIENCE } from '../../support/patience.ts';

const id = documentId({ organization: ORGANIZATION, key: session(1) }) as string as DocumentId;
type Stored = { entries: Record<string, ImmutableString> };

test('[W1] syncs both ways with a stock automerge-repo server, and its disk counts as the second copy', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const stock = new Repo({
    network: [new WebSocketServerAdapter(server as never)],
    storage: new MemoryStorage(),
    peerId: 'stock' as PeerId,
  });
  const syncUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const documents = nodeTerminal(2, { syncUrl });
  onTestFinished(async () => {
    await documents.close();
    server.close();
  });
  const heard = collect(documents);
  await vi.waitFor(() => expect(heard.events).toContainEqual({ type: 'link', connected: true }), PATIENCE);
  expect(await documents.writeDurably(session(1), { ours: '1' }, 10_000)).toEqual({
    here: 'saved',
    relay: 'saved',
  });
  const handle = await stock.find<Stored>(id);
  await vi.waitFor(() => expect(handle.doc().entries['ours']?.val).toBe('1'), PATIENCE);
  handle.change((draft) => {
    draft.entries['theirs'] = new ImmutableString('2');
  });
  await vi.waitFor(
    async () => expect(await documents.open(session(1))).toEqual({ ours: '1', theirs: '2' }),
    PATIENCE,
  );
  expect(heard.of(session(1)).at(-1)).toEqual({
    type: 'changed',
    key: session(1),
    remote: true,
    changes: [{ key: 'theirs', text: '2' }],
  });
});
