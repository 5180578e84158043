import Fastify, { LogController, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import * as v from 'valibot';
import {
  drawerJobSchema,
  PRINT_STATES,
  printJobSchema,
  resolutionSchema,
  type BridgeRefusal,
} from '#model/receipt/print-job.ts';
import { poleTextSchema } from '#model/receipt/pole-text.ts';
import type { Result } from '#model/result.ts';
import { guardRequests } from './http-guard.ts';
import type { PoleDisplay } from './pole-display.ts';
import type { Accepted, PrintQueue } from './print-queue.ts';
import type { ScalePort } from './scale-port.ts';
import { serveEvents } from './event-stream.ts';

/** How the HTTP side is set up. `origins` are pages of other origins that may call, as `http://host:port`. */
export type HttpOptions = {
  readonly queue: PrintQueue;
  readonly displays: readonly PoleDisplay[];
  readonly scales: readonly ScalePort[];
  readonly host: string;
  readonly origins: readonly string[];
  readonly version: string;
  readonly log: FastifyBaseLogger;
};

const BODY_LIMIT = 1024 * 1024;
const MOST_LISTED = 500;

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'bad-request': 400,
  'bad-document': 400,
  'unknown-device': 404,
  'unknown-job': 404,
  'id-taken': 409,
  'too-late': 409,
  'spool-full': 507,
  'spool-broken': 507,
};

/** Builds the bridge's HTTP server; listening is the caller's. Every error body is `{ code, message }`. */
export function buildHttp(options: HttpOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
  });
  // A page of any origin may post text/plain without being asked first; only JSON comes in.
  app.removeContentTypeParser('text/plain');
  guardRequests(app, options);
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, 404, {
      code: 'no-such-address',
      message: 'There is nothing at this address. The interface starts at /v1.',
    }),
  );
  routeHealth(app, options);
  routeDevices(app, options.queue);
  routeDisplays(app, options.displays);
  routeScales(app, options.scales);
  routeJobs(app, options.queue);
  routeAnswers(app, options.queue);
  serveEvents(app, options.queue);
  return app;
}

function routeHealth(app: FastifyInstance, { version, queue }: HttpOptions): void {
  const health = () => ({ name: 'tillmesh-hardware-bridge', version, printers: queue.devices().length });
  app.get('/health', health);
  app.get('/v1/health', health);
}

function routeDevices(app: FastifyInstance, queue: PrintQueue): void {
  app.get('/v1/devices', () => queue.devices());
  app.get<{ Params: { id: string }; Querystring: { fresh?: string } }>(
    '/v1/devices/:id/status',
    async (request, reply) => {
      const { id } = request.params;
      const status = await queue.printerStatus(id, request.query.fresh === '1');
      return (
        status ?? refuse(reply, 404, { code: 'unknown-device', message: `There is no printer "${id}" here.` })
      );
    },
  );
}

function routeDisplays(app: FastifyInstance, displays: readonly PoleDisplay[]): void {
  app.get('/v1/displays', () => displays.map((display) => display.status()));
  app.put<{ Params: { id: string } }>('/v1/displays/:id', async (request, reply) => {
    const display = displays.find(({ profile }) => profile.device === request.params.id);
    if (!display) {
      const message = `There is no display "${request.params.id}" here.`;
      return refuse(reply, 404, { code: 'unknown-device', message });
    }
    const text = v.safeParse(poleTextSchema, request.body);
    if (!text.success) return refuse(reply, 400, badBody(text.issues));
    display.show(text.output);
    return display.status();
  });
}

/** GET /v1/scales/NAME asks the scale now; it answers within a second, also when the scale does not. */
function routeScales(app: FastifyInstance, scales: readonly ScalePort[]): void {
  app.get('/v1/scales', () => Promise.all(scales.map((scale) => scale.read())));
  app.get<{ Params: { id: string } }>('/v1/scales/:id', async (request, reply) => {
    const scale = scales.find(({ profile }) => profile.device === request.params.id);
    if (scale) return reply.header('cache-control', 'no-store').send(await scale.read());
    const message = `There is no scale "${request.params.id}" here.`;
    return refuse(reply, 404, { code: 'unknown-device', message });
  });
}

function routeJobs(app: FastifyInstance, queue: PrintQueue): void {
  app.post('/v1/jobs', async (request, reply) => {
    const job = v.safeParse(printJobSchema, request.body);
    if (!job.success) return refuse(reply, 400, badBody(job.issues));
    return answerAccepted(reply, await queue.accept(job.output));
  });
  app.post('/v1/drawer/open', async (request, reply) => {
    const job = v.safeParse(drawerJobSchema, request.body);
    if (!job.success) return refuse(reply, 400, badBody(job.issues));
    return answerAccepted(reply, await queue.acceptDrawer(job.output));
  });
  app.get<{ Params: { id: string } }>('/v1/jobs/:id', async (request, reply) => {
    const { id } = request.params;
    return (
      queue.job(id) ?? refuse(reply, 404, { code: 'unknown-job', message: `There is no job "${id}" here.` })
    );
  });
  app.get<{ Querystring: { state?: unknown } }>('/v1/jobs', async (request, reply) => {
    const states = v.safeParse(v.array(v.picklist(PRINT_STATES)), namesIn(request.query.state));
    if (states.success) return queue.jobs(new Set(states.output), MOST_LISTED);
    const message = `"state" takes any of ${PRINT_STATES.join(', ')}, separated by commas.`;
    return refuse(reply, 400, { code: 'bad-request', message });
  });
}

function routeAnswers(app: FastifyInstance, queue: PrintQueue): void {
  app.post<{ Params: { id: string } }>('/v1/jobs/:id/resolve', async (request, reply) => {
    const resolution = v.safeParse(resolutionSchema, request.body);
    if (!resolution.success) return refuse(reply, 400, badBody(resolution.issues));
    return answer(reply, await queue.resolve(request.params.id, resolution.output));
  });
  app.post<{ Params: { id: string } }>('/v1/jobs/:id/cancel', async (request, reply) =>
    answer(reply, await queue.cancel(request.params.id)),
  );
}

function answerAccepted(reply: FastifyReply, accepted: Result<Accepted, BridgeRefusal>): FastifyReply {
  if (!accepted.ok) return answer(reply, accepted);
  return reply.code(accepted.value.fresh ? 202 : 200).send(accepted.value.job);
}

function answer(reply: FastifyReply, result: Result<unknown, BridgeRefusal>): FastifyReply {
  return result.ok
    ? reply.send(result.value)
    : refuse(reply, STATUS_OF_CODE[result.error.code] ?? 500, result.error);
}

function refuse(reply: FastifyReply, status: number, { code, message }: BridgeRefusal): FastifyReply {
  return reply.code(status).send({ code, message });
}

function badBody(issues: readonly v.BaseIssue<unknown>[]): BridgeRefusal {
  const [first] = issues;
  const place = first ? v.getDotPath(first) : null;
  return {
    code: 'bad-request',
    message: `${place ? `"${place}": ` : ''}${first?.message ?? 'The body is not understood'}.`,
  };
}

function answerError(error: FastifyError, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status === 413)
    return refuse(reply, 413, { code: 'too-large', message: 'The body is larger than 1 MB.' });
  if (status === 415) {
    return refuse(reply, 415, {
      code: 'not-json',
      message: 'Send the body as JSON, with content-type: application/json.',
    });
  }
  if (status < 500)
    return refuse(reply, status, {
      code: 'bad-request',
      message: `The request is not understood: ${error.message}.`,
    });
  reply.log.error({ err: error }, 'a request failed');
  return refuse(reply, 500, {
    code: 'internal',
    message: 'The bridge failed at this request. Its log says why.',
  });
}

function namesIn(query: unknown): string[] {
  const texts = Array.isArray(query) ? query : query === undefined ? [] : [query];
  return texts.flatMap((text) => String(text).split(',')).filter((name) => name !== '');
}
