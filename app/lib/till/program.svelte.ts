import { version } from '$app/environment';
import { demoCode, startDevice } from '../device/device-start.ts';
import { deviceKeyOf } from '../device/device-key.ts';
import { DeviceStore } from '../device/device-store.ts';
import { askToEnrolWith } from '../device/enrolment-client.ts';
import { Membership } from '../device/membership.svelte.ts';
import type { EnrolledDevice, SetUp } from '../device/set-up.svelte.ts';
import type { Exclusion } from '../device/standing.ts';
import {
  createDocuments,
  dropPreparedDocuments,
  keepStorage,
  prepareDocuments,
  syncUrlOf,
} from '../repo/create-documents.ts';
import type { Documents } from '../repo/documents.ts';
import { loadConfig, type ProgramConfig, type TillConfig } from '../program-config.ts';
import type { Surroundings } from '../surroundings.ts';
import { HttpBridge } from './bridge.ts';
import { NetworkTerminal } from './cards/network-terminal.ts';
import { catchUp, hearRelay, type CatchUpWait } from './catch-up.ts';
import { askRelayOverHttp, type AskRelay } from './links.svelte.ts';
import { postMail } from './mail-desk.svelte.ts';
import { PassedOn } from './passed-on.ts';
import { Pauses } from './pauses.ts';
import { checkPinBeside } from './pin-check.ts';
import { keptInIndexedDb } from './indexeddb-kept-shards.ts';
import { notesInIndexedDb } from './indexeddb-notes.ts';
import { confirmCatalog, keepCatalog, type KeptShards } from './kept-catalog.ts';
import { KeptNotes } from './kept-notes.ts';
import { isRegisterTaken } from './register-taken.ts';
import { BridgeScale } from './scale.ts';
import { Shop } from './shop.svelte.ts';
import type { TillParts } from './till-desks.ts';
import { Till } from './till.svelte.ts';
import { TELL_MS, toldLater } from './told-later.ts';
import { Training } from '../training/training.svelte.ts';

/** How far the till has come up. */
export type Stage =
  | { readonly name: 'starting' }
  | { readonly name: 'no-config'; readonly detail: string }
  | { readonly name: 'not-a-till' }
  | { readonly name: 'set-up'; readonly setUp: SetUp }
  | { readonly name: 'other-tab' }
  | { readonly name: 'no-documents'; readonly detail: string }
  | { readonly name: 'no-data' }
  | CatchUpWait
  | { readonly name: 'excluded'; readonly exclusion: Exclusion; readonly left: number | undefined }
  | {
      readonly name: 'ready';
      readonly till: Till;
      readonly membership: Membership;
      readonly training: Training;
    };

/** A page that was just left lets go of the documents a moment after the next one asks for them. */
const TAB_CHECKS = 6;
const TAB_CHECK_MS = 250;
const REFRESH_MS = 2000;
const READ_AGAIN_MS = 1000;
/** The catalog that was kept is held against its documents so long after the till is up, in milliseconds. */
const SETTLED_MS = 8000;
/** What changes in the catalog is kept for the next start this much later, in milliseconds. */
const KEEP_MS = 5000;
/** How often it is looked whether documents may leave this till, in milliseconds. */
const KEEP_DOCUMENTS_MS = 60_000;

/** Brings the till up: configuration, device, documents, the shop, the register. One for the page. */
export class TillProgram {
  readonly #surroundings: Surroundings;
  readonly #report: (sentence: string) => void;
  readonly #kept: DeviceStore;
  #stage = $state.raw<Stage>({ name: 'starting' });
  #membership = $state.raw<Membership | undefined>();
  #left = $state<number | undefined>();
  #started = false;

  constructor(surroundings: Surroundings, report: (sentence: string) => void) {
    this.#surroundings = surroundings;
    this.#report = report;
    this.#kept = new DeviceStore(report);
  }

  /** How far the till has come up. A device that was turned away shows that and nothing else. */
  get stage(): Stage {
    const exclusion = this.#membership?.exclusion;
    return exclusion ? { name: 'excluded', exclusion, left: this.#left } : this.#stage;
  }

  /** Starts once; a second call does nothing. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    prepareDocuments();
    const config = await this.#config();
    if (config?.role !== 'till') dropPreparedDocuments();
    if (!config) return;
    if (config.role !== 'till') {
      this.#stage = { name: 'not-a-till' };
      return;
    }
    let device: EnrolledDevice;
    try {
      device = await this.#device(config);
    } catch (cause) {
      this.#stage = { name: 'no-documents', detail: String(cause) };
      return;
    }
    const { organization, device: listed } = device.enrolment;
    const { store, register } = listed;
    if (!store || !register) {
      this.#stage = { name: 'no-config', detail: `device ${device.id} is enrolled without a register` };
      return;
    }
    await this.#open({ ...config, organization, store, register }, device);
  }

  /** Lets this browser be enrolled anew, by a person who has a code. */
  async forgetDevice(): Promise<void> {
    await this.#kept.forget();
    this.#membership?.forget();
  }

  async #config(): Promise<ProgramConfig | undefined> {
    const { readNote, writeNote } = this.#surroundings;
    const config = await loadConfig(() => fetch('/config.json', { cache: 'no-store' }), {
      read: readNote,
      write: writeNote,
    });
    if (config.ok) return config.value;
    this.#stage = { name: 'no-config', detail: config.error.detail };
    return undefined;
  }

  async #device(config: ProgramConfig): Promise<EnrolledDevice> {
    const post: typeof fetch = (input, init) => fetch(input, init);
    const device = await startDevice({
      role: 'terminal',
      kept: this.#kept,
      config,
      ask: askToEnrolWith(post, () => this.#surroundings.now().getTime()),
      isTaken: () => isRegisterTaken(askRelayOverHttp, config, undefined, pause),
      ownCode: config.demo?.enrols ? () => demoCode(post) : undefined,
      now: () => this.#surroundings.now().getTime(),
      onSetUp: (setUp) => (this.#stage = { name: 'set-up', setUp }),
    });
    this.#stage = { name: 'starting' };
    return device;
  }

  async #open(config: TillConfig, device: EnrolledDevice): Promise<void> {
    const kept = keptInIndexedDb(`tillmesh-kept-${config.organization}-${device.id}`, version, this.#report);
    const shop = new Shop(kept);
    shop.readKept();
    const askRelay = askedEarly(askRelayOverHttp);
    const documents = await this.#documents(config, device);
    if (!documents) return;
    const membership = this.#join(config, device, documents);
    if (!(await keepStorage())) this.#report('the browser may clear this till when its disk is full');
    await this.#untilRead(() => shop.follow(documents, config.store));
    const began = performance.now();
    await toldLater(
      until(documents, () => isSetUp(shop, config)),
      () => (this.#stage = { name: 'no-data' }),
    );
    const relay = {
      documents,
      organization: config.organization,
      place: config,
      surroundings: this.#surroundings,
      askRelay,
      pause,
    };
    const onWaiting = (awaited: CatchUpWait) => {
      if (performance.now() - began > TELL_MS) this.#stage = awaited;
    };
    await catchUp({ ...relay, device: device.id, onWaiting });
    const pauses = new Pauses({
      target: window,
      now: () => performance.now(),
      isWaitedFor: () => this.#stage.name === 'ready' && this.#stage.till.journal.writing,
    });
    const rested = () => new Promise<void>((resolve) => pauses.rest(resolve));
    const parts: TillParts = {
      config,
      documents,
      deviceKey: deviceKeyOf(device),
      shop,
      surroundings: this.#surroundings,
      heard: hearRelay(relay).catch((cause: unknown) => this.#report(String(cause))),
      notes: new KeptNotes(notesInIndexedDb('tillmesh-waiting', this.#report), this.#report),
      checkPin: checkPinBeside,
      bridge: new HttpBridge(),
      scale: config.scale === undefined ? undefined : new BridgeScale('/bridge', config.scale),
      mail: config.mail ? postMail : undefined,
      cards: config.terminal ? new NetworkTerminal('/terminal') : undefined,
      askRelay: askRelayOverHttp,
      rested,
      paused: () => new Promise((resolve) => pauses.next(resolve)),
    };
    const till = await this.#untilRead(async () => {
      const made = new Till(parts);
      await made.start();
      return made;
    });
    this.#stage = { name: 'ready', till, membership, training: new Training(till, parts, everyRefresh) };
    this.#keepAsking(till, new PassedOn(till.journal, this.#surroundings, device.id));
    shop.prepareSearch(pauses.next);
    setTimeout(() => this.#keepCatalog(shop, documents, kept, rested), SETTLED_MS);
    setTimeout(() => this.#keepDocuments(till), KEEP_DOCUMENTS_MS);
  }

  /** Lets go of what this till need not hold: once a day, when somebody has signed in and nobody is in the middle of a sale. */
  #keepDocuments(till: Till): void {
    const looked = till.signIn.person ? till.keeper.look() : Promise.resolve();
    looked
      .catch((cause: unknown) => this.#report(String(cause)))
      .finally(() => {
        till.store.past.dropUnused();
        setTimeout(() => this.#keepDocuments(till), KEEP_DOCUMENTS_MS);
      });
  }

  /** Holds the catalog of the last time against its documents, then keeps what changes, for the next start. */
  #keepCatalog(shop: Shop, documents: Documents, kept: KeptShards, rested: () => Promise<void>): void {
    confirmCatalog(shop, documents, rested)
      .then(() => keepCatalog(shop, documents, kept))
      .catch((cause: unknown) => this.#report(String(cause)))
      .finally(() => setTimeout(() => this.#keepCatalog(shop, documents, kept, rested), KEEP_MS));
  }

  /** A disk that is slow to wake refuses the first reads: they are tried again until they succeed, and the person sees why. */
  async #untilRead<Value>(read: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await read();
      } catch (cause) {
        this.#report(String(cause));
        this.#stage = { name: 'no-documents', detail: String(cause) };
        await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS));
      }
    }
  }

  #join(config: TillConfig, device: EnrolledDevice, documents: Documents): Membership {
    const membership = new Membership({
      device,
      surroundings: this.#surroundings,
      isTaken: () => isRegisterTaken(askRelayOverHttp, config, device.id, pause),
      isRelayEnrolled: async () => (await askRelayOverHttp())?.enrolled,
    });
    membership.follow(documents, this.#report);
    this.#membership = membership;
    return membership;
  }

  async #documents(config: TillConfig, device: EnrolledDevice): Promise<Documents | undefined> {
    const { organization, store, register } = config;
    const { id, publicKey, privateKey } = device;
    const open = (whenTaken: 'refuse' | 'wait') =>
      createDocuments({
        identity: { device: id, organization, role: 'terminal', store, register },
        deviceKey: { id, publicKey, privateKey },
        syncUrl: syncUrlOf(location.origin),
        database: `tillmesh-${organization}-${id}`,
        whenTaken,
        trouble: this.#report,
      });
    let started = await open('refuse');
    for (let check = 1; check < TAB_CHECKS && isTaken(started); check++) {
      await pause();
      started = await open('refuse');
    }
    if (isTaken(started)) {
      this.#stage = { name: 'other-tab' };
      started = await open('wait');
    }
    if (started.ok) return started.value;
    this.#stage = { name: 'no-documents', detail: started.error.message };
    return undefined;
  }

  #keepAsking(till: Till, passedOn: PassedOn): void {
    const { onWritten } = till.journal;
    till.journal.onWritten = (record, saved) => {
      onWritten(record, saved);
      passedOn.refresh();
    };
    const ask = () => {
      till
        .refresh()
        .catch((cause: unknown) => this.#report(String(cause)))
        .finally(() => {
          passedOn.refresh();
          this.#left = passedOn.left;
          setTimeout(ask, REFRESH_MS);
        });
    };
    ask();
  }
}

/** Asks once at once, so that the first who wants to know need not wait. */
function askedEarly(ask: AskRelay): AskRelay {
  let early: ReturnType<AskRelay> | undefined = ask();
  return (register) => {
    const answer = (register === undefined ? early : undefined) ?? ask(register);
    early = undefined;
    return answer;
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TAB_CHECK_MS));
}

function isTaken(started: Awaited<ReturnType<typeof createDocuments>>): boolean {
  return !started.ok && started.error.code === 'already-open-in-another-tab';
}

/** A till can work once it knows its organization, its store and somebody who may sign in. */
function isSetUp(shop: Shop, { store }: TillConfig): boolean {
  return (
    shop.organization !== undefined && shop.store(store) !== undefined && shop.peopleOf(store).length > 0
  );
}

/** Waits until something holds that documents bring about. */
function until(documents: Documents, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!holds()) return;
      stop();
      resolve();
    };
    const stop = documents.watch(check);
    check();
  });
}

/** Runs something now and every two seconds, until it is stopped. */
function everyRefresh(run: () => void): () => void {
  run();
  const timer = setInterval(run, REFRESH_MS);
  return () => clearInterval(timer);
}
