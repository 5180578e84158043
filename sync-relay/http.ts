import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { WebSocketServer } from 'ws';
import { registerIdSchema, storeIdSchema } from '#model/ids/register-id.ts';
import { MAX_FRAME_BYTES } from '#model/protocol/frame.ts';
import type { RegisterPlace } from './journal-ends.ts';
import type { EnrolmentAnswer } from './enrolment.ts';
import type { Relay } from './relay.ts';
import { COMPRESSION, attachSocket } from './socket.ts';
import type { ServerCertificate } from './tls-files.ts';

/** The path of the WebSocket. */
export const SYNC_PATH = '/sync';

/** The largest request to join, in bytes. */
const MAX_BODY_BYTES = 4096;

/** How long a request may take to arrive, in milliseconds. */
const REQUEST_MS = 10_000;

/** A relay that listens. */
export type Listening = { readonly port: number; readonly close: () => Promise<void> };

/** What is served besides the WebSocket. */
export type HttpParts = {
  /** What `/status` tells; `?register=S01-R2` also asks the linked relays about the end of that register's journal. */
  readonly status: (asked: RegisterPlace | undefined) => object;
  /** Answers `POST /enrol`; `asker` tells askers apart. */
  readonly enrol: (asker: string, body: string) => Promise<EnrolmentAnswer>;
  /** The relay itself has joined, and whoever asked has the answer. */
  readonly onJoined: () => void;
  /** A request could not be answered. */
  readonly onError: (cause: unknown) => void;
};

/** Where to listen, and with which certificate. */
export type ListenAt = {
  readonly host: string;
  readonly port: number;
  readonly certificate?: ServerCertificate | undefined;
};

/**
 * Serves the relay: the WebSocket at `/sync`, its state at `/status`, the way in for new devices at `/enrol`. Rejects when
 * the port is taken.
 */
export function listen(relay: Relay, parts: HttpParts, at: ListenAt): Promise<Listening> {
  const server = at.certificate === undefined ? createServer() : createTlsServer(at.certificate);
  server.requestTimeout = REQUEST_MS;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(parts, request, response).catch((cause: unknown) => {
      parts.onError(cause);
      if (!response.headersSent) send(response, 500, FAILED);
    });
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: COMPRESSION,
  });
  server.on('upgrade', (request, socket, head) => {
    // Nobody else listens for errors of a socket that is not a WebSocket yet, and one would end the process.
    socket.on('error', parts.onError);
    if (pathOf(request) !== SYNC_PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      attachSocket(relay, 'in', webSocket, () => request.socket),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.removeListener('error', reject);
      resolve({ port: (server.address() as AddressInfo).port, close: () => closeServer(server, sockets) });
    });
  });
}

/** The path as it was sent: a URL parser throws on some of what a stranger can send. */
function pathOf({ url }: IncomingMessage): string {
  return (url ?? '/').split('?')[0] ?? '/';
}

/** The register a question for the state names; undefined without one, or where it names none. */
function registerOf({ url }: IncomingMessage): RegisterPlace | undefined {
  const name = new URLSearchParams((url ?? '').split('?')[1] ?? '').get('register')?.split('-');
  const read = v.safeParse(v.tuple([storeIdSchema, registerIdSchema]), name);
  return read.success ? { store: read.output[0], register: read.output[1] } : undefined;
}

async function answer(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (request.method === 'GET' && (path === '/status' || path === '/health'))
    send(response, 200, parts.status(registerOf(request)));
  else if (request.method === 'POST' && path === '/enrol') await answerEnrol(parts, request, response);
  else send(response, 404, NOT_FOUND);
}

async function answerEnrol(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (isForeignPage(request)) return send(response, 403, FOREIGN_ORIGIN);
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('connection', 'close');
    return send(response, 413, TOO_LARGE);
  }
  const enrolment = await parts.enrol(request.socket.remoteAddress ?? '', body);
  if ('retryAfterSeconds' in enrolment.body)
    response.setHeader('retry-after', String(enrolment.body.retryAfterSeconds));
  send(response, enrolment.status, enrolment.body, () => {
    if (enrolment.joined) parts.onJoined();
  });
}

/** A page of another origin has no business here; programs send no origin, and the app's own server takes it off. */
function isForeignPage({ headers: { origin, host } }: IncomingMessage): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** The body as text; undefined when it is longer than {@link MAX_BODY_BYTES}. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object, sent?: () => void): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body), sent);
}

const NOT_FOUND = {
  code: 'not-found',
  message: `A relay has ${SYNC_PATH} (WebSocket), /status and POST /enrol only.`,
};
const FOREIGN_ORIGIN = {
  code: 'foreign-origin',
  message: 'Only pages of this relay’s own address may ask it.',
};
const TOO_LARGE = {
  code: 'bad-request',
  message: `A request to join has at most ${MAX_BODY_BYTES} bytes.`,
};
const FAILED = { code: 'failed', message: 'The relay could not answer; its log says why.' };

function closeServer(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
