import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { MAX_SLIDE_BYTES, pictureOf } from '#model/catalog/picture.ts';
import { masterEntry } from '#model/documents/catalog.ts';
import { settingKey, settingText } from '#model/settings/settings.ts';
import { storeId } from '#model/ids/register-id.ts';
import { startVirtualTerminal } from '../../hardware-bridge/virtual-terminal/virtual-terminal.ts';
import { TillPage } from '../e2e/pages/till-page.ts';
import { startTillOrigin, type TillOrigin } from '../e2e/till/till-origin.ts';
import { pinOf } from '../support/shop.ts';
import { begunVoidWalk } from './void-walk.ts';
import { voucherWalk } from './voucher-walk.ts';
import { apartWalk, doubtfulPaperWalk, healedWalk, versionWalk } from './till-alone-trouble.ts';
import { lead, leave, reached, touch, type Walk } from './screen.ts';
import { LANTERN, type Cashier } from './till/tour.ts';

const STORE = { class: 'store', store: storeId(1) } as const;

/** What a till shows that needs no shop around it: a card terminal, mails, the customer's screen, and what goes wrong on one device. */
export async function* tillAloneWalk(page: Page, cashier: Cashier): Walk {
  const terminal = await startVirtualTerminal({ port: 0 });
  // A copy of the build: it becomes a newer one while the till runs.
  const build = await mkdtemp(join(tmpdir(), 'tillmesh-build-'));
  await cp(resolve('build'), build, { recursive: true });
  const mails = { accept: () => Promise.resolve('waiting' as const) };
  const origin = await startTillOrigin(
    'by-itself',
    build,
    { terminal: `http://127.0.0.1:${terminal.port}` },
    mails,
  );
  const till = new TillPage(page);
  try {
    yield* startWalk(page, origin);
    await till.visit(origin.url);
    await till.signIn(cashier, pinOf(cashier));
    await till.openSession('100');
    yield* terminalWalk(till, terminal.ledger);
    yield* doneWalk(till, origin);
    yield* begunVoidWalk(till, terminal.ledger);
    yield* reminderWalk(till, origin);
    yield* voucherWalk(till, origin);
    yield* doubtWalk(till);
    yield* doubtfulPaperWalk(till);
    yield* healedWalk(till, origin);
    yield* apartWalk(till, origin);
    yield* versionWalk(till, build);
    yield* displayWalk(till, origin);
    yield* unsavedWalk(till, origin);
  } finally {
    await page.goto('about:blank');
    await origin.close();
    await terminal.stop();
    await rm(build, { recursive: true, force: true });
  }
}

/** A page that is slow to start, and one that cannot become a till yet. */
async function* startWalk(page: Page, { url }: TillOrigin): Walk {
  const config = '**/config.json';
  await page.goto(`${url}nowhere`);
  await reached(page, 'nowhere');
  yield 'nowhere';
  const looked = Promise.withResolvers<void>();
  await page.route(config, async (route) => {
    await looked.promise;
    await route.fulfill({ status: 500, body: 'down' });
  });
  await page.goto(`${url}till`);
  await reached(page, 'starting');
  yield 'till-starting';
  looked.resolve();
  await reached(page, 'no-config');
  yield 'till-no-config';
  await page.unroute(config);
  await page.route(config, (route) => route.fulfill({ json: { role: 'hq', device: '0000000000000001' } }));
  await page.goto(`${url}till`);
  await reached(page, 'not-a-till');
  yield 'till-not-a-till';
  await page.unroute(config);
}

type Ledger = Awaited<ReturnType<typeof startVirtualTerminal>>['ledger'];

/** A card at the terminal: asked, declined, and left in doubt. */
async function* terminalWalk(till: TillPage, ledger: Ledger): Walk {
  const { page } = till;
  await till.addBySearch(LANTERN);
  await till.startPaying();
  await till.payCard();
  await reached(page, 'card-charge');
  yield 'till-terminal';
  await touch(page, 'card-cancel');
  await page.getByTestId('card-charge').waitFor({ state: 'detached' });
  const asked = page.waitForResponse(/\/terminal\//);
  await till.payCard();
  await asked;
  ledger.present(ledger.all().at(-1)?.id ?? '', false);
  await till.error.first().waitFor();
  yield 'till-card-declined';
  await touch(page, 'back-to-basket');
}

/** After the sale: four things that can be done with its receipt, and where it is mailed to. */
async function* doneWalk(till: TillPage, origin: TillOrigin): Walk {
  const { page } = till;
  origin.write(STORE, { [settingKey('afterSale')]: settingText('ask') });
  await till.findCustomer('joan');
  await lead(page, 'customer-found', 'basket-customer');
  await till.sellForCash('20');
  await reached(page, 'print-receipt');
  yield 'till-done-ask';
  await lead(page, 'mail-receipt', 'mail-dialog');
  yield 'till-mail';
  await page.getByTestId('mail-address').fill('joan at example');
  await lead(page, 'send-mail', 'mail-wrong');
  yield 'till-mail-wrong';
  await leave(page, 'mail-dialog');
  await till.newSale();
  origin.write(STORE, { [settingKey('afterSale')]: settingText('print') });
}

/** What a till reminds of: the hour, the drawer, the day. */
async function* reminderWalk(till: TillPage, origin: TillOrigin): Walk {
  const { page } = till;
  origin.write(STORE, {
    [settingKey('closeReminder')]: settingText('00:00'),
    [settingKey('drawerLimit')]: settingText(5_000),
  });
  await reached(page, 'banner-close');
  await reached(page, 'banner-drawer');
  yield 'till-reminders';
  origin.write(STORE, {
    [settingKey('closeReminder')]: settingText(null),
    [settingKey('drawerLimit')]: settingText(null),
  });
  await page.getByTestId('banner-drawer').waitFor({ state: 'detached' });
}

/** Records of another register that nobody vouches for. */
async function* doubtWalk({ page }: TillPage): Walk {
  const doubt = (seq: number, code: string) => ({ register: 'S01-R2', session: 3, seq, code, detail: code });
  const quarantine = [doubt(41, 'bad-signature'), doubt(57, 'fork')];
  await page.route('**/relay/status', (route) =>
    route.fulfill({ json: { peers: [], targets: [], disk: 'ok', enrolled: true, quarantine } }),
  );
  await reached(page, 'banner-doubts');
  yield 'till-doubts';
  await lead(page, 'show-doubts', 'doubt-row');
  yield 'till-doubts-list';
  await leave(page, 'doubts');
  await page.unroute('**/relay/status');
  await page.getByTestId('banner-doubts').waitFor({ state: 'detached' });
}

/** The customer's screen, while the till is in a page beside it; and a second till of one browser. */
async function* displayWalk({ page }: TillPage, origin: TillOrigin): Walk {
  const { url } = origin;
  const beside = await page.context().newPage();
  await page.goto(`${url}display`);
  const till = new TillPage(beside);
  await till.visit(url);
  await beside.getByTestId('barcode-input').or(beside.getByTestId('person-ana')).first().waitFor();
  if (await beside.getByTestId('person-ana').isVisible()) await till.signIn('ana', pinOf('ana'));
  await reached(page, 'display-slide');
  yield 'display-idle';
  await showPicture(origin);
  await reached(page, 'display-picture');
  yield 'display-picture';
  await till.addBySearch(LANTERN);
  await till.addBySearch('85123A');
  await page.getByTestId('display-line').nth(1).waitFor();
  yield 'display-lines';
  await till.sellForCash('20');
  await reached(page, 'display-change');
  yield 'display-change';
  await till.newSale();
  await page.goto(url);
  await reached(page, 'other-tab');
  yield 'till-other-tab';
  await beside.close();
  await page.getByTestId('barcode-input').or(page.getByTestId('person-ana')).first().waitFor();
}

/** From now on the customer's screen shows a picture between sales, and no texts. */
async function showPicture({ write }: TillOrigin): Promise<void> {
  const made = pictureOf(await readFile(resolve('app/static/icon-512.png')), MAX_SLIDE_BYTES);
  if (!made.ok) throw new Error(made.error.code);
  const { id, picture: value } = made.value;
  const { key, text } = masterEntry({ kind: 'slide', id, value });
  write({ class: 'catalog', shard: 0 }, { [key]: text });
  write(STORE, {
    [settingKey('slides')]: settingText([]),
    [settingKey('slidePictures')]: settingText([id]),
  });
}

/** The one thing that stops a till: neither disk nor relay took the sale. */
async function* unsavedWalk(till: TillPage, origin: TillOrigin): Walk {
  const { page } = till;
  if (await page.getByTestId('person-ana').isVisible()) await till.signIn('ana', pinOf('ana'));
  await till.addBySearch(LANTERN);
  await till.startPaying();
  await till.payCash();
  await origin.relay.cut();
  await fillDisk(page);
  await touch(page, 'complete-sale');
  await till.notSaved.waitFor();
  yield 'till-not-saved';
}

/** From now on the disk of this till's documents is full. */
async function fillDisk(page: Page): Promise<void> {
  const worker = page.workers().find((one) => one.url().includes('documents-worker'));
  if (!worker) throw new Error('the page has no worker for its documents');
  await worker.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('the disk is full', 'QuotaExceededError');
    };
  });
}
