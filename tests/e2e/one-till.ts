import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { pinOf, startShop, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';

/** A shop, the address of its first till, a browser there and the till in it, where Ana works. */
export type OneTill = {
  readonly shop: TestShop;
  readonly url: string;
  readonly browser: TestBrowser;
  readonly till: TillPage;
};

/**
 * Gives the tests of a file one shop whose first till has a session open, with 100.00 in the drawer. What comes back is filled before
 * the first test: read its members in the tests, not before.
 */
export function withOneTill(options?: Parameters<typeof startShop>[1]): OneTill {
  let folder: string;
  let started: OneTill;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tillmesh-one-till-'));
    const shop = await startShop(join(folder, 'data'), options);
    const browser = await launchBrowser(join(folder, 'browser'));
    const till = new TillPage(await browser.context.newPage());
    started = { shop, url: `http://localhost:${shop.tills[0].spec.ports.app}/`, browser, till };
    await till.visit(started.url);
    await till.signIn('ana', pinOf('ana'));
    await till.openSession('100');
  }, 180_000);
  afterAll(async () => {
    await started?.browser.kill();
    await started?.shop.stop();
    await removeProfile(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get shop() {
      return started.shop;
    },
    get url() {
      return started.url;
    },
    get browser() {
      return started.browser;
    },
    get till() {
      return started.till;
    },
  };
}
