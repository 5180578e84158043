import type { Documents } from '../../../app/lib/repo/documents.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'playwright';
import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { launchBrowser, removeProfile } from '../../support/browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { openTab, startIn, terminalIn, type BrowserTerminal } from './browser-terminal.ts';
import { collect, session } from './documents.contract.ts';
import { ORGANIZATION, terminal } from './node-terminal.ts';
import { siteBrowser } from './site-browser.ts';

const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });

const site = siteBrowser();
let relay: WireRelay;
let count = 0;

beforeEach(async () => {
  relay = await WireRelay.start();
});
afterEach(async () => {
  await site.closeTabs();
  await relay.cut();
});

const freshDatabase = () => `documents-${++count}`;

async function startTerminal(database: string, syncUrl = relay.url): Promise<BrowserTerminal> {
  const page = await site.tab();
  const started = await terminalIn(page);
  expect(await startIn(page, { identity: terminal(2), syncUrl, database })).toBe('started');
  return started;
}

/** Writes entries until both copies are there: a terminal that has just started may not be linked yet. */
async function saveBoth(documents: Documents, entries: Record<string, string>): Promise<void> {
  await vi.waitFor(async () => {
    const saved = await documents.writeDurably(session(1), entries, 5_000);
    expect(saved).toEqual({ here: 'saved', relay: 'saved' });
  }, PATIENCE);
}

/** Makes every put in the worker abort its transaction at commit, as a full disk does. */
function abortPuts(worker: Worker): Promise<void> {
  return worker.evaluate(() => {
    const scope = globalThis as unknown as { mendPuts?: () => void };
    const put = IDBObjectStore.prototype.put;
    scope.mendPuts = () => {
      IDBObjectStore.prototype.put = put;
    };
    IDBObjectStore.prototype.put = function abortingPut(...args: Parameters<typeof put>) {
      const request = put.apply(this, args);
      const { transaction } = this;
      request.addEventListener('success', () => transaction.abort());
      return request;
    };
  });
}

function mendPuts(worker: Worker): Promise<void> {
  return worker.evaluate(() => (globalThis as unknown as { mendPuts: () => void }).mendPuts());
}

describe('a disk that fails', () => {
  test('an abort at commit is told, nothing hangs, and the next write saves everything', async () => {
    const database = freshDatabase();
    const { documents, worker, page } = await startTerminal(database);
    await saveBoth(documents, { before: '1' });
    await abortPuts(await worker());
    const failed = await documents.writeDurably(session(1), { lost: '2' }, 5_000);
    expect(failed).toMatchObject({ here: 'failed', relay: 'saved' });
    expect(failed.cause).toContain('the browser aborted it');
    await mendPuts(await worker());
    expect(await documents.writeDurably(session(1), { after: '3' }, 5_000)).toEqual({
      here: 'saved',
      relay: 'saved',
    });
    await page.close();
    await relay.cut();
    const again = await startTerminal(database);
    expect(await again.documents.open(session(1))).toEqual({ before: '1', lost: '2', after: '3' });
  });

  test('a plain write rejects, is told as an event, and is saved by itself once the disk is well', async () => {
    const database = freshDatabase();
    const { documents, worker, page } = await startTerminal(database);
    await documents.write(session(1), { before: '1' });
    const heard = collect(documents);
    await abortPuts(await worker());
    await expect(documents.write(session(1), { lost: '2' })).rejects.toThrow('the browser aborted it');
    await vi.waitFor(
      () =>
        expect(heard.events).toContainEqual({
          type: 'save-failed',
          key: session(1),
          cause: expect.stringContaining('the browser aborted it'),
        }),
      PATIENCE,
    );
    const storedBytes = () =>
      page.evaluate(
        async ([name, id]) => {
          const { StrictIndexedDbStorage, hostSurroundings } = globalThis.testPage;
          const storage = new StrictIndexedDbStorage({
            database: name,
            surroundings: hostSurroundings,
            trouble: () => undefined,
          });
          const chunks = await storage.loadRange([id]);
          await storage.close();
          return chunks.reduce((sum, chunk) => sum + (chunk.data?.length ?? 0), 0);
        },
        [database, idOf(session(1))] as const,
      );
    const without = await storedBytes();
    await mendPuts(await worker());
    await vi.waitFor(async () => expect(await storedBytes()).toBeGreaterThan(without), PATIENCE);
    await page.close();
    await relay.cut();
    const again = await startTerminal(database);
    expect(await again.documents.open(session(1))).toEqual({ before: '1', lost: '2' });
  });

  test('a transaction that never ends fails at the watchdog, and the relay still has the sale', async () => {
    const { documents, worker } = await startTerminal(freshDatabase());
    await saveBoth(documents, { before: '1' });
    await (
      await worker()
    ).evaluate(() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function endlessPut(...args: Parameters<typeof put>) {
        const request = put.apply(this, args);
        // A transaction stays open as long as a request follows a request.
        const next = () => this.get('nothing').addEventListener('success', next);
        request.addEventListener('success', next);
        return request;
      };
    });
    const saved = await documents.writeDurably(session(1), { sale: '2' }, 5_000);
    expect(saved).toMatchObject({ here: 'failed', relay: 'saved' });
    expect(saved.cause).toMatch(/2000 ms/);
    expect(await documents.open(session(1))).toEqual({ before: '1', sale: '2' });
  });

  test('asks the browser for strict durability when it saves a document', async () => {
    const { documents, worker } = await startTerminal(freshDatabase());
    await (
      await worker()
    ).evaluate(() => {
      const scope = globalThis as unknown as { asked: unknown[] };
      scope.asked = [];
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function notedPut(...args: Parameters<typeof put>) {
        const key = args[1] as string[];
        // What automerge-repo notes for itself has a shorter key and may be lost.
        if (key.length === 3) scope.asked.push([key[1], this.transaction.durability]);
        return put.apply(this, args);
      };
    });
    await documents.writeDurably(session(1), { a: '1' }, 5_000);
    const asked = await (
      await worker()
    ).evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked);
    expect(asked).toEqual([['snapshot', 'strict']]);
  });

  test('opens the database again after another page deleted it under our hands', async () => {
    const database = freshDatabase();
    const { documents, page, trouble } = await startTerminal(database);
    await documents.write(session(1), { a: '1' });
    await page.evaluate(
      (name) =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name);
          request.addEventListener('success', () => resolve());
          request.addEventListener('error', () => reject(new Error('not deleted')));
        }),
      database,
    );
    expect(await documents.writeDurably(session(1), { b: '2' }, 5_000)).toMatchObject({ here: 'saved' });
    expect((await trouble()).join()).toContain('another page asked for the database');
  });
});

describe('a page that ends', () => {
  test('a reload keeps the documents', async () => {
    const database = freshDatabase();
    const { documents, page } = await startTerminal(database);
    await documents.writeDurably(session(1), { a: '1' }, 5_000);
    await documents.writeDurably({ class: 'staff' }, { b: '2' }, 5_000);
    await relay.cut();
    await page.reload();
    await page.waitForFunction(() => 'testPage' in globalThis);
    expect(await startIn(page, { identity: terminal(2), syncUrl: relay.url, database })).toBe('started');
    const call = (method: 'open' | 'known', ...args: unknown[]) =>
      page.evaluate(([name, given]) => globalThis.testPage.call(name, given), [method, args] as const);
    expect(await call('known')).toEqual(expect.arrayContaining([session(1), { class: 'staff' }]));
    expect(await call('open', session(1))).toEqual({ a: '1' });
  });

  test('a second tab is refused, one that waits gets the documents when the first is gone (odoo#71455)', async () => {
    const database = freshDatabase();
    const first = await startTerminal(database);
    await first.documents.write(session(1), { a: '1' });
    const options = { identity: terminal(2), syncUrl: relay.url, database };
    const second = await site.tab();
    expect(await startIn(second, options)).toBe('already-open-in-another-tab');
    const third = await site.tab();
    const waiting = startIn(third, { ...options, whenTaken: 'wait' });
    await first.page.close();
    expect(await waiting).toBe('started');
    expect(await third.evaluate((key) => globalThis.testPage.call('open', [key]), session(1))).toEqual({
      a: '1',
    });
  });

  test('[SIGKILL] what was saved here is there after the browser was killed right after the answer (odoo#125037)', async () => {
    const own = await mkdtemp(join(tmpdir(), 'tillmesh-killed-'));
    const expected: Record<string, string> = {};
    try {
      for (let round = 1; round <= 4; round++) {
        const killed = await launchBrowser(own);
        const page = await openTab(killed.context, site.url());
        await startIn(page, { identity: terminal(2), syncUrl: 'ws://127.0.0.1:9/sync', database: 'killed' });
        const { documents } = await terminalIn(page);
        expect(await documents.open(session(1))).toEqual(expected);
        for (const sale of ['a', 'b', 'c']) {
          const key = `${round}${sale}`;
          const saved = await documents.writeDurably(session(1), { [key]: sale.repeat(300) }, 0);
          expect(saved).toEqual({ here: 'saved', relay: 'away' });
          expected[key] = sale.repeat(300);
        }
        await killed.kill();
      }
    } finally {
      await removeProfile(own);
    }
  }, 120_000);
});

describe('a link that fails', () => {
  test('a malformed frame closes the link, and it comes back', async () => {
    const { documents, trouble } = await startTerminal(freshDatabase());
    await saveBoth(documents, { up: '1' });
    documents.watch(() => undefined);
    const heard = collect(documents);
    relay.sendRaw(new Uint8Array([0xf6]));
    await vi.waitFor(
      () =>
        expect(heard.events.filter((event) => event.type === 'link')).toEqual([
          { type: 'link', connected: false },
          { type: 'link', connected: true },
        ]),
      PATIENCE,
    );
    expect((await trouble()).join()).toContain('bad-frame');
    expect(await documents.writeDurably(session(1), { a: '1' }, 5_000)).toEqual({
      here: 'saved',
      relay: 'saved',
    });
  });

  test('a relay that takes messages and says nothing is late, not waited for for ever', async () => {
    const { documents } = await startTerminal(freshDatabase());
    await vi.waitFor(() => expect(relay.peers).toHaveLength(1), PATIENCE);
    await documents.writeDurably(session(1), { a: '1' }, 5_000);
    relay.answering = false;
    expect(await documents.writeDurably(session(1), { b: '2' }, 200)).toEqual({
      here: 'saved',
      relay: 'late',
    });
  });
});

describe('a long session', () => {
  test('2,000 stored records open whole, and one more is told and saved alone', async () => {
    const database = freshDatabase();
    const records = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [
        String(i).padStart(9, '0'),
        JSON.stringify({ seq: i, total: i * 7 }),
      ]),
    );
    const first = await startTerminal(database);
    await first.documents.write(session(1), records);
    await first.page.close();
    const second = await startTerminal(database);
    const heard = collect(second.documents);
    expect(await second.documents.open(session(1))).toEqual(records);
    await vi.waitFor(() => expect(heard.entriesOf(session(1))).toEqual(records), PATIENCE);
    const before = heard.of(session(1)).length;
    await second.documents.writeDurably(session(1), { last: '1' }, 5_000);
    await vi.waitFor(() => expect(heard.of(session(1)).slice(before)).toHaveLength(1), PATIENCE);
    expect(heard.of(session(1)).at(-1)).toMatchObject({ changes: [{ key: 'last', text: '1' }] });
  });
});
