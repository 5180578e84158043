import { createContext } from 'svelte';
import { demoCode, startDevice } from '../device/device-start.ts';
import { DeviceStore } from '../device/device-store.ts';
import { askToEnrolWith } from '../device/enrolment-client.ts';
import { FoundingForm, foundWith } from '../device/founding-form.svelte.ts';
import { Membership } from '../device/membership.svelte.ts';
import type { EnrolledDevice, SetUp } from '../device/set-up.svelte.ts';
import type { Exclusion } from '../device/standing.ts';
import { loadConfig, type ProgramConfig } from '../program-config.ts';
import { createDocuments, syncUrlOf, type DocumentsRefusal } from '../repo/create-documents.ts';
import type { Documents } from '../repo/documents.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';
import { askRelayOverHttp } from '../till/links.svelte.ts';

/** How far the office has come up. */
export type OfficeStage =
  | { readonly name: 'starting' }
  | { readonly name: 'no-config'; readonly detail: string }
  | { readonly name: 'founding'; readonly form: FoundingForm }
  | { readonly name: 'set-up'; readonly setUp: SetUp }
  | { readonly name: 'excluded'; readonly exclusion: Exclusion }
  | { readonly name: 'ready'; readonly device: EnrolledDevice; readonly membership: Membership };

/** Brings the office up: configuration, the founding of the shop on its first page, the device. One for the page. */
export class OfficeProgram {
  readonly #surroundings: Surroundings;
  readonly #report: (sentence: string) => void;
  readonly #kept: DeviceStore;
  #stage = $state.raw<OfficeStage>({ name: 'starting' });
  #documents: Promise<Result<Documents, DocumentsRefusal>> | undefined;

  constructor(surroundings: Surroundings, report: (sentence: string) => void) {
    this.#surroundings = surroundings;
    this.#report = report;
    this.#kept = new DeviceStore(report);
  }

  /** How far the office has come up. A device that was turned away shows that and nothing else. */
  get stage(): OfficeStage {
    const stage = this.#stage;
    const exclusion = stage.name === 'ready' ? stage.membership.exclusion : undefined;
    return exclusion ? { name: 'excluded', exclusion } : stage;
  }

  /** Starts; call it once. */
  async start(): Promise<void> {
    let config = await this.#config();
    if (!config) return;
    let code: string | undefined;
    if (config.founding) {
      code = await this.#found();
      config = (await this.#config()) ?? config;
    }
    const device = await this.#device(config, code);
    const membership = new Membership({
      device,
      surroundings: this.#surroundings,
      isTaken: async () => false,
      isRelayEnrolled: async () => (await askRelayOverHttp())?.enrolled,
    });
    this.#stage = { name: 'ready', device, membership };
    // Opened now, not with the first page that needs them: a revoked office must learn it wherever it is.
    await this.documents();
  }

  /**
   * The documents of this office, as its own back-office device. One tab of a browser has them at a time; the others are
   * refused with `already-open-in-another-tab`.
   */
  documents(): Promise<Result<Documents, DocumentsRefusal>> {
    this.#documents ??= this.#open().then((opened) => {
      // A tab that comes later may find them free.
      if (!opened.ok) this.#documents = undefined;
      return opened;
    });
    return this.#documents;
  }

  /** Lets this browser be enrolled anew, by a person who has a code. */
  async forgetDevice(): Promise<void> {
    await this.#kept.forget();
    if (this.#stage.name === 'ready') this.#stage.membership.forget();
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

  async #found(): Promise<string> {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const form = new FoundingForm(
      foundWith((input, init) => fetch(input, init)),
      navigator.language,
      timeZone,
    );
    this.#stage = { name: 'founding', form };
    return form.done;
  }

  async #device(config: ProgramConfig, code: string | undefined): Promise<EnrolledDevice> {
    const post: typeof fetch = (input, init) => fetch(input, init);
    const ownCode = code === undefined ? undefined : () => Promise.resolve(ok(code));
    const demo = config.demo?.enrols ? () => demoCode(post) : undefined;
    return startDevice({
      role: 'back-office',
      kept: this.#kept,
      config,
      ask: askToEnrolWith(post, () => this.#surroundings.now().getTime()),
      // Any number of offices may work at once.
      isTaken: async () => false,
      ownCode: ownCode ?? demo,
      now: () => this.#surroundings.now().getTime(),
      onSetUp: (setUp) => (this.#stage = { name: 'set-up', setUp }),
    });
  }

  async #open(): Promise<Result<Documents, DocumentsRefusal>> {
    const stage = this.#stage;
    if (stage.name !== 'ready') {
      return err({ code: 'not-started', message: 'this browser is not a device of the office yet' });
    }
    const { id, publicKey, privateKey, enrolment } = stage.device;
    const { organization, device } = enrolment;
    const opened = await createDocuments({
      identity: {
        device: id,
        organization,
        role: 'back-office',
        ...(device.store === undefined ? {} : { store: device.store }),
      },
      deviceKey: { id, publicKey, privateKey },
      syncUrl: syncUrlOf(location.origin),
      database: `tillmesh-${organization}-${id}`,
      trouble: this.#report,
    });
    if (opened.ok) stage.membership.follow(opened.value, this.#report);
    return opened;
  }
}

/** The program of the office a page is part of; its documents are `useOfficeProgram().documents()`. */
export const [useOfficeProgram, provideOfficeProgram] = createContext<OfficeProgram>();
