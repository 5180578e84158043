import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { CodeTries } from './code-tries.ts';
import { ownDevice, type OwnDevice } from './device-file.ts';
import { Door } from './door.ts';
import { Dialer, type DialTarget } from './dialer.ts';
import { mdnsDiscovery, type Discovery } from './discovery.ts';
import { LogFolder, nodeDisk } from './document-log.ts';
import { HeadOffice, answerEnrolment, remoteHeadOffice, type EnrolmentOffice } from './enrolment.ts';
import { isProcessAlive, lockFolder } from './folder-lock.ts';
import { listen, type HttpParts, type ListenAt, type Listening } from './http.ts';
import { keepJournals } from './journal-keeping.ts';
import { USAGE, isPrivateHost, readOptions, type RelayOptions } from './options.ts';
import { postJson } from './post-json.ts';
import { Relay } from './relay.ts';
import { serverCertificate, trustAuthority, type ServerCertificate } from './tls-files.ts';
import { TrustedDevices } from './trusted-devices.ts';
import { Vouchers } from './vouchers.ts';

function fail(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

const options = readOptions(process.argv.slice(2));
if (!options.ok) fail(2, `${options.error}\n\n${USAGE}`);
if (options.value === 'help') {
  process.stdout.write(USAGE);
  process.exit(0);
}
await run(options.value);

/** A relay that runs. */
type Running = {
  readonly listening: Listening;
  readonly device: string;
  readonly enrolled: boolean;
  readonly stop: () => Promise<void>;
};

async function run(settings: RelayOptions): Promise<void> {
  const log = pino({ name: 'relay', level: settings['log-level'] }, pino.destination(2));
  const certificate = await serverCertificate(settings);
  if (!certificate.ok) fail(2, certificate.error);
  const authority = await trustAuthority(settings);
  if (!authority.ok) fail(2, authority.error);
  const lock = await lockFolder(settings.data, isProcessAlive);
  if (!lock.ok) fail(1, lock.error);

  let stopping = false;
  // A relay that has joined begins anew, on the port it had: who it is stands in its device file.
  const again = async () => {
    const { listening, stop } = await running;
    await stop();
    return start({ ...settings, port: listening.port }, certificate.value, log, onJoined);
  };
  const onJoined = () => {
    if (!stopping) running = again();
  };
  let running = start(settings, certificate.value, log, onJoined);
  const { listening, device, enrolled } = await running;
  process.stdout.write(`${JSON.stringify({ event: 'listening', port: listening.port, device, enrolled })}\n`);

  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await (await running).stop();
    await lock.value.release();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
}

/** Starts the relay as its device file says it is. */
async function start(
  settings: RelayOptions,
  certificate: ServerCertificate | undefined,
  log: Logger,
  onJoined: () => void,
): Promise<Running> {
  const device = await ownDevice(settings.data, () => randomBytes(8).toString('hex'));
  if (!device.ok) fail(1, device.error);
  const now = () => new Date().toISOString();
  const own = identity(device.value, settings);
  const { role, organization } = own.metadata.device;
  const trusted = settings.open ? undefined : trustedDevices(device.value, own.metadata.device, now);
  if (trusted === undefined) log.warn('this relay is open: it asks nobody for a proof');
  const folder = join(settings.data, 'documents');
  const later = (milliseconds: number, callback: () => void) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  };
  const relay = new Relay({
    own,
    folder: new LogFolder(folder, nodeDisk, log),
    door: trusted && {
      trusted,
      guard: new Door(device.value, organization, trusted, () => randomBytes(32).toString('base64url')),
    },
    vouchers: new Vouchers({
      folder,
      trusted,
      signer: trusted && role === 'hq' ? { device: device.value.id, ...device.value } : undefined,
      log,
    }),
    log,
    now,
    later,
  });
  await relay.start();
  const journals = keepJournals(relay, {
    own: { key: device.value.publicKey, ...own.metadata.device },
    organization,
    sign: trusted && role === 'hq' && organization !== undefined ? device.value.sign : undefined,
    log,
    now,
    later,
  });
  const dialers = new Map<string, Dialer>();
  const dial = (target: DialTarget) => {
    if (dialers.has(target.url)) return;
    const dialer = new Dialer(target, relay, log, { now, random: Math.random });
    dialers.set(target.url, dialer);
    dialer.start();
  };
  const isEnrolled = organization !== undefined;
  const enrolment = {
    own: device.value,
    isEnrolled,
    office: enrolmentOffice(relay, device.value, own.metadata.device, trusted, settings, now),
    tries: new CodeTries(() => performance.now()),
  };
  const listening = await listenOrFail(
    relay,
    {
      status: () => ({
        ...relay.status(),
        enrolled: isEnrolled,
        ...journals.status(),
        targets: [...dialers.values()].map((dialer) => dialer.status()),
      }),
      enrol: (asker, body) => answerEnrolment(enrolment, asker, body),
      onJoined,
      onError: (cause) => log.warn({ err: cause }, 'a request could not be answered'),
    },
    { ...settings, certificate },
  );
  if (settings.hq !== undefined) dial({ url: settings.hq, kind: 'hq' });
  for (const url of settings.peer) dial({ url, kind: 'peer' });
  const discovery = discover(
    { ...settings, ...own.metadata.device },
    device.value.id,
    listening.port,
    dial,
    log,
  );
  return {
    listening,
    device: device.value.id,
    enrolled: isEnrolled,
    stop: async () => {
      for (const dialer of dialers.values()) dialer.stop();
      journals.stop();
      await relay.stop();
      await listening.close();
      await discovery?.stop();
    },
  };
}

/** Where this relay has devices enrolled; undefined when it neither is head office nor knows it. */
function enrolmentOffice(
  relay: Relay,
  { id, publicKey }: OwnDevice,
  { role, organization }: ReturnType<typeof identity>['metadata']['device'],
  trusted: TrustedDevices | undefined,
  { hq }: RelayOptions,
  now: () => string,
): EnrolmentOffice | undefined {
  if (role !== 'hq') return hq === undefined ? undefined : remoteHeadOffice(hq, postJson);
  if (trusted === undefined || organization === undefined) return undefined;
  const list = relay.document({ class: 'organization' });
  const members = {
    entries: () => list.entries(),
    write: (changes: Record<string, string>) => list.write(changes),
  };
  return new HeadOffice({ id, publicKey, organization }, members, trusted, now);
}

/** Who this relay is: what it was enrolled as, else what it was started as. */
function identity(device: OwnDevice, settings: RelayOptions) {
  const enrolled = device.enrolment?.device;
  const role = enrolled?.role === 'hq' || settings.role === 'hq' ? ('hq' as const) : ('relay' as const);
  const store = enrolled?.store ?? settings.store;
  const register = enrolled?.register ?? settings.register;
  const organization = device.enrolment?.organization ?? settings.organization;
  return {
    peerId: `${device.id}:${randomBytes(4).toString('hex')}`,
    metadata: {
      storageId: `relay-${device.id}`,
      // Ephemeral for the peer's book-keeping: a sync state kept across restarts would outlive a disk put back from a backup.
      isEphemeral: true,
      device: {
        id: device.id,
        role,
        ...(store === undefined ? {} : { store }),
        ...(register === undefined ? {} : { register }),
        ...(organization === undefined ? {} : { organization }),
      },
    },
  };
}

function trustedDevices(
  { id, publicKey, enrolment }: OwnDevice,
  { role, store, register }: ReturnType<typeof identity>['metadata']['device'],
  now: () => string,
): TrustedDevices {
  const place = {
    ...(store === undefined ? {} : { store }),
    ...(register === undefined ? {} : { register }),
  };
  const own = { id, key: publicKey, role, ...place };
  return new TrustedDevices({ own, headOffice: enrolment?.headOffice }, now);
}

async function listenOrFail(relay: Relay, parts: HttpParts, settings: ListenAt): Promise<Listening> {
  try {
    return await listen(relay, parts, settings);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
      fail(
        1,
        `Port ${settings.port} on ${settings.host} is in use by another program. Stop it, or choose another port with --port.`,
      );
    }
    throw cause;
  }
}

/** Looks for the other tills of the store; the lower device id dials, so that two tills find each other once. */
function discover(
  settings: RelayOptions,
  device: string,
  port: number,
  dial: (target: DialTarget) => void,
  log: Parameters<typeof mdnsDiscovery>[1],
): Discovery | undefined {
  const { store, organization } = settings;
  // Nobody on the LAN can reach a relay that listens on this machine only.
  if (
    settings['no-discovery'] ||
    isPrivateHost(settings.host) ||
    store === undefined ||
    organization === undefined
  )
    return undefined;
  const discovery = mdnsDiscovery({ device, organization, store, port }, log, settings['lan-interface']);
  discovery.start((found) => {
    if (device < found.device) for (const url of found.urls) dial({ url, kind: 'peer' });
  });
  return discovery;
}
