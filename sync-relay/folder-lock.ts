import { mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '#model/result.ts';

/** A held lock; `release` frees the folder. */
export type FolderLock = { readonly release: () => Promise<void> };

/** What a lock file says: the process, and when it began where the system tells. */
type Owner = { readonly pid: number; readonly began: string | undefined };

/**
 * Takes a data folder for this process, so that no two programs write the same logs. A lock of a process that is gone is
 * taken over, also where another one has its number now: after a power cut numbers begin anew. On refusal the error is a
 * sentence.
 */
export async function lockFolder(
  folder: string,
  isAlive: (pid: number) => boolean,
  beganAt: (pid: number) => Promise<string | undefined> = processBegan,
): Promise<Result<FolderLock, string>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(path, 'wx');
      await handle.writeFile([process.pid, (await beganAt(process.pid)) ?? ''].join(' ').trim());
      await handle.close();
      return ok({ release: () => unlink(path) });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    }
    const owner = await ownerOf(path);
    if (owner.pid > 0 && owner.pid !== process.pid && isAlive(owner.pid) && (await isSame(owner, beganAt))) {
      return err(
        `${folder} is in use by another Tillmesh program (process ${owner.pid}). Stop that one, or use another --data folder.`,
      );
    }
    await unlink(path);
  }
  return err(`${folder} could not be locked. Remove ${path} if no Tillmesh program is running.`);
}

async function ownerOf(path: string): Promise<Owner> {
  const text = await readFile(path, 'utf8').catch(() => '0');
  const [pid = '0', began] = text.trim().split(' ');
  return { pid: Number(pid), began };
}

/** Whether the process of this number is still the one that took the lock; what cannot be known counts as the same. */
async function isSame(
  { pid, began }: Owner,
  beganAt: (pid: number) => Promise<string | undefined>,
): Promise<boolean> {
  const now = began === undefined ? undefined : await beganAt(pid);
  return now === undefined || now === began;
}

/** The start of the machine and of a process on it, as Linux tells them; undefined on other systems. */
async function processBegan(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program comes in brackets and may hold blanks; the start is the twentieth word behind it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()}:${ticks}`;
  } catch {
    return undefined;
  }
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
