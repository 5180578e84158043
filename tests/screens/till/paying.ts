import { pinOf } from '../../support/shop.ts';
import { lead, leave, reached, touch, type Walk } from '../screen.ts';
import { LANTERN, approveIfAsked, type TillTour } from './tour.ts';

/** A gift card of its own for each till, so that two walks at once do not share one. */
const cardOf = ({ cashier }: TillTour) => (cashier === 'ana' ? '6006491234567890' : '6006491234567908');

/** Cash, a card and both; the change. */
export async function* payWalk({ till }: TillTour): Walk {
  const { page } = till;
  for (const words of [LANTERN, '85123A', 'red woolly hottie', 'jumbo bag']) await till.addBySearch(words);
  await till.lines.nth(3).waitFor();
  await till.startPaying();
  yield 'till-pay';
  await page.getByTestId('cash-received').fill('12,3,4');
  await till.error.first().waitFor();
  yield 'till-pay-wrong';
  await lead(page, 'card-payment', 'payment-amount');
  yield 'till-card';
  await till.payCard('5', 'A17');
  await till.payments.first().waitFor();
  yield 'till-split';
  await till.payCash('50');
  await reached(page, 'change-preview');
  yield 'till-settled';
  await till.complete();
  yield 'till-done';
  await till.newSale();
}

/** A code that the catalog does not know, sold by a name: head office completes it later. */
export async function* unknownCodeWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.scan('4012345678901');
  await lead(page, 'quick-add-scanned', 'quick-add-dialog');
  await page.getByTestId('quick-name').fill('Odd teapot');
  await page.getByTestId('quick-price').fill('4.50');
  yield 'till-quick-add-code';
  await touch(page, 'quick-sell');
  await till.approve('mia', pinOf('mia'));
  await till.lines.first().waitFor();
  await till.sellForCash('5');
  await till.newSale();
}

/** Customers, and what they buy on account. */
export async function* customerWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.addBySearch(LANTERN);
  await lead(page, 'customer-button', 'customer-search');
  yield 'till-customer-search';
  await page.getByTestId('customer-search').fill('a');
  await reached(page, 'customer-found');
  yield 'till-customers-found';
  await lead(page, 'new-customer', 'customer-name');
  yield 'till-customer-new';
  await page.keyboard.press('Escape');
  await till.findCustomer('joan');
  await lead(page, 'customer-found', 'basket-customer');
  yield 'till-basket-customer';
  await till.startPaying();
  await lead(page, 'account-payment', 'customer-funds');
  yield 'till-on-account';
  await touch(page, 'add-payment');
  await till.payments.first().waitFor();
  await till.complete();
  yield 'till-done-customer';
  await till.newSale();
  await till.openCustomer('joan');
  await reached(page, 'pay-debt');
  yield 'till-customer';
  await lead(page, 'edit-terms', 'customer-tier');
  yield 'till-customer-terms';
  await page.keyboard.press('Escape');
}

/** Gift cards, and goods kept for customers. */
export async function* valueWalk(tour: TillTour): Walk {
  const { till } = tour;
  const { page } = till;
  await till.menu('gift-card');
  await reached(page, 'gift-card-dialog');
  yield 'till-gift-card';
  await page.getByTestId('gift-card-number').fill(cardOf(tour));
  await lead(page, 'gift-card-balance', 'account-card');
  yield 'till-gift-card-new';
  await page.locator('[data-testid="gift-card-quick"][data-amount="1000"]').click();
  await till.lines.first().waitFor();
  await till.sellForCash('10');
  await till.newSale();
  await till.addBySearch(LANTERN);
  await till.startPaying();
  await lead(page, 'gift-card-payment', 'account-number');
  await till.scan(cardOf(tour));
  await reached(page, 'account-card');
  yield 'till-gift-card-payment';
  await touch(page, 'back-to-basket');
  await till.setQuantity(LANTERN, '3');
  await till.menu('layaway');
  await page.getByTestId('layaway-name').fill('Mrs Brown');
  await page.getByTestId('layaway-phone').fill('0113 496 0000');
  yield 'till-layaway';
  await touch(page, 'layaway-put');
  await till.due.waitFor();
  await till.payCash();
  await till.complete();
  await till.newSale();
  await till.menu('layaway');
  await lead(page, 'layaway-open', 'layaway-fetch');
  yield 'till-layaways';
  await lead(page, 'layaway-cancel', 'layaway-cancel-reason');
  yield 'till-layaway-cancel';
  await lead(page, 'layaway-open', 'layaway-new-order');
  await lead(page, 'layaway-new-order', 'layaway-order');
  yield 'till-order';
  await leave(page, 'layaway-dialog');
}

/** Goods that come back, with their receipt and without. */
export async function* refundWalk({ till, station }: TillTour): Walk {
  const { page } = till;
  await lead(page, 'refund-button', 'refund-search');
  yield 'till-refund-search';
  await lead(page, 'refund-without-number', 'refund-by-amount');
  await page.getByTestId('refund-by-customer').fill('joan');
  await lead(page, 'refund-look', 'refund-candidate');
  yield 'till-refund-found';
  await page.getByTestId('refund-search').fill(`${station.spec.name}-000001`);
  await lead(page, 'refund-find', 'refund-line');
  yield 'till-refund';
  await touch(page, 'add-refund');
  await touch(page, 'refund-done');
  await till.lines.first().waitFor();
  yield 'till-basket-refund';
  await till.startPaying();
  yield 'till-pay-back';
  await lead(page, 'store-credit-payment', 'add-payment');
  yield 'till-store-credit';
  await touch(page, 'cash-payment');
  await till.payCash();
  await till.complete();
  yield 'till-done-refund';
  await till.newSale();
  await touch(page, 'refund-button');
  await lead(page, 'return-button', 'return-search');
  await page.getByTestId('return-search').fill('lantern');
  await reached(page, 'return-hit');
  yield 'till-return-search';
  await lead(page, 'return-hit', 'return-price');
  yield 'till-return';
  await leave(page, 'return-view');
}

/** The receipts of the session and of older ones, and making one undone. */
export async function* journalWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.menu('journal');
  await reached(page, 'journal-row');
  yield 'till-journal';
  await lead(page, 'journal-row', 'journal-refund');
  yield 'till-journal-receipt';
  await page.getByTestId('journal-search').fill('lantern');
  await lead(page, 'journal-older', 'journal-since');
  yield 'till-journal-search';
  await page.getByTestId('journal-search').fill('');
  await page.getByTestId('journal-row').nth(1).click();
  await lead(page, 'journal-void', 'void-dialog');
  yield 'till-void';
  await page.getByTestId('void-reason').fill('Wrong article');
  await touch(page, 'confirm-void');
  await approveIfAsked(till, 'receipt-number');
  yield 'till-done-void';
  await till.newSale();
}
