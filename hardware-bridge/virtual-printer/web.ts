import { readFileSync } from 'node:fs';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
} from 'fastify';
import * as v from 'valibot';
import { faultChangeSchema } from './faults.ts';
import { paperSvg } from './paper-svg.ts';
import { paperText, type PrintedPaper } from './paper-strip.ts';
import type { PrinterNews, VirtualPrinter } from './virtual-printer.ts';

/** A printer's page while it is served. */
export type PrinterPage = { readonly port: number; close(): Promise<void> };

type Printer = Omit<VirtualPrinter, 'webPort' | 'stop'>;

const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
] as const;

/** Serves a virtual printer's page and its JSON interface. Rejects when the port is in use. */
export async function buildPrinterPage(
  printer: Printer,
  options: { readonly host: string; readonly port: number; readonly log: FastifyBaseLogger },
): Promise<PrinterPage> {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  for (const { path, file, type } of FILES) {
    const text = readFileSync(new URL(`page/${file}`, import.meta.url), 'utf8');
    app.get(path, (_request, reply) => reply.type(type).send(text));
  }
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is nothing at this address.'));
  serveState(app, printer);
  servePapers(app, printer);
  serveNews(app, printer);
  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () => app.close(),
  };
}

function serveState(app: FastifyInstance, printer: Printer): void {
  app.get('/state', () => printer.state());
  app.put('/faults', async (request, reply) => {
    const change = v.safeParse(faultChangeSchema, request.body);
    if (!change.success) {
      const [issue] = change.issues;
      return refuse(reply, 400, `${v.getDotPath(issue) ?? 'The body'}: ${issue.message}.`);
    }
    await printer.setFaults(change.output);
    return printer.state();
  });
  app.post('/drawer/close', () => {
    printer.closeDrawer();
    return printer.state();
  });
}

function servePapers(app: FastifyInstance, printer: Printer): void {
  app.get('/papers', () => printer.papers().toReversed().map(describe));
  app.delete('/papers', async (_request, reply) => {
    printer.clearPapers();
    return reply.code(204).send();
  });
  app.get<{ Params: { name: string } }>('/papers/:name', async (request, reply) => {
    const match = /^([0-9]{1,9})(\.svg|\.txt)?$/.exec(request.params.name);
    const paper = match && printer.paper(Number(match[1]));
    if (!paper) return refuse(reply, 404, 'There is no such paper; only the last 200 are kept.');
    if (match[2] === '.svg') return reply.type('image/svg+xml; charset=utf-8').send(paperSvg(paper));
    if (match[2] === '.txt') return reply.type('text/plain; charset=utf-8').send(`${paperText(paper)}\n`);
    return { ...describe(paper), lines: paper.lines };
  });
}

/** GET /events: `paper` with a new paper, `cleared`, and `state` after every other change. */
function serveNews(app: FastifyInstance, printer: Printer): void {
  const open = new Set<() => void>();
  app.get('/events', (request, reply) => {
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (kind: string, data: unknown): void => {
      stream.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    send('state', printer.state());
    const unsubscribe = printer.listen((news: PrinterNews) =>
      send(news.kind, news.kind === 'paper' ? describe(news.paper) : printer.state()),
    );
    const close = (): void => {
      unsubscribe();
      open.delete(close);
      stream.destroy();
    };
    open.add(close);
    request.raw.once('close', close);
  });
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });
}

function describe(paper: PrintedPaper) {
  const { number, at, columns, bytes, complete, drawerOpened, notes } = paper;
  return { number, at, columns, bytes, complete, drawerOpened, notes, text: paperText(paper) };
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ code: status === 404 ? 'not-found' : 'bad-request', message });
}
