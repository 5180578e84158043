import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';

/** What the same browser does bare: no program, only what a figure of the till cannot be without. */
export class BarePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Keeps shards of texts in the page's database, for {@link loadAndParse}. */
  async keep(shards: readonly Readonly<Record<string, string>>[]): Promise<void> {
    for (const [shard, entries] of shards.entries())
      await this.#page.evaluate(
        async ([key, text]) => {
          const store = await globalThis.bareStore('readwrite');
          await globalThis.done(store.put(text, key));
        },
        [shard, JSON.stringify(entries)] as const,
      );
  }

  /** Milliseconds from the page's address until the kept texts are read and parsed. */
  async loadAndParse(): Promise<number> {
    await this.#page.reload();
    return this.#page.evaluate(async () => {
      const store = await globalThis.bareStore('readonly');
      const texts = (await globalThis.done(store.getAll())) as string[];
      let parsed = 0;
      for (const text of texts)
        for (const entry of Object.values(JSON.parse(text) as Record<string, string>))
          if (JSON.parse(entry) !== null) parsed++;
      if (parsed === 0) throw new Error('nothing was kept');
      return performance.now();
    });
  }

  /** Milliseconds of appending one row at a time to a list that has `rows` rows, each until it is painted. */
  appendRows(rows: number, times: number): Promise<number[]> {
    return this.#page.evaluate(
      async ([before, count]) => {
        document.body.innerHTML = '<div style="height:400px;overflow:auto"><ul></ul></div>';
        const list = document.querySelector('ul');
        const append = (i: number) => {
          const row = document.createElement('li');
          row.style.cssText = 'display:flex;min-height:56px;gap:12px';
          row.innerHTML = `<b>1</b><span>Article ${i}<br><small>1.00 each</small></span><b>£1.00</b>`;
          list?.append(row);
          row.scrollIntoView({ block: 'nearest' });
          return row;
        };
        for (let i = 0; i < before; i++) append(i);
        const taken: number[] = [];
        for (let i = 0; i < count; i++) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          const began = performance.now();
          taken.push((await globalThis.painted(append(before + i))) - began);
        }
        return taken;
      },
      [rows, times] as const,
    );
  }

  /** Milliseconds of looking through all names for a text and showing 50 hits as bare rows, until they are painted. */
  searchNames(names: readonly string[], queries: readonly string[]): Promise<number[]> {
    return this.#page.evaluate(
      async ([all, texts]) => {
        const taken: number[] = [];
        for (const text of texts) {
          document.body.innerHTML = '<ul></ul>';
          await globalThis.nextFrame();
          const began = performance.now();
          const hits = all.filter((name) => name.toLowerCase().includes(text)).slice(0, 50);
          const rows = hits.map((hit) => `<li style="min-height:56px">${hit}</li>`);
          (document.querySelector('ul') as HTMLElement).innerHTML = rows.join('');
          await globalThis.nextFrame();
          taken.push(performance.now() - began);
        }
        return taken;
      },
      [names, queries] as const,
    );
  }

  /** Keeps the kept texts in memory as a plain Map from key to parsed value, for who measures the page's heap then. */
  holdAsMap(): Promise<void> {
    return this.#page.evaluate(async () => {
      const store = await globalThis.bareStore('readonly');
      const texts = (await globalThis.done(store.getAll())) as string[];
      const held = new Map<string, unknown>();
      for (const text of texts)
        for (const [key, entry] of Object.entries(JSON.parse(text) as Record<string, string>))
          held.set(key, JSON.parse(entry));
      Object.assign(globalThis, { held });
    });
  }
}

declare global {
  var bareStore: (mode: IDBTransactionMode) => Promise<IDBObjectStore>;
  var done: (request: IDBRequest) => Promise<unknown>;
}

const HTML = `<!doctype html><title>bare</title><body><script>
  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open('kept', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('texts');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  globalThis.bareStore = async (mode) => (await opened).transaction('texts', mode).objectStore('texts');
  globalThis.done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
</script></body>`;

/** Serves the bare page at an address of its own. */
export async function serveBarePage(): Promise<{
  readonly url: string;
  readonly close: () => Promise<void>;
}> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
