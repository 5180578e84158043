import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { officeWalk } from '../screens/office-walk.ts';
import { follow, type Walk } from '../screens/screen.ts';
import { setUpWalk } from '../screens/set-up-walk.ts';
import { tillAloneWalk } from '../screens/till-alone-walk.ts';
import { tillWalk } from '../screens/till-walk.ts';
import { smallTargets } from './pages/targets.ts';
import { TillPage } from './pages/till-page.ts';

/** What keeps people out; the lesser findings of axe are matters of taste. */
const GRAVE = ['serious', 'critical'];
const TILL = { width: 1024, height: 768 };
const PHONE = { width: 390, height: 844 };

let folder: string;
let shop: TestShop;
let browser: TestBrowser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillmesh-accessibility-'));
  shop = await startShop(join(folder, 'data'));
  browser = await launchBrowser(join(folder, 'browser'));
}, 180_000);

afterAll(async () => {
  await browser.kill();
  await shop.stop();
  await removeProfile(folder);
  await rm(folder, { recursive: true, force: true });
});

/** What axe finds on the page, one sentence each. Structure is the same in both looks, so dark is asked for colours alone. */
async function findings(page: Page, screen: string, look: 'light' | 'dark'): Promise<string[]> {
  await page.emulateMedia({ colorScheme: look, reducedMotion: 'reduce' });
  await page.locator(`html[data-theme="${look}"]`).waitFor();
  // One frame is enough: the legacy mode needs no page of its own to put the answers together.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (look === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze();
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => {
        const [, why = ''] = failureSummary.split('\n');
        return `${screen}, ${look}: ${id} at ${target.join(' ')}: ${why.trim()}`;
      }),
    );
}

/** What sticks out of a phone's width, so that a thumb would have to push the page sideways. */
async function tooWide(page: Page, screen: string): Promise<string[]> {
  await page.setViewportSize(PHONE);
  const wide = await page.evaluate(() => {
    const moves = (element: Element) => element.scrollWidth > element.clientWidth + 1;
    const places = [document.documentElement, ...document.querySelectorAll('main, [role="dialog"] > div')];
    return places.filter(moves).map(({ tagName, className }) => `${tagName} ${className}`);
  });
  await page.setViewportSize(TILL);
  return wide.map((place) => `${screen}: wider than a phone: ${place}`);
}

/** Follows a walk and gives what axe found on its screens, each in light and in dark; at a till also what a finger would miss. */
async function look(
  walk: (page: Page) => Walk,
  place: 'till' | 'office' = 'till',
): Promise<{ screens: string[]; found: string[] }> {
  const page = await browser.context.newPage();
  await page.setViewportSize(TILL);
  const screens: string[] = [];
  const found: string[] = [];
  await follow(walk(page), async (screen) => {
    screens.push(screen);
    if (place === 'till') found.push(...(await smallTargets(page, screen)));
    found.push(...(await findings(page, screen, 'light')), ...(await findings(page, screen, 'dark')));
    found.push(...(await tooWide(page, screen)));
  });
  await page.close();
  return { screens, found };
}

describe(
  'every screen keeps nobody out, in light and in dark, fits a phone, and a till fits fingers',
  { timeout: 720_000 },
  () => {
    test('before a device is anybody’s', async () => {
      const { screens, found } = await look(setUpWalk);
      expect(found).toEqual([]);
      expect(screens).toEqual(expect.arrayContaining(['till-awaits-holders', 'founding']));
    });

    test('at a till that stands alone', async () => {
      const { screens, found } = await look((page) => tillAloneWalk(page, 'ana'));
      expect(found).toEqual([]);
      expect(screens).toContain('till-not-saved');
    });

    test('at a till', async () => {
      const [station] = shop.tills;
      const till = await look((page) =>
        tillWalk({ shop, station, till: new TillPage(page), cashier: 'ana' }),
      );
      expect(till.found).toEqual([]);
      expect(till.screens).toContain('till-excluded');
    });

    test('at head office that sees what the till sold', async () => {
      const url = `http://localhost:${shop.hq.spec.ports.app}`;
      const office = await look((page) => officeWalk({ url, page, language: 'en' }), 'office');
      expect(office.found).toEqual([]);
      expect(office.screens).toContain('office-failure');
    });
  },
);
