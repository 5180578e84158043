import type { Page } from 'playwright';
import { makeOrigin } from '../../app/server/origin.ts';
import { startTillOrigin } from '../e2e/till/till-origin.ts';
import { reached, touch, type Walk } from './screen.ts';

/** The screens before a device is anybody's: a code for a till, the founding of a shop. */
export async function* setUpWalk(page: Page): Walk {
  const origin = await startTillOrigin('by-code');
  try {
    await page.goto(origin.url);
    await reached(page, 'set-up');
    yield 'set-up-code';
    await page.getByTestId('set-up-code').fill('7KQ4M-2XPNA');
    await touch(page, 'set-up-join');
    await reached(page, 'set-up-trouble');
    yield 'set-up-unknown-code';
  } finally {
    await page.goto('about:blank');
    await origin.close();
  }
  yield* foundingWalk(page);
}

async function* foundingWalk(page: Page): Walk {
  const server = await makeOrigin({
    build: new URL('../../build', import.meta.url).pathname,
    config: () => ({ role: 'hq', device: '0000000000000001', founding: true, version: 'test' }),
    relay: 'http://127.0.0.1:9',
    hosts: [],
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  try {
    await page.goto(`${url}/office`);
    await reached(page, 'founding');
    yield 'founding';
    await touch(page, 'found-action');
    await reached(page, 'found-trouble');
    yield 'founding-incomplete';
  } finally {
    await page.goto('about:blank');
    await server.close();
  }
}
