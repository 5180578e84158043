import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { pinOf } from '../../support/shop.ts';
import { Keyboard, focusOf } from '../pages/keyboard.ts';
import { TillPage } from '../pages/till-page.ts';
import { salesAt, startTillOrigin, type TillOrigin } from './till-origin.ts';

const LANTERN = '71053';

let browser: FreshBrowser;
let origin: TillOrigin;
let till: TillPage;
let keyboard: Keyboard;

beforeAll(async () => {
  browser = await startBrowser();
  origin = await startTillOrigin();
  const page = await browser.newPage(origin.url);
  till = new TillPage(page);
  keyboard = new Keyboard(page);
  await till.visit(origin.url);
});
afterAll(async () => {
  await browser.close();
  await origin.close();
});

async function focused(testid: string): Promise<void> {
  await expect.poll(async () => (await focusOf(till.page)).name, PATIENCE).toBe(testid);
}

/** An amount into the dialog that a menu entry opens, its reason, and Enter. */
async function moveCash(entry: string, amount: string, reason: string): Promise<void> {
  await keyboard.press('F9');
  await keyboard.enter(entry);
  await focused('cash-amount');
  await keyboard.type(amount);
  await keyboard.tabTo('cash-reason');
  await keyboard.type(reason);
  await keyboard.press('Enter');
  await keyboard.leftBehind('cash-move');
}

async function openRegister(): Promise<void> {
  await keyboard.enter('person-ana');
  await till.page.getByTestId('pin-input').waitFor();
  await keyboard.type(pinOf('ana'));
  await keyboard.press('Enter');
  await focused('float-input');
  await keyboard.type('100');
  await keyboard.press('Enter');
  await till.search.waitFor();
}

/** Three lanterns at 3.39 less 5 %. */
async function fillBasket(): Promise<void> {
  await keyboard.type('lantern');
  await till.page.getByTestId('search-result').first().waitFor();
  const chosen = till.page.locator('[role="option"][aria-selected="true"]');
  while ((await chosen.getAttribute('data-sku')) !== LANTERN) await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await till.line(LANTERN).waitFor();
  await keyboard.press('F6');
  await focused('line-quantity');
  await keyboard.type('3');
  await keyboard.press('Enter');
  await keyboard.leftBehind('line-sheet');
  await keyboard.press('Control+d');
  await focused('discount-value');
  await keyboard.type('5');
  await keyboard.tabTo('discount-reason');
  await keyboard.type('Damaged');
  await keyboard.press('Enter');
  await keyboard.leftBehind('discount-dialog');
  expect(await till.total.textContent()).toBe('£9.66');
}

async function parkAndResume(): Promise<void> {
  await keyboard.press('Control+p');
  await keyboard.tabTo('parked-name');
  await keyboard.type('Blue jacket');
  await keyboard.press('Enter');
  await keyboard.leftBehind('parked-dialog');
  await till.lines.first().waitFor({ state: 'detached' });
  await keyboard.press('Control+p');
  await keyboard.enter('resume-basket');
  await keyboard.leftBehind('parked-dialog');
  await till.line(LANTERN).waitFor();
}

/** 5.00 by card, the rest in cash. */
async function payMixed(): Promise<void> {
  await keyboard.press('F4');
  await focused('H1');
  await keyboard.enter('card-payment');
  await till.page.getByTestId('payment-amount').waitFor();
  await keyboard.type('5');
  await keyboard.tabTo('approval-code');
  await keyboard.type('A17');
  await keyboard.enter('add-payment');
  await till.payments.first().waitFor();
  await keyboard.enter('cash-payment');
  await till.page.getByTestId('cash-received').waitFor();
  await keyboard.type('10');
  await keyboard.press('Enter');
  await focused('complete-sale');
  await keyboard.press('Enter');
  await till.receiptNumber.waitFor();
  await focused('new-sale-button');
  await keyboard.press('Enter');
  await till.search.waitFor();
}

/** One of the three lanterns comes back, by the number of the receipt. */
async function refundOne(): Promise<void> {
  await keyboard.press('F7');
  await keyboard.tabTo('refund-search');
  await keyboard.type('S01-R1-000001');
  await keyboard.press('Enter');
  await keyboard.tabTo('refund-quantity');
  await keyboard.press('Control+a');
  await keyboard.type('1');
  await keyboard.press('Enter');
  await till.line(LANTERN).waitFor();
  await keyboard.enter('refund-done');
  await keyboard.leftBehind('refund-view');
  await keyboard.press('F4');
  await keyboard.enter('add-payment');
  await focused('complete-sale');
  await keyboard.press('Enter');
  await till.receiptNumber.waitFor();
  await keyboard.press('F10');
  await till.search.waitFor();
}

/** Counts 1 × £50, 4 × £20 and 1 × £5: more than should be there, so a reason is asked for. */
async function closeRegister(): Promise<void> {
  await keyboard.press('F9');
  await keyboard.enter('close-session');
  await keyboard.enter('count-by-denomination');
  for (const [piece, count] of [
    ['5000', '1'],
    ['2000', '4'],
    ['500', '1'],
  ] as const) {
    await keyboard.tabTo(`counted-input-${piece}`);
    await keyboard.type(count);
  }
  await keyboard.enter('compare-count');
  await keyboard.tabTo('difference-reason');
  await keyboard.type('Counted twice');
  await keyboard.enter('ask-close');
  await keyboard.enter('confirm-close');
}

describe('a cashier’s day without a mouse', { timeout: 180_000 }, () => {
  it('is sold, parked, paid in two ways, given back, moved and counted, and the focus is never lost', async () => {
    await openRegister();
    await fillBasket();
    await parkAndResume();
    await payMixed();
    await refundOne();
    await moveCash('paid-in', '10', 'More change');
    await moveCash('paid-out', '4', 'Postage');
    const sales = salesAt(origin).map(({ body }) => ({
      total: body.total,
      paid: body.tenders.map(({ kind, amount }) => `${kind} ${amount}`),
    }));
    expect(sales).toEqual([
      { total: 966, paid: ['card 500', 'cash 466'] },
      { total: -322, paid: [expect.any(String)] },
    ]);
    await closeRegister();
    await till.approval.or(till.zReport).first().waitFor();
    expect(keyboard.unseen).toEqual([]);
  });
});
