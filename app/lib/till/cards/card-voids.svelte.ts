import type { RecordOf } from '#model/journal/record.ts';
import type { Minor } from '#model/money/money.ts';
import type { CardGivenBack } from '#model/register/void-sale.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { CardAnswer, CardProvider } from './card-provider.ts';

/** Why the card payments of a sale were not given back. */
export type CardVoidRefusal = { readonly code: 'card-not-given-back' | 'card-pending' | 'card-not-kept' };

/** What a terminal gave back for a void, in minor units; `isSure` where it said so of every payment. Else `amount` is what it was asked for. */
export type GivenBack = { readonly amount: Minor; readonly isSure: boolean };

/** Giving one card payment back: the terminal is asked, does not answer, knows nothing of it, refuses, or there is none. */
export type CardVoidState = {
  readonly kind: 'asking' | 'away' | 'doubt' | 'refused' | 'none';
  readonly amount: Minor;
  /** What the terminal said when it refused. */
  readonly reason?: string;
};

/** What a person says of a payment the terminal does not give back: the code of a slip, or that nothing was given back. */
type ByPerson = { readonly approval: string } | 'stopped';

/** What the desk works with; `pause` passes between two questions to the terminal. */
export type CardVoidParts = {
  readonly provider: CardProvider | undefined;
  readonly currency: () => string;
  readonly pause: () => Promise<void>;
};

/** How often a refusing terminal is asked for one payment under a new id. */
const MOST_TRIES = 20;

/**
 * Gives the card payments of a sale that is being voided back at the terminal (rule V8). The id of each follows from the sale, so a
 * till that stopped in between asks for the same one again, and nothing is given back twice.
 */
export class CardVoids {
  readonly #parts: CardVoidParts;
  #state = $state.raw<CardVoidState | undefined>();
  #busy = false;
  #decide: ((word: ByPerson) => void) | undefined;

  constructor(parts: CardVoidParts) {
    this.#parts = parts;
  }

  /** What is being given back and how that stands; undefined while nothing is. */
  get state(): CardVoidState | undefined {
    return this.#state;
  }

  /** The amount of a sale that a terminal took and that a void gives back there. */
  amountOf({ body }: RecordOf<'sale'>): Minor {
    return body.tenders.filter(isTaken).reduce((sum, { amount }) => sum + amount, 0);
  }

  /** What a void of this sale asks the terminal for; 0 where there is no terminal, or it took nothing. */
  askedFor(sale: RecordOf<'sale'>): Minor {
    return this.#parts.provider ? this.amountOf(sale) : 0;
  }

  /** What the terminal says it gave back for a void of this sale. */
  async givenBack(sale: RecordOf<'sale'>): Promise<GivenBack> {
    const { provider } = this.#parts;
    const asked = { amount: this.amountOf(sale), isSure: false };
    if (!provider) return asked;
    let amount = 0;
    for (const [index, tender] of sale.body.tenders.entries()) {
      if (!isTaken(tender)) continue;
      const { kind } = await provider.status(await this.#latestId(baseOf(sale, index), provider));
      if (kind === 'approved') amount += tender.amount;
      else if (kind !== 'declined' && kind !== 'cancelled' && amount === 0) return asked;
    }
    return { amount, isSure: true };
  }

  /** What a person did instead of the terminal, with the code of its slip; undefined stops the void. */
  decide(approval: string | undefined): void {
    this.#decide?.(approval === undefined ? 'stopped' : { approval });
  }

  /** Gives back what terminals took for a sale, by the places of its tenders; resolves when the terminal or a person has decided. */
  async giveBack(
    sale: RecordOf<'sale'>,
  ): Promise<Result<ReadonlyMap<number, CardGivenBack>, CardVoidRefusal>> {
    if (this.#busy) return err({ code: 'card-pending' });
    this.#busy = true;
    try {
      const given = new Map<number, CardGivenBack>();
      for (const [index, tender] of sale.body.tenders.entries()) {
        if (!isTaken(tender)) continue;
        const back = await this.#one(baseOf(sale, index), tender.amount);
        if (!back) return err({ code: 'card-not-given-back' });
        given.set(index, back);
      }
      return ok(given);
    } finally {
      this.#busy = false;
      this.#state = undefined;
      this.#decide = undefined;
    }
  }

  async #one(base: string, amount: Minor): Promise<CardGivenBack | undefined> {
    const { provider, currency, pause } = this.#parts;
    const said: { word?: ByPerson } = {};
    const person = new Promise<void>((resolve) => {
      this.#decide = (word) => {
        said.word ??= word;
        resolve();
      };
    });
    if (!provider) {
      this.#state = { kind: 'none', amount };
      await person;
      return byHand(said.word);
    }
    const id = await this.#freeId(base, provider);
    this.#state = { kind: 'asking', amount };
    let answer = await provider.refund({ id, amount, currency: currency() });
    while (answer.kind !== 'approved' && said.word === undefined) {
      this.#state = stateOf(answer, amount);
      const isOver = answer.kind === 'declined' || answer.kind === 'cancelled';
      await (isOver ? person : Promise.race([person, pause()]));
      if (!isOver && said.word === undefined) answer = await provider.status(id);
    }
    if (answer.kind === 'approved') return byTerminal(answer);
    // The terminal may have done it in the meantime, and must not do it later.
    const ended = await provider.cancel(id);
    return ended.kind === 'approved' ? byTerminal(ended) : byHand(said.word);
  }

  /** The first id the terminal did not refuse before: what it refused once it refuses for ever. */
  async #freeId(base: string, provider: CardProvider): Promise<string> {
    for (let tries = 1; tries < MOST_TRIES; tries += 1) {
      const { kind } = await provider.status(`${base}-${tries}`);
      if (kind !== 'declined' && kind !== 'cancelled') return `${base}-${tries}`;
    }
    return `${base}-${MOST_TRIES}`;
  }

  /** The last id the terminal was asked under. */
  async #latestId(base: string, provider: CardProvider): Promise<string> {
    const free = await this.#freeId(base, provider);
    const tries = Number(free.slice(base.length + 1));
    if (tries === 1 || (await provider.status(free)).kind !== 'unknown') return free;
    return `${base}-${tries - 1}`;
  }
}

/** The first part of the ids under which a tender of a sale is given back; the number of the try is the last (rule V8). */
function baseOf({ hash }: RecordOf<'sale'>, index: number): string {
  return `void-${hash.slice(0, 22)}-${index}`;
}

/** Only what a terminal took names its own reference (rule V4). */
function isTaken(tender: RecordOf<'sale'>['body']['tenders'][number]): boolean {
  return tender.kind === 'card' && tender.amount > 0 && tender.cardReference !== undefined;
}

function stateOf(answer: CardAnswer, amount: Minor): CardVoidState {
  if (answer.kind === 'declined') return { kind: 'refused', amount, reason: answer.reason };
  if (answer.kind === 'cancelled') return { kind: 'refused', amount, reason: '' };
  if (answer.kind === 'pending') return { kind: 'asking', amount };
  return { kind: answer.kind === 'away' ? 'away' : 'doubt', amount };
}

function byTerminal({ proof }: Extract<CardAnswer, { kind: 'approved' }>): CardGivenBack {
  const { approval, reference, brand, tail } = proof;
  return {
    givenBack: 'terminal',
    ...(approval === '' ? {} : { reference: approval }),
    ...(reference === '' ? {} : { cardReference: reference }),
    ...(brand === '' ? {} : { cardBrand: brand }),
    ...(tail === '' ? {} : { cardTail: tail }),
  };
}

function byHand(word: ByPerson | undefined): CardGivenBack | undefined {
  if (word === undefined || word === 'stopped') return undefined;
  return { givenBack: 'hand', reference: word.approval };
}
