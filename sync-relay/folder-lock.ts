import { mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '#model/result.ts';

/** A held lock; `release` frees the folder. */
export type FolderLock = { readonly release: () => Promise<void> };

/**
 * Takes a data folder for this process, so that no two programs write the same logs. A lock of a process that is gone is
 * taken over. On refusal the error is a sentence.
 */
export async function lockFolder(
  folder: string,
  isAlive: (pid: number) => boolean,
): Promise<Result<FolderLock, string>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(path, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return ok({ release: () => unlink(path) });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (owner > 0 && owner !== process.pid && isAlive(owner)) {
      return err(
        `${folder} is in use by another Tillmesh program (process ${owner}). Stop that one, or use another --data folder.`,
      );
    }
    await unlink(path);
  }
  return err(`${folder} could not be locked. Remove ${path} if no Tillmesh program is running.`);
}

/** Whether a process of this id runs on this machine. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
