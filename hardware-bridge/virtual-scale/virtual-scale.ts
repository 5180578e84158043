import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { askWeight, type ScaleProtocol } from '../scale-frames.ts';
import { answerOf, CAPACITY, EMPTY_PAN, panChangeSchema, type Pan } from './weighing-pan.ts';

/** How a virtual scale is set up. Ports of 0 pick free ones. */
export type VirtualScaleOptions = {
  readonly port: number;
  /** Leave it out for a scale without a page. */
  readonly webPort?: number;
  readonly host?: string;
  readonly name?: string;
  readonly protocol?: ScaleProtocol;
};

/** A simulated scale while it runs. */
export type VirtualScale = {
  readonly port: number;
  /** Null for a scale without a page. */
  readonly webPort: number | null;
  pan(): Pan;
  /** Changes some of what lies on it; resolves when connections are refused or taken again. */
  put(change: Partial<Pan>): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts a simulated scale: it answers on a network port like a scale behind a serial converter, and its page is the pan. Rejects when
 * a port is in use.
 */
export async function startVirtualScale(options: VirtualScaleOptions): Promise<VirtualScale> {
  const { host = '127.0.0.1', protocol = '8217', name = 'Scale' } = options;
  const wire = new ScaleWire(host, options.port, protocol);
  await wire.listen();
  const page =
    options.webPort === undefined ? null : await servePan(wire, { name, host, port: options.webPort });
  return {
    port: wire.port,
    webPort: page?.port ?? null,
    pan: () => wire.pan,
    put: (change) => wire.put(change),
    stop: async () => {
      await Promise.all([wire.close(), page?.app.close()]);
    },
  };
}

/** The scale's socket: whoever asks by the protocol is told what lies on the pan. */
class ScaleWire {
  pan: Pan = EMPTY_PAN;
  port: number;
  readonly #host: string;
  readonly #protocol: ScaleProtocol;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  constructor(host: string, port: number, protocol: ScaleProtocol) {
    this.#host = host;
    this.port = port;
    this.#protocol = protocol;
  }

  async put(change: Partial<Pan>): Promise<void> {
    this.pan = { ...this.pan, ...change };
    if (this.pan.power === 'off') await this.close();
    else await this.listen();
  }

  async listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.#host, resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address) this.port = address.port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#open) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    let heard = '';
    const question = askWeight(this.#protocol);
    socket.on('data', (bytes) => {
      heard = (heard + bytes.toString('latin1')).slice(-question.length);
      if (heard !== question) return;
      heard = '';
      if (this.pan.power !== 'mute') socket.write(answerOf(this.pan, this.#protocol), 'latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#open.delete(socket));
  }
}

async function servePan(
  wire: ScaleWire,
  { name, host, port }: { readonly name: string; readonly host: string; readonly port: number },
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const app: FastifyInstance = Fastify({ forceCloseConnections: true });
  const page = readFileSync(new URL('page.html', import.meta.url), 'utf8');
  const state = () => ({ name, capacity: CAPACITY, ...wire.pan });
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/state', state);
  app.put('/pan', async (request, reply) => {
    const change = v.safeParse(panChangeSchema, request.body);
    if (!change.success)
      return reply.code(400).send({ code: 'bad-request', message: change.issues[0].message });
    await wire.put(Object.fromEntries(Object.entries(change.output).filter(([, set]) => set !== undefined)));
    return state();
  });
  await app.listen({ host, port });
  const address = app.server.address();
  return { app, port: typeof address === 'object' && address ? address.port : port };
}
