import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  startVirtualTerminal,
  type VirtualTerminal,
} from '../../../hardware-bridge/virtual-terminal/virtual-terminal.ts';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { TillPage } from '../pages/till-page.ts';
import { recordsAt, startTillOrigin, type TillOrigin } from './till-origin.ts';

let browser: FreshBrowser;
let origin: TillOrigin;
let terminal: VirtualTerminal;
let page: Page;
let till: TillPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(async () => {
  terminal = await startVirtualTerminal({ port: 0 });
  origin = await startTillOrigin('by-itself', undefined, { terminal: `http://127.0.0.1:${terminal.port}` });
  page = await browser.newPage(origin.url);
  till = new TillPage(page);
  await till.visit(origin.url);
  await till.signIn('ana', '1234');
  await till.openSession('100');
  await till.addBySearch('71053');
  await till.startPaying();
  return async () => {
    await page.close();
    await origin.close();
    await terminal.stop();
  };
});

/** Waits until the terminal was asked for its `count`-th payment, and gives its id. */
async function asked(count: number): Promise<string> {
  await expect.poll(() => terminal.ledger.all().length, PATIENCE).toBe(count);
  return terminal.ledger.all().at(-1)?.id ?? '';
}

describe('a card at the terminal of the till', () => {
  it('[V5] is charged once although the page is loaded anew in between, and declined first', async () => {
    await till.payCard();
    terminal.ledger.present(await asked(1), false);
    await expect.poll(() => till.error.textContent(), PATIENCE).toContain('insufficient funds');
    await till.payCard();
    const id = await asked(2);
    await page.reload();
    await page.getByTestId('card-charge').waitFor();
    terminal.ledger.present(id, true);
    await expect.poll(() => till.payments.count(), PATIENCE).toBe(1);
    expect(await till.payments.textContent()).toContain('****4242');
    await till.complete();
    expect(await till.receipt.textContent()).toContain('Visa ****4242');
    expect(terminal.ledger.all().filter(({ state }) => state === 'approved')).toHaveLength(1);
  });

  it('[V6] asks a person when the terminal goes away, and takes the typed code of its slip', async () => {
    await till.payCard();
    await asked(1);
    await terminal.stop();
    await page.getByTestId('card-approval').fill('778899');
    await page.getByTestId('card-charged').click();
    await expect.poll(() => till.payments.textContent(), PATIENCE).toContain('778899');
    await till.complete();
  });

  it('[V8] gives a voided payment back, and takes a typed code where the terminal refuses', async () => {
    await till.payCard();
    terminal.ledger.present(await asked(1), true);
    await expect.poll(() => till.payments.count(), PATIENCE).toBe(1);
    const receipt = await till.complete();
    await till.newSale();
    await till.menu('journal');
    await page.getByTestId('journal-row').first().click();
    await page.getByTestId('journal-void').click();
    await page.getByTestId('void-reason').fill('wrong article');
    expect(await page.getByTestId('void-card').textContent()).toContain('3.39');
    await page.getByTestId('confirm-void').click();
    await till.approve('mia', '9876');
    terminal.ledger.present(await asked(2), false);
    const asking = page.getByTestId('card-void');
    await expect.poll(() => asking.getAttribute('data-state'), PATIENCE).toBe('refused');
    expect(await asking.textContent()).toContain('insufficient funds');
    await page.getByTestId('void-approval').fill('SLIP-9');
    await page.getByTestId('void-card-hand').click();
    await page.getByTestId('void-dialog').waitFor({ state: 'detached' });
    const texts = () => JSON.stringify(recordsAt(origin));
    await expect.poll(texts, PATIENCE).toContain('"givenBack":"hand"');
    expect(texts()).toContain(`"voids":{"reason":"wrong article","receipt":"${receipt.trim()}"}`);
  });

  it('[V7] takes the typed code of another terminal without asking this one', async () => {
    await till.payCard('3.39', 'X1');
    await expect.poll(() => till.payments.count(), PATIENCE).toBe(1);
    expect(terminal.ledger.all()).toEqual([]);
  });
});
