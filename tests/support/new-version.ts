import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';

/** Gives a build another version, as the next release would have. */
export async function publishNewVersion(build: string): Promise<void> {
  const path = join(build, 'service-worker.js');
  const text = await readFile(path, 'utf8');
  const { version } = JSON.parse(await readFile(join(build, '_app', 'version.json'), 'utf8')) as {
    version: string;
  };
  if (!text.includes(version)) throw new Error(`${path} does not say its version ${version}`);
  await writeFile(path, text.replaceAll(version, 'newer'));
}

/** Has a page ask for a newer version now, not only at its next hour. */
export async function askForNewVersion(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
}
