import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { TillPage } from '../pages/till-page.ts';
import { recordsAt, openLinesAt, salesAt, startTillOrigin, type TillOrigin } from './till-origin.ts';

// Articles of the demo shop.
const LANTERN = { sku: '71053', name: 'White Metal Lantern', price: 3.39 };
const HOLDER = { sku: '85123A' };

/** A busy machine may take its time; what must not happen is checked without waiting. */

let browser: FreshBrowser;
let origin: TillOrigin;
let page: Page;
let till: TillPage;
let faults: string[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(async () => {
  origin = await startTillOrigin();
  page = await browser.newPage(origin.url);
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  till = new TillPage(page);
  await till.visit(origin.url);
  await comeUp();
  await till.signIn('ana', '1234');
  return async () => {
    await page.close();
    await origin.close();
    if (faults.length > 0) throw new Error(`the page failed: ${faults.join('; ')}`);
  };
});

const salesAtRelay = () => salesAt(origin).map(({ body }) => body.receipt);

async function text(of: { textContent(): Promise<string | null> }): Promise<string> {
  return ((await of.textContent()) ?? '').trim();
}

describe('a till in the browser', () => {
  it('opens, sells with two tenders, survives reloads, takes back and closes', async () => {
    await till.openSession('100');
    await till.addBySearch(LANTERN.name.toLowerCase());
    await till.setQuantity(LANTERN.sku, '2');
    await till.search.fill(HOLDER.sku);
    await till.search.press('Enter');
    await expect.poll(() => openLinesAt(origin), PATIENCE).toBe(2);
    const total = await text(till.total);
    await page.reload();
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(2);
    expect(await text(till.total)).toBe(total);
    await till.startPaying();
    await till.payCard('3', 'A17');
    await page.reload();
    await expect.poll(() => till.payments.count(), PATIENCE).toBe(1);
    const due = Number((await text(till.due)).replace('£', ''));
    expect(due).toBeCloseTo(Number(total.replace('£', '')) - 3, 2);
    await till.payCash('50');
    const receipt = await till.complete();
    expect(receipt).toBe('S01-R1-000001');
    expect(await text(till.change)).toBe(`£${(50 - due).toFixed(2)}`);
    expect(await till.receipt.textContent()).toContain(receipt);
    await expect.poll(salesAtRelay, PATIENCE).toEqual([receipt]);
    await till.newSale();
    await till.takeBack(receipt, LANTERN.sku, '1');
    await expect.poll(() => text(till.total), PATIENCE).toBe('-£3.39');
    await till.startPaying();
    await till.payCash();
    expect(await till.complete()).toBe('S01-R1-000002');
    await till.newSale();
    await till.moveCash('paid-out', '20', 'to the safe');
    await till.countDrawer('70');
    const missing = 70 - (100 + due - 3.39 - 20);
    expect(await text(till.difference)).toBe(`-£${Math.abs(missing).toFixed(2)}`);
    await till.confirmClose('counted twice', { person: 'mia', pin: '9876' });
    expect(await till.zReport.textContent()).toContain('S01-R1-000002');
    await till.leaveZReport();
  });

  it('[L12] takes back without a receipt, and gives back as it was paid where there is one', async () => {
    await till.openSession('100');
    await till.addBySearch(LANTERN.name);
    await till.startPaying();
    await till.payCard('2', 'A17');
    await till.payCash();
    const receipt = await till.complete();
    await till.newSale();
    await till.takeBack(receipt, LANTERN.sku, '1');
    await till.startPaying();
    await page.getByTestId('pay-back-as-paid').click();
    expect(await text(till.payments.first())).toContain('Card');
    await till.complete();
    await till.newSale();

    await page.getByTestId('refund-button').click();
    await page.getByTestId('return-button').click();
    await page.getByTestId('return-search').fill(LANTERN.name);
    await page.getByTestId('return-search').press('Enter');
    await page.getByTestId('return-price').fill('3');
    await page.getByRole('button', { name: 'Damaged' }).click();
    await page.getByTestId('return-apply').click();
    await expect.poll(() => text(till.total), PATIENCE).toBe('-£3.00');
    await till.startPaying();
    await till.payCash();
    await page.getByTestId('complete-sale').click();
    await till.approve('mia', '9876');
    await till.receiptNumber.waitFor();
    expect(await till.receipt.textContent()).toContain('Damaged');
    await expect.poll(salesAtRelay, PATIENCE).toHaveLength(3);
  });

  it('takes a scan wherever the focus is, and leaves the field as it was', async () => {
    await till.openSession('0');
    const { barcode } = await anArticle();
    await till.scan(barcode);
    await till.search.fill('white');
    await till.scan(barcode);
    await till.line(LANTERN.sku).click();
    await page.getByTestId('line-quantity').focus();
    await till.scan(barcode);
    await expect
      .poll(() => text(till.line(LANTERN.sku).getByTestId('line-quantity-shown')), PATIENCE)
      .toBe('3');
    await till.startPaying();
    await page.getByTestId('cash-received').focus();
    await till.scan('9999999999994');
    await expect.poll(() => text(till.error), PATIENCE).toContain('9999999999994');
    expect(await page.getByTestId('cash-received').inputValue()).toBe('');
  });

  it('makes one receipt of a double click and of keys that repeat', async () => {
    await till.openSession('0');
    await till.addBySearch(LANTERN.name);
    await till.startPaying();
    await till.payCash();
    await page.getByTestId('complete-sale').dblclick({ delay: 1 });
    await till.receiptNumber.waitFor();
    await page.keyboard.down('Enter');
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await till.search.waitFor();
    await expect.poll(salesAtRelay, PATIENCE).toEqual(['S01-R1-000001']);
  });

  it('sells on its own disk when the relay is gone, says so, and catches up', async () => {
    await till.openSession('0');
    await till.addBySearch(LANTERN.name);
    await origin.relay.cut();
    await till.startPaying();
    await till.payCash();
    await till.complete();
    expect(await text(till.savedBanner)).toContain('Saved on this till only');
    expect(salesAtRelay()).toEqual([]);
    await page.reload();
    await till.search.waitFor();
    await till.savedBanner.waitFor();
    await origin.relay.listen();
    await expect.poll(salesAtRelay, PATIENCE).toEqual(['S01-R1-000001']);
    await till.savedBanner.waitFor({ state: 'detached' });
  });

  it('says NOT SAVED when neither copy took the sale, and saves the same one on the next try', async () => {
    await till.openSession('0');
    await till.addBySearch(LANTERN.name);
    await till.startPaying();
    await till.payCash();
    await origin.relay.cut();
    const fillDisk = await diskSwitch();
    await fillDisk(true);
    await page.getByTestId('complete-sale').click();
    await till.notSaved.waitFor();
    expect(await text(till.notSaved)).toContain('£3.39');
    expect(await till.receiptNumber.count()).toBe(0);
    await page.getByTestId('retry-save').click();
    await expect.poll(() => text(till.notSaved), PATIENCE).toContain('Still not saved');
    await fillDisk(false);
    await page.getByTestId('retry-save').click();
    await till.receiptNumber.waitFor();
    expect(await text(till.receiptNumber)).toBe('S01-R1-000001');
    await till.newSale();
    await origin.relay.listen();
    await expect.poll(salesAtRelay, PATIENCE).toEqual(['S01-R1-000001']);
  });

  it('is refused in a second tab and goes over to it when the first is closed', async () => {
    await till.openSession('0');
    await till.addBySearch(LANTERN.name);
    const second = await page.context().newPage();
    const other = new TillPage(second);
    await other.visit(origin.url);
    await second.getByTestId('other-tab').waitFor();
    await page.close();
    await other.signIn('luis', '2345');
    await expect.poll(() => other.lines.count(), PATIENCE).toBe(1);
    await second.close();
  });

  it('is worked with the keyboard alone', async () => {
    await till.openSession('0');
    await page.keyboard.press('?');
    await page.getByTestId('shortcut-sheet').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('shortcut-sheet').waitFor({ state: 'detached' });
    await page.keyboard.press('F2');
    await till.search.pressSequentially(LANTERN.sku, { delay: 80 });
    await page.keyboard.press('Enter');
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(1);
    await page.keyboard.press('F8');
    await expect.poll(() => till.payments.count(), PATIENCE).toBe(1);
    await page.keyboard.press('F4');
    await till.receiptNumber.waitFor();
    await page.keyboard.press('Enter');
    await till.search.waitFor();
  });

  it('keeps a wrong PIN out and makes a third one wait', async () => {
    await till.signOut();
    for (const wrong of ['0000', '1111', '2222']) {
      await till.signIn('mia', wrong);
      await till.error.waitFor();
    }
    await expect.poll(() => page.getByTestId('sign-in').isDisabled(), PATIENCE).toBe(true);
    await page.reload();
    await page.getByTestId('person-mia').click();
    expect(await page.getByTestId('sign-in').isDisabled()).toBe(true);
    await page.reload();
    await page.getByTestId('person-luis').click();
    await page.keyboard.type('2345');
    await page.keyboard.press('Enter');
    await page.getByTestId('float-input').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('es');
  });
});

describe('people at a till in the browser', () => {
  /** The records of the first session as they reached the relay. */
  function changeEntry(key: DocumentKey, entry: string, change: object): void {
    const text = origin.entries(key)?.[entry] ?? '{}';
    const changed = { ...(JSON.parse(text) as object), ...change };
    origin.write(key, { [entry]: canonicalJson(changed as CanonicalValue) });
  }

  it('[S6] has an act approved over the dialog it is asked in, by touch and by keyboard', async () => {
    await till.openSession('0');
    await till.openDrawer('give change');
    await till.approval.waitFor();
    expect(await page.getByTestId('approver-ana').count()).toBe(0);
    await till.approve('sam', '4321');
    await page.getByTestId('drawer-reason').waitFor({ state: 'detached' });
    await till.openDrawer('once more');
    await page.getByTestId('approver-mia').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('pin-input').waitFor();
    await page.keyboard.type('9876', { delay: 80 });
    await page.keyboard.press('Enter');
    await page.getByTestId('drawer-reason').waitFor({ state: 'detached' });
    await expect
      .poll(() => recordsAt(origin).map(({ kind, by, approvedBy }) => [kind, by, approvedBy]), PATIENCE)
      .toEqual([
        ['opened', 'ana', undefined],
        ['drawer', 'ana', 'sam'],
        ['drawer', 'ana', 'mia'],
      ]);
    await till.menu('journal');
    await expect.poll(() => page.getByTestId('journal-approved').count(), PATIENCE).toBe(2);
  });

  it('keeps the dialog and what was typed when it is not approved', async () => {
    await till.openSession('0');
    await till.openDrawer('give change');
    await till.approval.waitFor();
    await page.keyboard.press('Escape');
    await till.approval.waitFor({ state: 'detached' });
    expect(await page.getByTestId('drawer-reason').inputValue()).toBe('give change');
    await till.error.first().waitFor();
    await expect.poll(() => recordsAt(origin).map(({ kind }) => kind), PATIENCE).toEqual(['opened']);
  });

  it('[S8] signs out at once who head office deactivated; the sale waits for somebody else', async () => {
    await till.openSession('0');
    await till.addBySearch(LANTERN.name);
    await till.openDrawer('give change');
    await till.approval.waitFor();
    changeEntry({ class: 'staff' }, 'person:ana', { active: false });
    await till.farewell.waitFor();
    expect(await text(till.farewell)).toContain('Ana');
    expect(await page.getByTestId('person-ana').count()).toBe(0);
    expect(await till.approval.count()).toBe(0);
    await till.signIn('mia', '9876');
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(1);
  });

  it('[S9] warns and signs out when nobody touches it; the sale stays', async () => {
    // The setting is here as soon as the name that came with it is: before it, a till of ten minutes would just sign out.
    changeEntry({ class: 'organization' }, 'store:S01', { signOutMinutes: 30, name: 'Quiet Street' });
    await page.getByText('Quiet Street').first().waitFor();
    await till.openSession('0');
    await till.addBySearch(LANTERN.name);
    const start = Date.now();
    await page.clock.setSystemTime(start + 29.6 * 60_000);
    await till.signOutWarning.waitFor();
    await page.getByTestId('stay-signed-in').click();
    await till.signOutWarning.waitFor({ state: 'detached' });
    await page.clock.setSystemTime(start + 70 * 60_000);
    await till.farewell.waitFor();
    expect(await text(till.farewell)).toContain('30');
    await till.signIn('luis', '2345');
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(1);
  });
});

/** Waits for the list of people; a till that does not come up fails with what it shows and asked for in vain. */
async function comeUp(): Promise<void> {
  const unanswered = new Set<string>();
  page.on('request', (request) => unanswered.add(request.url()));
  page.on('requestfinished', (request) => unanswered.delete(request.url()));
  await page
    .getByTestId('person-ana')
    .waitFor()
    .catch(async (cause: unknown) => {
      const shown = await page.locator('body').innerText();
      throw new Error(`the till shows "${shown}", waits for ${[...unanswered].join(' ')}`, { cause });
    });
}

/** Lets the browser's disk be full for this till, or not any more: its documents live in a worker of the page. */
async function diskSwitch(): Promise<(full: boolean) => Promise<void>> {
  const worker = page.workers().find((one) => one.url().includes('documents-worker'));
  if (!worker) throw new Error('the page has no worker for its documents');
  await worker.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    const state = { full: false };
    Object.assign(globalThis, { disk: state });
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (state.full) throw new DOMException('the disk is full', 'QuotaExceededError');
      return put.call(this, value, key);
    };
  });
  return (full) =>
    worker.evaluate((isFull) => {
      (globalThis as unknown as { disk: { full: boolean } }).disk.full = isFull;
    }, full);
}

async function anArticle(): Promise<{ barcode: string }> {
  const entry = Array.from({ length: 16 }, (_, shard) => origin.entries({ class: 'catalog', shard }) ?? {})
    .map((entries) => entries[`product:${LANTERN.sku}:info`])
    .find((info) => info !== undefined);
  const { barcodes } = JSON.parse(entry ?? '{"barcodes":[]}') as { barcodes: string[] };
  const [barcode] = barcodes;
  if (barcode === undefined) throw new Error('the demo shop has no lantern');
  return { barcode };
}
