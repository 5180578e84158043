import { masterEntry } from '#model/documents/catalog.ts';
import type { TillPage } from '../e2e/pages/till-page.ts';
import type { TillOrigin } from '../e2e/till/till-origin.ts';
import { lead, touch, type Walk } from './screen.ts';
import { LANTERN, emptyBasket } from './till/tour.ts';

const CATALOG = { class: 'catalog', shard: 0 } as const;

/** A tender that head office adds: vouchers of the town, whose name stays in every language. */
export async function* voucherWalk(till: TillPage, origin: TillOrigin): Walk {
  const { page } = till;
  const value = { id: 'town', name: 'Town voucher', kind: 'voucher', order: 9 } as const;
  const { key, text } = masterEntry({ kind: 'tender', id: value.id, value });
  origin.write(CATALOG, { [key]: text });
  await till.addBySearch(LANTERN);
  await till.startPaying();
  await lead(page, 'voucher-payment', 'payment-amount');
  yield 'till-voucher';
  await touch(page, 'back-to-basket');
  await emptyBasket(till);
}
