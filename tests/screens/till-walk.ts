import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { settingKey, settingText } from '#model/settings/settings.ts';
import type { Device } from '#model/trust/device.ts';
import type { Station } from '../../app/server/station.ts';
import type { TillPage } from '../e2e/pages/till-page.ts';
import { pinOf, type TestShop } from '../support/shop.ts';
import { leave, lead, reached, touch, type Walk } from './screen.ts';

/** A till of the test shop and who works at it. */
export type TillTour = {
  readonly shop: TestShop;
  readonly station: Station;
  readonly till: TillPage;
  readonly cashier: 'ana' | 'luis';
};

const LANTERN = '71053';

/** Every screen of a till, through one session from its first sign-in to the day its device is excluded. */
export async function* tillWalk(tour: TillTour): Walk {
  yield* signInWalk(tour);
  yield* sellWalk(tour);
  yield* weighWalk(tour);
  yield* payWalk(tour);
  yield* customerWalk(tour);
  yield* refundWalk(tour);
  yield* registerWalk(tour);
  yield* warningWalk(tour);
  yield* trouble(tour);
  yield* closeWalk(tour);
  yield* drawersWalk(tour);
  await exclude(tour);
  await reached(tour.till.page, 'excluded');
  yield 'till-excluded';
}

async function typePin({ till: { page } }: TillTour, pin: string): Promise<void> {
  for (const digit of pin) await touch(page, `pin-digit-${digit}`);
}

async function* signInWalk(tour: TillTour): Walk {
  const { till, station, cashier } = tour;
  const { page } = till;
  await till.visit(`http://localhost:${station.spec.ports.app}/`);
  await reached(page, `person-${cashier}`);
  yield 'till-sign-in';
  await touch(page, 'person-sam');
  await typePin(tour, '00');
  yield 'till-pin';
  // The two digits that are there make the first wrong PIN.
  for (const wrong of ['00', '1111', '2222']) {
    await typePin(tour, wrong);
    await touch(page, 'sign-in');
    await page.getByTestId('pin-input').and(page.locator('[aria-invalid]')).waitFor();
    if (wrong === '00') yield 'till-pin-wrong';
  }
  yield 'till-pin-locked';
  await touch(page, `person-${cashier}`);
  await typePin(tour, pinOf(cashier));
  await lead(page, 'sign-in', 'float-input');
  yield 'till-open';
  await touch(page, 'count-by-denomination');
  yield 'till-open-denominations';
  await touch(page, 'count-by-amount');
  await till.openSession('100');
}

async function* sellWalk({ till }: TillTour): Walk {
  const { page } = till;
  yield 'till-basket-empty';
  await till.search.fill('lantern');
  await reached(page, 'search-result');
  yield 'till-search';
  await till.search.fill('no such thing');
  yield 'till-search-nothing';
  await till.search.fill('');
  yield 'till-favourites';
  await touch(page, 'sell-tab-specials');
  yield 'till-specials';
  await lead(page, 'sell-tab-departments', 'department-tile');
  await lead(page, 'department-tile', 'article-tile');
  yield 'till-department';
  for (const words of [LANTERN, '85123A', 'red woolly hottie', 'jumbo bag']) await till.addBySearch(words);
  await till.lines.nth(3).waitFor();
  yield 'till-basket';
  await till.line(LANTERN).click();
  await reached(page, 'line-sheet');
  yield 'till-line';
  await touch(page, 'remove-line');
  await reached(page, 'undo-remove');
  yield 'till-undo';
  // Whoever looks at the screen may take longer than it can be undone.
  await till.addBySearch(LANTERN);
  await till.addBySearch('9999999999994');
  yield 'till-unknown-code';
  await till.search.fill('');
}

/** The scale beside the till is a virtual one: its page puts something on it. */
async function* weighWalk({ till, station }: TillTour): Walk {
  const { page } = till;
  const put = (pan: object) =>
    fetch(`http://localhost:${station.spec.ports.scalePage}/pan`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pan),
    });
  await till.search.fill('farmhouse cheddar');
  await lead(page, 'search-result', 'scale-readout');
  yield 'till-scale-empty';
  await put({ grams: 460 });
  await page.locator('[data-testid="scale-readout"][data-state="stable"]').waitFor();
  yield 'till-scale';
  await put({ grams: 460, power: 'off' });
  await page.locator('[data-testid="scale-readout"][data-state="away"]').waitFor();
  yield 'till-scale-away';
  await put({ power: 'on', grams: 0 });
  await leave(page, 'scale-readout');
  await till.search.fill('');
}

async function* payWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.startPaying();
  yield 'till-pay';
  await lead(page, 'card-payment', 'payment-amount');
  yield 'till-card';
  await till.payCard('5', 'A17');
  await till.payments.first().waitFor();
  yield 'till-split';
  await till.payCash('50');
  await reached(page, 'change-preview');
  yield 'till-settled';
  await till.complete();
  yield 'till-done';
  await till.newSale();
}

async function* customerWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.addBySearch(LANTERN);
  await lead(page, 'customer-button', 'customer-search');
  yield 'till-customer-search';
  await page.getByTestId('customer-search').fill('a');
  await reached(page, 'customer-found');
  yield 'till-customers-found';
  await lead(page, 'new-customer', 'customer-name');
  yield 'till-customer-new';
  await page.keyboard.press('Escape');
  await till.findCustomer('joan');
  await lead(page, 'customer-found', 'basket-customer');
  yield 'till-basket-customer';
  await till.startPaying();
  await lead(page, 'account-payment', 'customer-funds');
  yield 'till-on-account';
  await touch(page, 'add-payment');
  await till.payments.first().waitFor();
  await till.complete();
  yield 'till-done-customer';
  await till.newSale();
  await till.openCustomer('joan');
  await reached(page, 'pay-debt');
  yield 'till-customer';
  await lead(page, 'edit-terms', 'customer-tier');
  yield 'till-customer-terms';
  await page.keyboard.press('Escape');
}

async function* refundWalk({ till, station }: TillTour): Walk {
  const { page } = till;
  await lead(page, 'refund-button', 'refund-search');
  yield 'till-refund-search';
  await lead(page, 'refund-without-number', 'refund-by-amount');
  await page.getByTestId('refund-by-customer').fill('joan');
  await lead(page, 'refund-look', 'refund-candidate');
  yield 'till-refund-found';
  await page.getByTestId('refund-search').fill(`${station.spec.name}-000001`);
  await lead(page, 'refund-find', 'refund-line');
  yield 'till-refund';
  await touch(page, 'add-refund');
  await touch(page, 'refund-done');
  await till.lines.first().waitFor();
  yield 'till-basket-refund';
  await till.startPaying();
  yield 'till-pay-back';
  await till.payCash();
  await till.complete();
  yield 'till-done-refund';
  await till.newSale();
}

async function* registerWalk(tour: TillTour): Walk {
  const { till } = tour;
  const { page } = till;
  await lead(page, 'register-menu', 'x-report');
  yield 'till-menu';
  await page.keyboard.press('Escape');
  await till.menu('journal');
  await reached(page, 'journal-row');
  yield 'till-journal';
  await lead(page, 'journal-row', 'journal-refund');
  yield 'till-journal-receipt';
  await leave(page, 'journal-view');
  await till.menu('paid-out');
  await reached(page, 'cash-move');
  yield 'till-paid-out';
  await leave(page, 'cash-move');
  await till.openDrawer('give change');
  await till.approval.waitFor();
  yield 'till-approval';
  await lead(page, 'approver-mia', 'pin-digit-1');
  yield 'till-approval-pin';
  await leave(page, 'approval-dialog');
  yield 'till-drawer-refused';
  await leave(page, 'drawer-reason');
  await till.menu('exceptions');
  await reached(page, 'exceptions-dialog');
  yield 'till-exceptions';
  await leave(page, 'exceptions-dialog');
  await till.menu('x-report');
  if (await till.approval.isVisible()) await till.approve('mia', pinOf('mia'));
  await reached(page, 'x-report-view');
  yield 'till-x-report';
  await leave(page, 'x-report-view');
  await page.keyboard.press('F9');
  await lead(page, 'shortcuts', 'shortcut-sheet');
  yield 'till-shortcuts';
  await leave(page, 'shortcut-sheet');
  await lead(page, 'person-menu', 'sign-out');
  yield 'till-person';
  await leave(page, 'sign-out');
}

async function* warningWalk({ till }: TillTour): Walk {
  const { page } = till;
  const start = Date.now();
  await page.clock.setSystemTime(start + 9.55 * 60_000);
  await till.signOutWarning.waitFor();
  yield 'till-sign-out-warning';
  await page.clock.setSystemTime(start + 20 * 60_000);
  await till.farewell.waitFor();
  yield 'till-signed-out';
  await page.clock.setSystemTime(new Date());
}

/** What does not work: no paper, no head office, no relay. Everything is mended at the end. */
async function* trouble(tour: TillTour): Walk {
  const { till, shop, station, cashier } = tour;
  const { page } = till;
  await till.signIn(cashier, pinOf(cashier));
  await till.search.waitFor();
  await paperOut(station, true);
  await till.addBySearch(LANTERN);
  await till.sellForCash();
  await reached(page, 'banner-printer');
  yield 'till-paper-out';
  await till.newSale();
  const cable = shop.hqCables[station.spec.register === 'R1' ? 0 : 1];
  await cable.cut();
  const relay = station.pidOf('relay');
  if (relay === undefined) throw new Error(`${station.spec.name} has no relay`);
  process.kill(relay, 'SIGSTOP');
  try {
    await till.addBySearch(LANTERN);
    await till.sellForCash('10');
    await reached(page, 'banner-saved');
    yield 'till-offline';
    await till.newSale();
    yield 'till-offline-selling';
  } finally {
    process.kill(relay, 'SIGCONT');
    await paperOut(station, false);
    await cable.join();
  }
  await till.savedBanner.waitFor({ state: 'detached' });
}

async function paperOut(station: Station, isOut: boolean): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${station.spec.ports.printerPage}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paperOut: isOut }),
  });
  if (!answer.ok) throw new Error(`The virtual printer answered ${answer.status}: ${await answer.text()}`);
}

async function* closeWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.menu('close-session');
  await reached(page, 'counted-input');
  yield 'till-close-count';
  await page.getByTestId('counted-input').fill('70');
  await lead(page, 'compare-count', 'difference-reason');
  yield 'till-close-difference';
  await page.getByTestId('difference-reason').fill('counted twice');
  await lead(page, 'ask-close', 'confirm-close');
  yield 'till-close-confirm';
  await touch(page, 'confirm-close');
  await till.approval.waitFor();
  yield 'till-close-approval';
  await till.approve('mia', pinOf('mia'));
  await till.zReport.waitFor();
  yield 'till-z';
  await till.leaveZReport();
  await touch(page, 'open-closings');
  await till.approval.waitFor();
  await till.approve('mia', pinOf('mia'));
  await reached(page, 'closing-row');
  yield 'till-closings';
  await leave(page, 'closings-dialog');
}

/** A session with two drawers, as head office gives them to this register. */
async function* drawersWalk({ till, shop, station }: TillTour): Walk {
  const { page } = till;
  const { store, register } = station.spec;
  if (store === undefined) throw new Error(`${station.spec.name} is no till`);
  const drawers = ['Left', 'Right'].map((name) => ({ name, register }));
  await shop.headOffice.writeDurably(
    { class: 'store', store },
    { [settingKey('drawers')]: settingText(drawers) },
    20_000,
  );
  await reached(page, 'count-drawer-2');
  await page.getByTestId('float-input-1').fill('100');
  await touch(page, 'count-drawer-2');
  await page.getByTestId('float-input-2').fill('50');
  yield 'till-open-drawers';
  await lead(page, 'open-session', 'choose-drawer-dialog');
  yield 'till-choose-drawer';
  await touch(page, 'drawer-2');
  await till.search.waitFor();
  yield 'till-own-drawer';
  await till.menu('close-session');
  await page.getByTestId('counted-input-1').fill('99');
  await touch(page, 'count-drawer-2');
  await page.getByTestId('counted-input-2').fill('51');
  await lead(page, 'compare-count', 'drawer-differences');
  yield 'till-close-drawers';
}

/** Revokes the device of this page, as head office's devices page does. */
async function exclude({ shop, station }: TillTour): Promise<void> {
  const key = { class: 'organization' } as const;
  const entries = await shop.headOffice.open(key);
  const own = Object.entries(entries).flatMap(([entry, text]) => {
    if (!entry.startsWith('device:')) return [];
    const device = JSON.parse(text) as Device;
    const isHere = device.role === 'terminal' && device.register === station.spec.register;
    return isHere && device.revokedAt === undefined ? [{ entry, device }] : [];
  });
  const revoked = own.map(({ entry, device }) => [
    entry,
    canonicalJson({ ...device, revokedAt: new Date().toISOString() } as unknown as CanonicalValue),
  ]);
  await shop.headOffice.writeDurably(key, Object.fromEntries(revoked) as Record<string, string>, 20_000);
}
