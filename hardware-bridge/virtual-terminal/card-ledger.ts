import * as v from 'valibot';

/** What a till asks the terminal for. */
export const requestSchema = v.strictObject({
  kind: v.picklist(['sale', 'refund']),
  amount: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
});

/** What a till asks the terminal for. */
export type PaymentRequest = v.InferOutput<typeof requestSchema>;

/** A payment as the terminal answers it; of the card only brand and last four digits leave the terminal. */
export type TerminalPayment = { readonly id: string } & Partial<PaymentRequest> &
  (
    | { readonly state: 'waiting' | 'cancelled' }
    | { readonly state: 'declined'; readonly reason: string }
    | {
        readonly state: 'approved';
        readonly approval: string;
        readonly reference: string;
        readonly brand: string;
        readonly tail: string;
      }
  );

/** The payments of a simulated card terminal. One id is one payment, however often it is asked for. */
export class CardLedger {
  readonly #payments = new Map<string, TerminalPayment>();
  #approvals = 0;

  /** All payments, the latest last. */
  all(): readonly TerminalPayment[] {
    return [...this.#payments.values()];
  }

  /** A payment by id. */
  get(id: string): TerminalPayment | undefined {
    return this.#payments.get(id);
  }

  /** Begins a payment; `taken` when the id belongs to another one. An id that was cancelled stays so. */
  begin(id: string, request: PaymentRequest): TerminalPayment | 'taken' {
    const known = this.#payments.get(id);
    if (!known) return this.#set({ id, ...request, state: 'waiting' });
    const isSame =
      known.kind === undefined ||
      (known.kind === request.kind && known.amount === request.amount && known.currency === request.currency);
    return isSame ? known : 'taken';
  }

  /** A card is held to the terminal, and the bank says yes or no. */
  present(
    id: string,
    approved: boolean,
    card = { brand: 'Visa', tail: '4242' },
  ): TerminalPayment | undefined {
    const payment = this.#payments.get(id);
    if (payment?.state !== 'waiting') return payment;
    if (!approved) return this.#set({ ...payment, state: 'declined', reason: 'insufficient funds' });
    const approval = String((this.#approvals += 1)).padStart(6, '0');
    return this.#set({ ...payment, ...card, state: 'approved', approval, reference: `vt-${approval}` });
  }

  /** Ends a payment nobody paid yet; an id it never heard of can never be charged afterwards. */
  cancel(id: string): TerminalPayment {
    const payment = this.#payments.get(id) ?? { id, state: 'waiting' };
    return payment.state === 'waiting' ? this.#set({ ...payment, state: 'cancelled' }) : payment;
  }

  #set(payment: TerminalPayment): TerminalPayment {
    this.#payments.set(payment.id, payment);
    return payment;
  }
}
