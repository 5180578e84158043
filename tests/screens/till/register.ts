import { settingKey, settingText } from '#model/settings/settings.ts';
import { pinOf } from '../../support/shop.ts';
import { lead, leave, reached, touch, type Walk } from '../screen.ts';
import { LANTERN, approveIfAsked, type TillTour } from './tour.ts';

/** The drawer: cash in and out, to the safe, to another cashier, and open without a sale. */
export async function* drawerWalk({ till, cashier }: TillTour): Walk {
  const { page } = till;
  await lead(page, 'register-menu', 'x-report');
  yield 'till-menu';
  await page.keyboard.press('Escape');
  await till.menu('paid-in');
  await reached(page, 'cash-move');
  yield 'till-paid-in';
  await leave(page, 'cash-move');
  await till.menu('paid-out');
  await reached(page, 'cash-move');
  yield 'till-paid-out';
  await leave(page, 'cash-move');
  await till.menu('safe-drop');
  await reached(page, 'safe-bag');
  yield 'till-safe-drop';
  await leave(page, 'cash-move');
  const other = cashier === 'ana' ? 'luis' : 'ana';
  await till.menu('handover');
  await lead(page, `handover-to-${other}`, 'handover-count');
  yield 'till-handover';
  await page.getByTestId('handover-count').fill('90');
  await lead(page, 'compare-handover', 'handover-reason');
  yield 'till-handover-difference';
  await leave(page, 'handover-dialog');
  await till.openDrawer('give change');
  await till.approval.waitFor();
  yield 'till-approval';
  await lead(page, 'approver-mia', 'pin-digit-1');
  yield 'till-approval-pin';
  await leave(page, 'approval-dialog');
  yield 'till-drawer-refused';
  await leave(page, 'drawer-reason');
}

/** Reports, checks, what is shown to customers, practising, and the person's own settings. */
export async function* menuWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.menu('exceptions');
  await reached(page, 'exceptions-dialog');
  yield 'till-exceptions';
  await leave(page, 'exceptions-dialog');
  await till.menu('x-report');
  await approveIfAsked(till, 'x-report-view');
  yield 'till-x-report';
  await leave(page, 'x-report-view');
  await till.menu('store-day');
  await approveIfAsked(till, 'store-day-dialog');
  yield 'till-store-day';
  await leave(page, 'store-day-dialog');
  await till.menu('sequence-check');
  await reached(page, 'sequence-row');
  yield 'till-sequence-check';
  await leave(page, 'sequence-dialog');
  await till.menu('customer-display');
  await reached(page, 'open-display');
  yield 'till-customer-display';
  await leave(page, 'open-display');
  await lead(page, 'store-sales', 'store-sales-dialog');
  yield 'till-store-sales';
  await leave(page, 'store-sales-dialog');
  await page.keyboard.press('F9');
  await lead(page, 'shortcuts', 'shortcut-sheet');
  yield 'till-shortcuts';
  await leave(page, 'shortcut-sheet');
  await lead(page, 'person-menu', 'sign-out');
  yield 'till-person';
  await leave(page, 'sign-out');
}

/** The till that nobody may take for the real one. */
export async function* trainingWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.menu('training');
  await reached(page, 'begin-training');
  yield 'till-training';
  await touch(page, 'begin-training');
  await approveIfAsked(till, 'training-banner');
  await till.openSession('50');
  await till.addBySearch(LANTERN);
  await till.line(LANTERN).waitFor();
  yield 'till-training-basket';
  await touch(page, 'leave-training');
  await page.getByTestId('training-banner').waitFor({ state: 'detached' });
}

/** The till that nobody touches. */
export async function* warningWalk({ till }: TillTour): Walk {
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

/** The blind count, the difference, the report, and the day of the store. */
export async function* closeWalk({ till }: TillTour): Walk {
  const { page } = till;
  await till.menu('close-session');
  await reached(page, 'counted-input');
  yield 'till-close-count';
  await touch(page, 'count-by-denomination');
  yield 'till-close-denominations';
  await touch(page, 'count-by-amount');
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
  await touch(page, 'closed-store-day');
  await approveIfAsked(till, 'close-day');
  yield 'till-zz';
  await leave(page, 'store-day-dialog');
  await till.leaveZReport();
  await touch(page, 'open-closings');
  await approveIfAsked(till, 'closing-row');
  yield 'till-closings';
  await leave(page, 'closings-dialog');
}

/** A session with two drawers, as head office gives them to this register. */
export async function* drawersWalk({ till, shop, station }: TillTour): Walk {
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
