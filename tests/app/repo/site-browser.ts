import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, removeProfile, type TestBrowser } from '../../support/browser.ts';
import { openTab } from './browser-terminal.ts';
import { serveTestSite, type TestSite } from './test-site.ts';

/** A browser on the test site, for all tests of a file. */
export type SiteBrowser = {
  /** The address of the site. */
  readonly url: () => string;
  /** Opens a further tab of the site. */
  readonly tab: () => Promise<Page>;
  readonly closeTabs: () => Promise<void>;
};

/** Starts a browser and the site before the tests of the file that calls it, and ends both behind them. */
export function siteBrowser(): SiteBrowser {
  let site: TestSite;
  let profile: string;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await serveTestSite();
    profile = await mkdtemp(join(tmpdir(), 'tillmesh-browser-'));
    browser = await launchBrowser(profile);
  }, 120_000);
  afterAll(async () => {
    await browser.kill();
    await site.close();
    await removeProfile(profile);
  });
  return {
    url: () => site.url,
    tab: () => openTab(browser.context, site.url),
    closeTabs: async () => {
      for (const page of browser.context.pages()) await page.close();
    },
  };
}
