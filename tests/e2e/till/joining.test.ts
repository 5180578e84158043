import type { BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeId } from '#model/ids/register-id.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { TillPage } from '../pages/till-page.ts';
import { startTillOrigin, type TillOrigin } from './till-origin.ts';

const LANTERN = 'white metal lantern';

let browser: FreshBrowser;
let origin: TillOrigin;
let contexts: BrowserContext[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(() => {
  contexts = [];
  return async () => {
    for (const context of contexts) await context.close();
    await origin.close();
  };
});

/** A browser that has never been here. */
async function newBrowser(): Promise<TillPage> {
  const context = await browser.newContext({ locale: 'en-GB' });
  contexts.push(context);
  const page = await context.newPage();
  await page.setViewportSize({ width: 1024, height: 768 });
  const till = new TillPage(page);
  await till.visit(origin.url);
  return till;
}

const place = (page: Page, id: string) => page.getByTestId(id);

async function sell(till: TillPage): Promise<string> {
  await till.addBySearch(LANTERN);
  await till.startPaying();
  await till.payCash('20');
  return till.complete();
}

describe('a browser that joins by code', () => {
  beforeEach(async () => {
    origin = await startTillOrigin('by-code');
  });

  it('[E8] becomes the till with a code typed as it is read, and stays it over a reload', async () => {
    const till = await newBrowser();
    const code = origin.invite();
    await place(till.page, 'set-up-code').pressSequentially(code.toLowerCase().replace('-', ' '));
    expect(await place(till.page, 'set-up-code').inputValue()).toBe(code);
    await place(till.page, 'set-up-code').press('Enter');
    await till.signIn('ana', '1234');
    await till.openSession('100');
    expect(await sell(till)).toBe('S01-R1-000001');
    const [device] = origin.door.devices;
    expect(device).toMatchObject({ role: 'terminal', store: 'S01', register: 'R1' });
    expect(origin.relay.door.proofs.join()).toContain(device?.id);
    await till.page.reload();
    await place(till.page, 'person-ana').or(till.search).first().waitFor();
    expect(origin.door.devices).toHaveLength(1);
  });

  it('takes a code pressed on the screen, one digit at a time', async () => {
    const till = await newBrowser();
    const code = origin.invite();
    await place(till.page, 'code-digit-0').click();
    await till.page.getByRole('button', { name: 'Delete' }).or(till.page.getByLabel(/back/i)).first().click();
    for (const digit of code.replace('-', '')) await place(till.page, `code-digit-${digit}`).click();
    await place(till.page, 'set-up-join').click();
    await place(till.page, 'person-ana').waitFor();
    expect(origin.door.devices).toHaveLength(1);
  });

  it.each([
    ['code-unknown', /does not know this code/],
    ['code-expired', /too old/],
    ['code-used', /used already/],
    ['role-not-invited', /another kind of device/],
    ['device-known', /knows this browser already/],
    ['head-office-away', /cannot be reached/],
    ['too-many-tries', /next try is possible in 0:0\d/],
    ['something-new', /Sorry, the moon is full/],
  ])('[E8] says what %s means and lets the person try again', async (code, sentence) => {
    const till = await newBrowser();
    const body = { code, message: 'Sorry, the moon is full', retryAfterSeconds: 3 };
    origin.door.answers.push({ status: 403, body });
    await place(till.page, 'set-up-code').fill('7KQ4M2XPNA');
    await place(till.page, 'set-up-join').click();
    await expect.poll(() => place(till.page, 'set-up-trouble').textContent(), PATIENCE).toMatch(sentence);
    await place(till.page, 'set-up-code').fill(origin.invite());
    await place(till.page, 'set-up-join').click();
    await place(till.page, 'person-ana').waitFor();
    expect(origin.door.devices).toHaveLength(1);
  });

  it('says that a code with a letter no code has is not known, without asking head office', async () => {
    const till = await newBrowser();
    await place(till.page, 'set-up-code').fill('7KQ4M-2XPNU');
    await place(till.page, 'set-up-join').click();
    expect(await place(till.page, 'set-up-trouble').textContent()).toMatch(/does not know/);
    expect(origin.door.asked).toEqual([]);
  });

  it('[E9] takes the register over: the first till says so, the second goes on with its numbers', async () => {
    const first = await newBrowser();
    await place(first.page, 'set-up-code').fill(origin.invite());
    await place(first.page, 'set-up-join').click();
    await first.signIn('ana', '1234');
    await first.openSession('100');
    expect(await sell(first)).toBe('S01-R1-000001');
    origin.door.sessions = { 'S01-R1': 1 };

    const second = await newBrowser();
    await place(second.page, 'set-up-taken').waitFor();
    await place(second.page, 'set-up-code').fill(origin.invite());
    await place(second.page, 'set-up-join').click();
    await second.signIn('luis', '2345');
    expect(await sell(second)).toBe('S01-R1-000002');

    await place(first.page, 'excluded').waitFor();
    expect(await place(first.page, 'excluded').getAttribute('data-reason')).toBe('replaced');
    expect(await first.search.count()).toBe(0);
    expect(await place(first.page, 'excluded-left').textContent()).toMatch(/passed on/);
    await first.page.reload();
    await place(first.page, 'excluded').waitFor();
    const [old, next] = origin.door.devices;
    expect([old?.revokedAt === undefined, next?.replaces === old?.id]).toEqual([false, true]);
  });
});

describe('a till that is turned away', () => {
  let till: TillPage;

  beforeEach(async () => {
    origin = await startTillOrigin();
    till = await newBrowser();
    await till.signIn('ana', '1234');
    await till.openSession('100');
    await sell(till);
  });

  const reason = () => place(till.page, 'excluded').getAttribute('data-reason');
  const onlyDevice = () => {
    const [device] = origin.door.devices;
    if (!device) throw new Error('nobody was enrolled');
    return device;
  };

  it('[E2] explains a revocation, sells no more, not even without a connection, and does not enrol itself again', async () => {
    origin.door.revoke(onlyDevice());
    await place(till.page, 'excluded').waitFor();
    expect([await reason(), await till.search.count()]).toEqual(['revoked', 0]);
    await origin.relay.cut();
    await till.page.reload();
    await place(till.page, 'excluded').waitFor();
    expect(await reason()).toBe('revoked');
    expect(origin.door.devices).toHaveLength(1);
  });

  it('counts the records that only this browser has', async () => {
    await till.newSale();
    await origin.relay.cut();
    await sell(till);
    await till.savedBanner.waitFor();
    origin.door.revoke(onlyDevice());
    await origin.relay.listen();
    await expect
      .poll(() => place(till.page, 'excluded-left').textContent(), { timeout: 40_000 })
      .toMatch(/^\s*1 record /);
  });

  it.each([
    ['expired', CLOSE_CODES.expired],
    ['unproven', CLOSE_CODES.unproven],
    ['unknown', CLOSE_CODES.unknownDevice],
  ])('[E5] explains that it is %s and goes on when it is accepted again', async (standing, code) => {
    origin.door.turnAway(onlyDevice().id, code);
    await place(till.page, 'excluded').waitFor();
    expect(await reason()).toBe(standing);
    origin.relay.door.turnedAway.clear();
    await place(till.page, 'excluded-again').click();
    await till.search.waitFor();
    expect(await place(till.page, 'excluded').count()).toBe(0);
  });

  it('becomes another device only when a person says so', async () => {
    origin.door.revoke(onlyDevice());
    await place(till.page, 'excluded-code').click();
    await till.search.waitFor();
    expect(origin.door.devices.map(({ revokedAt }) => revokedAt === undefined)).toEqual([false, true]);
  });
});

it('says that the data of its store is not here yet, and goes on when it comes', async () => {
  origin = await startTillOrigin();
  const keys = [
    { class: 'organization' },
    { class: 'store', store: storeId(1) },
    { class: 'staff' },
  ] as const;
  const kept = keys.map((key) => [key, origin.entries(key) ?? {}] as const);
  origin.relay.wipe();
  const till = await newBrowser();
  await place(till.page, 'no-data').waitFor();
  for (const [key, entries] of kept) origin.write(key, entries);
  await place(till.page, 'person-ana').waitFor();
  expect(await place(till.page, 'no-data').count()).toBe(0);
});
