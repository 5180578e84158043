import type { FastifyInstance } from 'fastify';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import { ChildProgram, type ProgramNews, type ProgramSpec } from './child-program.ts';
import { machineEnrolment } from './machine-enrolment.ts';
import { MailOutbox } from './mail-outbox.ts';
import { makeOrigin, type DeviceConfig, type OriginActs } from './origin.ts';
import {
  LOOPBACK,
  POLE_DISPLAY,
  RECEIPT_PRINTER,
  SCALE,
  otherPrograms,
  programFolder,
  relayProgram,
} from './station-programs.ts';

/** The ports of a station's programs. */
export type StationPorts = {
  readonly app: number;
  readonly relay: number;
  readonly reports?: number;
  readonly bridge?: number;
  readonly printer?: number;
  readonly printerPage?: number;
  /** The virtual pole display beside the virtual printer. */
  readonly display?: number;
  /** The virtual card terminal. */
  readonly terminal?: number;
  /** The virtual scale and its page. */
  readonly scale?: number;
  readonly scalePage?: number;
};

/** One machine of a shop: head office, or a till. */
export type StationSpec = {
  /** `hq` or `s01-r1`; also its folder. */
  readonly id: string;
  /** What people call it: `S01-R1`. */
  readonly name: string;
  readonly role: 'hq' | 'till';
  /** What is known before the machine joined; a till of a real shop learns it with its code. */
  readonly organization?: string;
  readonly store?: StoreId;
  readonly register?: RegisterId;
  readonly ports: StationPorts;
  /** Relays this station dials. */
  readonly hq?: string;
  readonly peers: readonly string[];
  /** The address other machines reach this one's relay at; this machine alone when left out. */
  readonly host?: string;
  /** Further flags of the relay, such as its certificate. */
  readonly relayFlags?: readonly string[];
  /** Printers as the bridge's flags name them; a virtual one where `ports.printer` is set. */
  readonly printers?: readonly string[];
  /** Pole displays as the bridge's flags name them; the till's is called `pole`. */
  readonly displays?: readonly string[];
  /** The card terminal's address, `http://192.168.1.60:9300`; a virtual one where `ports.terminal` is set. */
  readonly terminal?: string;
  /** The scale as the bridge's flag has it after its name, `tcp://192.168.1.52:4001`; a virtual one where `ports.scale` is set. */
  readonly scale?: string;
  /** The mail server that takes receipts, and the shop's address. */
  readonly mail?: { readonly smtp: string; readonly from: string };
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

/** What the pages of a station may ask for, and what they are told of its founding. */
export type StationActs = OriginActs & {
  /** Whether the organization still has to be founded here. */
  readonly isFounding?: () => boolean;
};

/** The programs of one machine, started in order and stopped in reverse. */
export class Station {
  readonly spec: StationSpec;
  readonly #world: StationWorld;
  readonly #programs: ChildProgram[] = [];
  #origin: FastifyInstance | undefined;
  #mails: MailOutbox | undefined;
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

  /** Where other programs of this machine reach its relay, `http://127.0.0.1:4710`. */
  get relayUrl(): string {
    return `http://${LOOPBACK}:${this.spec.ports.relay}`;
  }

  /** The same for documents, `ws://127.0.0.1:4710/sync`. */
  get syncUrl(): string {
    return `ws://${LOOPBACK}:${this.spec.ports.relay}/sync`;
  }

  /** The same for reports, at head office. */
  get reportsUrl(): string | undefined {
    const { reports } = this.spec.ports;
    return reports === undefined ? undefined : `http://${LOOPBACK}:${reports}`;
  }

  /** Writes a line to this machine's log. */
  log(line: string): void {
    this.#world.log(`${this.spec.name} ${line}`);
  }

  /** The data folder of one of this station's programs: `relay`, `reports`, `bridge`, `printer`. */
  folder(program: string): string {
    return programFolder(this.#world.data, this.spec, program);
  }

  /** Starts the relay alone, which founding needs. */
  async startRelay(): Promise<void> {
    const ready = await this.#run(relayProgram({ ...this.spec, ...(await this.#place()) }, this.#world.data));
    this.#device = String(ready['device']);
  }

  /** Starts the other programs and the origin. */
  async startRest(acts: StationActs = {}): Promise<void> {
    await this.startPrograms();
    await this.startOrigin(acts);
  }

  /** Starts the programs beside the relay. */
  async startPrograms(): Promise<void> {
    for (const program of otherPrograms(this.spec, this.#world.data)) await this.#run(program);
  }

  /** Starts what people's browsers talk to. */
  async startOrigin({ isFounding, ...acts }: StationActs = {}): Promise<void> {
    const { app, bridge, reports } = this.spec.ports;
    const terminal = this.#terminal();
    const { mail } = this.spec;
    this.#mails =
      mail && (await MailOutbox.open({ ...mail, folder: this.folder('mail'), log: this.#world.log }));
    this.#origin = await makeOrigin({
      build: this.#world.build,
      relay: this.relayUrl,
      ...(bridge === undefined ? {} : { bridge: `http://${LOOPBACK}:${bridge}` }),
      ...(reports === undefined ? {} : { reports: `http://${LOOPBACK}:${reports}` }),
      ...(terminal === undefined ? {} : { terminal }),
      ...(this.#mails ? { mails: this.#mails } : {}),
      hosts: [],
      config: async () => ({ ...(await this.#config()), ...(isFounding?.() ? { founding: true } : {}) }),
      ...acts,
    });
    await listenOrExplain(this.#origin, app);
  }

  /** Stops everything of this station; what was accepted is on disk when it resolves. */
  async stop(): Promise<void> {
    // Programs first: the origin would wait for streams that only they can end.
    for (const program of this.#programs.toReversed()) await program.stop();
    await this.#origin?.close();
    await this.#mails?.stop();
  }

  /** What the pages are told, as it is now: a machine that just joined knows its place from then on. */
  async #config(): Promise<DeviceConfig> {
    const { spec } = this;
    return {
      role: spec.role,
      device: this.#device,
      ...(await this.#place()),
      ...(spec.ports.printer === undefined && !spec.printers?.length ? {} : { printer: RECEIPT_PRINTER }),
      ...(this.#terminal() === undefined ? {} : { terminal: true }),
      ...(spec.mail === undefined ? {} : { mail: true }),
      ...(spec.ports.display === undefined && !spec.displays?.length ? {} : { display: POLE_DISPLAY }),
      ...(spec.ports.scale === undefined && spec.scale === undefined ? {} : { scale: SCALE }),
      ...(spec.demo === undefined ? {} : { demo: spec.demo }),
      version: this.#world.version,
    };
  }

  #terminal(): string | undefined {
    const { ports, terminal } = this.spec;
    return ports.terminal === undefined ? terminal : `http://${LOOPBACK}:${ports.terminal}`;
  }

  /** Where this machine belongs: as it was set up, else as its relay was enrolled. */
  async #place(): Promise<Pick<StationSpec, 'organization' | 'store' | 'register'>> {
    const enrolment = await machineEnrolment(this.folder('relay'));
    if (!enrolment.ok) throw new Error(enrolment.error);
    const organization = this.spec.organization ?? enrolment.value?.organization;
    const store = this.spec.store ?? enrolment.value?.device.store;
    const register = this.spec.register ?? enrolment.value?.device.register;
    return {
      ...(organization === undefined ? {} : { organization }),
      ...(store === undefined ? {} : { store }),
      ...(register === undefined ? {} : { register }),
    };
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
