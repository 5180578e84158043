import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { Standing } from '#model/trust/standing.ts';
import { openDatabase, putAside, queryBuilder, type OpenedDatabase } from './database.ts';
import { indexerDevice, type IndexerDevice } from './device-file.ts';
import { enrolAt } from './enrolment.ts';
import { reportsServer } from './http.ts';
import { IndexedEvents } from './indexed-events.ts';
import { Indexer } from './indexer.ts';
import { RelayLink } from './link.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { ReportWriter } from './report-writer.ts';

const log = pino({ name: 'reports-indexer' }, pino.destination(2));
const now = () => new Date().toISOString();

function leave(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function openFor(options: Options): OpenedDatabase {
  const opened = openDatabase(options.data, { rebuild: options.rebuild, now });
  if (opened.aside !== undefined) {
    const aside = opened.aside;
    log.warn({ aside }, 'the database was damaged; it was put aside and is made again from the documents');
  } else if (opened.state === 'replayed') log.info('the database is made again from the documents');
  return opened;
}

function writerFor(organization: string | undefined, { database }: OpenedDatabase): ReportWriter {
  const writer = new ReportWriter(database, now);
  const known = writer.organization();
  if (organization === undefined || organization === known) return writer;
  if (known === undefined) writer.setOrganization(organization);
  else
    leave(
      1,
      `The database holds organization ${known}, not ${organization}. Use another --data folder or --rebuild.`,
    );
  return writer;
}

/** The device of the data folder, joined first when that was asked for. */
async function deviceFor({ data, relay, enrol }: Options): Promise<IndexerDevice> {
  const opened = await indexerDevice(data, () => randomBytes(8).toString('hex'));
  if (!opened.ok) return leave(1, opened.error);
  const device = opened.value;
  if (enrol === undefined) return device;
  if (device.enrolment !== undefined) {
    log.info(
      { organization: device.enrolment.organization },
      'this device has joined before; --enrol is not needed',
    );
    return device;
  }
  const enrolment = await enrolAt(relay, enrol, device);
  if (!enrolment.ok) return leave(1, enrolment.error);
  await device.saveEnrolment(enrolment.value);
  log.info({ device: device.id, organization: enrolment.value.organization }, 'this device has joined');
  return { ...device, enrolment: enrolment.value };
}

const STANDING_WORDS: Readonly<Record<Exclude<Standing, 'accepted'>, string>> = {
  unproven: 'the relay does not take the signature of this device',
  unknown: 'the relay does not know this device; let it join with --enrol and a code from the back office',
  revoked: 'this device was revoked; remove its device.json and let it join again',
  expired: 'this device has expired; remove its device.json and let it join again',
  'foreign-peer-id': 'the relay says that the peer id is not of this device',
};

function logStanding(standing: Standing): void {
  if (standing === 'accepted') log.info({ standing }, 'the relay lets this device take part');
  else log.error({ standing }, STANDING_WORDS[standing]);
}

async function run(options: Options): Promise<void> {
  const device = await deviceFor(options);
  const organization = options.organization ?? device.enrolment?.organization;
  const opened = openFor(options);
  const { database } = opened;
  const writer = writerFor(organization, opened);
  const events = new IndexedEvents();
  let standing: Standing | undefined;
  const onDamaged = (error: unknown): never => {
    log.fatal({ err: error }, 'the database is damaged');
    database.close();
    const aside = putAside(options.data, now());
    return leave(
      1,
      `The database is damaged and was put aside as ${aside}. Start again: it is made from the documents.`,
    );
  };
  const schedule = (task: () => void) => {
    setImmediate(task);
  };
  const onIndexed = (at: string) => events.announce(at);
  const indexer = new Indexer({ writer, log, schedule, now, onIndexed, onDamaged });
  const identity = {
    id: device.id,
    role: 'indexer' as const,
    ...(organization === undefined ? {} : { organization }),
  };
  const link = new RelayLink(
    {
      url: options.relay,
      peerId: `${device.id}:${randomBytes(8).toString('hex')}`,
      device,
      metadata: { isEphemeral: true, device: identity },
      log,
      random: Math.random,
    },
    {
      up: (relay) => {
        if (relay.device?.organization !== undefined) indexer.learnOrganization(relay.device.organization);
        indexer.linkUp((documentId, data) => link.send(documentId, data));
      },
      sync: (documentId, data) => indexer.receive(documentId, data),
      down: () => indexer.linkDown(),
      standing: (now) => {
        standing = now;
        logStanding(now);
      },
      beat: () => indexer.tick(),
    },
  );
  const server = reportsServer({
    database: queryBuilder(database),
    events,
    link: () => ({
      connected: link.connected,
      behind: indexer.behind,
      device: device.id,
      enrolled: device.enrolment !== undefined,
      standing: standing ?? null,
    }),
    log,
  });
  const port = await listen(server, options);
  process.stdout.write(`${JSON.stringify({ event: 'listening', port })}\n`);
  // What a stop in the middle of judging records anew has left.
  await writer.write([]);
  link.start();
  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    link.stop();
    await server.close();
    await indexer.idle();
    database.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stop(signal);
    });
  }
}

async function listen(server: ReturnType<typeof reportsServer>, { host, port }: Options): Promise<number> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      leave(1, `Port ${port} is in use. Choose another --port or stop what uses it.`);
    leave(
      1,
      `The reports cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

const options = readOptions(process.argv.slice(2));
if (!options.ok) leave(2, `${options.error} --help shows all flags.`);
if (options.value === 'help') process.stdout.write(USAGE);
else await run(options.value);
