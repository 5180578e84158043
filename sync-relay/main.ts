import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { ownDevice, type OwnDevice } from './device-file.ts';
import { Door } from './door.ts';
import { Dialer, type DialTarget } from './dialer.ts';
import { mdnsDiscovery, type Discovery } from './discovery.ts';
import { LogFolder, nodeDisk } from './document-log.ts';
import { isProcessAlive, lockFolder } from './folder-lock.ts';
import { listen, type Listening } from './http.ts';
import { USAGE, isPrivateHost, readOptions, type RelayOptions } from './options.ts';
import { Relay } from './relay.ts';
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

async function run(settings: RelayOptions): Promise<void> {
  const log = pino({ name: 'relay', level: settings['log-level'] }, pino.destination(2));
  const lock = await lockFolder(settings.data, isProcessAlive);
  if (!lock.ok) fail(1, lock.error);
  const device = await ownDevice(settings.data, () => randomBytes(8).toString('hex'));
  if (!device.ok) fail(1, device.error);
  const now = () => new Date().toISOString();
  const own = identity(device.value, settings);
  const trusted = settings.open ? undefined : trustedDevices(device.value, own.metadata.device, now);
  if (trusted === undefined) log.warn('this relay is open: it asks nobody for a proof');
  const folder = join(settings.data, 'documents');
  const relay = new Relay({
    own,
    folder: new LogFolder(folder, nodeDisk, log),
    door: trusted && {
      trusted,
      guard: new Door(device.value, own.metadata.device.organization, trusted, () =>
        randomBytes(32).toString('base64url'),
      ),
    },
    vouchers: new Vouchers({
      folder,
      trusted,
      signer:
        trusted && own.metadata.device.role === 'hq'
          ? { device: device.value.id, ...device.value }
          : undefined,
      log,
    }),
    log,
    now,
    later: (milliseconds, callback) => {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  await relay.start();
  const dialers = new Map<string, Dialer>();
  const dial = (target: DialTarget) => {
    if (dialers.has(target.url)) return;
    const dialer = new Dialer(target, relay, log, { now, random: Math.random });
    dialers.set(target.url, dialer);
    dialer.start();
  };
  const listening = await listenOrFail(relay, dialers, settings);
  if (settings.hq !== undefined) dial({ url: settings.hq, kind: 'hq' });
  for (const url of settings.peer) dial({ url, kind: 'peer' });
  const discovery = discover(
    { ...settings, ...own.metadata.device },
    device.value.id,
    listening.port,
    dial,
    log,
  );
  process.stdout.write(
    `${JSON.stringify({ event: 'listening', port: listening.port, device: device.value.id, enrolled: own.metadata.device.organization !== undefined })}\n`,
  );

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    for (const dialer of dialers.values()) dialer.stop();
    await relay.stop();
    await listening.close();
    await discovery?.stop();
    await lock.value.release();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
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

async function listenOrFail(
  relay: Relay,
  dialers: ReadonlyMap<string, Dialer>,
  settings: RelayOptions,
): Promise<Listening> {
  try {
    return await listen(relay, () => [...dialers.values()].map((dialer) => dialer.status()), settings);
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
