import { expect } from 'vitest';
import type { RecordOf } from '#model/journal/record.ts';
import type { CardProvider } from '../../../../app/lib/till/cards/card-provider.ts';
import { PATIENCE } from '../../../support/patience.ts';
import { must, openTill, signIn, type TillBench } from '../till-fixture.ts';
import { FakeTerminal } from './fake-terminal.ts';

/** A till that sold for a card, the terminal that took it, and the sale. */
export type SoldByCard = TillBench & { readonly terminal: FakeTerminal; readonly sale: RecordOf<'sale'> };

/** A till whose terminal took 3.39 for a lantern, with Mia signed in, who may void. `cards` is what the till has of the terminal. */
export async function soldByCard(
  terminal: FakeTerminal = new FakeTerminal(),
  cards: CardProvider = terminal,
): Promise<SoldByCard> {
  const bench = await openTill({ cards });
  const { till } = bench;
  bench.view.scan('5012345678900');
  must(till.sale.startPaying());
  const card = till.shop.tenders.find(({ kind }) => kind === 'card');
  if (!card) throw new Error('the test shop takes no cards');
  const charged = till.cards.charge(card, 339);
  await expect.poll(() => terminal.asked.length, PATIENCE).toBe(1);
  terminal.present(true);
  must(await charged);
  const sale = must(await till.completeSale());
  till.nextSale();
  till.staff.signOut();
  await signIn(bench, 'mia');
  return { ...bench, terminal, sale };
}
