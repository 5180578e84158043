import * as v from 'valibot';
import type { CardAnswer, CardProvider, CardRequest } from './card-provider.ts';

const PATIENCE_MS = 5000;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const paymentSchema = v.variant('state', [
  v.object({ state: v.literal('waiting') }),
  v.object({
    state: v.literal('approved'),
    approval: text,
    reference: text,
    brand: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
    tail: v.pipe(v.string(), v.regex(/^\d{4}$/)),
  }),
  v.object({ state: v.literal('declined'), reason: v.string() }),
  v.object({ state: v.literal('cancelled') }),
]);

/**
 * A card terminal on the network that speaks JSON over HTTP: `PUT /v1/payments/ID` {kind, amount, currency}, `GET /v1/payments/ID`,
 * `POST /v1/payments/ID/cancel`. A page reaches it behind its own origin.
 */
export class NetworkTerminal implements CardProvider {
  readonly #base: string;

  /** `base` is where the terminal is, without a slash at the end. */
  constructor(base: string) {
    this.#base = base;
  }

  authorise(request: CardRequest): Promise<CardAnswer> {
    return this.#begin('sale', request);
  }

  refund(request: CardRequest): Promise<CardAnswer> {
    return this.#begin('refund', request);
  }

  status(id: string): Promise<CardAnswer> {
    return this.#ask('GET', id);
  }

  cancel(id: string): Promise<CardAnswer> {
    return this.#ask('POST', id, '/cancel', {});
  }

  #begin(kind: 'sale' | 'refund', { id, amount, currency }: CardRequest): Promise<CardAnswer> {
    return this.#ask('PUT', id, '', { kind, amount, currency });
  }

  async #ask(method: string, id: string, act = '', body?: object): Promise<CardAnswer> {
    try {
      const response = await fetch(`${this.#base}/v1/payments/${encodeURIComponent(id)}${act}`, {
        method,
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
      if (!isJson) return { kind: 'away' };
      if (response.status === 404) return { kind: 'unknown' };
      return response.ok ? readAnswer(await response.json()) : { kind: 'away' };
    } catch {
      return { kind: 'away' };
    }
  }
}

/** What cannot be read decides nothing: it is as if the terminal had not answered. */
function readAnswer(body: unknown): CardAnswer {
  const read = v.safeParse(paymentSchema, body);
  if (!read.success) return { kind: 'away' };
  const { output } = read;
  if (output.state === 'waiting') return { kind: 'pending' };
  if (output.state === 'declined') return { kind: 'declined', reason: output.reason };
  if (output.state === 'cancelled') return { kind: 'cancelled' };
  const { approval, reference, brand, tail } = output;
  return { kind: 'approved', proof: { approval, reference, brand, tail } };
}
