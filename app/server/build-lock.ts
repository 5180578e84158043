import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOOK_AGAIN_MS = 200;

/**
 * Waits until no other process builds in the project, and keeps others from it until the function that comes back is called. As at a
 * spool, the lock is one of SQLite: the system lets go of it when a process dies.
 */
export async function lockBuild(project: string): Promise<() => void> {
  const folder = join(project, '.svelte-kit');
  await mkdir(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'build-lock.sqlite'));
  try {
    while (!locks(database)) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  } catch (cause) {
    database.close();
    throw cause;
  }
  return () => database.close();
}

/** Whether the lock is taken now; false when another has it. */
function locks(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if (cause instanceof Error && /locked|busy/i.test(cause.message)) return false;
    throw cause;
  }
}
