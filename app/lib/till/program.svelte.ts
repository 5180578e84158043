import { createDocuments, keepStorage, syncUrlOf } from '../repo/create-documents.ts';
import type { Documents } from '../repo/documents.ts';
import { loadConfig, type ProgramConfig } from '../program-config.ts';
import type { Surroundings } from '../surroundings.ts';
import { HttpBridge } from './bridge.ts';
import { catchUp } from './catch-up.ts';
import { askRelayOverHttp } from './links.svelte.ts';
import { checkPinBeside } from './pin-check.ts';
import { Shop } from './shop.svelte.ts';
import { Till, type TillParts } from './till.svelte.ts';

/** How far the till has come up. */
export type Stage =
  | { readonly name: 'starting' }
  | { readonly name: 'no-config'; readonly detail: string }
  | { readonly name: 'not-a-till' }
  | { readonly name: 'other-tab' }
  | { readonly name: 'no-documents'; readonly detail: string }
  | { readonly name: 'no-data' }
  | { readonly name: 'ready'; readonly till: Till };

/** A page that was just left lets go of the documents a moment after the next one asks for them. */
const TAB_CHECKS = 6;
const TAB_CHECK_MS = 250;
const REFRESH_MS = 2000;
const READ_AGAIN_MS = 1000;

/** Brings the till up: configuration, documents, the shop, the register. One for the page. */
export class TillProgram {
  readonly #surroundings: Surroundings;
  readonly #report: (sentence: string) => void;
  #stage = $state.raw<Stage>({ name: 'starting' });
  #started = false;

  constructor(surroundings: Surroundings, report: (sentence: string) => void) {
    this.#surroundings = surroundings;
    this.#report = report;
  }

  /** How far the till has come up. */
  get stage(): Stage {
    return this.#stage;
  }

  /** Starts once; a second call does nothing. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { readNote, writeNote } = this.#surroundings;
    const config = await loadConfig(() => fetch('/config.json', { cache: 'no-store' }), {
      read: readNote,
      write: writeNote,
    });
    if (!config.ok) {
      this.#stage = { name: 'no-config', detail: config.error.detail };
      return;
    }
    const { role, store, register } = config.value;
    if (role !== 'till' || !store || !register) this.#stage = { name: 'not-a-till' };
    else await this.#open({ ...config.value, store, register });
  }

  async #open(config: TillParts['config']): Promise<void> {
    const documents = await this.#documents(config);
    if (!documents) return;
    if (!(await keepStorage())) this.#report('the browser may clear this till when its disk is full');
    const shop = new Shop();
    await this.#untilRead(() => shop.follow(documents));
    if (!isSetUp(shop, config)) {
      this.#stage = { name: 'no-data' };
      await until(documents, () => isSetUp(shop, config));
    }
    const { store, register } = config;
    await catchUp({
      documents,
      place: { store, register },
      askRelay: askRelayOverHttp,
      onWaiting: () => (this.#stage = { name: 'no-data' }),
      pause: () => new Promise((resolve) => setTimeout(resolve, TAB_CHECK_MS)),
    });
    const till = await this.#untilRead(async () => {
      const made = new Till({
        config,
        documents,
        shop,
        surroundings: this.#surroundings,
        checkPin: checkPinBeside,
        bridge: new HttpBridge(),
        askRelay: askRelayOverHttp,
      });
      await made.start();
      return made;
    });
    this.#stage = { name: 'ready', till };
    this.#keepAsking(till);
    shop.prepareSearch((next) => setTimeout(next, 5));
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

  async #documents(config: ProgramConfig): Promise<Documents | undefined> {
    const { device, organization, store, register } = config;
    const open = (whenTaken: 'refuse' | 'wait') =>
      createDocuments({
        identity: {
          device,
          organization,
          role: 'terminal',
          ...(store === undefined ? {} : { store }),
          ...(register === undefined ? {} : { register }),
        },
        syncUrl: syncUrlOf(location.origin),
        database: `tillmesh-${organization}-${device}`,
        whenTaken,
        trouble: this.#report,
      });
    let started = await open('refuse');
    for (let check = 1; check < TAB_CHECKS && isTaken(started); check++) {
      await new Promise((resolve) => setTimeout(resolve, TAB_CHECK_MS));
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

  #keepAsking(till: Till): void {
    const ask = () => {
      till.refresh().then(
        () => setTimeout(ask, REFRESH_MS),
        (cause: unknown) => {
          this.#report(String(cause));
          setTimeout(ask, REFRESH_MS);
        },
      );
    };
    ask();
  }
}

function isTaken(started: Awaited<ReturnType<typeof createDocuments>>): boolean {
  return !started.ok && started.error.code === 'already-open-in-another-tab';
}

/** A till can work once it knows its organization, its store and somebody who may sign in. */
function isSetUp(shop: Shop, { store }: TillParts['config']): boolean {
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
