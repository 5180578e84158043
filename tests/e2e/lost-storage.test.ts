import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { recordsOnDisk, salesOf } from '../crash/till-disk.ts';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { pinOf, startShop, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';

const TAPE = '2000000000039';
const PATIENCE = { timeout: 60_000, interval: 100 };

let folder: string;
let shop: TestShop;
let browser: TestBrowser;
let till: TillPage;
const receipts: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillmesh-lost-'));
  shop = await startShop(join(folder, 'data'));
  browser = await launchBrowser(join(folder, 'browser'));
  till = new TillPage(await browser.context.newPage());
  await till.visit(urlOfTill());
  await till.signIn('ana', pinOf('ana'));
  await till.openSession('100');
}, 180_000);

afterAll(async () => {
  await browser.kill();
  await shop.stop();
  await removeProfile(folder);
  await rm(folder, { recursive: true, force: true });
});

const urlOfTill = () => `http://localhost:${shop.tills[0].spec.ports.app}/`;
const expectedNumbers = () => receipts.map((_, n) => `S01-R1-${String(n + 1).padStart(6, '0')}`);

async function sell(): Promise<void> {
  await till.addBySearch(TAPE);
  receipts.push(await till.sellForCash('20'));
  await till.newSale();
}

/** The receipts of till 1 on the disk of a relay, as they are now. */
async function receiptsAt(station: TestShop['hq']): Promise<string[]> {
  const records = await recordsOnDisk(station.folder('relay'), shop.hq.spec.organization ?? '');
  return salesOf(records).map(({ body }) => body.receipt);
}

/** Everything the browser keeps of the till goes, as when somebody clears it or the browser does. */
async function clearStorage(): Promise<void> {
  const session = await browser.context.newCDPSession(till.page);
  const { origin } = new URL(urlOfTill());
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
}

/** Browser and relay of the till lose what they keep; the relay comes up again, with nothing. */
async function loseEverything(): Promise<void> {
  const before = shop.tills[0].pidOf('relay') ?? 0;
  await clearStorage();
  await till.page.goto('about:blank');
  await rm(join(shop.tills[0].folder('relay'), 'documents'), { recursive: true });
  process.kill(before, 'SIGKILL');
  await vi.waitFor(() => {
    const now = shop.tills[0].pidOf('relay');
    expect([undefined, before]).not.toContain(now);
  }, PATIENCE);
}

/** A picture of what a person sees, where somebody asked for pictures. */
async function picture(name: string): Promise<void> {
  const pictures = process.env['TILLMESH_PICTURES'];
  if (pictures !== undefined) await till.page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Opens the till and takes its register over until it shows something. Where head office was not reached yet, a person presses again. */
async function pressOnUntil(shown: Locator): Promise<void> {
  await till.visit(urlOfTill());
  const takeOver = till.page.getByTestId('set-up-take-over');
  await vi.waitFor(
    async () => {
      if ((await takeOver.isVisible()) && (await takeOver.isEnabled())) await takeOver.click();
      expect(await shown.isVisible()).toBe(true);
    },
    { ...PATIENCE, interval: 1_000 },
  );
}

/**
 * The browser is a new device: in this shop it joins by itself, or when a person says so where the relay still sees the one it was. It
 * goes on in the open session.
 */
async function comeBack(): Promise<void> {
  await pressOnUntil(till.page.getByTestId('person-ana'));
  await till.signIn('ana', pinOf('ana'));
  await till.search.waitFor(PATIENCE);
}

describe('a till whose browser lost everything', { timeout: 240_000 }, () => {
  test('[E9] in the middle of a sale: what was told done stays, and the next number follows', async () => {
    await sell();
    await sell();
    await till.addBySearch(TAPE);
    await till.startPaying();
    await till.payCash('20');
    await clearStorage();
    // One copy is enough to sell (design §5): the relay's.
    receipts.push(await till.complete());
    await vi.waitFor(async () => expect(await receiptsAt(shop.tills[0])).toEqual(receipts), PATIENCE);
    await till.page.goto('about:blank');
    await comeBack();
    await sell();
    expect(receipts).toEqual(expectedNumbers());
  });

  test('[E9] and whose relay lost its documents as well: the other till brings what head office never had', async () => {
    await vi.waitFor(async () => expect(await receiptsAt(shop.hq)).toEqual(receipts), PATIENCE);
    for (const cable of shop.hqCables) await cable.cut();
    await sell();
    await sell();
    await vi.waitFor(async () => expect(await receiptsAt(shop.tills[1])).toEqual(receipts), PATIENCE);
    await loseEverything();
    // Only this till reaches head office now; the other one has what head office lacks.
    await shop.hqCables[0].join();
    await comeBack();
    await sell();
    expect(receipts).toEqual(expectedNumbers());
    await vi.waitFor(async () => expect(await receiptsAt(shop.hq)).toEqual(receipts), PATIENCE);
  });

  test('[R17] waits for the one till that has its last receipts, however long head office has been there', async () => {
    await vi.waitFor(async () => expect(await receiptsAt(shop.hq)).toEqual(receipts), PATIENCE);
    for (const cable of shop.hqCables) await cable.cut();
    await sell();
    await sell();
    await vi.waitFor(async () => expect(await receiptsAt(shop.tills[1])).toEqual(receipts), PATIENCE);
    const holder = shop.tills[1].pidOf('relay') ?? 0;
    process.kill(holder, 'SIGSTOP');
    await loseEverything();
    await shop.hqCables[0].join();
    const waiting = till.page.getByTestId('holders');
    await pressOnUntil(waiting);
    expect(await waiting.textContent()).toContain('Till 2');
    await picture('till-waits-for-holders');
    // Head office has told all it has by now: two receipts fewer than were printed.
    expect(await receiptsAt(shop.tills[0])).toEqual(receipts.slice(0, -2));
    process.kill(holder, 'SIGCONT');
    await till.page.getByTestId('person-ana').waitFor(PATIENCE);
    await till.signIn('ana', pinOf('ana'));
    await till.search.waitFor(PATIENCE);
    await sell();
    expect(receipts).toEqual(expectedNumbers());
    await vi.waitFor(async () => expect(await receiptsAt(shop.hq)).toEqual(receipts), PATIENCE);
  });
});
