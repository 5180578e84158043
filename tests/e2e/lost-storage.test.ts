import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { describe, expect, test, vi } from 'vitest';
import { recordsOnDisk, salesOf } from '../crash/till-disk.ts';
import { pinOf, type TestShop } from '../support/shop.ts';
import { picture, withOneTill } from './shop-tills.ts';

const TAPE = '2000000000039';
const PATIENCE = { timeout: 60_000, interval: 100 };

const one = withOneTill();
const receipts: string[] = [];

const expectedNumbers = () => receipts.map((_, n) => `S01-R1-${String(n + 1).padStart(6, '0')}`);

async function sell(): Promise<void> {
  await one.till.addBySearch(TAPE);
  receipts.push(await one.till.sellForCash('20'));
  await one.till.newSale();
}

/** The receipts of till 1 on the disk of a relay, as they are now. */
async function receiptsAt(station: TestShop['hq']): Promise<string[]> {
  const records = await recordsOnDisk(station.folder('relay'), one.shop.hq.spec.organization ?? '');
  return salesOf(records).map(({ body }) => body.receipt);
}

/** Everything the browser keeps of the till goes, as when somebody clears it or the browser does. */
async function clearStorage(): Promise<void> {
  const session = await one.browser.context.newCDPSession(one.till.page);
  const { origin } = new URL(one.url);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
}

/** Browser and relay of the till lose what they keep; the relay comes up again, with nothing. */
async function loseEverything(): Promise<void> {
  const before = one.shop.tills[0].pidOf('relay') ?? 0;
  await clearStorage();
  await one.till.page.goto('about:blank');
  await rm(join(one.shop.tills[0].folder('relay'), 'documents'), { recursive: true });
  process.kill(before, 'SIGKILL');
  await vi.waitFor(() => {
    const now = one.shop.tills[0].pidOf('relay');
    expect([undefined, before]).not.toContain(now);
  }, PATIENCE);
}

/** Opens the till and takes its register over until it shows something. Where head office was not reached yet, a person presses again. */
async function pressOnUntil(shown: Locator): Promise<void> {
  await one.till.visit(one.url);
  const takeOver = one.till.page.getByTestId('set-up-take-over');
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
  await pressOnUntil(one.till.page.getByTestId('person-ana'));
  await one.till.signIn('ana', pinOf('ana'));
  await one.till.search.waitFor(PATIENCE);
}

describe('a till whose browser lost everything', { timeout: 240_000 }, () => {
  test('[E9] in the middle of a sale: what was told done stays, and the next number follows', async () => {
    await sell();
    await sell();
    await one.till.addBySearch(TAPE);
    await one.till.startPaying();
    await one.till.payCash('20');
    await clearStorage();
    // One copy is enough to sell (design §5): the relay's.
    receipts.push(await one.till.complete());
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.tills[0])).toEqual(receipts), PATIENCE);
    await one.till.page.goto('about:blank');
    await comeBack();
    await sell();
    expect(receipts).toEqual(expectedNumbers());
  });

  test('[E9] and whose relay lost its documents as well: the other till brings what head office never had', async () => {
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.hq)).toEqual(receipts), PATIENCE);
    for (const cable of one.shop.hqCables) await cable.cut();
    await sell();
    await sell();
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.tills[1])).toEqual(receipts), PATIENCE);
    await loseEverything();
    // Only this till reaches head office now; the other one has what head office lacks.
    await one.shop.hqCables[0].join();
    await comeBack();
    await sell();
    expect(receipts).toEqual(expectedNumbers());
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.hq)).toEqual(receipts), PATIENCE);
  });

  test('[R17] waits for the one till that has its last receipts, however long head office has been there', async () => {
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.hq)).toEqual(receipts), PATIENCE);
    for (const cable of one.shop.hqCables) await cable.cut();
    await sell();
    await sell();
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.tills[1])).toEqual(receipts), PATIENCE);
    const holder = one.shop.tills[1].pidOf('relay') ?? 0;
    process.kill(holder, 'SIGSTOP');
    await loseEverything();
    await one.shop.hqCables[0].join();
    const waiting = one.till.page.getByTestId('awaits-holders');
    await pressOnUntil(waiting);
    expect(await waiting.textContent()).toContain('Till 2');
    await picture(one.till.page, 'till-waits-for-holders');
    // Head office has told all it has by now: two receipts fewer than were printed.
    expect(await receiptsAt(one.shop.tills[0])).toEqual(receipts.slice(0, -2));
    process.kill(holder, 'SIGCONT');
    await one.till.page.getByTestId('person-ana').waitFor(PATIENCE);
    await one.till.signIn('ana', pinOf('ana'));
    await one.till.search.waitFor(PATIENCE);
    await sell();
    expect(receipts).toEqual(expectedNumbers());
    await vi.waitFor(async () => expect(await receiptsAt(one.shop.hq)).toEqual(receipts), PATIENCE);
  });
});
