import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import { pino } from 'pino';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { DocumentId, DocumentKey } from '#model/ids/document-id.ts';
import { recordKey } from '#model/journal/record.ts';
import { createNodeDocuments } from '../../../../app/lib/repo/node-documents.ts';
import { LogFolder, nodeDisk } from '../../../../sync-relay/document-log.ts';
import { startProgram } from '../../../support/program.ts';
import { ORGANIZATION, type EntriesDocument } from '../../../support/stock-peer.ts';
import type { SyncSystem } from '../sync-system.ts';

const sessionOf = (till: number): DocumentKey => ({
  class: 'session',
  store: storeId(1),
  register: registerId(till),
  session: 1,
});

/** Tillmesh: a relay on disk, and tills with the documents a page has. The relay is open, as no rival asks for a proof. */
export const tillmesh: SyncSystem = {
  async startServer(folder) {
    const flags = ['--port', '0', '--open', '--no-discovery', '--log-level', 'error'];
    const relay = await startProgram('sync-relay/main.ts', ['--data', folder, ...flags]);
    return {
      port: relay.ready.port,
      pid: relay.process.pid ?? 0,
      stop: async () => {
        await relay.stop();
      },
    };
  },

  async client(port, till, tills) {
    const device = String(till).padStart(16, '0');
    const documents = createNodeDocuments({
      identity: { device, organization: ORGANIZATION, role: 'terminal', store: 'S01', register: `R${till}` },
      syncUrl: `ws://127.0.0.1:${port}/sync`,
      // As often as the others dial here: what is measured is the merging, not the waiting for it.
      redial: { firstMs: 100, mostMs: 100 },
    });
    const seen = new Map<string, string>();
    const linked = new Promise<void>((resolve) => {
      documents.watch((event) => {
        if (event.type === 'link' && event.connected) resolve();
      });
    });
    documents.watch((event) => {
      if (event.type !== 'changed') return;
      const register = 'register' in event.key ? event.key.register : '';
      for (const { key, text } of event.changes) if (text !== undefined) seen.set(`${register}/${key}`, text);
    });
    for (let other = 1; other <= tills; other++) await documents.open(sessionOf(other));
    return {
      linked,
      write: (sale, text) => documents.write(sessionOf(till), { [recordKey(sale)]: text }),
      count: () => seen.size,
      texts: async () => [...seen.values()],
      close: () => documents.close(),
    };
  },

  async load(folder) {
    const documents = join(folder, 'documents');
    const logs = new LogFolder(documents, nodeDisk, pino({ level: 'silent' }));
    const ids = (await readdir(documents)).filter((name) => name.endsWith('.log'));
    let sales = 0;
    for (const id of ids) {
      const { frames } = await logs.open(id.slice(0, -4) as DocumentId);
      let doc = A.init<EntriesDocument>();
      for (const frame of frames) doc = A.loadIncremental(doc, frame);
      sales += Object.keys(doc.entries).length;
    }
    return sales;
  },
};
