import { beforeAll, describe, expect, test } from 'vitest';
import { PATIENCE } from '../support/patience.ts';
import { pinOf } from '../support/shop.ts';
import type { TillPage } from './pages/till-page.ts';
import { picture, withTwoTills } from './shop-tills.ts';

// A lantern of 3.39 of the demo; Joan Builder buys for trade prices, Karim Haddad without tax.
const LANTERN = '71053';

const tills = withTwoTills({ width: 1366, height: 768 });
let one: TillPage;
let two: TillPage;
beforeAll(() => {
  ({ one, two } = tills);
});

describe('customers on two tills', { timeout: 120_000 }, () => {
  test('[U4] [X12] a trade customer is attached with the keyboard alone, and the prices drop', async () => {
    await one.addBySearch(LANTERN);
    await expect.poll(() => one.total.textContent(), PATIENCE).toContain('3.39');
    await one.findCustomer('joan');
    await picture(one.page, 'customer-found');
    await one.page.keyboard.press('Enter');
    await expect.poll(() => one.total.textContent(), PATIENCE).toContain('3.05');
    expect(await one.page.getByTestId('basket-customer').textContent()).toMatch(/Joan Builder.*Trade/);
    expect(await one.line(LANTERN).getByTestId('line-priced').textContent()).toContain('£3.39');
    await picture(one.page, 'customer-attached');
  });

  test('[U5] [U8] the receipt names the customer, the list price and the points', async () => {
    const receipt = await one.sellForCash('5');
    const paper = await one.page.getByTestId('receipt-modal').textContent();
    expect(paper).toMatch(/Customer +Joan Builder/);
    expect(paper).toMatch(/List price 3\.39/);
    await picture(one.page, 'customer-receipt');
    await one.newSale();
    await one.openCustomer('joan');
    await expect.poll(() => one.page.getByTestId('history-row').allTextContents(), PATIENCE).toHaveLength(1);
    expect(await one.page.getByTestId('history-row').textContent()).toContain(receipt);
    await picture(one.page, 'customer-history');
    await one.page.keyboard.press('Escape');
  });

  test('[U10] [U7] points pay a part, the rest goes on account, and the debt is paid later', async () => {
    await one.addBySearch(LANTERN);
    await one.findCustomer('joan');
    await one.page.keyboard.press('Enter');
    await expect
      .poll(() => one.page.getByTestId('basket-customer').textContent(), PATIENCE)
      .toContain('3 points');
    await one.startPaying();
    await one.page.getByTestId('points-payment').click();
    await expect
      .poll(() => one.page.getByTestId('customer-funds').textContent(), PATIENCE)
      .toContain('£0.03');
    await picture(one.page, 'customer-points');
    await one.page.getByTestId('add-payment').click();
    await expect.poll(() => one.page.getByTestId('amount-due').textContent(), PATIENCE).toContain('3.02');
    await one.page.getByTestId('account-payment').click();
    await expect
      .poll(() => one.page.getByTestId('customer-funds').textContent(), PATIENCE)
      .toContain('£500.00');
    await one.page.getByTestId('add-payment').click();
    await one.complete();
    expect(await one.page.getByTestId('receipt-modal').textContent()).toContain(
      'Points: earned 3, balance 3',
    );
    await one.newSale();
    await one.openCustomer('joan');
    await expect
      .poll(() => one.page.getByTestId('customer-accounts').textContent(), PATIENCE)
      .toMatch(/3 points.*Owes £3\.02/);
    await picture(one.page, 'customer-owes');
    await one.page.getByTestId('pay-debt').click();
    await expect.poll(() => one.total.textContent(), PATIENCE).toContain('3.02');
    await one.sellForCash('5');
    await one.newSale();
    await one.openCustomer('joan');
    await expect
      .poll(() => one.page.getByTestId('customer-accounts').textContent(), PATIENCE)
      .not.toContain('Owes');
    await one.page.keyboard.press('Escape');
  });

  test('[U3] a customer made on one till is there on the other, with terms a manager approved', async () => {
    await one.page.getByTestId('customer-button').click();
    await one.page.getByTestId('new-customer').click();
    await one.page.getByTestId('customer-name').fill('Wanda New');
    await one.page.getByTestId('customer-phone').fill('020 7946 0999');
    await picture(one.page, 'customer-new');
    await one.page.getByTestId('save-customer').click();
    await expect
      .poll(() => one.page.getByTestId('basket-customer').textContent(), PATIENCE)
      .toContain('Wanda');
    await one.page.getByTestId('basket-customer').click();
    await one.page.getByTestId('edit-terms').click();
    await one.page.getByTestId('customer-tier').selectOption('trade');
    await picture(one.page, 'customer-terms');
    await one.page.getByTestId('save-terms').click();
    await one.approve('mia', pinOf('mia'));
    await expect
      .poll(() => one.page.getByTestId('customer-facts').textContent(), PATIENCE)
      .toContain('Trade');
    await one.page.keyboard.press('Escape');
    await two.addBySearch(LANTERN);
    await two.findCustomer('7946 0999');
    await two.page.getByTestId('customer-found').click();
    await expect.poll(() => two.total.textContent(), PATIENCE).toContain('3.05');
  });

  test('[X13] a certificate takes the tax off, on the screen and on the receipt', async () => {
    await two.page.getByTestId('basket-customer').click();
    await two.page.getByTestId('other-customer').click();
    await two.page.getByTestId('customer-search').fill('karim');
    await two.page.getByTestId('customer-found').click();
    await expect.poll(() => two.total.textContent(), PATIENCE).toContain('2.83');
    expect(await two.page.getByTestId('basket-customer').textContent()).toContain('VAT-1615A-0042');
    await picture(two.page, 'customer-tax-free');
    await two.sellForCash('5');
    expect(await two.page.getByTestId('receipt-modal').textContent()).toMatch(
      /Tax-free, certificate +VAT-1615A-0042/,
    );
    await two.newSale();
  });

  test('[U12] a sale is found again by its amount', async () => {
    await two.page.getByTestId('refund-button').click();
    await two.page.getByTestId('refund-without-number').click();
    await two.page.getByTestId('refund-by-amount').fill('2.83');
    await two.page.keyboard.press('Enter');
    await expect.poll(() => two.page.getByTestId('refund-candidate').count(), PATIENCE).toBe(1);
    await picture(two.page, 'refund-search');
    await two.page.getByTestId('refund-candidate').click();
    await expect.poll(() => two.page.getByTestId('refund-line').count(), PATIENCE).toBe(1);
    await two.page.keyboard.press('Escape');
  });
});
