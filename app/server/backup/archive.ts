import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack, type Pack } from 'tar-stream';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';

const MANIFEST = 'manifest.json';

const fileSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    // A name that leads out of the folder would be written anywhere.
    v.check((name) => !name.split('/').includes('..') && !name.startsWith('/'), 'a file lies in the folder'),
  ),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a hash has 64 hex digits')),
});

/** What a backup says about itself; the last file in it, so that half a backup has none. */
const manifestSchema = v.strictObject({
  v: v.literal(1),
  organization: v.nullable(v.string()),
  at: v.string(),
  part: v.picklist(['all', 'identity']),
  files: v.array(fileSchema),
});

/** What a backup says about itself: whose it is, when it was made, what it holds. */
export type Manifest = v.InferOutput<typeof manifestSchema>;

/** What a backup is made from; `names` are files of `folder`, written with slashes. */
export type BackupSource = Omit<Manifest, 'files' | 'v'> & {
  readonly folder: string;
  readonly names: readonly string[];
  /** The names as they are at the end: a document that was archived meanwhile lies in another file than it did. */
  readonly namesAtEnd?: () => Promise<readonly string[]>;
};

/**
 * Writes a backup, whole or not at all. The programs may run: a document's log only grows or is replaced at once, so what
 * is read of it is a state it was in. A file that went away since it was listed is left out.
 */
export async function writeArchive(path: string, source: BackupSource): Promise<Manifest> {
  const { folder, names, namesAtEnd, ...about } = source;
  const part = `${path}.part`;
  const tar = pack();
  const written = pipeline(tar, createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
  // Told apart from the writing below, so that a full disk rejects here and not as an unhandled rejection.
  written.catch(() => undefined);
  try {
    const files: Manifest['files'] = [];
    const add = async (name: string) => {
      const bytes = await readIfThere(join(folder, name));
      if (bytes === undefined) return;
      files.push({ name, size: bytes.length, sha256: sha256(bytes) });
      await addFile(tar, written, name, bytes);
    };
    for (const name of names) await add(name);
    const found = new Set(names);
    for (const name of (await namesAtEnd?.()) ?? []) if (!found.has(name)) await add(name);
    const manifest: Manifest = { v: 1, ...about, files };
    await addFile(tar, written, MANIFEST, Buffer.from(JSON.stringify(manifest)));
    tar.finalize();
    await written;
    await rename(part, path);
    return manifest;
  } catch (cause) {
    tar.destroy();
    await rm(part, { force: true });
    throw cause;
  }
}

/** Waits until a file is taken, or until the writing failed: then nothing is taken any more. */
function addFile(tar: Pack, written: Promise<void>, name: string, bytes: Buffer): Promise<unknown> {
  const taken = new Promise<void>((resolve, reject) =>
    tar.entry({ name, mode: 0o600 }, bytes, (cause) => (cause ? reject(cause) : resolve())),
  );
  return Promise.race([taken, written]);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a backup, giving each file to `keep` as it comes. A sentence when it is not one, or is not whole; then nothing that was
 * kept counts.
 */
export async function readArchive(
  path: string,
  keep: (name: string, bytes: Buffer) => Promise<void>,
): Promise<Result<Manifest, string>> {
  const found = new Map<string, { size: number; sha256: string }>();
  let manifest: Manifest | undefined;
  const tar = extract();
  const read = pipeline(createReadStream(path), createGunzip(), tar);
  // The loop below sees the same error first.
  read.catch(() => undefined);
  try {
    for await (const entry of tar) {
      const bytes = await wholeOf(entry);
      if (entry.header.name === MANIFEST) {
        manifest = v.parse(v.pipe(v.string(), v.parseJson(), manifestSchema), bytes.toString('utf8'));
        continue;
      }
      const { name } = v.parse(fileSchema, { name: entry.header.name, size: 0, sha256: '0'.repeat(64) });
      found.set(name, { size: bytes.length, sha256: sha256(bytes) });
      await keep(name, bytes);
    }
    await read;
  } catch (cause) {
    return err(
      `${path} cannot be read as a backup (${cause instanceof Error ? cause.message : String(cause)}).`,
    );
  }
  if (manifest === undefined) return err(`${path} is not a whole backup: its end is missing.`);
  const fault = difference(manifest, found);
  return fault === undefined ? ok(manifest) : err(`${path} is damaged: ${fault}.`);
}

async function wholeOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What a backup says it holds and does not, or holds and does not say. */
function difference(
  { files }: Manifest,
  found: ReadonlyMap<string, { readonly size: number; readonly sha256: string }>,
): string | undefined {
  const wrong = files.find(({ name, sha256: hash }) => found.get(name)?.sha256 !== hash);
  if (wrong) return `${wrong.name} is not what it was`;
  return found.size === files.length ? undefined : 'it holds files it does not name';
}
