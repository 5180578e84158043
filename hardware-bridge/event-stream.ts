import type { FastifyInstance } from 'fastify';
import type { BridgeEvent, PrintState } from '#model/receipt/print-job.ts';
import type { PrintQueue } from './print-queue.ts';

const KEEP_ALIVE_MS = 15_000;
const MOST_SHOWN = 200;
/** A listener that does not read is dropped when this many bytes wait for it. */
const MOST_UNREAD = 1024 * 1024;

/** What a page that has just connected must know: the rest it may ask for. */
const UNFINISHED: ReadonlySet<PrintState> = new Set([
  'accepted',
  'queued',
  'sending',
  'confirming',
  'blocked',
  'unknown',
]);

/** GET /v1/events: server-sent events `job` and `printer`, first how everything stands, then every change. */
export function serveEvents(app: FastifyInstance, queue: PrintQueue): void {
  const open = new Set<() => void>();
  app.get('/v1/events', (request, reply) => {
    // Read before hijacking: headers the guard has set would be lost.
    const headers = {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    };
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, headers as Record<string, string>);
    const tell = (event: BridgeEvent): void => {
      stream.write(
        `event: ${event.type}\ndata: ${JSON.stringify(event.type === 'job' ? event.job : event.printer)}\n\n`,
      );
      if (stream.writableLength > MOST_UNREAD) close();
    };
    const unsubscribe = queue.subscribe(tell);
    const keepAlive = setInterval(() => stream.write(': still here\n\n'), KEEP_ALIVE_MS);
    const close = (): void => {
      unsubscribe();
      clearInterval(keepAlive);
      open.delete(close);
      stream.destroy();
    };
    open.add(close);
    request.raw.once('close', close);
    void tellAll(queue, tell);
  });
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });
}

async function tellAll(queue: PrintQueue, tell: (event: BridgeEvent) => void): Promise<void> {
  for (const { device } of queue.devices()) {
    const printer = await queue.printerStatus(device, false);
    if (printer) tell({ type: 'printer', printer });
  }
  for (const job of queue.jobs(UNFINISHED, MOST_SHOWN)) tell({ type: 'job', job });
}
