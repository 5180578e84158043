import { open as openFile } from 'node:fs/promises';
import type { Page } from 'playwright';

/** Milliseconds of bare strict puts of texts in a page, as often as a till sells. */
export async function putTimes(page: Page, texts: readonly string[]): Promise<number[]> {
  return page.evaluate(async (records) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('bare', 1);
      request.addEventListener('upgradeneeded', () => request.result.createObjectStore('values'));
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('the database did not open')));
    });
    const taken: number[] = [];
    for (const [i, text] of records.entries()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const began = performance.now();
      await new Promise<void>((resolve, reject) => {
        const transaction = database.transaction('values', 'readwrite', { durability: 'strict' });
        transaction.objectStore('values').put(text, i);
        transaction.addEventListener('complete', () => resolve());
        transaction.addEventListener('abort', () => reject(new Error('aborted')));
      });
      taken.push(performance.now() - began);
    }
    database.close();
    return taken;
  }, texts);
}

/** Milliseconds of appending texts to a file, each with fdatasync. */
export async function fdatasyncTimes(path: string, texts: readonly string[]): Promise<number[]> {
  const file = await openFile(path, 'a');
  const taken: number[] = [];
  try {
    for (const text of texts) {
      const began = performance.now();
      await file.write(text);
      await file.datasync();
      taken.push(performance.now() - began);
    }
  } finally {
    await file.close();
  }
  return taken;
}
