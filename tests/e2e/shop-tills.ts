import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { pinOf, startShop, type TestShop } from '../support/shop.ts';
import { filledLater } from './filled-later.ts';
import { TillPage } from './pages/till-page.ts';

type Size = { readonly width: number; readonly height: number };
type ShopOptions = Parameters<typeof startShop>[1];

/** A shop, the address of its first till, a browser there and the till in it, where Ana works. */
export type OneTill = {
  readonly shop: TestShop;
  readonly url: string;
  readonly browser: TestBrowser;
  readonly till: TillPage;
};

/** A shop with two tills and who works at them: Ana at the first, Luis at the second. */
export type TwoTills = { readonly shop: TestShop; readonly one: TillPage; readonly two: TillPage };

/** A new browser with a folder of its own, which ends after the tests of the file. */
export type OpenBrowser = () => Promise<TestBrowser>;

/**
 * Starts a shop before the tests of a file and lets `ready` open what they work with; ends all of it after them, also where
 * something of it did not come up.
 */
export function withShop(
  ready: (shop: TestShop, openBrowser: OpenBrowser) => Promise<void>,
  options?: ShopOptions,
): void {
  let folder: string;
  let shop: TestShop | undefined;
  const browsers: TestBrowser[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tillmesh-e2e-'));
    shop = await startShop(join(folder, 'data'), options);
    let opened = 0;
    await ready(shop, async () => {
      const browser = await launchBrowser(join(folder, `browser-${++opened}`));
      browsers.push(browser);
      return browser;
    });
  }, 240_000);
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.kill()));
    await shop?.stop();
    await removeProfile(folder);
  });
}

/** The address of the first or the second till of a shop. */
export function tillUrl(shop: TestShop, index: 0 | 1): string {
  return `http://localhost:${shop.tills[index].spec.ports.app}/`;
}

/** Signs a person in at a till of a shop and opens a session with 100.00 in the drawer. */
async function work(page: Page, url: string, person: 'ana' | 'luis'): Promise<TillPage> {
  const till = new TillPage(page);
  await till.visit(url);
  await till.signIn(person, pinOf(person));
  await till.openSession('100');
  return till;
}

/**
 * Gives the tests of a file one shop whose first till has a session open, with 100.00 in the drawer. What comes back is filled before
 * the first test: read its members in the tests, not before.
 */
export function withOneTill(options?: ShopOptions): OneTill {
  const { members, fill } = filledLater<OneTill>();
  withShop(async (shop, openBrowser) => {
    const browser = await openBrowser();
    const url = tillUrl(shop, 0);
    fill({ shop, url, browser, till: await work(await browser.context.newPage(), url, 'ana') });
  }, options);
  return members;
}

/**
 * Gives the tests of a file one shop, with a session open at both tills and 100.00 in each drawer. What comes back is filled before
 * the first test: read its members in the tests, not before.
 */
export function withTwoTills(first: Size, second: Size = first): TwoTills {
  const { members, fill } = filledLater<TwoTills>();
  withShop(async (shop, openBrowser) => {
    const browsers = await Promise.all([openBrowser(), openBrowser()]);
    const open = async (index: 0 | 1, size: Size, person: 'ana' | 'luis') => {
      const page = await browsers[index].context.newPage();
      await page.setViewportSize(size);
      return work(page, tillUrl(shop, index), person);
    };
    fill({ shop, one: await open(0, first, 'ana'), two: await open(1, second, 'luis') });
  });
  return members;
}

/** A picture of what a person sees, where somebody asked for pictures with TILLMESH_PICTURES. */
export async function picture(page: Page, name: string): Promise<void> {
  const pictures = process.env['TILLMESH_PICTURES'];
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}
