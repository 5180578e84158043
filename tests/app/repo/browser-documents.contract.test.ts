import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { deviceIn, startAsDevice, terminalIn } from './browser-terminal.ts';
import { documentsContract } from './documents.contract.ts';
import { healingContract } from './healing.contract.ts';
import { leavingContract } from './leaving.contract.ts';
import { ORGANIZATION, terminal } from './node-terminal.ts';
import { siteBrowser } from './site-browser.ts';

const site = siteBrowser();
let count = 0;

/** A tab as the browser's device, at a relay that lets nobody else in. */
async function start() {
  const relay = await WireRelay.start();
  const page = await site.tab();
  const { documents } = await terminalIn(page);
  documents.watch(() => undefined);
  relay.door.devices = new Map([await deviceIn(page)]);
  await startAsDevice(page, { identity: terminal(2), syncUrl: relay.url, database: `contract-${++count}` });
  const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
  return {
    documents,
    forbid: (key: DocumentKey) => Promise.resolve(relay.forbid(idOf(key))),
    peerWrites: (key: DocumentKey, changes: Readonly<Record<string, string | undefined>>) =>
      Promise.resolve(relay.write(idOf(key), changes)),
    peerReads: (key: DocumentKey) => Promise.resolve(relay.entries(idOf(key)) ?? {}),
    cut: () => relay.cut(),
    restore: () => relay.listen(),
    end: async () => {
      await page.close();
      await relay.cut();
    },
  };
}

documentsContract('a worker with IndexedDB in Chromium', start);
healingContract('a worker with IndexedDB in Chromium', start);
leavingContract('a worker with IndexedDB in Chromium', start);
