import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import httpProxy from '@fastify/http-proxy';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Result } from '#model/result.ts';
import { foundingWishSchema, type FoundingRefusal, type FoundingWish } from '../lib/device/founding.ts';
import { mailJobSchema } from '#model/receipt/mail-job.ts';
import type { MailOutbox } from './mail-outbox.ts';
import { pipeUpgrade } from './web-socket-pipe.ts';

/** What `/config.json` tells the page about the device it runs on. */
export type DeviceConfig = {
  readonly role: 'till' | 'hq';
  /** The organization's tag; none while this machine has not joined one. */
  readonly organization?: string;
  /** The device of this machine's relay; a browser is a device of its own. */
  readonly device: string;
  /** True at head office while nobody has founded the organization. */
  readonly founding?: boolean;
  readonly store?: string;
  readonly register?: string;
  /** The bridge's name of the receipt printer. */
  readonly printer?: string;
  /** The bridge's name of the pole display. */
  readonly display?: string;
  /** The bridge's name of the scale. */
  readonly scale?: string;
  /** True where a card terminal is behind `/terminal`. */
  readonly terminal?: boolean;
  /** True where this machine mails receipts. */
  readonly mail?: boolean;
  /** People of the demo shop with their PINs, for the hint on the sign-in screen; its pages enrol themselves. */
  readonly demo?: {
    readonly enrols: true;
    readonly people: readonly { readonly name: string; readonly pin: string; readonly role: string }[];
  };
  readonly version: string;
};

/** What a page may ask its machine to do, by the machine's role; what is left out is answered with 404. */
export type OriginActs = {
  /** Gives a code for this machine's browser; in the demo only. */
  readonly demoCode?: () => Promise<Result<string, string>>;
  /** Founds the organization; gives the code for the browser of the person who did. */
  readonly found?: (wish: FoundingWish) => Promise<Result<string, FoundingRefusal>>;
};

/** One origin for the browser: the app and, behind it, the programs of this device. Addresses are `http://127.0.0.1:PORT`. */
export type OriginParts = OriginActs & {
  readonly build: string;
  /** Asked for each time: a machine that just joined knows more. */
  readonly config: () => DeviceConfig | Promise<DeviceConfig>;
  readonly relay: string;
  readonly bridge?: string;
  readonly reports?: string;
  /** Where receipts to be mailed go. */
  readonly mails?: Pick<MailOutbox, 'accept'>;
  /** The card terminal's address. */
  readonly terminal?: string;
  /** Host names people may use to reach this server, besides this machine's own. */
  readonly hosts: readonly string[];
};

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Makes the server of one device. Requests for other host names or from other pages are refused: a page somewhere on the
 * internet must not reach a till through the cashier's browser (DNS rebinding).
 */
export async function makeOrigin(parts: OriginParts): Promise<FastifyInstance> {
  const server = fastify({ forceCloseConnections: true, bodyLimit: 1024 * 1024 });
  const hosts = new Set([...LOCAL_HOSTS, ...parts.hosts]);
  server.addHook('onRequest', async (request, reply) => {
    const refusal = refuse(request.headers, hosts);
    if (refusal) return reply.code(refusal.status).send(refusal);
  });
  server.get('/config.json', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(await parts.config()),
  );
  offerActs(server, parts);
  if (parts.mails) offerMail(server, parts.mails);
  await server.register(httpProxy, { upstream: parts.relay, prefix: '/relay', ...passOn('relay') });
  if (parts.bridge !== undefined) {
    await server.register(httpProxy, {
      upstream: parts.bridge,
      prefix: '/bridge',
      ...passOn('printer program'),
    });
  }
  if (parts.terminal !== undefined) {
    await server.register(httpProxy, {
      upstream: parts.terminal,
      prefix: '/terminal',
      ...passOn('card terminal'),
    });
  }
  if (parts.reports !== undefined) {
    const prefix = '/reports';
    await server.register(httpProxy, {
      upstream: parts.reports,
      prefix,
      rewritePrefix: prefix,
      ...passOn('reports program'),
    });
  }
  await servePages(server, parts.build);
  const sync = new URL('/sync', parts.relay);
  server.server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(request.headers, hosts);
    const path = new URL(request.url ?? '/', 'http://origin').pathname;
    if (refusal) socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\n\r\n`);
    else if (path !== sync.pathname) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    else pipeUpgrade(request, socket, head, sync);
  });
  return server;
}

/** Why a request is not served. */
type OriginRefusal = { readonly status: 403 | 421; readonly code: string; readonly message: string };

function refuse(headers: IncomingHttpHeaders, hosts: ReadonlySet<string>): OriginRefusal | undefined {
  const host = headers.host ?? '';
  if (!hosts.has(host.replace(/:\d+$/, ''))) {
    const message = `This till does not answer to the name "${host}". Use localhost, or start it with --allow-host.`;
    return { status: 421, code: 'foreign-host', message };
  }
  if (
    headers.origin !== undefined &&
    (!URL.canParse(headers.origin) || new URL(headers.origin).host !== host)
  ) {
    return { status: 403, code: 'foreign-origin', message: 'Only the pages of this till may call it.' };
  }
  return undefined;
}

/** Proxy settings: the origin was checked here, so it is taken off; a program that is away is named in a sentence. */
function passOn(name: string) {
  const message = `The ${name} of this device does not answer. It is being started again.`;
  return {
    http2: false,
    replyOptions: {
      rewriteRequestHeaders: (_request: unknown, headers: IncomingHttpHeaders) => {
        const { origin: _origin, ...others } = headers;
        return others;
      },
      onError: (reply: { code(status: number): { send(body: unknown): unknown } }) => {
        reply.code(502).send({ code: 'away', message });
      },
    },
  };
}

function offerActs(server: FastifyInstance, { demoCode, found }: OriginActs): void {
  if (demoCode) {
    server.post('/demo/code', async (_request, reply) => {
      const code = await demoCode();
      return code.ok
        ? reply.header('cache-control', 'no-store').send({ code: code.value })
        : reply.code(502).send({ code: 'head-office-away', message: code.error });
    });
  }
  if (found) {
    server.post('/station/found', async (request, reply) => {
      const wish = v.safeParse(foundingWishSchema, request.body);
      if (!wish.success) {
        const [issue] = wish.issues;
        const message = `${v.getDotPath(issue) ?? 'founding'}: ${issue.message}.`;
        return reply.code(400).send({ code: 'bad-request', message });
      }
      const founded = await found(wish.output);
      return founded.ok
        ? reply.header('cache-control', 'no-store').send({ code: founded.value })
        : reply.code(409).send(founded.error);
    });
  }
}

function offerMail(server: FastifyInstance, mails: Pick<MailOutbox, 'accept'>): void {
  server.post('/mail', async (request, reply) => {
    const job = v.safeParse(mailJobSchema, request.body);
    if (job.success) return { state: await mails.accept(job.output) };
    const [issue] = job.issues;
    const message = `${v.getDotPath(issue) ?? 'mail'}: ${issue.message}.`;
    return reply.code(400).send({ code: 'bad-request', message });
  });
}

async function servePages(server: FastifyInstance, build: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: build,
    // Files of a build are named by their content; everything else must be asked for again, or an update would not arrive.
    setHeaders: (response, path) => {
      const isImmutable = path.startsWith(join(build, '_app', 'immutable'));
      void response.header('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  server.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    if (request.method === 'GET' && (request.headers.accept ?? '').includes('text/html'))
      return reply.sendFile('index.html');
    return reply.code(404).send({ code: 'not-found', message: `There is nothing at ${request.url}.` });
  });
}
