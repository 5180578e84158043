import type { Minor } from '#model/money/money.ts';

/**
 * A payment a card terminal is asked for. `id` is drawn once and kept on the disk before: the same id is the same payment, however
 * often it is asked for (rule V5). `amount` is above zero, in minor units.
 */
export type CardRequest = { readonly id: string; readonly amount: Minor; readonly currency: string };

/** What the till may know of a card (rule V4): the approval code, the provider's own reference, the brand and the last four digits. */
export type CardProof = {
  readonly approval: string;
  readonly reference: string;
  readonly brand: string;
  readonly tail: string;
};

/** How a payment stands. `unknown` is a payment the terminal never heard of, `away` a terminal that does not answer. */
export type CardAnswer =
  | { readonly kind: 'approved'; readonly proof: CardProof }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'cancelled' | 'pending' | 'unknown' | 'away' };

/** Whoever takes cards for the till. Every method may be repeated; none rejects. */
export interface CardProvider {
  /** Begins to take money from a card. */
  authorise(request: CardRequest): Promise<CardAnswer>;
  /** Begins to give money back to a card. */
  refund(request: CardRequest): Promise<CardAnswer>;
  /** How a payment stands. */
  status(id: string): Promise<CardAnswer>;
  /** Ends a payment that is not decided; one that was approved stays. An unknown id can never be charged afterwards. */
  cancel(id: string): Promise<CardAnswer>;
}
