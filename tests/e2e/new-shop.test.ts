import { mkdtemp, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { readDataFolder } from '../../app/server/demo-folder.ts';
import { codeFor, openHeadOffice } from '../../app/server/head-office-documents.ts';
import { launchBrowser, removeProfile, type TestBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';
import { TillPage } from './pages/till-page.ts';

let folder: string;
let browser: TestBrowser;
const machines: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillmesh-new-shop-'));
  browser = await launchBrowser(join(folder, 'browser'));
});
afterAll(async () => {
  await browser.kill();
  await Promise.all(machines.map(end));
  await removeProfile(folder);
  await rm(folder, { recursive: true, force: true });
});

/** Ends a machine politely; one that has ended stays as it is. */
async function end(machine: ChildProcess): Promise<unknown> {
  if (machine.exitCode !== null) return undefined;
  const ended = new Promise((resolve) => machine.once('close', resolve));
  machine.kill('SIGTERM');
  return ended;
}

/** A first port with room behind it, as the system has it free now. */
async function firstPort(): Promise<number> {
  const port = await freePort();
  return port > 65_000 ? firstPort() : port;
}

/** `npm run station` on a machine of its own; resolves when it runs. */
function startMachine(name: string, port: number, ...flags: string[]): Promise<ChildProcess> {
  const args = ['app/server/main.ts', '--data', join(folder, name), '--port', String(port), ...flags];
  const machine = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  machines.push(machine);
  return new Promise((resolve, reject) => {
    createInterface({ input: machine.stdout }).on('line', (line) => {
      if (line.startsWith('Tillmesh is running')) resolve(machine);
    });
    createInterface({ input: machine.stderr }).on('line', (line) => reject(new Error(line)));
  });
}

async function open(port: number): Promise<Page> {
  const page = await browser.context.newPage();
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.goto(`http://localhost:${port}/`);
  return page;
}

/** A code for a whole till, as head office's devices page makes it. */
async function tillCode(syncUrl: string): Promise<string> {
  const data = join(folder, 'office');
  const file = await readDataFolder(data);
  if (!file.ok || file.value === undefined) throw new Error('head office has no data folder');
  const office = await openHeadOffice(join(data, 'hq', 'relay'), file.value.organization, syncUrl);
  if (!office.ok) throw new Error(office.error);
  const place = { store: storeId(1), register: registerId(1) };
  const code = await codeFor(office.value, { name: 'Till 1', roles: ['relay', 'terminal'], ...place }, 'mia');
  await office.value.documents.close();
  if (!code.ok) throw new Error(code.error);
  return code.value;
}

describe('a real shop', { timeout: 180_000 }, () => {
  it('[E8] is founded on the first page of head office; a blank machine becomes a till with one code and goes on after a restart', async () => {
    const [office, till] = [await firstPort(), await firstPort()];
    await startMachine('office', office);
    const officePage = await open(office);
    const fill = (id: string, value: string) => officePage.getByTestId(id).fill(value);
    await officePage.getByTestId('found-action').click();
    expect(await officePage.getByTestId('found-trouble').textContent()).toMatch(/every field/);
    await fill('found-name', 'Lantern & Lace');
    await officePage.getByTestId('found-country').selectOption('GB');
    await officePage.getByTestId('found-currency').selectOption('GBP');
    await fill('found-store', 'Camden');
    await fill('found-manager', 'Mia');
    await fill('found-pin', '9876');
    await fill('found-pin-again', '9877');
    await officePage.getByTestId('found-action').click();
    expect(await officePage.getByTestId('found-trouble').textContent()).toMatch(/not the same/);
    await fill('found-pin-again', '9876');
    await officePage.getByTestId('found-action').click();
    await officePage.getByText('Lantern & Lace').first().waitFor(PATIENCE);

    const hq = `ws://127.0.0.1:${office + 10}/sync`;
    const machine = await startMachine('till', till, '--hq', hq);
    const page = await open(till);
    const code = page.getByTestId('set-up-code');
    await code.fill('00000-00000');
    await code.press('Enter');
    await expect
      .poll(() => page.getByTestId('set-up-trouble').getAttribute('data-code'), PATIENCE)
      .toBe('code-unknown');
    await code.fill(await tillCode(hq));
    await code.press('Enter');
    const sale = new TillPage(page);
    await sale.signIn('mia', '9876');
    await sale.openSession('100');
    await sale.search.waitFor();

    await end(machine);
    await startMachine('till', till, '--hq', hq);
    await page.reload();
    await sale.search.waitFor();
    expect(await page.getByTestId('set-up').count()).toBe(0);
  });
});
