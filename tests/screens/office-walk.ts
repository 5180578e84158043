import { resolve } from 'node:path';
import type { Page } from 'playwright';
import { REPORT_KINDS } from '../../app/lib/office/report-query.ts';
import { pinOf } from '../support/shop.ts';
import { leave, lead, reached, touch, type Walk } from './screen.ts';

/** A picture that is larger than one is kept, and a file that is none. */
const ICON = resolve('app/static/icon-512.png');
const NO_PICTURE = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };

/** Head office of the test shop in one language. */
export type OfficeTour = { readonly url: string; readonly page: Page; readonly language: 'en' | 'es' };

/** Every screen of the back office. */
export async function* officeWalk(tour: OfficeTour): Walk {
  yield* enter(tour);
  yield* reports(tour);
  yield* lists(tour);
  yield* settings(tour);
  yield* catalog(tour);
  yield* devices(tour);
  yield* staff(tour);
  yield* failures(tour);
}

async function open({ page, url }: OfficeTour, path: string, place: string): Promise<void> {
  await page.goto(`${url}/office${path}`);
  await reached(page, place);
}

async function* enter(tour: OfficeTour): Walk {
  const { page, language } = tour;
  await open(tour, '/staff', 'office-person-mia');
  yield 'office-sign-in';
  await touch(page, 'office-person-mia');
  for (const digit of pinOf('mia')) await touch(page, `pin-digit-${digit}`);
  yield 'office-pin';
  await lead(page, 'office-enter', 'office-signed-in');
  await touch(page, `language-${language}`);
  await reached(page, 'people-table');
}

async function* reports(tour: OfficeTour): Walk {
  const { page } = tour;
  await open(tour, '', 'today-gross');
  yield 'office-today';
  for (const kind of REPORT_KINDS) {
    await page.goto(`${tour.url}/office/reports?kind=${kind}`);
    await page.getByTestId('report-table').or(page.getByTestId('report-empty')).first().waitFor();
    yield `office-report-${kind}`;
  }
  await open(tour, '/reports?kind=receipts', 'receipt-row');
  await lead(page, 'receipt-row', 'receipt-detail');
  yield 'office-receipt';
  await open(tour, '/reports?kind=z', 'z-row');
  await page.getByTestId('z-row').first().locator('a').first().click();
  await reached(page, 'z-detail');
  yield 'office-z';
  await open(tour, '/reports?kind=tender&from=2001-01-01&to=2001-01-31', 'report-empty');
  yield 'office-report-empty';
  await open(tour, '/reports?kind=receipts&about=tier:nobody', 'report-subject');
  yield 'office-report-about';
  await open(tour, '/reports?kind=tax&from=2026-10-30&to=2026-10-01', 'report-backwards');
  yield 'office-report-backwards';
}

async function* lists(tour: OfficeTour): Walk {
  const { page } = tour;
  await page.goto(`${tour.url}/office/exceptions`);
  await page.getByTestId('exceptions-empty').or(page.getByTestId('exception-row')).first().waitFor();
  yield 'office-exceptions';
  await open(tour, '/audit', 'audit-row');
  yield 'office-audit';
  await page.getByTestId('audit-row').first().locator('a').first().click();
  await reached(page, 'audit-detail');
  yield 'office-audit-detail';
  await open(tour, '/audit?from=2001-01-01&to=2001-01-31', 'audit-empty');
  yield 'office-audit-empty';
}

async function* settings(tour: OfficeTour): Walk {
  const { page } = tour;
  await open(tour, '/settings', 'settings-rounding');
  yield 'office-settings';
  await page.getByTestId('preset-country').selectOption('SE');
  await reached(page, 'preset-changes');
  yield 'office-preset';
  await open(tour, '/settings?store=S01', 'whose-taxRounding');
  yield 'office-settings-store';
  await open(tour, '/settings', 'settings-value');
  await page.getByTestId('settings-value').scrollIntoViewIfNeeded();
  yield 'office-settings-value';
  await page.getByTestId('slide-pictures-file').setInputFiles(ICON);
  await reached(page, 'slide-picture');
  await page.getByTestId('slide-pictures').scrollIntoViewIfNeeded();
  yield 'office-slides';
  await lead(page, 'slide-remove', 'slide-undo');
  await page.getByTestId('slide-pictures-file').setInputFiles(NO_PICTURE);
  await reached(page, 'slide-pictures-trouble');
  yield 'office-slides-removed';
}

async function* catalog(tour: OfficeTour): Walk {
  const { page } = tour;
  await open(tour, '/catalog', 'products-table');
  yield 'office-catalog';
  await page.getByTestId('products-table-row').first().getByRole('button').first().click();
  await reached(page, 'product-dialog');
  yield 'office-product';
  await page.getByTestId('product-picture').scrollIntoViewIfNeeded();
  await page.getByTestId('product-picture-file').setInputFiles(ICON);
  await reached(page, 'product-picture-shown');
  yield 'office-product-picture';
  await leave(page, 'product-dialog');
  await open(tour, '/reports?kind=quick', 'report-row-edit');
  await lead(page, 'report-row-edit', 'product-dialog');
  yield 'office-product-complete';
  await leave(page, 'product-dialog');
  await open(tour, '/catalog?search=zzzz', 'products-empty');
  yield 'office-catalog-empty';
  await open(tour, '/catalog/prices', 'store-prices-panel');
  yield 'office-prices';
  await lead(page, 'rule-add', 'rule-dialog');
  yield 'office-price-rule';
  await leave(page, 'rule-dialog');
  await lead(page, 'tier-add', 'tier-dialog');
  yield 'office-tier';
  await leave(page, 'tier-dialog');
  await open(tour, '/catalog/favourites?store=S01', 'favourites-editor');
  yield 'office-favourites';
  await page.getByTestId('tile-product-search').fill('a');
  await lead(page, 'tile-product-hit', 'favourites-unsaved');
  yield 'office-favourites-unsaved';
  await touch(page, 'favourites-discard');
  await open(tour, '/catalog/departments', 'departments-table');
  yield 'office-departments';
  await open(tour, '/catalog/taxes', 'taxes-table');
  yield 'office-taxes';
  await lead(page, 'tax-add', 'tax-dialog');
  yield 'office-tax';
  await leave(page, 'tax-dialog');
  await lead(page, 'mapping-add', 'mapping-dialog');
  yield 'office-mapping';
  await leave(page, 'mapping-dialog');
  await open(tour, '/catalog/tenders', 'tenders-table');
  yield 'office-tenders';
  await open(tour, '/catalog/specials', 'specials-table');
  yield 'office-specials';
  await lead(page, 'special-edit-toys-3-for-2', 'special-dialog');
  yield 'office-special';
  await leave(page, 'special-dialog');
}

async function* devices(tour: OfficeTour): Walk {
  const { page } = tour;
  await open(tour, '/devices', 'device-row');
  yield 'office-devices';
  await lead(page, 'device-add', 'invite-dialog');
  yield 'office-invite';
  await page.getByTestId('invite-register').selectOption('R1');
  await page.getByTestId('invite-name').fill('Till at the door');
  await lead(page, 'invite-make', 'invitation-code');
  yield 'office-invitation';
  await leave(page, 'invitation-dialog');
  await reached(page, 'invitation-row');
  yield 'office-devices-invited';
  // A relay that may take part: what was revoked, and head office itself, cannot be revoked.
  const isValid = page.locator('[data-testid="device-standing"][data-meaning="done"]');
  const relay = page.getByTestId('device-row').filter({ has: isValid, hasText: 'R2' });
  await relay.first().locator('a').click();
  await reached(page, 'device-pane');
  yield 'office-device';
  await lead(page, 'device-revoke', 'revoke-dialog');
  yield 'office-revoke';
  await leave(page, 'revoke-dialog');
}

async function* staff(tour: OfficeTour): Walk {
  const { page } = tour;
  await open(tour, '/staff', 'people-table');
  yield 'office-staff';
  await lead(page, 'person-edit-ana', 'person-dialog');
  yield 'office-person';
  await leave(page, 'person-dialog');
  await lead(page, 'person-pin-ana', 'pin-dialog');
  yield 'office-change-pin';
  await leave(page, 'pin-dialog');
  await lead(page, 'role-add', 'role-dialog');
  yield 'office-role';
  await leave(page, 'role-dialog');
}

async function* failures(tour: OfficeTour): Walk {
  const { page } = tour;
  await page.route('**/reports/**', (route) => route.abort());
  await page.goto(`${tour.url}/office`);
  await reached(page, 'office-failure');
  yield 'office-failure';
  await page.unroute('**/reports/**');
}
