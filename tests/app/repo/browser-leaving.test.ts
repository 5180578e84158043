import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { launchBrowser, removeProfile } from '../../support/browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { openTab, startIn, terminalIn, type BrowserTerminal } from './browser-terminal.ts';
import { session } from './documents.contract.ts';
import { ORGANIZATION, terminal } from './node-terminal.ts';
import { serveTestSite, type TestSite } from './test-site.ts';

const SESSIONS = Array.from({ length: 12 }, (_, i) => i + 1);
const keys = SESSIONS.map(session);
const NOTES = Object.fromEntries(SESSIONS.map((n) => [`session:R2:${n}`, `{"n":${n}}`]));

let site: TestSite;
let relay: WireRelay;
let profile: string;
beforeEach(async () => {
  site = await serveTestSite();
  relay = await WireRelay.start();
  profile = await mkdtemp(join(tmpdir(), 'tillmesh-leaving-'));
});
afterEach(async () => {
  await relay.cut();
  await site.close();
  await removeProfile(profile);
});

async function startBrowser(): Promise<BrowserTerminal & { readonly kill: () => Promise<void> }> {
  const browser = await launchBrowser(profile);
  const page = await openTab(browser.context, site.url);
  const started = await terminalIn(page);
  await startIn(page, { identity: terminal(2), syncUrl: relay.url, database: 'leaving' });
  return { ...started, kill: () => browser.kill() };
}

describe('[D9] a browser that is killed while it lets go', () => {
  test('has all of it or nothing of it, and the relay has everything', async () => {
    const first = await startBrowser();
    for (const [i, key] of keys.entries())
      await vi.waitFor(async () => {
        const saved = await first.documents.writeDurably(key, { a: String(i), b: 'x'.repeat(2000) }, 5_000);
        expect(saved).toEqual({ here: 'saved', relay: 'saved' });
      }, PATIENCE);
    // The transaction is under way and not complete when the whole browser dies.
    const worker = await first.worker();
    await worker.evaluate(() => {
      const scope = globalThis as unknown as { deleting: boolean };
      const remove = IDBObjectStore.prototype.delete;
      IDBObjectStore.prototype.delete = function endlessDelete(...args: Parameters<typeof remove>) {
        scope.deleting = true;
        const request = remove.apply(this, args);
        const next = () => this.get('nothing').addEventListener('success', next);
        request.addEventListener('success', next);
        return request;
      };
    });
    const cut = first.documents.letGo(keys, NOTES, 5_000).catch((cause: unknown) => String(cause));
    await vi.waitFor(
      async () =>
        expect(await worker.evaluate(() => (globalThis as { deleting?: boolean }).deleting)).toBe(true),
      PATIENCE,
    );
    await first.kill();
    expect(await cut).not.toEqual({ gone: true });

    const second = await startBrowser();
    const known = await second.documents.known();
    expect(known).toHaveLength(keys.length);
    expect(await second.documents.remembered()).toEqual({});
    for (const [i, key] of keys.entries())
      expect(await second.documents.open(key)).toMatchObject({ a: String(i) });
    await vi.waitFor(
      async () => expect(await second.documents.letGo(keys, NOTES, 5_000)).toEqual({ gone: true }),
      PATIENCE,
    );
    await second.kill();

    const third = await startBrowser();
    expect(await third.documents.known()).toEqual([]);
    expect(await third.documents.remembered()).toEqual(NOTES);
    for (const [i, key] of keys.entries()) {
      expect(relay.entries(documentId({ organization: ORGANIZATION, key }))).toMatchObject({ a: String(i) });
      const fetched = await third.documents.fetch(key, 10_000);
      expect(fetched).toMatchObject({ found: true, entries: { a: String(i) } });
    }
    await third.kill();
  }, 120_000);
});
