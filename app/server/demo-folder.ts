import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import { writeWholeFile } from './whole-file.ts';

const demoFileSchema = v.strictObject({
  organization: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  founded: v.boolean(),
});

/** What a data folder says about the organization in it; `founded` once all its first documents were written. */
export type DemoFile = v.InferOutput<typeof demoFileSchema>;

const FILE = 'tillmesh.json';

/** Reads a data folder's `tillmesh.json`, or makes it with a tag of its own. A damaged one is a sentence, not a new shop. */
export async function openDataFolder(
  folder: string,
  newTag: () => string,
): Promise<Result<DemoFile, string>> {
  await mkdir(folder, { recursive: true });
  const known = await readDataFolder(folder);
  if (!known.ok) return known;
  if (known.value !== undefined) return ok(known.value);
  const file = { organization: newTag(), founded: false };
  await saveDataFolder(folder, file);
  return ok(file);
}

/** Reads a data folder's `tillmesh.json`; undefined when there is none, a sentence when it is damaged. Makes nothing. */
export async function readDataFolder(folder: string): Promise<Result<DemoFile | undefined, string>> {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ok(undefined);
    throw cause;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), demoFileSchema), text);
  if (parsed.success) return ok(parsed.output);
  return err(
    `${path} is damaged (${parsed.issues[0].message}). Put back a copy of it, or use another --data folder.`,
  );
}

/** Writes `tillmesh.json`, whole or not at all. */
export function saveDataFolder(folder: string, file: DemoFile): Promise<void> {
  return writeWholeFile(join(folder, FILE), `${JSON.stringify(file)}\n`);
}
