import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FOLDER = join(import.meta.dirname, 'rivals');
const requireRival = createRequire(join(FOLDER, 'package.json'));

/**
 * Installs the packages Tillmesh is measured beside, once. They are not among the product's own: some are old, and nobody
 * needs them to sell.
 */
export function installRivals(): void {
  if (existsSync(join(FOLDER, 'node_modules'))) return;
  process.stderr.write('  installing what Tillmesh is measured beside …\n');
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The packages of ${FOLDER} could not be installed:\n${stderr}`);
}

/** A module of a rival's package as ES module. Its types are said by the caller: the package may not be installed. */
export async function rivalModule<Module>(name: string): Promise<Module> {
  const url = pathToFileURL(requireRival.resolve(name)).href;
  return (await import(url)) as Module;
}

/** A rival's package as CommonJS gives it, for packages that have two entries which must not be mixed. */
export function rivalRequire<Module>(name: string): Module {
  return requireRival(name) as Module;
}
