import { afterAll, beforeAll } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, removeProfile, type TestBrowser } from '../../support/browser.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { deviceIn, openTab, startAsDevice, terminalIn } from './browser-terminal.ts';
import { documentsContract } from './documents.contract.ts';
import { healingContract } from './healing.contract.ts';
import { leavingContract } from './leaving.contract.ts';
import { ORGANIZATION, terminal } from './node-terminal.ts';
import { serveTestSite, type TestSite } from './test-site.ts';

let site: TestSite;
let profile: string;
let browser: TestBrowser;
let count = 0;

beforeAll(async () => {
  site = await serveTestSite();
  profile = await mkdtemp(join(tmpdir(), 'tillmesh-browser-'));
  browser = await launchBrowser(profile);
}, 120_000);
afterAll(async () => {
  await browser.kill();
  await site.close();
  await removeProfile(profile);
});

/** A tab as the browser's device, at a relay that lets nobody else in. */
async function start() {
  const relay = await WireRelay.start();
  const page = await openTab(browser.context, site.url);
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
