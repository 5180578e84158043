import { afterAll, beforeAll } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, removeProfile, type TestBrowser } from '../../support/browser.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { openTab, startIn, terminalIn } from './browser-terminal.ts';
import { documentsContract } from './documents.contract.ts';
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

documentsContract('a worker with IndexedDB in Chromium', async () => {
  const relay = await WireRelay.start();
  const page = await openTab(browser.context, site.url);
  const { documents } = await terminalIn(page);
  documents.watch(() => undefined);
  await startIn(page, { identity: terminal(2), syncUrl: relay.url, database: `contract-${++count}` });
  const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });
  return {
    documents,
    peerWrites: (key, changes) => Promise.resolve(relay.write(idOf(key), changes)),
    peerReads: (key) => Promise.resolve(relay.entries(idOf(key)) ?? {}),
    cut: () => relay.cut(),
    restore: () => relay.listen(),
    end: async () => {
      await page.close();
      await relay.cut();
    },
  };
});
