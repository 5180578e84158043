import type { Page } from 'playwright';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import type { Device } from '#model/trust/device.ts';
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
  yield* noDataWalk(page);
  yield* waitingWalk(page);
  yield* foundingWalk(page);
}

/** A new till whose relay has nothing of its store yet. */
async function* noDataWalk(page: Page): Walk {
  const origin = await startTillOrigin();
  origin.relay.wipe();
  try {
    await page.goto(origin.url);
    await reached(page, 'no-data');
    yield 'till-no-data';
  } finally {
    await page.goto('about:blank');
    await origin.close();
  }
}

const ENROLLED = { store: storeId(1), key: 'A'.repeat(43), enrolledAt: '2026-01-01T00:00:00.000Z' };
/** The terminal that had the register before, and the machines beside it. */
const LISTED: readonly Device[] = [
  {
    ...ENROLLED,
    id: '00000000000000a1',
    name: 'Till 1, old tablet',
    role: 'terminal',
    register: registerId(1),
    revokedAt: '2026-02-01T00:00:00.000Z',
  },
  { ...ENROLLED, id: '00000000000000a2', name: 'Till 2', role: 'relay', register: registerId(2) },
  { ...ENROLLED, id: '00000000000000a3', name: 'Till 3', role: 'relay', register: registerId(3) },
];

function listed(device: Device): readonly [string, string] {
  return [`device:${device.id}`, canonicalJson(device)];
}

/** A browser that took a register over, while the last receipts of it may be elsewhere: who is waited for, one after the other. */
async function* waitingWalk(page: Page): Walk {
  const origin = await startTillOrigin();
  origin.write({ class: 'organization' }, Object.fromEntries(LISTED.map(listed)));
  origin.door.linked = false;
  try {
    await page.goto(origin.url);
    await reached(page, 'awaits-head-office');
    yield 'till-awaits-head-office';
    const status = '**/relay/status*';
    await page.route(status, (route) => route.fulfill({ status: 502, body: 'away' }));
    await reached(page, 'awaits-relay');
    yield 'till-awaits-relay';
    await page.unroute(status);
    origin.door.linked = true;
    await reached(page, 'awaits-holders');
    yield 'till-awaits-holders';
  } finally {
    await page.goto('about:blank');
    await origin.close();
  }
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
