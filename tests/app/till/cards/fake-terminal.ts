import type { CardAnswer, CardProvider, CardRequest } from '../../../../app/lib/till/cards/card-provider.ts';

type Asked = CardRequest & { readonly back: boolean };

/** A card terminal in memory, that is away or forgets when a test says so. */
export class FakeTerminal implements CardProvider {
  away = false;
  readonly asked: Asked[] = [];
  readonly approved: Asked[] = [];
  readonly #answers = new Map<string, CardAnswer>();

  async authorise(request: CardRequest): Promise<CardAnswer> {
    return this.#begin({ ...request, back: false });
  }

  async refund(request: CardRequest): Promise<CardAnswer> {
    return this.#begin({ ...request, back: true });
  }

  async status(id: string): Promise<CardAnswer> {
    return this.away ? { kind: 'away' } : (this.#answers.get(id) ?? { kind: 'unknown' });
  }

  async cancel(id: string): Promise<CardAnswer> {
    if (this.away) return { kind: 'away' };
    const answer = this.#answers.get(id);
    if (answer && answer.kind !== 'pending') return answer;
    this.#answers.set(id, { kind: 'cancelled' });
    return { kind: 'cancelled' };
  }

  /** The bank's word on what was asked for last. */
  present(approved: boolean): void {
    const last = this.asked.at(-1);
    if (!last || this.#answers.get(last.id)?.kind !== 'pending') return;
    const { id } = last;
    if (approved) this.approved.push(last);
    const proof = { approval: 'A17', reference: `fake-${id}`, brand: 'Visa', tail: '4242' };
    this.#answers.set(
      id,
      approved ? { kind: 'approved', proof } : { kind: 'declined', reason: 'insufficient funds' },
    );
  }

  /** Forgets every payment, as a terminal that was changed for another one has. */
  forget(): void {
    this.#answers.clear();
  }

  #begin(request: Asked): CardAnswer {
    if (this.away) return { kind: 'away' };
    const known = this.#answers.get(request.id);
    if (known) return known;
    this.asked.push(request);
    this.#answers.set(request.id, { kind: 'pending' });
    return { kind: 'pending' };
  }
}
