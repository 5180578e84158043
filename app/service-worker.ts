/// <reference lib="webworker" />
import { build, files, version } from '$service-worker';

/**
 * Keeps the whole app on this device, so that a till switched on without network and without its own server starts.
 * What changes (configuration, documents, printer, reports) is never kept here: it has stores of its own that know how old
 * they are.
 */
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const STORE = `app-${version}`;
/** The one page behind every address of the app. */
const SHELL = '/index.html';
const FILES = new Set([...build, ...files, SHELL]);

worker.addEventListener('install', (event) => {
  event.waitUntil(keepFiles());
  routePastWorker(event);
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOldStores());
});

// A new version waits until a person agrees: it must never replace the page under a sale.
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(worker.skipWaiting());
});

worker.addEventListener('fetch', (event) => {
  const path = keptPath(event.request);
  if (path !== undefined) event.respondWith(fromStore(path, event.request));
});

async function keepFiles(): Promise<void> {
  const store = await caches.open(STORE);
  // Past the browser's own cache: a file of an older version under the same name would break this one.
  await store.addAll([...FILES].map((path) => new Request(path, { cache: 'reload' })));
}

/** Lets the browser take the app's files from the store by itself where it can: waking this worker for each would double the start. */
function routePastWorker(event: ExtendableEvent): void {
  if (!('addRoutes' in event) || typeof event.addRoutes !== 'function') return;
  const [first = ''] = build;
  const folder = first.slice(0, first.lastIndexOf('/immutable/'));
  event.addRoutes([{ condition: { urlPattern: `${folder}/immutable/*` }, source: { cacheName: STORE } }]);
}

async function dropOldStores(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith('app-') && name !== STORE).map((name) => caches.delete(name)),
  );
  await worker.clients.claim();
}

/** Which kept file answers a request; undefined when it is for the network alone. */
function keptPath(request: Request): string | undefined {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return undefined;
  if (FILES.has(url.pathname)) return url.pathname;
  return request.mode === 'navigate' ? SHELL : undefined;
}

async function fromStore(path: string, request: Request): Promise<Response> {
  const store = await caches.open(STORE);
  // A browser that cleared the store under disk pressure still gets the app while the server is there.
  return (await store.match(path)) ?? fetch(request);
}
