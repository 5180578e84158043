import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchBrowser, removeProfile } from './browser.ts';

/** How a person's screen is set up; a till of a shop unless said otherwise. */
export type Screen = { readonly width: number; readonly height: number };

const TILL: Screen = { width: 1024, height: 768 };

/** A browser of one test file, on a profile of its own. */
export type FreshBrowser = {
  /** A place in it that shares nothing with the others, as another browser would be. */
  readonly newContext: Browser['newContext'];
  /** A page that knows nothing of `url`'s origin, whatever an earlier test left at the same port. */
  readonly newPage: (url: string, screen?: Screen) => Promise<Page>;
  /** Ends the browser and removes its profile. */
  readonly close: () => Promise<void>;
};

/** Starts a browser on a new profile. */
export async function startBrowser(): Promise<FreshBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'tillmesh-browser-'));
  const browser = await launchBrowser(profile);
  return {
    newContext: (options) => browser.browser.newContext(options),
    newPage: async (url, screen = TILL) => {
      const page = await browser.context.newPage();
      await page.setViewportSize(screen);
      await forgetOrigin(browser.context, page, url);
      return page;
    },
    close: async () => {
      await browser.kill();
      await removeProfile(profile);
    },
  };
}

/**
 * Removes all that a browser keeps of an origin: documents, notes, the app itself. The system gives a port twice in one run,
 * and what the till of an earlier test left there would be merged into this one's.
 */
async function forgetOrigin(context: BrowserContext, page: Page, url: string): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes: 'all' });
  await session.detach();
}
