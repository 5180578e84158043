import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '#model/result.ts';
import { readArchive } from '../backup/archive.ts';
import { fail, optionsOrEnd } from '../command-line.ts';

const USAGE = `Usage: npm run --silent restore -- --from FILE --data DIR

Puts a backup back into a folder of its own, whole or not at all. Start Tillmesh on it as before: what happened since the
backup comes back from the other machines.

  --from FILE   a backup made by npm run backup
  --data DIR    a folder that does not exist yet, or is empty
  --help        show this text

The machine the backup is of must not run any more: two machines would speak with one voice.
`;

type Options = { readonly from: string; readonly data: string };

const options = optionsOrEnd(readOptions(process.argv.slice(2)), USAGE);
await restore(options).catch((cause: unknown) => {
  if (!(cause instanceof Error && 'code' in cause)) throw cause;
  fail(1, `The backup could not be put back: ${cause.message}. ${options.data} is as it was before.`);
});

function readOptions(args: readonly string[]): Result<Options | 'help', string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return ok('help');
    if (values.from === undefined) return err('--from FILE is missing: the backup.');
    if (values.data === undefined) return err('--data DIR is missing: the folder it is put into.');
    return ok({ from: resolve(values.from), data: resolve(values.data) });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}

async function restore({ from, data }: Options): Promise<void> {
  if (!(await isFile(from))) fail(1, `${from} is no file. Name a backup made by npm run backup.`);
  if (!(await isFree(data)))
    fail(1, `${data} is not empty. Name a folder that does not exist yet; nothing there was touched.`);
  const part = `${data}.part`;
  await rm(part, { recursive: true, force: true });
  const read = await readArchive(from, (name, bytes) => writeDurably(join(part, name), bytes));
  if (!read.ok) {
    await rm(part, { recursive: true, force: true });
    fail(1, `${read.error} Nothing was put back; take another backup.`);
  }
  await rm(data, { recursive: true, force: true });
  await rename(part, data);
  const { files, at } = read.value;
  process.stdout.write(`${data}: ${files.length} files as they were at ${at}\n`);
}

/** What is there and cannot be looked at is told as it is: another name would not help. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false;
    throw cause;
  }
}

async function isFree(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return true;
    throw cause;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
