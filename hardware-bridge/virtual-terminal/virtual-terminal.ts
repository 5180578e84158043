import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import * as v from 'valibot';
import { CardLedger, requestSchema } from './card-ledger.ts';

/** How a virtual terminal is set up. A port of 0 picks a free one. */
export type VirtualTerminalOptions = {
  readonly port: number;
  readonly host?: string;
  readonly name?: string;
  /** After how many milliseconds a card is approved by itself; never when left out. */
  readonly approveAfterMs?: number;
};

/** A simulated card terminal while it runs. */
export type VirtualTerminal = {
  readonly port: number;
  readonly ledger: CardLedger;
  stop(): Promise<void>;
};

const decisionSchema = v.strictObject({ approved: v.boolean() });
type ById = { Params: { id: string } };

/**
 * Starts a simulated card terminal: `PUT /v1/payments/ID` asks for a payment, `GET` says how it stands, `POST …/cancel` ends it. The page
 * at `/` is the terminal's keypad: there a person plays the customer. Rejects when the port is in use.
 */
export async function startVirtualTerminal(options: VirtualTerminalOptions): Promise<VirtualTerminal> {
  const ledger = new CardLedger();
  const app: FastifyInstance = Fastify({ forceCloseConnections: true });
  const timers = new Set<NodeJS.Timeout>();
  const page = readFileSync(new URL('page.html', import.meta.url), 'utf8');
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/state', () => ({ name: options.name ?? 'Card terminal', payments: ledger.all().toReversed() }));
  app.put<ById>('/v1/payments/:id', async (request, reply) => {
    const wanted = v.safeParse(requestSchema, request.body);
    if (!wanted.success) return refuse(reply, 400, 'bad-request', wanted.issues[0].message);
    const { id } = request.params;
    const isNew = ledger.get(id) === undefined;
    const payment = ledger.begin(id, wanted.output);
    if (payment === 'taken') return refuse(reply, 409, 'id-taken', 'This id belongs to another payment.');
    if (isNew && options.approveAfterMs !== undefined)
      timers.add(setTimeout(() => ledger.present(id, true), options.approveAfterMs));
    return payment;
  });
  app.get<ById>('/v1/payments/:id', async (request, reply) => {
    const payment = ledger.get(request.params.id);
    return payment ?? refuse(reply, 404, 'unknown-payment', 'This terminal does not know the payment.');
  });
  app.post<ById>('/v1/payments/:id/cancel', (request) => ledger.cancel(request.params.id));
  app.post<ById>('/payments/:id/card', async (request, reply) => {
    const decision = v.safeParse(decisionSchema, request.body);
    if (!decision.success) return refuse(reply, 400, 'bad-request', decision.issues[0].message);
    const payment = ledger.present(request.params.id, decision.output.approved);
    return payment ?? refuse(reply, 404, 'unknown-payment', 'This terminal does not know the payment.');
  });
  await app.listen({ host: options.host ?? '127.0.0.1', port: options.port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    ledger,
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await app.close();
    },
  };
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ code, message });
}
