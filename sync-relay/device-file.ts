import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';

const deviceFileSchema = v.strictObject({
  device: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'a device id has 16 hex digits')),
});

/**
 * The device id of a data folder, kept in `device.json`; made with `newId` on the first start. A damaged file is an error
 * with a sentence, not a new id: a second id for one disk would look like a second device.
 */
export async function deviceId(folder: string, newId: () => string): Promise<Result<string, string>> {
  const path = join(folder, 'device.json');
  await mkdir(folder, { recursive: true });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    const device = newId();
    const handle = await open(`${path}.new`, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ device })}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.new`, path);
    return ok(device);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), deviceFileSchema), text);
  if (parsed.success) return ok(parsed.output.device);
  return err(
    `${path} is damaged (${parsed.issues[0].message}). Put back a copy of it, or move the folder away to start as a new device.`,
  );
}
