import { describe, expect, it } from 'vitest';
import type { Minor } from '#model/money/money.ts';
import type { CardAnswer, CardProvider, CardRequest } from '../../../../app/lib/till/cards/card-provider.ts';
import { codeOf, must, openTill, startTill, type TillBench } from '../till-fixture.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { PATIENCE } from '../../../support/patience.ts';

const LANTERN = '5012345678900';

type CardBench = TillBench & { readonly terminal: FakeTerminal; readonly line: PageLine };

/** A page's line to the terminal: what a dead page asked is never answered to it. */
class PageLine implements CardProvider {
  dead = false;
  readonly #terminal: FakeTerminal;

  constructor(terminal: FakeTerminal) {
    this.#terminal = terminal;
  }

  authorise(request: CardRequest): Promise<CardAnswer> {
    return this.#through(() => this.#terminal.authorise(request));
  }

  refund(request: CardRequest): Promise<CardAnswer> {
    return this.#through(() => this.#terminal.refund(request));
  }

  status(id: string): Promise<CardAnswer> {
    return this.#through(() => this.#terminal.status(id));
  }

  cancel(id: string): Promise<CardAnswer> {
    return this.#through(() => this.#terminal.cancel(id));
  }

  async #through(ask: () => Promise<CardAnswer>): Promise<CardAnswer> {
    const never = new Promise<CardAnswer>(() => {});
    if (this.dead) return never;
    const answer = await ask();
    return this.dead ? never : answer;
  }
}

/** A till that is paying for one lantern of 3.39, with a terminal. */
async function paying(): Promise<CardBench> {
  const terminal = new FakeTerminal();
  const line = new PageLine(terminal);
  const bench = await openTill({ cards: line });
  bench.view.scan(LANTERN);
  must(bench.till.sale.startPaying());
  return { ...bench, terminal, line };
}

function charge({ till }: TillBench, given: Minor) {
  const card = till.shop.tenders.find(({ kind }) => kind === 'card');
  if (!card) throw new Error('the test shop takes no cards');
  return till.cards.charge(card, given);
}

/** The same till after its power went: everything but its memory. */
async function restart({ documents, surroundings, bridge, terminal }: CardBench): Promise<CardBench> {
  const line = new PageLine(terminal);
  const bench = await startTill({ documents, surroundings, bridge, cards: line });
  return { ...bench, terminal, line };
}

describe('a card at the terminal', () => {
  it('[V5] pays when it is approved, with what may be known of it, and the sale is recorded so', async () => {
    const bench = await paying();
    const charging = charge(bench, 339);
    await expect.poll(() => bench.terminal.asked.length, PATIENCE).toBe(1);
    expect(bench.till.cards.state).toBe('asking');
    bench.terminal.present(true);
    must(await charging);
    expect(bench.till.cards.pending).toBeUndefined();
    const { body } = must(await bench.till.completeSale());
    expect(body.tenders).toEqual([
      {
        tender: 'card',
        name: 'Card',
        kind: 'card',
        amount: 339,
        reference: 'A17',
        cardBrand: 'Visa',
        cardTail: '4242',
        cardReference: expect.stringMatching(/^fake-/),
      },
    ]);
    const paper = bench.bridge.papers.find(({ kind }) => kind === 'receipt');
    expect(JSON.stringify(paper)).toContain('Visa ****4242  A17');
  });

  it('[V5] is kept on the disk before the terminal is asked, and closes the sale to all else', async () => {
    const bench = await paying();
    const { till, documents } = bench;
    bench.terminal.away = true;
    const charging = charge(bench, 339);
    const key = { class: 'basket', ...till.place, session: 1 } as const;
    await expect.poll(async () => (await documents.open(key))['card'], PATIENCE).toContain('"given":339');
    expect(codeOf(await charge(bench, 1))).toBe('card-pending');
    expect(codeOf(till.sale.pay({ tender: 'cash', name: 'Cash', kind: 'cash', given: 339 }))).toBe(
      'card-pending',
    );
    expect(codeOf(till.sale.stopPaying())).toBe('card-pending');
    expect(codeOf(await till.completeSale())).toBe('card-pending');
    till.cards.decide(undefined);
    expect(codeOf(await charging)).toBe('card-cancelled');
    expect((await documents.open(key))['card']).toBeUndefined();
  });

  it('[V5] is not asked for where the disk does not keep it', async () => {
    const bench = await paying();
    bench.documents.failHere = 'disk full';
    expect(codeOf(await charge(bench, 339))).toBe('card-not-kept');
    expect(bench.terminal.asked).toEqual([]);
    expect(bench.till.cards.pending).toBeUndefined();
  });

  it('pays nothing when it is declined or cancelled', async () => {
    const bench = await paying();
    const declined = charge(bench, 339);
    await expect.poll(() => bench.terminal.asked.length, PATIENCE).toBe(1);
    bench.terminal.present(false);
    expect(await declined).toMatchObject({ error: { code: 'card-declined', reason: 'insufficient funds' } });
    const cancelled = charge(bench, 339);
    await expect.poll(() => bench.terminal.asked.length, PATIENCE).toBe(2);
    await expect.poll(() => bench.till.cards.state, PATIENCE).toBe('asking');
    await bench.till.cards.cancel();
    expect(codeOf(await cancelled)).toBe('card-cancelled');
    expect(bench.till.sale.payments).toEqual([]);
  });

  it('[V7] goes back to the card when its payment is taken out', async () => {
    const bench = await paying();
    const charging = charge(bench, 200);
    await expect.poll(() => bench.terminal.asked.length, PATIENCE).toBe(1);
    bench.terminal.present(true);
    must(await charging);
    const back = bench.till.cards.giveBack(0);
    await expect.poll(() => bench.terminal.asked.length, PATIENCE).toBe(2);
    expect(bench.terminal.asked.map(({ amount, back: isBack }) => [amount, isBack])).toEqual([
      [200, false],
      [200, true],
    ]);
    bench.terminal.present(true);
    must(await back);
    expect(bench.till.sale.payments).toEqual([]);
  });

  it('takes no more than is due, and nothing without a terminal', async () => {
    const bench = await paying();
    expect(codeOf(await charge(bench, 340))).toBe('change-only-from-cash');
    expect(bench.terminal.asked).toEqual([]);
    const plain = await openTill();
    plain.view.scan(LANTERN);
    must(plain.till.sale.startPaying());
    expect(plain.till.cards.available).toBe(false);
    expect(codeOf(await charge(plain, 339))).toBe('card-no-terminal');
  });
});

describe('a crash between asking the terminal and recording the payment', () => {
  /** Asks for the whole sale and stops before the terminal has decided. */
  async function crash(before: (bench: CardBench) => void = () => {}): Promise<CardBench> {
    const bench = await paying();
    before(bench);
    const key = { class: 'basket', ...bench.till.place, session: 1 } as const;
    void charge(bench, 339);
    await expect.poll(async () => (await bench.documents.open(key))['card'], PATIENCE).toBeDefined();
    const arrived = bench.terminal.away ? 0 : 1;
    await expect.poll(() => bench.terminal.asked.length, PATIENCE).toBe(arrived);
    bench.line.dead = true;
    return bench;
  }

  it('[V6] is seen at the start, and what the terminal took is a payment of the sale', async () => {
    const dead = await crash();
    dead.terminal.present(true);
    const { till } = await restart(dead);
    await expect.poll(() => till.sale.payments, PATIENCE).toMatchObject([{ given: 339, cardTail: '4242' }]);
    expect(till.cards.pending).toBeUndefined();
    expect(dead.terminal.approved).toHaveLength(1);
    must(await till.signIn.signIn(till.shop.person('ana') ?? raise(), '1234'));
    expect(must(await till.completeSale()).body.total).toBe(339);
  });

  it('[V6] waits for a customer who is still at the terminal, and pays nothing when they are declined', async () => {
    const dead = await crash();
    const { till } = await restart(dead);
    await expect.poll(() => till.cards.state, PATIENCE).toBe('asking');
    dead.terminal.present(false);
    await expect.poll(() => till.cards.pending, PATIENCE).toBeUndefined();
    expect(till.sale.payments).toEqual([]);
  });

  it('[V6] leaves it to a person where the terminal knows nothing of it', async () => {
    const dead = await crash();
    dead.terminal.forget();
    const { till } = await restart(dead);
    await expect.poll(() => till.cards.state, PATIENCE).toBe('doubt');
    till.cards.decide({ approval: '123456' });
    await expect
      .poll(() => till.sale.payments, PATIENCE)
      .toMatchObject([{ given: 339, reference: '123456' }]);
  });

  it('[V6] leaves it to a person while the terminal is away, and goes on by itself when it is back', async () => {
    const dead = await crash((bench) => (bench.terminal.away = true));
    const { till, terminal } = await restart(dead);
    await expect.poll(() => till.cards.state, PATIENCE).toBe('away');
    terminal.away = false;
    await expect.poll(() => till.cards.state, PATIENCE).toBe('doubt');
    till.cards.decide(undefined);
    await expect.poll(() => till.cards.pending, PATIENCE).toBeUndefined();
    expect(till.sale.payments).toEqual([]);
    expect(terminal.asked).toEqual([]);
  });
});

function raise(): never {
  throw new Error('the test shop has nobody of that name');
}
