import type { BrowserContext, Page, Worker } from 'playwright';
import type { Documents, CaughtUp, DocumentsEvent, Saved } from '../../../app/lib/repo/documents.ts';
import type { CreateDocumentsOptions } from '../../../app/lib/repo/create-documents.ts';

/** A tab with documents in a worker, seen from a test. */
export type BrowserTerminal = {
  readonly page: Page;
  readonly documents: Documents;
  /** The worker the documents live in, for putting faults into it. */
  readonly worker: () => Promise<Worker>;
  readonly trouble: () => Promise<readonly string[]>;
};

/** Opens a tab on the test page; its documents are not started yet. */
export async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'testPage' in globalThis);
  return page;
}

/** Starts documents in a tab; gives `started` or the code of the refusal. */
export function startIn(
  page: Page,
  options: Omit<CreateDocumentsOptions, 'trouble' | 'deviceKey'>,
): Promise<string> {
  return page.evaluate((given) => globalThis.testPage.start(given), options);
}

/** Starts documents in a tab as the device of the browser, with its key. */
export function startAsDevice(
  page: Page,
  options: Omit<CreateDocumentsOptions, 'trouble' | 'deviceKey'>,
): Promise<string> {
  return page.evaluate((given) => globalThis.testPage.start(given, true), options);
}

/** The id and the public key of the browser's device. */
export function deviceIn(page: Page): Promise<readonly [id: string, publicKey: string]> {
  return page.evaluate(async () => {
    const { id, publicKey } = await globalThis.testPage.devices.make();
    return [id, publicKey] as const;
  });
}

/** The documents of a tab, to be made before they start so that no event is missed; the first listener hears all. */
export async function terminalIn(page: Page): Promise<BrowserTerminal> {
  const listeners = new Set<(event: DocumentsEvent) => void>();
  const early: DocumentsEvent[] = [];
  await page.exposeFunction('heard', (event: DocumentsEvent) => {
    if (listeners.size === 0) early.push(restored(event));
    for (const listener of listeners) listener(restored(event));
  });
  const call = <Value>(method: Exclude<keyof Documents, 'watch'>, ...args: unknown[]) =>
    page.evaluate(([name, given]) => globalThis.testPage.call(name, given), [
      method,
      args,
    ] as const) as Promise<Value>;
  const documents: Documents = {
    open: (key) => call('open', key),
    contested: (key) => call('contested', key),
    known: () => call('known'),
    write: (key, changes) => call('write', key, changes),
    writeDurably: (key, changes, relayWaitMs) => call<Saved>('writeDurably', key, changes, relayWaitMs),
    caughtUp: (key, waitMs) => call<CaughtUp>('caughtUp', key, waitMs),
    letGo: (keys, notes, relayWaitMs) => call('letGo', keys, notes, relayWaitMs),
    remembered: () => call('remembered'),
    fetch: (key, waitMs) => call('fetch', key, waitMs),
    archived: () => call('archived'),
    watch: (listener) => {
      listeners.add(listener);
      for (const event of early.splice(0)) listener(event);
      return () => listeners.delete(listener);
    },
    close: () => call('close'),
  };
  return {
    page,
    documents,
    worker: async () => page.workers()[0] ?? page.waitForEvent('worker'),
    trouble: () => page.evaluate(() => globalThis.testPage.trouble),
  };
}

/** The way to the test drops members that are undefined; an entry taken out has such a text. */
function restored(event: DocumentsEvent): DocumentsEvent {
  if (event.type !== 'changed') return event;
  return { ...event, changes: event.changes.map(({ key, text }) => ({ key, text })) };
}
