import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { storeId } from '#model/ids/register-id.ts';
import { settingKey, settingText } from '#model/settings/settings.ts';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { TillPage } from '../pages/till-page.ts';
import { ORGANIZATION, recordsAt, salesAt, startTillOrigin, type TillOrigin } from './till-origin.ts';

/** A busy machine may take its time; what must not happen is checked without waiting. */
const MIA = { person: 'mia', pin: '9876' };

let browser: FreshBrowser;
let origin: TillOrigin;
let page: Page;
let till: TillPage;
let faults: string[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(async () => {
  origin = await startTillOrigin();
  page = await browser.newPage(origin.url);
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  till = new TillPage(page);
  return async () => {
    await page.close();
    await origin.close();
    if (faults.length > 0) throw new Error(`the page failed: ${faults.join('; ')}`);
  };
});

/** Goes to the till and opens a session with 100.00 as Ana. */
async function openShop(): Promise<void> {
  await till.visit(origin.url);
  await page.getByTestId('person-ana').waitFor();
  await till.signIn('ana', '1234');
  await till.openSession('100');
}

async function sellLantern(): Promise<void> {
  await till.addBySearch('white metal lantern');
  await till.sellForCash('5');
  await till.newSale();
}

const records = () => recordsAt(origin);

describe('the drawer and the books in the browser', { timeout: 120_000 }, () => {
  it('is handed over, goes to the safe, is counted blind, and the store’s day is closed', async () => {
    await openShop();
    await sellLantern();
    await till.handOver('luis', '103', 'wrong change');
    await till.signIn('luis', '2345');
    await till.search.waitFor();
    await sellLantern();
    await till.menu('safe-drop');
    await page.getByTestId('cash-amount').fill('40');
    await page.getByTestId('safe-bag').fill('B-17');
    await page.getByTestId('cash-reason').fill('Drawer too full');
    await page.getByTestId('confirm-cash-move').click();
    await page.getByTestId('cash-move').waitFor({ state: 'detached' });
    await till.menu('close-session');
    await page.getByTestId('count-by-denomination').click();
    await page.getByTestId('counted-input-2000').fill('3');
    // Before the count nothing on the screen says what should be there: 103.00 + 3.39 − 40.00.
    expect(await page.getByTestId('expected-cash').count()).toBe(0);
    expect(await page.locator('main').textContent()).not.toContain('66.39');
    await page.getByTestId('compare-count').click();
    await expect.poll(() => page.getByTestId('expected-cash').textContent(), PATIENCE).toContain('66.39');
    await page.getByTestId('count-again').click();
    await page.getByTestId('counted-input-200').fill('3');
    await page.getByTestId('compare-count').click();
    await till.confirmClose('two coins were under the tray');
    expect(await page.getByTestId('session-summary').textContent()).toContain('Lantern');
    await page.getByTestId('closed-store-day').click();
    await till.approve(MIA.person, MIA.pin);
    await page.getByTestId('close-day').click();
    await till.approve(MIA.person, MIA.pin);
    await page.getByTestId('zz-done').waitFor();
    expect(await page.getByTestId('day-gross').textContent()).toContain('6.78');
    await expect
      .poll(() => records().map(({ kind, by }) => `${kind} ${by}`), PATIENCE)
      .toEqual([
        'opened ana',
        'sale ana',
        'handover ana',
        'sale luis',
        'cash luis',
        'closed luis',
        'zz luis',
      ]);
    expect(records()[2]?.body).toMatchObject({ from: 'ana', to: 'luis', difference: -39 });
    expect(records()[4]?.body).toMatchObject({ bag: 'B-17', amount: 4_000 });
    expect(records()[5]?.body).toMatchObject({
      expected: 6_639,
      counted: 6_600,
      earlier: [6_000],
      denominations: { 2000: 3, 200: 3 },
    });
    expect(records()[6]).toMatchObject({ approvedBy: 'mia', body: { gross: 678, difference: -78 } });
    await page.keyboard.press('Escape');
    await till.leaveZReport();
    await page.getByTestId('open-closings').click();
    await till.approve(MIA.person, MIA.pin);
    const closings = page.getByTestId('closing-row');
    await expect.poll(() => closings.count(), PATIENCE).toBe(2);
    expect(await closings.nth(1).textContent()).toContain('6.78');
  });

  it('[R14] several drawers are opened, chosen, counted and closed each by itself', async () => {
    origin.write(
      { class: 'store', store: storeId(1) },
      { [settingKey('drawers')]: settingText([{ name: 'Left' }, { name: 'Right' }]) },
    );
    await till.visit(origin.url);
    await page.getByTestId('person-ana').waitFor();
    await till.signIn('ana', '1234');
    await page.getByTestId('float-input-1').fill('100');
    await page.getByTestId('count-drawer-2').click();
    await page.getByTestId('float-input-2').fill('50');
    expect(await page.getByTestId('float-input-together').textContent()).toContain('150.00');
    await page.getByTestId('open-session').click();
    await page.getByTestId('drawer-2').click();
    await page.getByTestId('choose-drawer-dialog').waitFor({ state: 'detached' });
    expect(await page.getByTestId('drawer-name').textContent()).toContain('Right');
    await sellLantern();
    await till.menu('close-session');
    await page.getByTestId('counted-input-1').fill('100');
    await page.getByTestId('counted-input-1').press('Enter');
    await page.getByTestId('counted-input-2').fill('53');
    expect(await page.getByTestId('expected-cash').count()).toBe(0);
    await page.getByTestId('compare-count').click();
    const right = page.getByTestId('drawer-difference-2');
    await expect.poll(() => right.textContent(), PATIENCE).toContain('53.39');
    expect(await till.difference.textContent()).toContain('0.39');
    await till.confirmClose('wrong change');
    await expect
      .poll(() => records().at(-1)?.body, PATIENCE)
      .toMatchObject({
        difference: -39,
        drawers: [
          { counted: 10_000, difference: 0 },
          { counted: 5_300, expected: 5_339 },
        ],
      });
    expect(records()[1]?.body).toMatchObject({ drawer: 2 });
  });

  it('[J17] checks the numbers of every register and says so in words', async () => {
    await openShop();
    await sellLantern();
    await till.menu('sequence-check');
    const row = page.getByTestId('sequence-row');
    await expect.poll(() => row.getAttribute('data-sound'), PATIENCE).toBe('true');
    expect(await row.textContent()).toContain('S01-R1-000001');
  });
});

describe('what a relay has to tell', { timeout: 120_000 }, () => {
  it('[E7] a refused catalog is fetched afresh, its user is told, and selling goes on', async () => {
    await openShop();
    await sellLantern();
    const id = documentId({ organization: ORGANIZATION, key: { class: 'catalog', shard: 0 } });
    origin.relay.sendFrame((targetId) => ({
      type: 'tillmesh-refused',
      senderId: 'relay-double',
      targetId,
      documentId: id,
    }));
    await page.getByTestId('healed').waitFor();
    await sellLantern();
    await page.getByTestId('healed-hide').click();
    await page.getByTestId('healed').waitFor({ state: 'detached' });
    await expect.poll(() => salesAt(origin), PATIENCE).toHaveLength(2);
  });

  it('[E10] records nobody vouches for are named, with what is wrong with each', async () => {
    await openShop();
    await page.route('**/relay/status', async (route) => {
      const quarantine = [
        {
          register: 'S01-R2',
          session: 3,
          seq: 41,
          code: 'bad-signature',
          detail: 'no terminal of the register made the signature of record 41',
        },
        { register: 'S01-R2', session: 3, seq: 57, code: 'fork', detail: 'there is more than one record 57' },
      ];
      await route.fulfill({ json: { peers: [], targets: [], disk: 'ok', enrolled: true, quarantine } });
    });
    await page.getByTestId('banner-doubts').waitFor();
    await page.getByTestId('show-doubts').click();
    const rows = page.getByTestId('doubts').getByTestId('doubt-row');
    await expect.poll(() => rows.count(), PATIENCE).toBe(2);
    expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-code')))).toEqual([
      'bad-signature',
      'fork',
    ]);
    await page.keyboard.press('Escape');
    await sellLantern();
    await expect.poll(() => salesAt(origin), PATIENCE).toHaveLength(1);
  });
});
