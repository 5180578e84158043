import { describe, expect, it } from 'vitest';
import { codeOf, must, signIn, startTill, type TillBench } from '../till-fixture.ts';
import type { CardAnswer, CardProvider, CardRequest } from '../../../../app/lib/till/cards/card-provider.ts';
import { PATIENCE } from '../../../support/patience.ts';
import { soldByCard, type SoldByCard } from './card-sale.ts';
import { FakeTerminal } from './fake-terminal.ts';

type Bench = SoldByCard & { readonly cable: Cable };

/** What a till has of the terminal; a till that stopped hears nothing any more. */
class Cable implements CardProvider {
  readonly #terminal: CardProvider;
  #cut = false;

  constructor(terminal: CardProvider) {
    this.#terminal = terminal;
  }

  cut(): void {
    this.#cut = true;
  }

  authorise = (request: CardRequest) => this.#unlessCut(() => this.#terminal.authorise(request));
  refund = (request: CardRequest) => this.#unlessCut(() => this.#terminal.refund(request));
  status = (id: string) => this.#unlessCut(() => this.#terminal.status(id));
  cancel = (id: string) => this.#unlessCut(() => this.#terminal.cancel(id));

  async #unlessCut(ask: () => Promise<CardAnswer>): Promise<CardAnswer> {
    const answer = await ask();
    return this.#cut ? new Promise(() => undefined) : answer;
  }
}

/** A till whose terminal took 3.39 for a lantern, behind a cable that can be cut. */
async function soldByCable(): Promise<Bench> {
  const terminal = new FakeTerminal();
  const cable = new Cable(terminal);
  return { ...(await soldByCard(terminal, cable)), cable };
}

const noted = ({ disk }: TillBench) => [...disk.keys()].filter((name) => name.startsWith('void:'));
async function reaches({ till }: Bench, kind: string): Promise<void> {
  await expect.poll(() => till.cardVoids.state?.kind, PATIENCE).toBe(kind);
}

/** The till stops while the terminal is asked; what is on its disk then is what the next start finds. */
async function stopWhileAsking(bench: Bench): Promise<Map<string, string>> {
  void bench.till.receipts.voidSale(bench.sale, 'wrong article');
  await reaches(bench, 'asking');
  bench.cable.cut();
  return new Map(bench.disk);
}

/** Starts the till anew, with the terminal and what was on the disk; it knows nothing of the page before. */
async function startAgain(bench: Bench, disk: Map<string, string>): Promise<TillBench> {
  const { documents, surroundings, terminal } = bench;
  const again = await startTill({ documents, surroundings, disk, cards: terminal });
  await signIn(again, 'mia');
  return again;
}

describe('[V9] a void that a terminal was asked for', () => {
  it('is on the disk before, and no longer once it is a record', async () => {
    const bench = await soldByCable();
    const voided = bench.till.receipts.voidSale(bench.sale, 'wrong article');
    await reaches(bench, 'asking');
    expect(noted(bench)).toEqual([`void:${bench.sale.body.receipt}`]);
    bench.terminal.present(true);
    must(await voided);
    expect(bench.till.begunVoids.left).toEqual([]);
    await expect.poll(() => noted(bench)).toEqual([]);
  });

  it('is shown by the till that starts anew with what was given back, and finished by voiding it again', async () => {
    const bench = await soldByCable();
    const disk = await stopWhileAsking(bench);
    bench.terminal.present(true);
    const again = await startAgain(bench, disk);
    expect(again.till.begunVoids.left).toMatchObject([{ amount: 339, isSure: false }]);
    await again.till.refresh();
    const { receipt } = bench.sale.body;
    expect(again.till.begunVoids.left).toMatchObject([{ receipt, amount: 339, isSure: true }]);
    const [left] = again.till.begunVoids.left;
    if (!left?.sale) throw new Error('the sale is of this session');
    must(await again.till.receipts.voidSale(left.sale, 'wrong article'));
    expect(again.till.begunVoids.left).toEqual([]);
    expect(bench.terminal.approved.filter(({ back }) => back)).toHaveLength(1);
    await expect.poll(() => noted(again)).toEqual([]);
  });

  it('is forgotten where the terminal gave nothing back', async () => {
    const bench = await soldByCable();
    const disk = await stopWhileAsking(bench);
    bench.terminal.present(false);
    const again = await startAgain(bench, disk);
    await again.till.refresh();
    expect(again.till.begunVoids.left).toEqual([]);
    await expect.poll(() => noted(again)).toEqual([]);
  });

  it('stays in doubt while the terminal is away', async () => {
    const bench = await soldByCable();
    const disk = await stopWhileAsking(bench);
    bench.terminal.away = true;
    const again = await startAgain(bench, disk);
    await again.till.refresh();
    expect(again.till.begunVoids.left).toMatchObject([{ amount: 339, isSure: false }]);
  });

  it('that a person stopped after a refusal is none', async () => {
    const bench = await soldByCable();
    const voided = bench.till.receipts.voidSale(bench.sale, 'wrong article');
    await reaches(bench, 'asking');
    bench.terminal.present(false);
    await reaches(bench, 'refused');
    bench.till.cardVoids.decide(undefined);
    expect(codeOf(await voided)).toBe('card-not-given-back');
    expect(bench.till.begunVoids.left).toEqual([]);
  });
});
