import { pinOf } from '../../support/shop.ts';
import { lead, leave, reached, touch, type Walk } from '../screen.ts';
import { LANTERN, emptyBasket, leaveLine, openFromLine, typePin, type TillTour } from './tour.ts';

/** From the list of people to an open session. */
export async function* signInWalk({ till, station, cashier }: TillTour): Walk {
  const { page } = till;
  await till.visit(`http://localhost:${station.spec.ports.app}/`);
  await reached(page, `person-${cashier}`);
  yield 'till-sign-in';
  await touch(page, 'person-sam');
  await typePin(till, '00');
  yield 'till-pin';
  // The two digits that are there make the first wrong PIN; each is judged before the next one is typed.
  const pad = page.getByTestId('pin-input');
  for (const wrong of ['00', '1111', '2222']) {
    await typePin(till, wrong);
    await touch(page, 'sign-in');
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[data-testid="pin-input"]')?.value === '',
    );
    await pad.and(page.locator('[aria-invalid]')).waitFor();
    if (wrong === '00') yield 'till-pin-wrong';
  }
  await page.getByTestId('sign-in').and(page.locator(':disabled')).waitFor();
  yield 'till-pin-locked';
  await touch(page, `person-${cashier}`);
  await typePin(till, pinOf(cashier));
  await lead(page, 'sign-in', 'float-input');
  yield 'till-open';
  await touch(page, 'count-by-denomination');
  await page.getByTestId('float-input-2000').fill('4');
  await page.getByTestId('float-input-100').fill('20');
  yield 'till-open-denominations';
  await touch(page, 'count-by-amount');
  await till.openSession('100');
}

/** Looking for articles and the basket itself. */
export async function* sellWalk({ till }: TillTour): Walk {
  const { page } = till;
  yield 'till-basket-empty';
  await till.search.fill('lantern');
  await reached(page, 'search-result');
  yield 'till-search';
  await till.search.fill('no such thing');
  yield 'till-search-nothing';
  await till.search.fill('');
  await touch(page, 'sell-tab-specials');
  yield 'till-specials';
  await lead(page, 'sell-tab-departments', 'department-tile');
  yield 'till-departments';
  await lead(page, 'department-tile', 'article-tile');
  yield 'till-department';
  await touch(page, 'sell-tab-favourites');
  for (const words of [LANTERN, '85123A', 'red woolly hottie', 'jumbo bag']) await till.addBySearch(words);
  await till.lines.nth(3).waitFor();
  yield 'till-basket';
  await till.line(LANTERN).click();
  await reached(page, 'line-sheet');
  yield 'till-line';
  await touch(page, 'remove-line');
  await reached(page, 'undo-remove');
  yield 'till-undo';
  // Whoever looks at the screen may take longer than it can be undone.
  await till.addBySearch(LANTERN);
  await till.addBySearch('9999999999994');
  await till.error.first().waitFor();
  yield 'till-unknown-code';
  await till.search.fill('');
  await page.keyboard.press('Escape');
}

/** Articles that need an answer before they are sold, and what the till knows of one. */
export async function* articleWalk({ till }: TillTour): Walk {
  const { page } = till;
  const tile = (sku: string) => page.locator(`[data-testid="article-tile"][data-sku="${sku}"]`);
  await tile('demo-cheddar').click();
  await page.getByTestId('weight').fill('0.45');
  await page.getByTestId('tare').fill('0.05');
  yield 'till-weight';
  await touch(page, 'sell-measured');
  await tile('demo-shirt').click();
  await reached(page, 'variant');
  yield 'till-variant';
  await page.locator('[data-variant="demo-shirt-blue-m"]').click();
  await tile('demo-player').click();
  await reached(page, 'tracking-number');
  yield 'till-serial';
  await page.getByTestId('tracking-number').fill('RP-0815');
  await touch(page, 'sell-tracked');
  await tile('demo-milk').click();
  await reached(page, 'tracking-number');
  yield 'till-lot';
  await leave(page, 'tracking-number');
  await tile('demo-hamper').click();
  await till.line('demo-hamper').waitFor();
  yield 'till-basket-articles';
  await tile(LANTERN).hover();
  await page.keyboard.press('Escape');
  await tile(LANTERN).click();
  await page.keyboard.press('Control+i');
  await reached(page, 'info-stock');
  yield 'till-article';
  await leave(page, 'article-info');
  await till.search.fill('odd teapot');
  await lead(page, 'quick-add-button', 'quick-add-dialog');
  yield 'till-quick-add';
  await leave(page, 'quick-add-dialog');
  await till.search.fill('');
  await lead(page, 'camera-button', 'camera-failed');
  yield 'till-camera-none';
  await leave(page, 'camera-dialog');
}

/** What is done with a basket by hand: prices, notes, coupons, parking. */
export async function* byHandWalk({ till }: TillTour): Walk {
  const { page } = till;
  await lead(page, 'basket-discount', 'discount-dialog');
  await page.getByTestId('discount-value').fill('10');
  yield 'till-discount';
  await leave(page, 'discount-dialog');
  await openFromLine(till, LANTERN, 'line-price', 'price-dialog');
  yield 'till-price';
  await leaveLine(till, 'price-dialog');
  await openFromLine(till, LANTERN, 'line-note', 'note-dialog');
  yield 'till-note';
  await leaveLine(till, 'note-dialog');
  await till.discount('5', 'Damaged', LANTERN);
  await lead(page, 'coupon-button', 'coupon-dialog');
  await page.getByTestId('coupon-code').fill('nope');
  await touch(page, 'take-coupon');
  await page.getByTestId('coupon-dialog').getByTestId('error-message').waitFor();
  yield 'till-coupon-unknown';
  await page.getByTestId('coupon-code').fill('welcome10');
  await lead(page, 'take-coupon', 'coupon-chip');
  yield 'till-basket-cheaper';
  await lead(page, 'parked-button', 'parked-dialog');
  yield 'till-park';
  await page.getByTestId('parked-name').fill('Blue jacket');
  await touch(page, 'park-basket');
  await page.getByTestId('parked-dialog').waitFor({ state: 'detached' });
  yield 'till-parked-basket';
  await lead(page, 'parked-button', 'resume-basket');
  yield 'till-parked';
  await till.page.getByTestId('resume-basket').first().click();
  await page.getByTestId('parked-dialog').waitFor({ state: 'detached' });
  await emptyBasket(till);
}

/** The scale beside the till is a virtual one: its page puts something on it. */
export async function* weighWalk({ till, station }: TillTour): Walk {
  const { page } = till;
  const put = (pan: object) =>
    fetch(`http://localhost:${station.spec.ports.scalePage}/pan`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pan),
    });
  await till.search.fill('farmhouse cheddar');
  await lead(page, 'search-result', 'scale-readout');
  yield 'till-scale-empty';
  await put({ grams: 460 });
  await page.locator('[data-testid="scale-readout"][data-state="stable"]').waitFor();
  yield 'till-scale';
  await put({ grams: 460, power: 'off' });
  await page.locator('[data-testid="scale-readout"][data-state="away"]').waitFor();
  yield 'till-scale-away';
  await put({ power: 'on', grams: 0 });
  await leave(page, 'scale-readout');
  await till.search.fill('');
}
