import { parseArgs } from 'node:util';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok, type Result } from '#model/result.ts';
import { fail, optionsOrEnd } from '../command-line.ts';
import { readDataFolder } from '../demo-folder.ts';
import { machineEnrolment } from '../machine-enrolment.ts';
import { headOfficeRelayFolder } from '../head-office-relay.ts';
import { writeArchive } from './archive.ts';
import { keptFiles, type BackupPart } from './kept-files.ts';

const USAGE = `Usage: npm run --silent backup -- --data DIR --to FILE [--identity]

Writes what a machine of Tillmesh cannot make again into one file, while Tillmesh runs or not: its documents and who it is.
Reports are made again from the documents; print queues are left out, since an old one would print twice.

  --data DIR    the data folder of the machine
  --to FILE     the backup, like shop.tar.gz; one that is there is replaced once the new one is whole
  --identity    only who the machine is: small, and enough for head office to get everything back from its stores
  --help        show this text

A backup holds the private key of the machine. Keep it where you would keep the key to the safe.
`;

type Options = { readonly data: string; readonly to: string; readonly part: BackupPart };

const options = optionsOrEnd(readOptions(process.argv.slice(2)), USAGE);
await backUp(options).catch((cause: unknown) => {
  if (!(cause instanceof Error && 'code' in cause)) throw cause;
  fail(1, `The backup could not be written: ${cause.message}. ${options.to} is as it was before.`);
});

function readOptions(args: readonly string[]): Result<Options | 'help', string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        to: { type: 'string' },
        identity: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return ok('help');
    if (values.data === undefined) return err('--data DIR is missing: the data folder of the machine.');
    if (values.to === undefined) return err('--to FILE is missing: where the backup is written.');
    return ok({
      data: resolve(values.data),
      to: resolve(values.to),
      part: values.identity ? 'identity' : 'all',
    });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}

async function backUp({ data, to, part }: Options): Promise<void> {
  if (to.startsWith(`${data}/`)) fail(2, `${to} lies inside ${data}. Write the backup somewhere else.`);
  const isFolder = await stat(data).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) fail(1, `${data} is no folder. Name the data folder of the machine.`);
  const names = await keptFiles(data, part);
  if (!names.some((name) => name.endsWith('/device.json')))
    fail(1, `${data} holds no machine of Tillmesh. Name the folder that npm start or npm run station uses.`);
  const at = new Date().toISOString();
  const organization = await organizationOf(data);
  const namesAtEnd = () => keptFiles(data, part);
  const { files } = await writeArchive(to, { folder: data, names, namesAtEnd, organization, at, part });
  const size = files.reduce((sum, file) => sum + file.size, 0);
  process.stdout.write(`${to}: ${files.length} files, ${(size / 1e6).toFixed(1)} MB, made at ${at}\n`);
}

/** Whose folder it is, as far as it says: a till that has not joined belongs to nobody. */
async function organizationOf(data: string): Promise<string | null> {
  const file = await readDataFolder(data);
  if (file.ok && file.value !== undefined) return file.value.organization;
  const enrolment = await machineEnrolment(headOfficeRelayFolder(data));
  return (enrolment.ok ? enrolment.value?.organization : undefined) ?? null;
}
