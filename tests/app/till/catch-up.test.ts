import { expect, test } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { catchUp } from '../../../app/lib/till/catch-up.ts';
import type { RelayStatus } from '../../../app/lib/till/links.svelte.ts';

const place = { store: storeId(1), register: registerId(1) };
const latest: DocumentKey = { class: 'session', ...place, session: 7 };
const status = (sessions: Record<string, number>): RelayStatus => ({
  peers: [],
  targets: [],
  disk: 'ok',
  sessions,
});
const pause = () => Promise.resolve();
const unexpected = () => {
  throw new Error('nothing to wait for');
};

test('[R2] a till whose storage was cleared waits until the relay has sent its latest session', async () => {
  const documents = new MemoryDocuments();
  documents.relayConfirms = false;
  let waits = 0;
  await catchUp({
    documents,
    place,
    askRelay: () => Promise.resolve(status({ 'S01-R1': 7, 'S01-R2': 9 })),
    pause,
    onWaiting: () => {
      waits += 1;
      if (waits === 3) documents.receive(latest, { '000000001': '{}' });
    },
  });
  expect(waits).toBe(3);
  expect(await documents.open(latest)).toEqual({ '000000001': '{}' });
});

test('a new register and a register whose relay is away do not wait', async () => {
  const documents = new MemoryDocuments({ connected: false });
  const parts = { documents, place, onWaiting: unexpected, pause };
  await catchUp({ ...parts, askRelay: () => Promise.resolve(status({ 'S01-R2': 4 })) });
  await catchUp({ ...parts, askRelay: () => Promise.resolve(undefined) });
  expect(await documents.known()).toEqual([]);
});

test('a till that has its latest session does not wait for a slow relay', async () => {
  const documents = new MemoryDocuments();
  documents.relayConfirms = false;
  documents.receive(latest, { '000000001': '{}' });
  await catchUp({
    documents,
    place,
    askRelay: () => Promise.resolve(status({ 'S01-R1': 7 })),
    onWaiting: unexpected,
    pause,
  });
  expect(await documents.known()).toEqual([latest]);
});
