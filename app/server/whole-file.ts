import { open, rename } from 'node:fs/promises';

/** Writes a small file of this user only, whole or not at all: a power cut leaves the one before. The folder is there. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}
