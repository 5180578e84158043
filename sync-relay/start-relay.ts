import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { err, ok, type Result } from '#model/result.ts';
import { CodeTries } from './code-tries.ts';
import { ownDevice, type OwnDevice } from './device-file.ts';
import { Dialer, type DialTarget } from './dialer.ts';
import { mdnsDiscovery, type Discovery } from './discovery.ts';
import { LogFolder, nodeDisk } from './document-log.ts';
import { Door } from './door.ts';
import { HeadOffice, answerEnrolment, remoteHeadOffice, type EnrolmentOffice } from './enrolment.ts';
import { listen, type HttpParts, type ListenAt, type Listening } from './http.ts';
import type { RegisterPlace } from './journal-ends.ts';
import { keepJournals } from './journal-keeping.ts';
import { isPrivateHost, type RelayOptions } from './options.ts';
import { postJson } from './post-json.ts';
import { Relay } from './relay.ts';
import type { ServerCertificate } from './tls-files.ts';
import { TrustedDevices } from './trusted-devices.ts';
import { Vouchers } from './vouchers.ts';

/** A relay that runs. */
export type RunningRelay = {
  readonly port: number;
  readonly device: string;
  /** Whether it belongs to an organization. */
  readonly enrolled: boolean;
  readonly stop: () => Promise<void>;
};

/** What a relay is started with besides its options. */
export type Surroundings = {
  readonly certificate: ServerCertificate | undefined;
  readonly log: Logger;
  /** The relay has joined an organization: it must be started again to be what its device file now says. */
  readonly onJoined: () => void;
};

/** Who a relay is on this start. */
type Self = {
  readonly device: OwnDevice;
  readonly own: ReturnType<typeof identity>;
  /** Undefined at an open relay. */
  readonly trusted: TrustedDevices | undefined;
};

const now = () => new Date().toISOString();

const later = (milliseconds: number, callback: () => void) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** Starts the relay its device file says it is; a sentence when the file is damaged or the port is taken. */
export async function startRelay(
  settings: RelayOptions,
  { certificate, log, onJoined }: Surroundings,
): Promise<Result<RunningRelay, string>> {
  const device = await ownDevice(settings.data, () => randomBytes(8).toString('hex'));
  if (!device.ok) return device;
  const own = identity(device.value, settings);
  const trusted = settings.open ? undefined : trustedDevices(device.value, own.metadata.device);
  if (trusted === undefined) log.warn('this relay is open: it asks nobody for a proof');
  const self = { device: device.value, own, trusted };
  const relay = relayOf(self, join(settings.data, 'documents'), log);
  await relay.start();
  const journals = journalsOf(relay, self, log);
  const dialers = new Map<string, Dialer>();
  const dial = (target: DialTarget) => {
    if (dialers.has(target.url)) return;
    const dialer = new Dialer(target, relay, log, { now, random: Math.random });
    dialers.set(target.url, dialer);
    dialer.start();
  };
  const enrolled = own.metadata.device.organization !== undefined;
  const status = (asked?: RegisterPlace) => {
    if (asked) relay.askForEnd(asked);
    return {
      ...relay.status(asked),
      enrolled,
      ...journals.status(),
      targets: [...dialers.values()].map((dialer) => dialer.status()),
    };
  };
  const onError = (cause: unknown) => log.warn({ err: cause }, 'a request could not be answered');
  const http = { status, enrol: enrolmentOf(relay, self, settings), onJoined, onError };
  const listening = await listenAt(relay, http, { ...settings, certificate });
  if (!listening.ok) return listening;
  const { port, close } = listening.value;
  if (settings.hq !== undefined) dial({ url: settings.hq, kind: 'hq' });
  for (const url of settings.peer) dial({ url, kind: 'peer' });
  const announced = { ...settings, ...own.metadata.device };
  const discovery = discover(
    announced,
    device.value.id,
    { port, secure: certificate !== undefined },
    dial,
    log,
  );
  const stop = async () => {
    for (const dialer of dialers.values()) dialer.stop();
    journals.stop();
    await relay.stop();
    await close();
    await discovery?.stop();
  };
  return ok({ port, device: device.value.id, enrolled, stop });
}

function relayOf({ device, own, trusted }: Self, folder: string, log: Logger): Relay {
  const { role, organization } = own.metadata.device;
  const newNonce = () => randomBytes(32).toString('base64url');
  return new Relay({
    own,
    folder: new LogFolder(folder, nodeDisk, log),
    door: trusted && { trusted, guard: new Door(device, organization, trusted, newNonce) },
    vouchers: new Vouchers({
      folder,
      disk: nodeDisk,
      trusted,
      signer: trusted && role === 'hq' ? { device: device.id, ...device } : undefined,
      log,
    }),
    log,
    now,
    later,
  });
}

function journalsOf(relay: Relay, { device, own, trusted }: Self, log: Logger) {
  const { role, organization } = own.metadata.device;
  return keepJournals(relay, {
    own: { key: device.publicKey, ...placeOf(own.metadata.device) },
    organization,
    sign: trusted && role === 'hq' && organization !== undefined ? device.sign : undefined,
    log,
    now,
    later,
  });
}

/** What answers `POST /enrol`. */
function enrolmentOf(relay: Relay, self: Self, settings: RelayOptions): HttpParts['enrol'] {
  const parts = {
    own: self.device,
    isEnrolled: self.own.metadata.device.organization !== undefined,
    office: officeOf(relay, self, settings),
    tries: new CodeTries(() => performance.now()),
  };
  return (asker, body) => answerEnrolment(parts, asker, body);
}

/** Where this relay has devices enrolled; undefined when it neither is head office nor knows it. */
function officeOf(
  relay: Relay,
  { device, own, trusted }: Self,
  { hq }: RelayOptions,
): EnrolmentOffice | undefined {
  const { role, organization } = own.metadata.device;
  if (role !== 'hq') return hq === undefined ? undefined : remoteHeadOffice(hq, postJson);
  if (trusted === undefined || organization === undefined) return undefined;
  const list = relay.document({ class: 'organization' });
  const members = {
    entries: () => list.entries(),
    write: (changes: Readonly<Record<string, string>>) => list.write(changes),
  };
  return new HeadOffice({ id: device.id, publicKey: device.publicKey, organization }, members, trusted, now);
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

/** What a device is, without the organization it is in. */
function placeOf({ id, role, store, register }: ReturnType<typeof identity>['metadata']['device']) {
  return {
    id,
    role,
    ...(store === undefined ? {} : { store }),
    ...(register === undefined ? {} : { register }),
  };
}

function trustedDevices(
  { publicKey, enrolment }: OwnDevice,
  self: Parameters<typeof placeOf>[0],
): TrustedDevices {
  const own = { key: publicKey, ...placeOf(self) };
  return new TrustedDevices({ own, headOffice: enrolment?.headOffice }, now);
}

async function listenAt(relay: Relay, parts: HttpParts, at: ListenAt): Promise<Result<Listening, string>> {
  try {
    return ok(await listen(relay, parts, at));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    return err(
      `Port ${at.port} on ${at.host} is in use by another program. Stop it, or choose another port with --port.`,
    );
  }
}

/** Looks for the other tills of the store; the lower device id dials, so that two tills find each other once. */
function discover(
  settings: RelayOptions,
  device: string,
  at: { readonly port: number; readonly secure: boolean },
  dial: (target: DialTarget) => void,
  log: Logger,
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
  const discovery = mdnsDiscovery({ device, organization, store, ...at }, log, settings['lan-interface']);
  discovery.start((found) => {
    if (device < found.device) for (const url of found.urls) dial({ url, kind: 'peer' });
  });
  return discovery;
}
