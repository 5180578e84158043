import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { pinOf, startShop, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';

type Size = { readonly width: number; readonly height: number };

/** A shop with two tills and who works at them: Ana at the first, Luis at the second. */
export type TwoTills = { readonly shop: TestShop; readonly one: TillPage; readonly two: TillPage };

/**
 * Gives the tests of a file one shop, with a session open at both tills and 100.00 in each drawer. What comes back is filled before
 * the first test: read its members in the tests, not before.
 */
export function withTwoTills(first: Size, second: Size = first): TwoTills {
  let folder: string;
  let browsers: TestBrowser[] = [];
  let tills: TwoTills;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tillmesh-two-tills-'));
    const shop = await startShop(join(folder, 'data'));
    browsers = await Promise.all([launchBrowser(join(folder, 'one')), launchBrowser(join(folder, 'two'))]);
    const open = async (index: 0 | 1, size: Size, person: 'ana' | 'luis') => {
      const page = await browsers[index]?.context.newPage();
      if (!page) throw new Error('two browsers are needed');
      await page.setViewportSize(size);
      const till = new TillPage(page);
      await till.visit(`http://localhost:${shop.tills[index].spec.ports.app}/`);
      await till.signIn(person, pinOf(person));
      await till.openSession('100');
      return till;
    };
    tills = { shop, one: await open(0, first, 'ana'), two: await open(1, second, 'luis') };
  }, 180_000);
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.kill()));
    await tills?.shop.stop();
    await removeProfile(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get shop() {
      return tills.shop;
    },
    get one() {
      return tills.one;
    },
    get two() {
      return tills.two;
    },
  };
}

/** A picture of what a person sees, where somebody asked for pictures with TILLMESH_PICTURES. */
export async function picture(till: TillPage, name: string): Promise<void> {
  const pictures = process.env['TILLMESH_PICTURES'];
  if (pictures !== undefined) await till.page.screenshot({ path: join(pictures, `${name}.png`) });
}
