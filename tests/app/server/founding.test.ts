import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { codeHash } from '#model/trust/invitation.ts';
import { checkPin, personSchema } from '#model/staff/pin.ts';
import * as v from 'valibot';
import type { FoundingWish } from '../../../app/lib/device/founding.ts';
import { openDataFolder } from '../../../app/server/demo-folder.ts';
import {
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from '../../../app/server/head-office-documents.ts';
import { HeadOfficeStation } from '../../../app/server/head-office-station.ts';
import { importDevice } from '../../../app/server/import-sales/import-device.ts';
import { enrolMachine } from '../../../app/server/machine-enrolment.ts';
import { Station } from '../../../app/server/station.ts';
import { freePorts } from '../../support/free-ports.ts';
import { PATIENCE } from '../../support/patience.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ORGANIZATION = 'a1b2c3d4e5f6';
const project = resolve(import.meta.dirname, '../../..');
const WISH: FoundingWish = {
  name: 'Farolillos',
  currency: 'EUR',
  language: 'es',
  country: 'ES',
  timeZone: 'Europe/Madrid',
  store: 'Gran Vía',
  tills: 2,
  manager: { name: 'Zoë Núñez', pin: '4711' },
};

async function station(data: string): Promise<Station> {
  const [app = 0, relay = 0, reports = 0] = await freePorts(3);
  const build = join(data, 'build');
  await mkdir(build, { recursive: true });
  await writeFile(join(build, 'index.html'), '<!doctype html>page');
  const world = { data, project, build, version: 'test', log: () => true, news: () => undefined };
  const ports = { app, relay, reports };
  return new Station(
    { id: 'hq', name: 'HQ', role: 'hq', organization: ORGANIZATION, ports, peers: [] },
    world,
  );
}

/** Head office's machine as a person starts it. */
async function machine(
  data: string,
  founded = false,
): Promise<{ url: string; office: HeadOfficeStation; hq: Station }> {
  const hq = await station(data);
  const office = new HeadOfficeStation(hq, data, { organization: ORGANIZATION, founded });
  onTestFinished(() => office.stop());
  await office.start();
  return { url: `http://127.0.0.1:${hq.spec.ports.app}`, office, hq };
}

/** Head office's relay alone, and its documents. */
async function headOffice(data: string): Promise<HeadOfficeDocuments> {
  const hq = await station(data);
  onTestFinished(() => hq.stop());
  await hq.startRelay();
  const opened = await openHeadOffice(hq.folder('relay'), ORGANIZATION, hq.syncUrl);
  if (!opened.ok) throw new Error(opened.error);
  onTestFinished(() => opened.value.documents.close());
  return opened.value;
}

function found(url: string, wish: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/station/found`, { method: 'POST', headers, body: JSON.stringify(wish) });
}

async function organizationOf(office: HeadOfficeDocuments) {
  const entries = Object.entries(await office.documents.open({ class: 'organization' }));
  return entries.map(([key, text]) => {
    const entry = readOrganizationEntry(key, text);
    if (!entry.ok) throw new Error(entry.error.detail);
    return entry.value;
  });
}

const devicesOf = async (office: HeadOfficeDocuments) =>
  (await organizationOf(office)).flatMap((entry) => (entry.kind === 'device' ? [entry.value] : []));

describe('founding a shop', () => {
  test('[E1] one page makes the organization, its store and tills, the manager, and the devices of head office', async () => {
    const data = await temporaryFolder();
    const { url, office, hq } = await machine(data);
    const config = async () => (await fetch(`${url}/config.json`)).json() as Promise<object>;
    expect(await config()).toMatchObject({ role: 'hq', founding: true });
    const founded = await found(url, WISH);
    const { code } = (await founded.json()) as { code: string };
    expect(code).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    expect(await config()).not.toHaveProperty('founding');
    expect((await found(url, WISH)).status).toBe(409);
    expect(await openDataFolder(data, () => 'never')).toMatchObject({ value: { founded: true } });

    const opened = await openHeadOffice(hq.folder('relay'), ORGANIZATION, hq.syncUrl);
    if (!opened.ok) throw new Error(opened.error);
    onTestFinished(() => opened.value.documents.close());
    await opened.value.documents.open({ class: 'organization' });
    await opened.value.documents.caughtUp({ class: 'organization' }, 10_000);
    const entries = await organizationOf(opened.value);
    const values = (kind: string) => entries.filter((entry) => entry.kind === kind).map(({ value }) => value);
    expect(values('organization')).toMatchObject([
      { name: 'Farolillos', currency: 'EUR', tag: ORGANIZATION },
    ]);
    expect(values('store')).toMatchObject([{ id: 'S01', name: 'Gran Vía', locale: 'es-ES' }]);
    expect(values('register')).toMatchObject([{ name: 'Caja 1' }, { name: 'Caja 2' }]);
    expect((await devicesOf(opened.value)).map(({ role }) => role).sort()).toEqual(['hq', 'indexer']);
    const [invitation] = entries.flatMap((entry) => (entry.kind === 'invitation' ? [entry.value] : []));
    expect(invitation).toMatchObject({ roles: ['back-office'], code: codeHash(invitation?.id ?? '', code) });

    await opened.value.documents.open({ class: 'staff' });
    await opened.value.documents.caughtUp({ class: 'staff' }, 10_000);
    const staff = await opened.value.documents.open({ class: 'staff' });
    const manager = v.parse(personSchema, JSON.parse(staff['person:zoe-nunez'] ?? ''));
    expect([manager.role, checkPin('4711', manager.pin)]).toEqual(['manager', true]);
    const again = await office.officeCode();
    expect(again.ok && again.value).not.toBe(code);
  });

  test('a second start goes on without founding', async () => {
    const data = await temporaryFolder();
    const first = await machine(data);
    expect((await found(first.url, WISH)).status).toBe(200);
    await first.office.stop();
    const second = await machine(data, true);
    const config: unknown = await (await fetch(`${second.url}/config.json`)).json();
    expect(config).not.toHaveProperty('founding');
    expect((await found(second.url, WISH)).status).toBe(409);
    const reports = async () => (await fetch(`${second.url}/reports/organization`)).status;
    await expect.poll(reports, PATIENCE).toBe(200);
  });

  test.each([
    [{ ...WISH, name: ' ' }, /name: the name of the shop is missing/],
    [{ ...WISH, currency: 'euro' }, /currency: /],
    [{ ...WISH, manager: { name: 'Zoë', pin: '12' } }, /manager.pin: a PIN has 4 to 8 digits/],
    [{}, /name: /],
  ])('a wish that lacks something is answered with what it lacks (%#)', async (wish, sentence) => {
    const { url } = await machine(await temporaryFolder());
    const answer = await found(url, wish);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toMatch(sentence);
  });
});

describe('head office as the tools of its machine', () => {
  test('[E1] a folder from before devices had keys keeps its id, gets a key and lists it', async () => {
    const data = await temporaryFolder();
    const folder = join(data, 'hq', 'relay');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'device.json'), '{"device":"00112233445566aa"}\n');
    const office = await headOffice(data);
    const device = headOfficeDevice(office.key, '2026-11-21T09:00:00.000Z');
    expect(await listDevice(office, device)).toBeUndefined();
    expect(await listDevice(office, { ...device, name: 'Another name' })).toBeUndefined();
    expect(await devicesOf(office)).toEqual([device]);
    expect(device.id).toBe('00112233445566aa');
  });

  test('[E1] a program of the machine gets a key in a file only its user can read, and keeps the id it had', async () => {
    const data = await temporaryFolder();
    const office = await headOffice(data);
    await listDevice(office, headOfficeDevice(office.key, '2026-11-21T09:00:00.000Z'));
    const folder = join(data, 'till', 'relay');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'device.json'), '{"device":"00112233445566bb"}\n');
    const place = { store: storeId(1), register: registerId(1) };
    const enrolled = await enrolMachine(office, folder, { name: 'Till 1', role: 'relay', ...place });
    expect(enrolled).toMatchObject({ ok: true, value: { device: { id: '00112233445566bb', ...place } } });
    const kept = JSON.parse(await readFile(join(folder, 'device.json'), 'utf8')) as object;
    expect(kept).toMatchObject({
      enrolment: { headOffice: { id: office.key.id, key: office.key.publicKey } },
    });
    expect((await stat(join(folder, 'device.json'))).mode & 0o777).toBe(0o600);
    expect((await devicesOf(office)).map(({ role }) => role).sort()).toEqual(['hq', 'relay']);
  });

  test('a damaged device file is named, and nothing is listed', async () => {
    const data = await temporaryFolder();
    const office = await headOffice(data);
    await listDevice(office, headOfficeDevice(office.key, '2026-11-21T09:00:00.000Z'));
    const folder = join(data, 'broken');
    await mkdir(folder);
    await writeFile(join(folder, 'device.json'), '{"device":');
    const enrolled = await enrolMachine(office, folder, { name: 'Till 1', role: 'relay' });
    expect(!enrolled.ok && enrolled.error).toMatch(/broken\/device\.json is damaged/);
    expect(await devicesOf(office)).toHaveLength(1);
  });

  test('[E10] an import has a terminal of its own for its time and leaves the register’s own terminal alone', async () => {
    const office = await headOffice(await temporaryFolder());
    await listDevice(office, headOfficeDevice(office.key, '2026-11-21T09:00:00.000Z'));
    const place = { store: storeId(1), register: registerId(1) };
    const times = ['2026-11-21T10:00:00.000Z', '2026-11-21T10:05:00.000Z'];
    const device = await importDevice(office.documents, place, () => times.shift() ?? '');
    if (!device.ok) throw new Error(device.error);
    const { id, publicKey: key } = device.value.key;
    const listed = async () => (await devicesOf(office)).find((known) => known.id === id);
    expect(await listed()).toMatchObject({ role: 'terminal', key, ...place });
    expect(await listed()).not.toHaveProperty('revokedAt');
    expect(await device.value.key.sign('a')).toMatch(/^[A-Za-z0-9_-]{86}$/);
    expect(await device.value.revoke()).toBeUndefined();
    expect(await listed()).toMatchObject({
      enrolledAt: '2026-11-21T10:00:00.000Z',
      revokedAt: '2026-11-21T10:05:00.000Z',
    });
  });
});
