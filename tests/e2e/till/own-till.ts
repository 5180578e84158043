import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { pinOf } from '../../support/shop.ts';
import { filledLater } from '../filled-later.ts';
import { TillPage } from '../pages/till-page.ts';
import { startTillOrigin, type TillOrigin } from './till-origin.ts';

/** What a test has of its till. */
export type OwnTill = { readonly origin: TillOrigin; readonly page: Page; readonly till: TillPage };

/** How the till of each test is set up. */
export type OwnTillSetUp = {
  /** Who signs in; Ana unless said otherwise. */
  readonly person?: Parameters<typeof pinOf>[0];
  /** Serves the till; the demo's without a card terminal unless said otherwise. */
  readonly start?: () => Promise<TillOrigin>;
};

/**
 * Gives each test of a file a till of its own, signed in, with an open session and 100.00 in the drawer. What comes back is filled
 * anew before each test: read its members in the test, not before.
 */
export function eachWithOwnTill({
  person = 'ana',
  start = () => startTillOrigin(),
}: OwnTillSetUp = {}): OwnTill {
  let browser: FreshBrowser;
  const { members, fill } = filledLater<OwnTill>();
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    const origin = await start();
    const page = await browser.newPage(origin.url);
    const till = new TillPage(page);
    fill({ origin, page, till });
    await till.visit(origin.url);
    await till.signIn(person, pinOf(person));
    await till.openSession('100');
    return async () => {
      await page.close();
      await origin.close();
    };
  });
  return members;
}
