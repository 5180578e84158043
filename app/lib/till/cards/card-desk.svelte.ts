import type { Tender } from '#model/catalog/product.ts';
import type { CardIntent } from '#model/documents/basket.ts';
import type { Minor } from '#model/money/money.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Payment, PaymentRefusal } from '#model/sale/payment.ts';
import type { Surroundings } from '../../surroundings.ts';
import type { SaleDesk } from '../sale-desk.svelte.ts';
import type { CardAnswer, CardProof, CardProvider } from './card-provider.ts';

/** Why no card was charged. */
export type CardRefusal =
  | PaymentRefusal
  | {
      readonly code: 'sale-frozen' | 'card-pending' | 'card-not-kept' | 'card-cancelled' | 'card-no-terminal';
    }
  | { readonly code: 'card-declined'; readonly reason: string };

/** How the payment at the terminal stands: the customer is asked, the terminal does not answer, or it knows nothing of it. */
export type CardState = 'asking' | 'away' | 'doubt';

/** What the desk works with; `pause` passes between two questions to the terminal. */
export type CardParts = {
  readonly provider: CardProvider | undefined;
  readonly sale: SaleDesk;
  readonly surroundings: Surroundings;
  readonly currency: () => string;
  readonly pause: () => Promise<void>;
};

/**
 * Card payments through a terminal. What is about to be asked is on the disk before the terminal hears of it (rule V5), so whatever
 * happens in between, a restart finds it and asks the terminal how it ended; what nobody can tell, a person decides (rule V6).
 */
export class CardDesk {
  readonly #parts: CardParts;
  #state = $state<CardState | undefined>();
  #following: string | undefined;
  #decided: ((answer: CardAnswer) => void) | undefined;

  constructor(parts: CardParts) {
    this.#parts = parts;
  }

  /** Whether this till has a terminal that takes cards by itself. */
  get available(): boolean {
    return this.#parts.provider !== undefined;
  }

  /** What the terminal was asked for and has not answered. */
  get pending(): CardIntent | undefined {
    return this.#parts.sale.card;
  }

  /** How that stands; undefined while nothing is asked. */
  get state(): CardState | undefined {
    return this.pending && this.#state;
  }

  /** Takes `given` from a card, or gives it back where it is below zero; resolves when the terminal, or a person, has decided. */
  async charge(tender: Tender, given: Minor): Promise<Result<true, CardRefusal>> {
    const { sale, surroundings } = this.#parts;
    const { id, name } = tender;
    const may = sale.mayPay({ tender: id, name, kind: tender.kind, given });
    if (!may.ok) return may;
    return this.#begin({ id: surroundings.newId(), tender: id, name, given });
  }

  /** Gives a payment that the terminal took back to its card, before the sale is complete. */
  async giveBack(index: number): Promise<Result<true, CardRefusal>> {
    const { sale, surroundings } = this.#parts;
    const payment = sale.payments[index];
    if (!payment) return err({ code: 'nothing-due' });
    const { tender, name, given } = payment;
    return this.#begin({ id: surroundings.newId(), tender, name, given: -given, takesBack: index });
  }

  /** Asks the terminal to let go; money it has taken already stays taken and counts. */
  async cancel(): Promise<void> {
    const { pending } = this;
    if (!pending) return;
    const answer = await this.#parts.provider?.cancel(pending.id);
    if (answer && isDecided(answer)) this.#decided?.(answer);
  }

  /** What a person found out where the terminal cannot tell: with the approval code on its slip, or that nothing was charged. */
  decide(proof: Pick<CardProof, 'approval'> | undefined): void {
    // What was not charged must not be charged later, when the terminal hears of it after all.
    if (!proof && this.pending) void this.#parts.provider?.cancel(this.pending.id);
    this.#decided?.(
      proof
        ? { kind: 'approved', proof: { ...proof, reference: '', brand: '', tail: '' } }
        : { kind: 'cancelled' },
    );
  }

  /** Goes on with what was open when the till stopped; resolves when that is decided. */
  async takeUp(): Promise<void> {
    const { pending } = this;
    if (!pending || this.#following === pending.id) return;
    const answer = await this.#parts.provider?.status(pending.id);
    await this.#follow(pending, answer ?? { kind: 'unknown' });
  }

  async #begin(intent: CardIntent): Promise<Result<true, CardRefusal>> {
    const { provider, sale, currency } = this.#parts;
    if (!provider) return err({ code: 'card-no-terminal' });
    const kept = await sale.intendCard(intent);
    if (!kept.ok) return kept;
    this.#state = 'asking';
    const request = { id: intent.id, amount: Math.abs(intent.given), currency: currency() };
    const answer = await (intent.given < 0 ? provider.refund(request) : provider.authorise(request));
    return this.#follow(intent, answer);
  }

  async #follow(intent: CardIntent, first: CardAnswer): Promise<Result<true, CardRefusal>> {
    this.#following = intent.id;
    try {
      return this.#settle(intent, await this.#final(intent, first));
    } finally {
      this.#following = undefined;
      this.#state = undefined;
    }
  }

  /** Asks until the terminal or a person decides. */
  async #final(intent: CardIntent, first: CardAnswer): Promise<CardAnswer> {
    const { provider, pause } = this.#parts;
    let byPerson: CardAnswer | undefined;
    const person = new Promise<void>((resolve) => {
      this.#decided = (answer) => {
        byPerson ??= answer;
        resolve();
      };
    });
    let answer = first;
    while (!isDecided(answer)) {
      this.#state = answer.kind === 'pending' ? 'asking' : answer.kind === 'away' ? 'away' : 'doubt';
      await Promise.race([person, pause()]);
      if (byPerson) return byPerson;
      answer = (await provider?.status(intent.id)) ?? { kind: 'unknown' };
      if (byPerson) return byPerson;
    }
    return answer;
  }

  #settle(intent: CardIntent, answer: CardAnswer): Result<true, CardRefusal> {
    const { sale } = this.#parts;
    if (answer.kind === 'approved') {
      sale.settleCard(paymentOf(intent, answer.proof));
      return ok(true);
    }
    sale.settleCard(undefined);
    if (answer.kind === 'declined') return err({ code: 'card-declined', reason: answer.reason });
    return err({ code: 'card-cancelled' });
  }
}

function isDecided({ kind }: CardAnswer): boolean {
  return kind === 'approved' || kind === 'declined' || kind === 'cancelled';
}

function paymentOf({ tender, name, given }: CardIntent, proof: CardProof): Payment {
  const { approval, reference, brand, tail } = proof;
  return {
    tender,
    name,
    kind: 'card',
    given,
    ...(approval === '' ? {} : { reference: approval }),
    ...(brand === '' ? {} : { cardBrand: brand }),
    ...(tail === '' ? {} : { cardTail: tail }),
    ...(reference === '' ? {} : { cardReference: reference }),
  };
}
