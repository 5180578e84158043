import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { err, ok, type Result } from '#model/result.ts';

/**
 * Claims a spool folder for this process: two bridges on one folder would print everything twice. SQLite's file lock is what every
 * system's kernel releases by itself when a process dies. The value gives the folder back; the error is a sentence.
 */
export function lockSpool(folder: string): Result<() => void, string> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'lock.sqlite'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;');
    const held = database;
    return ok(() => held.close());
  } catch (cause) {
    database?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    return /locked|busy/i.test(reason)
      ? err(
          `Another bridge already works with the folder ${folder}. Stop it, or give this one another --data folder.`,
        )
      : err(`The folder ${folder} cannot be used: ${reason}.`);
  }
}
