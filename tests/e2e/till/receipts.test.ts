import type { Page } from 'playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MailJob } from '#model/receipt/mail-job.ts';
import type { TillPage } from '../pages/till-page.ts';
import { eachWithOwnTill } from './own-till.ts';
import { startTillOrigin } from './till-origin.ts';
import { PATIENCE } from '../../support/patience.ts';

const LANTERN = '71053';

let mailed: MailJob[] = [];
const mails = {
  accept: (job: MailJob) => {
    mailed.push(job);
    return Promise.resolve('waiting' as const);
  },
};
const own = eachWithOwnTill({ start: () => startTillOrigin('by-itself', undefined, undefined, mails) });
let page: Page;
let till: TillPage;
beforeEach(() => {
  mailed = [];
  ({ page, till } = own);
});

/** The ids of the papers the page hands to its printer from now on. */
function papersHandedOver(): string[] {
  const ids: string[] = [];
  page.on('request', (request) => {
    const [, id] = /"jobId":"([^"]+)"/.exec(request.postData() ?? '') ?? [];
    if (id !== undefined) ids.push(id);
  });
  return ids;
}

describe('what a customer takes along', () => {
  it('[P10] offers the address of the customer, refuses what is none, and mails the receipt', async () => {
    await till.addBySearch(LANTERN);
    await till.findCustomer('joan');
    await page.keyboard.press('Enter');
    await page.getByTestId('basket-customer').waitFor();
    const receipt = await till.sellForCash('5');
    await page.getByTestId('mail-receipt').click();
    const address = page.getByTestId('mail-address');
    await expect.poll(() => address.inputValue(), PATIENCE).toBe('joan.builder@example.com');
    await address.fill('joan at example');
    await page.keyboard.press('Enter');
    await page.getByTestId('mail-wrong').waitFor();
    expect(mailed).toEqual([]);
    await address.fill('Joan@Example.org');
    await page.keyboard.press('Enter');
    await page.getByTestId('mail-dialog').waitFor({ state: 'detached' });
    await expect.poll(() => mailed.map(({ to }) => to.toLowerCase()), PATIENCE).toEqual(['joan@example.org']);
    expect(JSON.stringify(mailed)).toContain(receipt);
  });

  it('asks for an address where no customer is attached', async () => {
    await till.addBySearch(LANTERN);
    await till.sellForCash('5');
    await page.getByTestId('mail-receipt').click();
    await page.getByTestId('mail-address').waitFor();
    expect(await page.getByTestId('mail-address').inputValue()).toBe('');
  });

  it('prints a gift receipt after the sale and later from the journal', async () => {
    await till.addBySearch(LANTERN);
    const receipt = await till.sellForCash('5');
    const papers = papersHandedOver();
    // No program prints here, so a paper may be offered more than once.
    const gifts = () => new Set(papers.filter((id) => id.startsWith(`${receipt}:gift:`)));
    await page.getByTestId('print-gift').click();
    await expect.poll(() => gifts().size, PATIENCE).toBe(1);
    await till.newSale();
    await till.menu('journal');
    await page.getByTestId('journal-row').filter({ hasText: receipt }).click();
    await page.getByTestId('journal-gift').click();
    await expect.poll(() => gifts().size, PATIENCE).toBe(2);
  });
});
