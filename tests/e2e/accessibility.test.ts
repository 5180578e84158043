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

/** The looks a device can ask for, and the rules of axe for them: structure is the same in all, so the others are asked for colours alone. */
const LOOKS = [
  { theme: 'light', colorScheme: 'light', contrast: 'no-preference', rules: undefined },
  { theme: 'dark', colorScheme: 'dark', contrast: 'no-preference', rules: ['color-contrast'] },
  { theme: 'contrast', colorScheme: 'light', contrast: 'more', rules: ['color-contrast-enhanced'] },
  { theme: 'contrast-dark', colorScheme: 'dark', contrast: 'more', rules: ['color-contrast-enhanced'] },
] as const;

/** What axe finds on the page in one look, one sentence each. */
async function findings(page: Page, screen: string, look: (typeof LOOKS)[number]): Promise<string[]> {
  const { theme, colorScheme, contrast, rules } = look;
  await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
  await page.locator(`html[data-theme="${theme}"]`).waitFor();
  // One frame is enough: the legacy mode needs no page of its own to put the answers together.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => {
        const [, why = ''] = failureSummary.split('\n');
        return `${screen}, ${theme}: ${id} at ${target.join(' ')}: ${why.trim()}`;
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

/** Follows a walk and gives what axe found on its screens, each in every look, and what a finger would miss. */
async function look(walk: (page: Page) => Walk): Promise<{ screens: string[]; found: string[] }> {
  const page = await browser.context.newPage();
  await page.setViewportSize(TILL);
  const screens: string[] = [];
  const found: string[] = [];
  await follow(walk(page), async (screen) => {
    screens.push(screen);
    found.push(...(await smallTargets(page, screen)));
    for (const one of LOOKS) found.push(...(await findings(page, screen, one)));
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
    found.push(...(await tooWide(page, screen)));
  });
  await page.close();
  return { screens, found };
}

describe(
  'every screen keeps nobody out, in light, in dark and in high contrast, and fits a phone and fingers',
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
      const office = await look((page) => officeWalk({ url, page, language: 'en' }));
      expect(office.found).toEqual([]);
      expect(office.screens).toContain('office-failure');
    });
  },
);
