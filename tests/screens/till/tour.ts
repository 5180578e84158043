import type { Station } from '../../../app/server/station.ts';
import type { TillPage } from '../../e2e/pages/till-page.ts';
import { pinOf, type TestShop } from '../../support/shop.ts';
import { leave, touch } from '../screen.ts';

/** Who works at the tills that are walked through. */
export type Cashier = 'ana' | 'luis';

/** A till of the test shop and who works at it. */
export type TillTour = {
  readonly shop: TestShop;
  readonly station: Station;
  readonly till: TillPage;
  readonly cashier: Cashier;
};

/** A lantern of 3.39, with stock; its name on tiles and in search is the same in every language. */
export const LANTERN = '71053';

/** Types a PIN on the pad that is shown. */
export async function typePin({ page }: TillPage, pin: string): Promise<void> {
  for (const digit of pin) await touch(page, `pin-digit-${digit}`);
}

/** Has the manager approve what is asked for, where it has to be approved at all. */
export async function approveIfAsked(till: TillPage, place: string): Promise<void> {
  const wanted = till.page.getByTestId(place).first();
  await till.approval.or(wanted).first().waitFor();
  if (await till.approval.isVisible()) await till.approve('mia', pinOf('mia'));
  await wanted.waitFor();
}

/** Takes every article out of the basket. */
export async function emptyBasket(till: TillPage): Promise<void> {
  await touch(till.page, 'clear-basket');
  await till.lines.first().waitFor({ state: 'detached' });
}

/** Opens the sheet of an article's line, looks into one of its dialogs and closes that. */
export async function openFromLine(
  till: TillPage,
  sku: string,
  button: string,
  dialog: string,
): Promise<void> {
  await till.line(sku).first().click();
  await touch(till.page, button);
  await till.page.getByTestId(dialog).waitFor();
}

/** Closes the dialog over a line and the sheet, where it is still below. */
export async function leaveLine({ page }: TillPage, dialog: string): Promise<void> {
  await leave(page, dialog);
  const sheet = page.getByTestId('line-sheet');
  if (await sheet.isVisible()) await leave(page, 'line-sheet');
}
