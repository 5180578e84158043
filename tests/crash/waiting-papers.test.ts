import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { removeProfile } from '../support/browser.ts';
import { pinOf } from '../support/shop.ts';
import { CrashRun } from './crash-run.ts';
import { receiptsOnPaper } from './oracles.ts';
import { ARTICLES } from './plan.ts';
import { recordsOnDisk } from './till-disk.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

let folder: string;
let run: CrashRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillmesh-waiting-'));
  run = await CrashRun.begin(join(folder, 'shop'));
}, 180_000);
afterAll(async () => {
  await run.end();
  await removeProfile(folder);
});

const printed = () => receiptsOnPaper(run.shop.papers).map(({ receipt }) => receipt);
const records = () => recordsOnDisk(run.shop.relayFolder, run.shop.organization);

/** The bridge stands still as if it hung; what is asked of it meanwhile dies with it when it is killed. */
function stopBridge(): number {
  const pid = run.shop.till.pidOf('bridge');
  if (pid === undefined) throw new Error('the bridge does not run');
  process.kill(pid, 'SIGSTOP');
  return pid;
}

/** Sells something for cash and goes on to the next customer, whatever became of the paper. */
async function sell(): Promise<string> {
  const { till } = run.cashier;
  await till.addBySearch(ARTICLES[0]?.code ?? '');
  const receipt = await till.sellForCash('50');
  await till.newSale();
  return receipt;
}

describe('papers that wait for a bridge', { timeout: 240_000 }, () => {
  test('[P11] all print once after the browser was killed, without anybody at the till', async () => {
    const first = await sell();
    await vi.waitFor(() => expect(printed()).toEqual([first]), PATIENCE);
    const bridge = stopBridge();
    const waiting = [await sell(), await sell(), await sell()];
    await run.killBrowser();
    process.kill(bridge, 'SIGKILL');
    await run.openBrowser();
    await vi.waitFor(() => expect(printed()).toEqual([first, ...waiting]), PATIENCE);
    // Nobody signed in: the screen still asks who is there.
    await run.cashier.till.page.getByTestId('person-ana').waitFor();
  });

  test('[P11] print once more only when a person asks, however often the till starts', async () => {
    const before = printed();
    await run.killBrowser();
    await run.openBrowser();
    const { till } = run.cashier;
    await till.signIn('ana', pinOf('ana'));
    // The next paper comes behind whatever the start offered.
    const next = await sell();
    await vi.waitFor(() => expect(printed()).toEqual([...before, next]), PATIENCE);
  });

  test('[P11] a closing whose Z waited is printed after a power cut, and the receipt before it', async () => {
    const { till } = run.cashier;
    const bridge = stopBridge();
    const last = await sell();
    await till.signOut();
    await till.signIn('mia', pinOf('mia'));
    const sold = (await records()).filter((record) => record.kind === 'sale');
    const cash = sold.reduce((total, { body }) => total + body.total, 10_000);
    await till.countDrawer((cash / 100).toFixed(2));
    await till.confirmClose();
    await run.killBrowser();
    run.shop.till.powerCut();
    process.kill(bridge, 'SIGKILL');
    await run.shop.till.gone();
    await run.shop.till.start();
    await run.openBrowser();
    await vi.waitFor(() => expect(printed().at(-1)).toBe(last), PATIENCE);
    const closings = () => run.shop.papers.filter(({ text }) => text.includes('Z REPORT'));
    await vi.waitFor(() => expect(closings()).toHaveLength(1), PATIENCE);
  });
});
