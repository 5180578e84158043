import { describe, expect, it } from 'vitest';
import { codeOf, approve, must, signIn, startTill } from '../till-fixture.ts';
import { PATIENCE } from '../../../support/patience.ts';
import { soldByCard, type SoldByCard } from './card-sale.ts';

type Bench = SoldByCard;

const undo = ({ till, sale }: Bench) => till.receipts.voidSale(sale, 'wrong article');
async function reaches({ till }: Bench, kind: string): Promise<void> {
  await expect.poll(() => till.cardVoids.state?.kind, PATIENCE).toBe(kind);
}
const saleCount = ({ till }: Bench) => till.journal.records.filter(({ kind }) => kind === 'sale').length;

describe('[V8] voiding a sale paid by card', () => {
  it('gives the payment back at the terminal, and the record says so', async () => {
    const bench = await soldByCard();
    expect(bench.till.cardVoids.amountOf(bench.sale)).toBe(339);
    const voided = undo(bench);
    await reaches(bench, 'asking');
    expect(saleCount(bench)).toBe(1);
    bench.terminal.present(true);
    const { body } = must(await voided);
    expect(bench.terminal.approved.map(({ amount, back }) => [amount, back])).toEqual([
      [339, false],
      [339, true],
    ]);
    const [, back] = bench.terminal.asked;
    expect(body.tenders).toMatchObject([
      {
        amount: -339,
        givenBack: 'terminal',
        reference: 'A17',
        cardTail: '4242',
        cardReference: `fake-${back?.id}`,
      },
    ]);
    expect(bench.till.cardVoids.state).toBeUndefined();
  });

  it('where it is refused nothing is voided until a person types the code of a slip', async () => {
    const bench = await soldByCard();
    const voided = undo(bench);
    await reaches(bench, 'asking');
    bench.terminal.present(false);
    await reaches(bench, 'refused');
    expect(bench.till.cardVoids.state).toMatchObject({ amount: 339, reason: 'insufficient funds' });
    expect(saleCount(bench)).toBe(1);
    bench.till.cardVoids.decide('SLIP-9');
    const { body } = must(await voided);
    expect(body.tenders[0]).toMatchObject({ amount: -339, givenBack: 'hand', reference: 'SLIP-9' });
    expect(body.tenders[0]).not.toHaveProperty('cardReference');
  });

  it('stopped, it voids nothing; asked again it is a new try after a refusal', async () => {
    const bench = await soldByCard();
    const first = undo(bench);
    await reaches(bench, 'asking');
    bench.terminal.present(false);
    await reaches(bench, 'refused');
    bench.till.cardVoids.decide(undefined);
    expect(codeOf(await first)).toBe('card-not-given-back');
    const again = undo(bench);
    await reaches(bench, 'asking');
    bench.terminal.present(true);
    expect(must(await again).body.tenders[0]).toMatchObject({ givenBack: 'terminal' });
    const [, one, two] = bench.terminal.asked;
    expect([one?.id.slice(-2), two?.id.slice(-2)]).toEqual(['-1', '-2']);
  });

  it('a terminal that does not answer is asked again, and a person may say how it ended', async () => {
    const bench = await soldByCard();
    bench.terminal.away = true;
    const voided = undo(bench);
    await reaches(bench, 'away');
    bench.till.cardVoids.decide('SLIP-1');
    expect(must(await voided).body.tenders[0]).toMatchObject({ givenBack: 'hand', reference: 'SLIP-1' });
  });

  it('a till that stopped in between asks for the same one and gives nothing back twice', async () => {
    const bench = await soldByCard();
    const { documents, surroundings, terminal } = bench;
    void undo(bench);
    await reaches(bench, 'asking');
    terminal.present(true);
    const asked = terminal.asked.length;
    const again = await startTill({ documents, surroundings, cards: terminal });
    await signIn(again, 'mia');
    must(await again.till.receipts.voidSale(bench.sale, 'wrong article'));
    expect(terminal.asked).toHaveLength(asked);
    expect(terminal.approved.filter(({ back }) => back)).toHaveLength(1);
  });

  it('[S6] asks the terminal for nothing before the void is permitted, and then once', async () => {
    const bench = await soldByCard();
    bench.till.staff.signOut();
    await signIn(bench, 'ana');
    const voided = undo(bench);
    expect(bench.terminal.asked).toHaveLength(1);
    await approve(bench);
    await reaches(bench, 'asking');
    bench.terminal.present(true);
    expect(must(await voided)).toMatchObject({ by: 'ana', approvedBy: 'mia' });
    expect(bench.terminal.asked).toHaveLength(2);
    expect(codeOf(await bench.till.receipts.voidSale(bench.sale, ''))).toBe('already-taken-back');
  });

  it('without a terminal the code of the external one is typed', async () => {
    const bench = await soldByCard();
    const { documents, surroundings } = bench;
    const again = await startTill({ documents, surroundings });
    await signIn(again, 'mia');
    const voided = again.till.receipts.voidSale(bench.sale, 'wrong article');
    await expect.poll(() => again.till.cardVoids.state?.kind, PATIENCE).toBe('none');
    again.till.cardVoids.decide('EXT-4');
    expect(must(await voided).body.tenders[0]).toMatchObject({ givenBack: 'hand', reference: 'EXT-4' });
  });
});
