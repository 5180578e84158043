import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '#model/result.ts';

/** Why the spool could not keep something: no room, or the folder cannot be written. */
export type SpoolFailure = { readonly code: 'spool-full' | 'spool-broken'; readonly message: string };

/** Where jobs survive a power cut: whole files under flat names (small letters, digits, "." and "-"). */
export type Spool = {
  /** Replaces a file; when it resolves with success, the new content is on disk and nothing half-written can be read. */
  write(name: string, text: string): Promise<Result<null, SpoolFailure>>;
  /** The text of a file, or null when there is none. */
  read(name: string): Promise<string | null>;
  /** The names of all whole files. */
  names(): Promise<string[]>;
  /** Removes a file; one that does not exist is as good as removed. */
  remove(name: string): Promise<void>;
};

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const UNFINISHED = '.unfinished';

/** A spool in a folder of the local disk; creates the folder and clears what a crash left half-written. Throws when it cannot. */
export async function openSpool(folder: string): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const left = (await readdir(folder)).filter((name) => name.endsWith(UNFINISHED));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
  return {
    write: (name, text) => replaceFile(folder, name, text),
    read: (name) => readWhole(join(folder, name)),
    names: async () => (await readdir(folder)).filter((name) => !name.endsWith(UNFINISHED)),
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

/** Temporary file, fsync, rename, fsync of the folder: only then does the file outlive a power cut. */
async function replaceFile(folder: string, name: string, text: string): Promise<Result<null, SpoolFailure>> {
  const temporary = join(folder, `${name}${UNFINISHED}`);
  try {
    await writeSynced(temporary, text);
    await rename(temporary, join(folder, name));
    await syncFolder(folder);
    return ok(null);
  } catch (cause) {
    await rm(temporary, { force: true });
    return err(failureOf(cause));
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for syncing; its file systems journal the rename themselves.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readWhole(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw cause;
  }
}

function failureOf(cause: unknown): SpoolFailure {
  const code = codeOf(cause);
  return NO_ROOM.has(code)
    ? {
        code: 'spool-full',
        message: 'The disk is full, so the job was not accepted. Free some space and send it again.',
      }
    : {
        code: 'spool-broken',
        message: `The print queue's folder cannot be written (${code}), so the job was not accepted. Check the folder and its permissions.`,
      };
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : 'unknown error';
}
