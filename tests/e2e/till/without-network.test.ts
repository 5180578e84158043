import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { withBrowser } from '../../support/browser.ts';
import { askForNewVersion, publishNewVersion } from '../../support/new-version.ts';
import { PATIENCE } from '../../support/patience.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { TillPage } from '../pages/till-page.ts';
import { salesAt, startTillOrigin, type TillOrigin } from './till-origin.ts';

const LANTERN = 'White Metal Lantern';

/** Waits until this device keeps the whole app. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

const receiptsAtRelay = (origin: TillOrigin) => salesAt(origin).map(({ body }) => body.receipt);

/** The numbers of the papers that wait on this device's disk for their printer. */
function papersWaiting(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const wait = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('no database of notes')));
      });
    const database = await wait(indexedDB.open('tillmesh-waiting'));
    const rows = (await wait(database.transaction('notes').objectStore('notes').getAll())) as {
      name: string;
      text: string;
    }[];
    database.close();
    return rows
      .filter(({ name }) => name.startsWith('paper:'))
      .map(({ text }) => (JSON.parse(text) as { job: { job: { jobId: string } } }).job.job.jobId);
  });
}

describe('a till that is switched on without any network', { timeout: 120_000 }, () => {
  it('starts from its own disk, signs in, sells and keeps the receipt for the printer', async () => {
    const origin = await startTillOrigin();
    await withBrowser(async ({ context }) => {
      const before = await context.newPage();
      const till = new TillPage(before);
      await till.visit(origin.url);
      await till.signIn('ana', '1234');
      await till.openSession('50');
      await kept(before);
      await before.close();
      await origin.close();

      const cold = await context.newPage();
      const again = new TillPage(cold);
      await again.visit(origin.url);
      await again.signIn('ana', '1234');
      await again.addBySearch(LANTERN);
      expect(await again.sellForCash()).toBe('S01-R1-000001');
      await again.savedBanner.waitFor();
      await expect.poll(() => papersWaiting(cold), PATIENCE).toEqual(['S01-R1-000001:receipt:1']);
      expect(receiptsAtRelay(origin)).toEqual([]);
      await cold.reload();
      await again.search.waitFor();
      expect(await papersWaiting(cold)).toEqual(['S01-R1-000001:receipt:1']);
    });
  });
});

describe('a new version of the app', { timeout: 120_000 }, () => {
  it('is offered between sales only, and taken when a person says so', async () => {
    const build = join(await temporaryFolder(), 'build');
    await cp(resolve('build'), build, { recursive: true });
    const origin = await startTillOrigin('by-itself', build);
    await withBrowser(async ({ context }) => {
      const page = await context.newPage();
      const till = new TillPage(page);
      await till.visit(origin.url);
      await till.signIn('ana', '1234');
      await till.openSession('50');
      await kept(page);
      await till.addBySearch(LANTERN);
      await till.line('71053').waitFor();

      await publishNewVersion(build);
      await askForNewVersion(page);
      await expect
        .poll(
          () => page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null),
          PATIENCE,
        )
        .toBe(true);
      const offer = page.getByTestId('new-version');
      expect(await offer.count()).toBe(0);

      await till.sellForCash();
      await till.newSale();
      await offer.waitFor();
      const [notice, total] = await Promise.all([offer.boundingBox(), till.total.boundingBox()]);
      expect((notice?.y ?? Infinity) + (notice?.height ?? 0)).toBeLessThanOrEqual(total?.y ?? 0);
      const loaded = page.waitForEvent('load');
      await page.getByTestId('take-version').click();
      await loaded;
      await till.search.waitFor();
      expect(await page.evaluate(() => caches.keys())).toEqual(['app-newer']);
      expect(await offer.count()).toBe(0);
    });
    await origin.close();
  });
});
