import { afterEach, describe, expect, test } from 'vitest';
import { siteBrowser } from './site-browser.ts';

const site = siteBrowser();
let count = 0;

afterEach(async () => {
  await site.closeTabs();
});

const freshDatabase = () => `storage-${++count}`;

describe('the storage of a browser', () => {
  test('a transaction behind others fails only when none of them ends any more', async () => {
    const page = await site.tab();
    const outcome = await page.evaluate(async (database) => {
      const { StrictIndexedDbStorage, hostSurroundings } = globalThis.testPage;
      const timers: { run: () => void; on: boolean }[] = [];
      const after = (_ms: number, run: () => void) => {
        const timer = { run, on: true };
        timers.push(timer);
        return () => void (timer.on = false);
      };
      const elapse = () => {
        for (const timer of timers.filter(({ on }) => on)) {
          timer.on = false;
          timer.run();
        }
      };
      const surroundings = { ...hostSurroundings, after };
      const storage = new StrictIndexedDbStorage({ database, surroundings, trouble: () => undefined });
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function heldPut(...args: Parameters<typeof put>) {
        const request = put.apply(this, args);
        const next = () => isHolding && this.get('nothing').addEventListener('success', next);
        if ((args[1] as string[])[0] === 'held') request.addEventListener('success', next);
        return request;
      };
      let isHolding = true;
      const told: string[] = [];
      const save = (id: string) =>
        storage.save([id, 'snapshot', 'x'], new Uint8Array(8)).then(
          () => told.push(`${id} saved`),
          (cause: unknown) => told.push(`${id}: ${String(cause)}`),
        );
      await save('first');
      const quick = save('quick');
      const held = save('held');
      await quick;
      elapse();
      await new Promise((resolve) => setTimeout(resolve));
      const afterOne = [...told];
      elapse();
      await held;
      isHolding = false;
      await save('last');
      return { afterOne, told };
    }, freshDatabase());
    expect(outcome.afterOne).toEqual(['first saved', 'quick saved']);
    expect(outcome.told).toEqual([
      'first saved',
      'quick saved',
      'held: Error: saving held/snapshot/x did not finish in 2000 ms',
      'last saved',
    ]);
  });
});

describe('the layout on disk', () => {
  test('[E7] a database of before copies were put aside keeps its documents and gets a place for copies', async () => {
    const page = await site.tab();
    const result = await page.evaluate(async (database) => {
      const { StrictIndexedDbStorage, hostSurroundings } = globalThis.testPage;
      await new Promise<void>((resolve) => {
        const request = indexedDB.open(database, 1);
        request.addEventListener('upgradeneeded', () => {
          const key = ['one', 'snapshot', 'x'];
          request.result.createObjectStore('documents').put({ key, binary: new Uint8Array([1]) }, key);
        });
        request.addEventListener('success', () => {
          request.result.close();
          resolve();
        });
      });
      const trouble: string[] = [];
      const ours = new StrictIndexedDbStorage({
        database,
        surroundings: hostSurroundings,
        trouble: (detail) => trouble.push(detail),
      });
      for (let n = 1; n <= 23; n++) {
        const at = `2026-03-01T08:00:00.${String(n).padStart(3, '0')}Z`;
        await ours.archive({ at, documentId: 'one', bytes: new Uint8Array([n]) });
      }
      const kept = (await ours.archived()).map(({ bytes }) => bytes[0]);
      const document = [...((await ours.load(['one', 'snapshot', 'x'])) ?? [])];
      const ids = await ours.documentIds();
      await ours.close();
      return { kept, document, ids, trouble };
    }, freshDatabase());
    expect(result).toEqual({
      kept: Array.from({ length: 20 }, (_, i) => i + 4),
      document: [1],
      ids: ['one'],
      trouble: [],
    });
  });

  test("automerge-repo's own adapter reads what ours wrote, and ours what it wrote", async () => {
    const page = await site.tab();
    const result = await page.evaluate(async (database) => {
      const { StrictIndexedDbStorage, IndexedDBStorageAdapter, hostSurroundings } = globalThis.testPage;
      const trouble: string[] = [];
      const ours = new StrictIndexedDbStorage({
        database,
        surroundings: hostSurroundings,
        trouble: (detail) => trouble.push(detail),
      });
      const bytes = (...values: number[]) => new Uint8Array(values);
      await ours.save(['one', 'snapshot', 'x'], bytes(1));
      const stock = new IndexedDBStorageAdapter(database);
      await ours.save(['one', 'incremental', 'y'], bytes(2));
      await stock.save(['two', 'snapshot', 'z'], bytes(3));
      await stock.save(['storage-adapter-id'], bytes(4));
      const read = {
        byStock: (await stock.loadRange(['one'])).map(({ key, data }) => [key.join('/'), ...(data ?? [])]),
        byOurs: [...((await ours.load(['two', 'snapshot', 'z'])) ?? [])],
        ids: await ours.documentIds(),
        nothing: await ours.load(['three', 'snapshot', 'z']),
      };
      await ours.remove(['one', 'incremental', 'y']);
      await ours.removeRange(['two', 'snapshot']);
      await ours.close();
      const left = [...(await stock.loadRange(['one'])), ...(await stock.loadRange(['two']))];
      const refused = await ours.load(['one', 'snapshot', 'x']).catch((cause: unknown) => String(cause));
      return { ...read, left: left.map(({ key }) => key.join('/')), refused, trouble };
    }, freshDatabase());
    expect(result).toEqual({
      byStock: [
        ['one/incremental/y', 2],
        ['one/snapshot/x', 1],
      ],
      byOurs: [3],
      ids: ['one', 'two'],
      nothing: undefined,
      left: ['one/snapshot/x'],
      refused: expect.stringContaining('is closed'),
      trouble: [],
    });
  });
});
