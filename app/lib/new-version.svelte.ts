/** How often a page asks whether there is a newer app, in milliseconds. */
const ASK_MS = 10 * 60 * 1000;

/** What a page needs of the browser to hear of new versions. */
export type VersionParts = {
  /** The app's service worker; undefined where the browser has none. */
  readonly workers: ServiceWorkerContainer | undefined;
  readonly reload: () => void;
  readonly every: (milliseconds: number, ask: () => void) => void;
  readonly report: (sentence: string) => void;
};

/**
 * A newer version of the app that is on this device and waits. It is offered, never forced: taking it loads the page anew,
 * and when that suits is for the screen to say.
 */
export class NewVersion {
  readonly #parts: VersionParts;
  #waiting = $state.raw<ServiceWorker | undefined>();
  #taken = false;
  /** Set while the page must not be left: a sale is open, something is not saved. */
  busy = $state(false);

  constructor(parts: VersionParts) {
    this.#parts = parts;
  }

  /** Whether a newer version waits and it suits to offer it. */
  get offered(): boolean {
    return this.#waiting !== undefined && !this.busy;
  }

  /** Follows the app's versions from now on. */
  async follow(): Promise<void> {
    const { workers, every, reload, report } = this.#parts;
    if (workers === undefined) return;
    const registration = await workers.ready;
    this.#note(registration);
    registration.addEventListener('updatefound', () => {
      // A busy page may hear of it only when the worker waits already: then no change of state follows.
      this.#note(registration);
      registration.installing?.addEventListener('statechange', () => this.#note(registration));
    });
    workers.addEventListener('controllerchange', () => {
      // The first start takes control of a page that is of this version already.
      if (this.#taken) reload();
    });
    every(ASK_MS, () => {
      registration
        .update()
        .catch((cause: unknown) => report(`no newer app could be asked for: ${String(cause)}`));
    });
  }

  /** Takes the newer version: the page loads anew. */
  take(): void {
    this.#taken = true;
    this.#waiting?.postMessage('take-over');
  }

  #note(registration: ServiceWorkerRegistration): void {
    this.#waiting = registration.waiting ?? undefined;
  }
}
