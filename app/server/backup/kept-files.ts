import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Which part of a data folder a backup holds: everything that cannot be made again, or only who the machine is. */
export type BackupPart = 'all' | 'identity';

const IDENTITY = /^(?:tillmesh\.json|[^/]+\/(?:relay|reports)\/device\.json)$/;

/**
 * Files that must not come back. A lock belongs to a process; a half-written file is none; the reports are made again from
 * the documents; and a print queue put back would not know what was printed since, and print it twice.
 */
const LEFT_OUT = [
  /(?:^|\/)lock$/,
  /\.(?:new|part)$/,
  // Read at another moment than the documents it speaks of, it could claim what is not in the backup; a relay makes it again.
  /\/documents\/archive\/heads\.log$/,
  /^log\.txt$/,
  /^[^/]+\/reports\/(?!device\.json$)/,
  /^[^/]+\/(?:bridge|printer)\//,
];

/** Whether a backup holds the file of a data folder at `path`, written with slashes. */
export function isKept(path: string, part: BackupPart): boolean {
  return part === 'identity' ? IDENTITY.test(path) : !LEFT_OUT.some((pattern) => pattern.test(path));
}

/** The files of a data folder that a backup holds, in their order, written with slashes. */
export async function keptFiles(folder: string, part: BackupPart): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const path = (entry: Dirent) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
  return found
    .filter((entry) => entry.isFile())
    .map(path)
    .filter((name) => isKept(name, part))
    .sort();
}
