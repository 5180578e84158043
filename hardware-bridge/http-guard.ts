import { isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

type GuardOptions = { readonly host: string; readonly origins: readonly string[] };

/**
 * Lets in only who the bridge is meant for. A page that fools the browser's name lookup still sends its own name as Host (421), and a page of
 * another origin says so in Origin (403), before anything has happened.
 */
export function guardRequests(app: FastifyInstance, options: GuardOptions): void {
  const names = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    isIPv6(options.host) ? `[${options.host}]` : options.host,
  ];
  const foreign = new Set(options.origins);
  app.addHook('onRequest', async (request, reply) => {
    const hosts = names.map((name) => `${name}:${portOf(request)}`);
    if (!hosts.includes((request.headers.host ?? '').toLowerCase())) {
      return refuseGuarded(
        request,
        reply,
        421,
        'wrong-host',
        'This bridge answers only under its own address.',
      );
    }
    const origin = request.headers.origin;
    if (origin === undefined || hosts.some((host) => origin === `http://${host}`)) return;
    if (!foreign.has(origin)) {
      const message = `Pages of ${origin} may not use this bridge. Start it with --allow-origin ${origin} if they should.`;
      return refuseGuarded(request, reply, 403, 'foreign-origin', message);
    }
    reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' });
  });
  // A browser asks before it posts JSON to another origin; the hook above has already refused who may not.
  app.options('/v1/*', async (request, reply) => {
    if (request.headers.origin === undefined) return reply.code(204).send();
    reply.headers({
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers': 'content-type',
    });
    return reply.code(204).send();
  });
}

function portOf(request: FastifyRequest): number {
  return request.socket.localPort ?? 0;
}

function refuseGuarded(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
): FastifyReply {
  request.log.warn(
    { code, host: request.headers.host, origin: request.headers.origin, url: request.url },
    'request refused',
  );
  return reply.code(status).send({ code, message });
}
