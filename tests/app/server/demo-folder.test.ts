import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataFolder, saveDataFolder } from '../../../app/server/demo-folder.ts';
import { demoStations, PORT_SPAN } from '../../../app/server/demo-stations.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TAG = 'a1b2c3d4e5f6';

test('a new folder gets a tag, which the next start finds again', async () => {
  const folder = join(await temporaryFolder(), 'data');
  expect(await openDataFolder(folder, () => TAG)).toEqual({
    ok: true,
    value: { organization: TAG, founded: false },
  });
  await saveDataFolder(folder, { organization: TAG, founded: true });
  expect(await openDataFolder(folder, () => 'ffffffffffff')).toEqual({
    ok: true,
    value: { organization: TAG, founded: true },
  });
});

test.each(['', '{"organization":"x","founded":true}', '[]'])(
  'a damaged folder file %j is left as it is and told',
  async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'tillmesh.json'), text);
    const opened = await openDataFolder(folder, () => TAG);
    expect(!opened.ok && opened.error).toContain('is damaged');
    expect(await readFile(join(folder, 'tillmesh.json'), 'utf8')).toBe(text);
  },
);

test('the demo’s programs have ports of their own inside its span, and each till dials head office and the other', () => {
  const stations = demoStations(TAG, 4700, []);
  const ports = stations.flatMap(({ ports: own }) => Object.values(own) as number[]);
  expect(new Set(ports).size).toBe(ports.length);
  expect(ports.every((port) => port >= 4700 && port < 4700 + PORT_SPAN)).toBe(true);
  const relay = (id: string) =>
    `ws://127.0.0.1:${stations.find((station) => station.id === id)?.ports.relay}/sync`;
  expect(stations.map(({ id, hq, peers }) => [id, hq, peers])).toEqual([
    ['hq', undefined, []],
    ['s01-r1', relay('hq'), [relay('s01-r2')]],
    ['s01-r2', relay('hq'), [relay('s01-r1')]],
  ]);
});
