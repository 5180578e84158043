import type { startVirtualTerminal } from '../../hardware-bridge/virtual-terminal/virtual-terminal.ts';
import type { TillPage } from '../e2e/pages/till-page.ts';
import { pinOf } from '../support/shop.ts';
import { lead, reached, touch, type Walk } from './screen.ts';
import { LANTERN } from './till/tour.ts';

type Ledger = Awaited<ReturnType<typeof startVirtualTerminal>>['ledger'];

/** A void that the terminal was asked for before the page was left: what the next start shows, and how it is finished. */
export async function* begunVoidWalk(till: TillPage, ledger: Ledger): Walk {
  const { page } = till;
  /** The id of the next request the terminal gets while something is done. */
  const nextAsked = async (act: () => Promise<void>) => {
    const asked = page.waitForResponse(/\/terminal\//);
    await act();
    await asked;
    return ledger.all().at(-1)?.id ?? '';
  };
  await till.addBySearch(LANTERN);
  await till.startPaying();
  ledger.present(await nextAsked(() => till.payCard()), true);
  await till.payments.first().waitFor();
  const receipt = await till.complete();
  await till.newSale();
  const back = await nextAsked(async () => {
    await till.voidReceipt(receipt.trim(), 'Wrong article');
    await till.approve('mia', pinOf('mia'));
    await reached(page, 'card-void');
  });
  yield 'till-void-asking';
  await page.reload();
  await reached(page, 'banner-void');
  yield 'till-void-begun';
  ledger.present(back, true);
  await lead(page, 'finish-void', 'void-dialog');
  yield 'till-void-finish';
  await page.getByTestId('void-reason').fill('Wrong article');
  await touch(page, 'confirm-void');
  await till.approve('mia', pinOf('mia'));
  await page.getByTestId('banner-void').waitFor({ state: 'detached' });
  await till.newSale();
}
