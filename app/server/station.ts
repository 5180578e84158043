import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { ChildProgram, type ProgramNews, type ProgramSpec } from './child-program.ts';
import { makeOrigin, type DeviceConfig } from './origin.ts';

/** The ports of a station's programs. */
export type StationPorts = {
  readonly app: number;
  readonly relay: number;
  readonly reports?: number;
  readonly bridge?: number;
  readonly printer?: number;
  readonly printerPage?: number;
};

/** One machine of a shop: head office, or a till. */
export type StationSpec = {
  /** `hq` or `s01-r1`; also its folder. */
  readonly id: string;
  /** What people call it: `S01-R1`. */
  readonly name: string;
  readonly role: 'hq' | 'till';
  readonly organization: string;
  readonly store?: string;
  readonly register?: string;
  readonly ports: StationPorts;
  /** Relays this station dials. */
  readonly hq?: string;
  readonly peers: readonly string[];
  readonly demo?: DeviceConfig['demo'];
};

/** What a station is run with. */
export type StationWorld = {
  readonly data: string;
  readonly project: string;
  readonly build: string;
  readonly version: string;
  readonly log: (line: string) => void;
  readonly news: (news: ProgramNews) => void;
};

const LOOPBACK = '127.0.0.1';

/** The printer's name at the bridge of a till. */
export const RECEIPT_PRINTER = 'receipt';

/** The programs of one machine, started in order and stopped in reverse. */
export class Station {
  readonly spec: StationSpec;
  readonly #world: StationWorld;
  readonly #programs: ChildProgram[] = [];
  #origin: FastifyInstance | undefined;
  #device = '';

  constructor(spec: StationSpec, world: StationWorld) {
    this.spec = spec;
    this.#world = world;
  }

  /** The device id of this station's relay, once it is up. */
  get device(): string {
    return this.#device;
  }

  /** The process of one of this station's programs, by its name without the station's: `relay`, `bridge`, `reports`, `printer`. */
  pidOf(program: string): number | undefined {
    return this.#programs.find(({ name }) => name === `${this.spec.name} ${program}`)?.pid;
  }

  /** Starts the relay alone, which seeding needs. */
  async startRelay(): Promise<void> {
    const ready = await this.#run(relayProgram(this.spec, this.#world.data));
    this.#device = String(ready['device']);
  }

  /** Starts the other programs and the origin. */
  async startRest(): Promise<void> {
    const { spec } = this;
    for (const program of otherPrograms(spec, this.#world.data)) await this.#run(program);
    const { app, relay, bridge, reports } = spec.ports;
    this.#origin = await makeOrigin({
      build: this.#world.build,
      relay: `http://${LOOPBACK}:${relay}`,
      ...(bridge === undefined ? {} : { bridge: `http://${LOOPBACK}:${bridge}` }),
      ...(reports === undefined ? {} : { reports: `http://${LOOPBACK}:${reports}` }),
      hosts: [],
      config: deviceConfig(spec, this.#device, this.#world.version),
    });
    await listenOrExplain(this.#origin, app);
  }

  /** Stops everything of this station; what was accepted is on disk when it resolves. */
  async stop(): Promise<void> {
    // Programs first: the origin would wait for streams that only they can end.
    for (const program of this.#programs.toReversed()) await program.stop();
    await this.#origin?.close();
  }

  #run(spec: ProgramSpec): Promise<Record<string, unknown>> {
    const program = new ChildProgram(spec, this.#world.project, this.#world.log, this.#world.news);
    this.#programs.push(program);
    return program.start();
  }
}

async function listenOrExplain(origin: FastifyInstance, port: number): Promise<void> {
  try {
    await origin.listen({ port, host: LOOPBACK });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw new Error(
      `Port ${port} is in use by another program. Stop it, or choose other ports with --port.`,
      { cause },
    );
  }
}

function deviceConfig(spec: StationSpec, device: string, version: string): DeviceConfig {
  return {
    role: spec.role,
    organization: spec.organization,
    device,
    ...(spec.store === undefined ? {} : { store: spec.store }),
    ...(spec.register === undefined ? {} : { register: spec.register }),
    ...(spec.role === 'till' ? { printer: RECEIPT_PRINTER } : {}),
    ...(spec.demo === undefined ? {} : { demo: spec.demo }),
    version,
  };
}

/** A flag with its value; nothing where there is no value. */
function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function relayProgram(spec: StationSpec, data: string): ProgramSpec {
  return {
    name: `${spec.name} relay`,
    main: 'sync-relay/main.ts',
    args: [
      ...flag('--data', join(data, spec.id, 'relay')),
      ...flag('--port', String(spec.ports.relay)),
      ...flag('--role', spec.role === 'hq' ? 'hq' : 'relay'),
      ...flag('--organization', spec.organization),
      ...flag('--store', spec.store),
      ...flag('--register', spec.register),
      ...flag('--hq', spec.hq),
      ...spec.peers.flatMap((peer) => ['--peer', peer]),
      ...flag('--log-level', 'warn'),
    ],
  };
}

function otherPrograms(spec: StationSpec, data: string): ProgramSpec[] {
  const { reports, bridge, printer, printerPage, relay } = spec.ports;
  const programs: ProgramSpec[] = [];
  const folder = (name: string) => join(data, spec.id, name);
  if (reports !== undefined) {
    const args = [
      '--data',
      folder('reports'),
      '--port',
      String(reports),
      '--relay',
      `ws://${LOOPBACK}:${relay}/sync`,
    ];
    args.push('--organization', spec.organization);
    programs.push({ name: `${spec.name} reports`, main: 'reports-indexer/main.ts', args });
  }
  if (printer !== undefined && printerPage !== undefined) {
    const args = [
      '--port',
      String(printer),
      '--web-port',
      String(printerPage),
      '--name',
      spec.name,
      '--data',
      folder('printer'),
    ];
    programs.push({ name: `${spec.name} printer`, main: 'hardware-bridge/virtual-printer/main.ts', args });
  }
  if (bridge !== undefined) {
    const address = `${RECEIPT_PRINTER}=tcp://${LOOPBACK}:${printer},columns=42`;
    const args = ['--data', folder('bridge'), '--port', String(bridge), '--printer', address];
    programs.push({ name: `${spec.name} bridge`, main: 'hardware-bridge/main.ts', args });
  }
  return programs;
}
