import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Kysely } from 'kysely';
import * as v from 'valibot';
import { receiptNumberSchema, registerIdSchema, storeIdSchema } from '#model/ids/register-id.ts';
import { accountIdSchema, ledgerSchema } from '#model/ledger/account.ts';
import type { Standing } from '#model/trust/standing.ts';
import type { IndexedEvents } from './indexed-events.ts';
import { auditAct, auditReport, readPlace } from './reports/audit.ts';
import { exceptionsReport } from './reports/exceptions.ts';
import { periodFields, readQuery } from './reports/filters.ts';
import { healthReport } from './reports/health.ts';
import { ledgerAccountsReport, ledgerMovesReport } from './reports/ledger-lists.ts';
import { ledgersReport } from './reports/ledgers.ts';
import { quickArticlesReport, representativesReport } from './reports/line-reports.ts';
import { organizationReport } from './reports/organization.ts';
import { RECEIPT_SUBJECTS } from './reports/receipt-subject.ts';
import { receiptRecord, receiptsReport } from './reports/receipts.ts';
import { SALES_BY, salesReport } from './reports/sales.ts';
import { xReport, zReport } from './reports/session-report.ts';
import { sessionsReport } from './reports/sessions.ts';
import { stockReport } from './reports/stock.ts';
import { taxReport } from './reports/tax.ts';
import { totalsReport } from './reports/totals.ts';
import type { Tables } from './schema.ts';

/** What the reports are served from. */
export type HttpParts = {
  readonly database: Kysely<Tables>;
  readonly events: IndexedEvents;
  /** The link to the relay, and how this device stands with it; null until the relay has said. */
  readonly link: () => {
    readonly connected: boolean;
    readonly device: string;
    readonly enrolled: boolean;
    readonly standing: Standing | null;
    /** Documents the relay offered that are not in the reports yet. */
    readonly behind: number;
  };
  readonly log: FastifyBaseLogger;
};

const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'it is a whole number'),
    v.transform(Number),
    v.minValue(least, `it is at least ${least}`),
    v.maxValue(most, `it is at most ${most}`),
  );
const place = { store: storeIdSchema, register: registerIdSchema };
const prefixText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

const nothing = v.strictObject({});
const periodQuery = v.strictObject(periodFields);
const xQuery = v.strictObject(place);
const stockQuery = v.strictObject({ store: storeIdSchema });
const zQuery = v.strictObject({ ...place, session: wholeNumber(1, 999_999_999) });
const salesQuery = v.strictObject({
  ...periodFields,
  by: v.picklist(SALES_BY, `it is one of ${SALES_BY.join(', ')}`),
});
const searchText = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(64)));
const pageFields = {
  limit: v.optional(wholeNumber(1, 500), '50'),
  offset: v.optional(wholeNumber(0, 10_000_000), '0'),
};
/** `customer:joan` and the like. */
const subjectText = v.pipe(
  v.string(),
  v.maxLength(80),
  v.transform((text) => {
    const by = RECEIPT_SUBJECTS.find((each) => text.startsWith(`${each}:`));
    return by === undefined ? undefined : { by, key: text.slice(by.length + 1) };
  }),
  v.check((subject) => subject !== undefined, `it begins with one of ${RECEIPT_SUBJECTS.join(':, ')}:`),
);
const receiptsQuery = v.strictObject({
  ...periodFields,
  ...pageFields,
  search: searchText,
  about: v.optional(subjectText),
});
const accountsQuery = v.strictObject({ ...pageFields, ledger: ledgerSchema, search: searchText });
const personText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const auditQuery = v.strictObject({
  ...periodFields,
  person: v.optional(personText),
  approver: v.optional(personText),
  kind: v.optional(v.pipe(v.string(), v.regex(/^[a-z.-]{1,40}$/, 'it is a kind of act, like refund'))),
  text: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(64))),
  before: v.optional(
    v.pipe(
      v.string(),
      v.transform(readPlace),
      v.check((place) => place !== undefined, 'it is the "next" of the page before'),
    ),
  ),
  limit: v.optional(wholeNumber(1, 1000), '100'),
});
const exceptionsQuery = v.strictObject({
  store: v.optional(storeIdSchema),
  code: v.optional(v.pipe(v.string(), v.regex(/^[a-z-]{1,40}$/, 'it is a code, like double-refund'))),
  state: v.optional(v.picklist(['open', 'resolved'], 'it is open or resolved')),
});
const LEDGER_NEEDED = 'an account needs its "ledger"';
const ledgersQuery = v.pipe(
  v.strictObject({ ledger: v.optional(ledgerSchema), account: v.optional(accountIdSchema) }),
  v.check(({ ledger, account }) => account === undefined || ledger !== undefined, LEDGER_NEEDED),
);
const movesQuery = v.pipe(
  v.strictObject({
    ...periodFields,
    ...pageFields,
    ledger: v.optional(ledgerSchema),
    account: v.optional(accountIdSchema),
  }),
  v.check(({ ledger, account }) => account === undefined || ledger !== undefined, LEDGER_NEEDED),
);
const totalsQuery = v.strictObject({
  from: periodFields.from,
  to: periodFields.to,
  basketPrefix: v.optional(prefixText),
});

/** The HTTP server of the reports; it only reads. Not listening yet. */
export function reportsServer(parts: HttpParts): FastifyInstance {
  const server = Fastify({
    loggerInstance: parts.log,
    disableRequestLogging: true,
    // A page that watches the events would otherwise hold up the stop for as long as its connection lives.
    forceCloseConnections: true,
    bodyLimit: 1024,
    frameworkErrors: (error, _request, reply) =>
      // The types of this hook tie the answer to a route, and a bad path has none.
      (reply as unknown as FastifyReply)
        .code(400)
        .send({ code: 'bad-request', message: `${error.message}.` }),
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: 'not-found', message: 'There is no such report. See /reports/health.' }),
  );
  server.setErrorHandler((error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ code: 'bad-request', message: error.message });
    request.log.error({ err: error, url: request.url }, 'a report failed');
    const message = 'The report could not be made; the log of the indexer says why.';
    return reply.code(500).send({ code: 'failed', message });
  });
  addSessionReports(server, parts);
  addSalesReports(server, parts);
  addOtherReports(server, parts);
  return server;
}

function addSessionReports(server: FastifyInstance, { database }: HttpParts): void {
  report(server, '/reports/sessions', periodQuery, (query) => sessionsReport(database, query));
  report(
    server,
    '/reports/x',
    xQuery,
    (query) => xReport(database, query),
    ({ store, register }) => `No session is open at ${store}-${register}.`,
  );
  report(
    server,
    '/reports/z',
    zQuery,
    (query) => zReport(database, query),
    ({ store, register, session }) => `There is no closed session ${session} of ${store}-${register}.`,
  );
}

function addSalesReports(server: FastifyInstance, { database }: HttpParts): void {
  report(server, '/reports/tax', periodQuery, (query) => taxReport(database, query));
  report(server, '/reports/sales', salesQuery, ({ by, ...period }) => salesReport(database, by, period));
  report(server, '/reports/representatives', periodQuery, (query) => representativesReport(database, query));
  report(server, '/reports/quick-articles', periodQuery, (query) => quickArticlesReport(database, query));
  report(server, '/reports/receipts', receiptsQuery, (query) => receiptsReport(database, query));
  report(server, '/reports/totals', totalsQuery, (query) => totalsReport(database, query));
  server.get<{ Params: { receipt: string } }>('/reports/receipts/:receipt', async (request, reply) => {
    const receipt = v.safeParse(receiptNumberSchema, request.params.receipt);
    if (!receipt.success) return refuse(reply, `The receipt is not right: ${receipt.issues[0].message}.`);
    const record = await receiptRecord(database, receipt.output);
    return record ?? missing(reply, `There is no receipt ${receipt.output}.`);
  });
}

function addOtherReports(server: FastifyInstance, { database, events, link }: HttpParts): void {
  report(server, '/reports/health', nothing, async () => ({
    status: 'ok',
    ...link(),
    ...(await healthReport(database)),
    indexedAt: events.lastAt ?? null,
  }));
  report(server, '/reports/audit', auditQuery, (query) => auditReport(database, query));
  server.get<{ Params: { id: string } }>('/reports/audit/:id', async (request, reply) => {
    const act = await auditAct(database, request.params.id);
    return act ?? missing(reply, `There is no act ${request.params.id.slice(0, 40)}.`);
  });
  report(
    server,
    '/reports/stock',
    stockQuery,
    async (query) => {
      const made = await stockReport(database, query);
      return made && { ...made, behind: link().behind };
    },
    ({ store }) => `${store} keeps no stock book.`,
  );
  report(server, '/reports/ledgers', ledgersQuery, (query) => ledgersReport(database, query));
  report(server, '/reports/ledger-accounts', accountsQuery, (query) => ledgerAccountsReport(database, query));
  report(server, '/reports/ledger-moves', movesQuery, (query) => ledgerMovesReport(database, query));
  report(server, '/reports/exceptions', exceptionsQuery, (query) => exceptionsReport(database, query));
  report(
    server,
    '/reports/organization',
    nothing,
    () => organizationReport(database),
    () => 'The organization is not here yet; wait until the relay has sent it.',
  );
  server.get('/reports/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    raw.write(': connected\n\n');
    const stop = events.watch((at) => raw.write(`event: indexed\ndata: ${JSON.stringify({ at })}\n\n`));
    // Fastify waits for open answers when it closes; this one never ends by itself.
    const end = () => raw.end();
    server.server.once('tillmesh-closing', end);
    request.raw.on('close', () => {
      stop();
      server.server.off('tillmesh-closing', end);
    });
  });
  server.addHook('preClose', (done) => {
    server.server.emit('tillmesh-closing');
    done();
  });
}

/** One report: its parameters are checked, and one that does not exist is answered with a sentence. */
function report<Schema extends v.GenericSchema>(
  server: FastifyInstance,
  path: string,
  schema: Schema,
  make: (query: v.InferOutput<Schema>) => Promise<unknown>,
  missingText?: (query: v.InferOutput<Schema>) => string,
): void {
  server.get(path, async (request, reply) => {
    const query = readQuery(schema, request.query);
    if (!query.ok) return refuse(reply, query.error);
    const made = await make(query.value);
    if (made !== undefined) return made;
    return missing(reply, missingText?.(query.value) ?? 'There is no such report.');
  });
}

function refuse(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(400).send({ code: 'bad-parameter', message });
}

function missing(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(404).send({ code: 'not-found', message });
}
