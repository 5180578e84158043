import { expect, test } from 'vitest';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { collect, documentsContract, session } from './documents.contract.ts';
import { healingContract } from './healing.contract.ts';
import { leavingContract } from './leaving.contract.ts';

/** What the relay of documents in memory has; asking the terminal would bring back what it let go. */
async function entriesAt(documents: MemoryDocuments, key: DocumentKey): Promise<Entries> {
  const fetched = await documents.fetch(key, 0);
  return fetched.found ? fetched.entries : {};
}

documentsContract('in memory', () => {
  const documents = new MemoryDocuments();
  let isApart = false;
  const link = (connected: boolean) => {
    isApart = !connected;
    documents.setConnected(connected);
  };
  return Promise.resolve({
    documents,
    peerWrites: (key, changes) => {
      if (isApart) documents.receiveApart(key, changes as Entries);
      else documents.receive(key, changes);
      return Promise.resolve();
    },
    peerReads: (key) => entriesAt(documents, key),
    cut: () => Promise.resolve(link(false)),
    restore: () => Promise.resolve(link(true)),
    end: () => documents.close(),
  });
});

healingContract('in memory', () => {
  const documents = new MemoryDocuments();
  return Promise.resolve({
    documents,
    peerWrites: (key, changes) => Promise.resolve(documents.receive(key, changes)),
    peerReads: (key) => entriesAt(documents, key),
    forbid: (key) => {
      documents.relayRefuses = ({ class: name }) => name === key.class;
      return Promise.resolve();
    },
    cut: () => Promise.resolve(documents.setConnected(false)),
    restore: () => Promise.resolve(documents.setConnected(true)),
    end: () => documents.close(),
  });
});

leavingContract('in memory', () => {
  const documents = new MemoryDocuments();
  return Promise.resolve({
    documents,
    peerWrites: (key, changes) => Promise.resolve(documents.receive(key, changes)),
    peerReads: (key) => entriesAt(documents, key),
    cut: () => Promise.resolve(documents.setConnected(false)),
    restore: () => Promise.resolve(documents.setConnected(true)),
    end: () => documents.close(),
  });
});

test('a disk that fails is told and the change stays', async () => {
  const documents = new MemoryDocuments();
  const heard = collect(documents);
  documents.failHere = 'the disk is full';
  await expect(documents.write(session(1), { a: '1' })).rejects.toThrow('the disk is full');
  expect(heard.events).toContainEqual({ type: 'save-failed', key: session(1), cause: 'the disk is full' });
  expect(await documents.writeDurably(session(1), { a: '1' }, 10)).toEqual({
    here: 'failed',
    relay: 'saved',
    cause: 'the disk is full',
  });
  documents.failHere = undefined;
  documents.relayConfirms = false;
  expect(await documents.writeDurably(session(1), { b: '2' }, 10)).toEqual({ here: 'saved', relay: 'late' });
  expect(await documents.open(session(1))).toEqual({ a: '1', b: '2' });
});
