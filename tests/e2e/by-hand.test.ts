import { beforeAll, describe, expect, test } from 'vitest';
import { PATIENCE } from '../support/patience.ts';
import { pinOf } from '../support/shop.ts';
import type { TillPage } from './pages/till-page.ts';
import { picture, withTwoTills } from './shop-tills.ts';

// Articles of the demo: a lantern of 3.39, and a toy of 7.62, which is in a special.
const LANTERN = '71053';
const TOY = '20696';

const tills = withTwoTills({ width: 1280, height: 800 });
let one: TillPage;
let two: TillPage;
beforeAll(() => {
  ({ one, two } = tills);
});

describe('prices and baskets by hand, on two tills', { timeout: 120_000 }, () => {
  test('[X9] the third toy of the special is free, and the basket says so', async () => {
    for (let n = 0; n < 3; n++) await one.addBySearch(TOY);
    await expect.poll(() => one.total.textContent(), PATIENCE).toContain('15.24');
    expect(await one.line(TOY).getByTestId('line-off').textContent()).toMatch(/Toys: 3 for 2.*-£7\.62/);
    await picture(one.page, 'special');
    await one.page.getByTestId('clear-basket').click();
    await expect.poll(() => one.lines.count(), PATIENCE).toBe(0);
  });

  test('[H1] [H4] [H6] a discount is approved, the basket parked, resumed on the other till, sold and voided', async () => {
    await one.addBySearch(LANTERN);
    await one.setQuantity(LANTERN, '4');
    await one.discount('50', 'Damaged', LANTERN);
    await picture(one.page, 'discount-approval');
    await one.approve('sam', pinOf('sam'));
    await expect.poll(() => one.total.textContent(), PATIENCE).toContain('6.78');
    expect(await one.line(LANTERN).textContent()).toContain('Damaged');
    await picture(one.page, 'discount-basket');
    await one.park('Blue jacket');
    await expect.poll(() => one.lines.count(), PATIENCE).toBe(0);

    await two.page.getByTestId('parked-button').click();
    await two.page.getByTestId('parked-row').waitFor();
    await picture(two.page, 'parked');
    await two.page.keyboard.press('Escape');
    await two.resume('Blue jacket');
    await expect.poll(() => two.total.textContent(), PATIENCE).toContain('6.78');
    await two.page.reload();
    await expect.poll(() => two.lines.count(), PATIENCE).toBe(1);
    await expect.poll(() => one.page.getByTestId('parked-button').count(), PATIENCE).toBe(0);
    const receipt = await two.sellForCash('10');
    expect(receipt).toBe('S01-R2-000001');
    expect(await two.receipt.textContent()).toMatch(/Damaged.*-6\.78/s);
    await two.newSale();

    await two.voidReceipt(receipt, 'Wrong article');
    await two.approve('sam', pinOf('sam'));
    await expect.poll(() => two.receiptNumber.textContent(), PATIENCE).toBe('S01-R2-000002');
    await picture(two.page, 'voided');
    expect(await two.receipt.textContent()).toContain('S01-R2-000001: Wrong article');
    expect(await two.change.textContent()).toContain('6.78');
    await two.newSale();
    await two.menu('x-report');
    await two.approve('sam', pinOf('sam'));
    await expect.poll(() => two.page.getByTestId('x-report-view').textContent(), PATIENCE).toContain('-6.78');
  });
});
