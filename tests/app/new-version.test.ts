import { describe, expect, it } from 'vitest';
import { NewVersion } from '../../app/lib/new-version.svelte.ts';

/** A worker as the browser shows it to a page: something that changes its state and takes messages. */
class Worker extends EventTarget {
  readonly messages: unknown[] = [];
  postMessage(message: unknown): void {
    this.messages.push(message);
  }
}

class Registration extends EventTarget {
  installing: Worker | null = null;
  waiting: Worker | null = null;
  asked = 0;

  update(): Promise<void> {
    this.asked += 1;
    return Promise.resolve();
  }

  /** The worker is fetched; the page hears of it. */
  find(worker: Worker): void {
    this.installing = worker;
    this.dispatchEvent(new Event('updatefound'));
  }

  /** The worker has everything and waits. */
  install(worker: Worker): void {
    this.installing = null;
    this.waiting = worker;
    worker.dispatchEvent(new Event('statechange'));
  }
}

/** A page that follows its versions, and what it did. */
async function followed(registration: Registration) {
  const workers = Object.assign(new EventTarget(), { ready: Promise.resolve(registration) });
  const done = { reloads: 0, asks: [] as (() => void)[], reports: [] as string[] };
  const version = new NewVersion({
    workers: workers as unknown as ServiceWorkerContainer,
    reload: () => (done.reloads += 1),
    every: (_milliseconds, ask) => done.asks.push(ask),
    report: (sentence) => done.reports.push(sentence),
  });
  await version.follow();
  return { version, workers, done };
}

describe('a newer version of the app', () => {
  it('is offered once it waits on this device, not while it is still fetched', async () => {
    const registration = new Registration();
    const { version } = await followed(registration);
    const worker = new Worker();
    registration.find(worker);
    expect(version.offered).toBe(false);
    registration.install(worker);
    expect(version.offered).toBe(true);
  });

  it('is offered when it waited before the page was told that it is there', async () => {
    const registration = new Registration();
    const { version } = await followed(registration);
    registration.waiting = new Worker();
    registration.dispatchEvent(new Event('updatefound'));
    expect(version.offered).toBe(true);
  });

  it('is offered when it waited before the page was opened', async () => {
    const registration = new Registration();
    registration.waiting = new Worker();
    const { version } = await followed(registration);
    expect(version.offered).toBe(true);
  });

  it('is not offered while the page must not be left', async () => {
    const registration = new Registration();
    registration.waiting = new Worker();
    const { version } = await followed(registration);
    version.busy = true;
    expect(version.offered).toBe(false);
    version.busy = false;
    expect(version.offered).toBe(true);
  });

  it('loads the page anew when a person took it, and never by itself', async () => {
    const registration = new Registration();
    const worker = new Worker();
    registration.waiting = worker;
    const { version, workers, done } = await followed(registration);
    workers.dispatchEvent(new Event('controllerchange'));
    expect([done.reloads, worker.messages]).toEqual([0, []]);
    version.take();
    expect(worker.messages).toEqual(['take-over']);
    workers.dispatchEvent(new Event('controllerchange'));
    expect(done.reloads).toBe(1);
  });

  it('is asked for again and again, and a question without a network is only reported', async () => {
    const registration = new Registration();
    const { done } = await followed(registration);
    for (const ask of done.asks) ask();
    expect([registration.asked, done.reports]).toEqual([1, []]);
    registration.update = () => Promise.reject(new TypeError('no network'));
    for (const ask of done.asks) ask();
    await expect.poll(() => done.reports).toEqual([expect.stringContaining('no network')]);
  });
});
