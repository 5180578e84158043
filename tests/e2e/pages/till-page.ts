import type { Locator, Page } from 'playwright';

/**
 * The till as a person uses it: places on the screen and what is done there. Every test of a till goes through this, so a
 * changed screen changes one file.
 */
export class TillPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get search(): Locator {
    return this.page.getByTestId('barcode-input');
  }
  get total(): Locator {
    return this.page.getByTestId('basket-total');
  }
  get lines(): Locator {
    return this.page.getByTestId('item-row');
  }
  get error(): Locator {
    return this.page.getByTestId('error-message');
  }
  get due(): Locator {
    return this.page.getByTestId('amount-due');
  }
  get change(): Locator {
    return this.page.getByTestId('change-due');
  }
  get receiptNumber(): Locator {
    return this.page.getByTestId('receipt-number');
  }
  get receipt(): Locator {
    return this.page.getByTestId('receipt-modal');
  }
  get printState(): Locator {
    return this.page.getByTestId('print-state');
  }
  get payments(): Locator {
    return this.page.getByTestId('payment-row');
  }
  get storeSales(): Locator {
    return this.page.getByTestId('store-sales');
  }
  get savedBanner(): Locator {
    return this.page.getByTestId('banner-saved');
  }
  get notSaved(): Locator {
    return this.page.getByTestId('not-saved');
  }
  get zReport(): Locator {
    return this.page.getByTestId('z-report');
  }
  get difference(): Locator {
    return this.page.getByTestId('difference');
  }

  get approval(): Locator {
    return this.page.getByTestId('approval-dialog');
  }
  get farewell(): Locator {
    return this.page.getByTestId('farewell');
  }
  get signOutWarning(): Locator {
    return this.page.getByTestId('sign-out-warning');
  }

  /** A state of the status bar. */
  status(what: 'saved' | 'hq' | 'peers' | 'printer'): Locator {
    return this.page.getByTestId(`status-${what}`);
  }

  /** The line of an article in the basket. */
  line(sku: string): Locator {
    return this.page.locator(`[data-testid="item-row"][data-sku="${sku}"]`);
  }

  /** Goes to the till. */
  async visit(url: string): Promise<void> {
    await this.page.goto(url);
  }

  /** Signs a person in with the pad on the screen. */
  async signIn(person: string, pin: string): Promise<void> {
    await this.page.getByTestId(`person-${person}`).click();
    for (const digit of pin) await this.page.getByTestId(`pin-digit-${digit}`).click();
    await this.page.getByTestId('sign-in').click();
  }

  /** Approves what is asked for, as somebody else with their PIN. */
  async approve(person: string, pin: string): Promise<void> {
    await this.page.getByTestId(`approver-${person}`).click();
    for (const digit of pin) await this.page.getByTestId(`pin-digit-${digit}`).click();
    await this.page.getByTestId('approve').click();
    await this.approval.waitFor({ state: 'detached' });
  }

  /** Asks to open the drawer without a sale. */
  async openDrawer(reason: string): Promise<void> {
    await this.menu('open-drawer');
    await this.page.getByTestId('drawer-reason').fill(reason);
    await this.page.getByTestId('confirm-open-drawer').click();
  }

  /** Signs out from the menu of the person. */
  async signOut(): Promise<void> {
    await this.page.getByTestId('person-menu').click();
    await this.page.getByTestId('sign-out').click();
  }

  /** Opens the session with an amount in the major unit. */
  async openSession(float: string): Promise<void> {
    await this.page.getByTestId('float-input').fill(float);
    await this.page.getByTestId('open-session').click();
    await this.search.waitFor();
  }

  /** Scans as a keyboard scanner does, wherever the focus is. */
  async scan(code: string): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const start = Date.now() / 1000;
    // The keys carry the times of a scanner, so that a slow machine does not turn it into a slow typist.
    const keys = [...code, 'Enter'].flatMap((key, i) => {
      const timestamp = start + i * 0.005;
      const enter = key === 'Enter' ? { code: 'Enter', windowsVirtualKeyCode: 13 } : {};
      const text = key === 'Enter' ? '\r' : key;
      return [
        session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text, timestamp, ...enter }),
        session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, timestamp, ...enter }),
      ];
    });
    await Promise.all(keys);
    await session.detach();
  }

  /** Types into the search field, as a person does, and takes the first hit. */
  async addBySearch(words: string): Promise<void> {
    await this.search.fill(words);
    await this.search.press('Enter');
  }

  /** Sets the quantity of an article's line. */
  async setQuantity(sku: string, quantity: string): Promise<void> {
    await this.line(sku).click();
    await this.page.getByTestId('line-quantity').fill(quantity);
    await this.page.getByTestId('apply-quantity').click();
  }

  /** Takes an article's line out of the basket. */
  async removeLine(sku: string): Promise<void> {
    await this.line(sku).click();
    await this.page.getByTestId('remove-line').click();
  }

  /** Brings the removed line back. */
  async undoRemove(): Promise<void> {
    await this.page.getByTestId('undo-remove').click();
  }

  /** Goes to the payment screen. */
  async startPaying(): Promise<void> {
    await this.page.getByTestId('pay-button').click();
    await this.due.waitFor();
  }

  /** Takes cash; without an amount what is due. */
  async payCash(received?: string): Promise<void> {
    await this.page.getByTestId('cash-payment').click();
    if (received !== undefined) await this.page.getByTestId('cash-received').fill(received);
    await this.page.getByTestId('add-payment').click();
  }

  /** Takes a card; without an amount what is due. */
  async payCard(amount?: string, approval?: string): Promise<void> {
    await this.page.getByTestId('card-payment').click();
    if (amount !== undefined) await this.page.getByTestId('payment-amount').fill(amount);
    if (approval !== undefined) await this.page.getByTestId('approval-code').fill(approval);
    await this.page.getByTestId('add-payment').click();
  }

  /** Completes the sale and waits for its receipt; gives the receipt number. */
  async complete(): Promise<string> {
    await this.page.getByTestId('complete-sale').click();
    await this.receiptNumber.waitFor();
    return (await this.receiptNumber.textContent()) ?? '';
  }

  /** Starts the next sale. */
  async newSale(): Promise<void> {
    await this.page.getByTestId('new-sale-button').click();
    await this.search.waitFor();
  }

  /** Sells what is in the basket for cash with `received` given; gives the receipt number. */
  async sellForCash(received?: string): Promise<string> {
    await this.startPaying();
    await this.payCash(received);
    return this.complete();
  }

  /** Opens an entry of the register menu by its test id. */
  async menu(
    entry:
      | 'x-report'
      | 'journal'
      | 'gift-card'
      | 'layaway'
      | 'paid-in'
      | 'paid-out'
      | 'safe-drop'
      | 'handover'
      | 'choose-drawer'
      | 'store-day'
      | 'closings'
      | 'exceptions'
      | 'sequence-check'
      | 'open-drawer'
      | 'close-session'
      | 'customer-display'
      | 'training',
  ): Promise<void> {
    await this.page.getByTestId('register-menu').click();
    await this.page.getByTestId(entry).click();
  }

  /** Puts cash in or takes it out. */
  async moveCash(direction: 'paid-in' | 'paid-out', amount: string, reason: string): Promise<void> {
    await this.menu(direction);
    await this.page.getByTestId('cash-amount').fill(amount);
    await this.page.getByTestId('cash-reason').fill(reason);
    await this.page.getByTestId('confirm-cash-move').click();
    await this.page.getByTestId('cash-move').waitFor({ state: 'detached' });
  }

  /** Counts the drawer for somebody else and hands it over; `reason` where there is a difference. */
  async handOver(to: string, counted: string, reason?: string): Promise<void> {
    await this.menu('handover');
    await this.page.getByTestId(`handover-to-${to}`).click();
    await this.page.getByTestId('handover-count').fill(counted);
    await this.page.getByTestId('compare-handover').click();
    if (reason !== undefined) await this.page.getByTestId('handover-reason').fill(reason);
    await this.page.getByTestId('confirm-handover').click();
    await this.page.getByTestId('handover-dialog').waitFor({ state: 'detached' });
  }

  /** Takes `quantity` of an article of a receipt back into the basket. */
  async takeBack(receipt: string, sku: string, quantity: string): Promise<void> {
    await this.page.getByTestId('refund-button').click();
    await this.page.getByTestId('refund-search').fill(receipt);
    await this.page.getByTestId('refund-find').click();
    const line = this.page.locator(`[data-testid="refund-line"][data-sku="${sku}"]`);
    await line.getByTestId('refund-quantity').fill(quantity);
    await line.getByTestId('add-refund').click();
    await this.page.getByTestId('refund-done').click();
  }

  /** Counts the drawer and shows the difference. */
  async countDrawer(counted: string): Promise<void> {
    await this.menu('close-session');
    await this.page.getByTestId('counted-input').fill(counted);
    await this.page.getByTestId('compare-count').click();
    await this.difference.waitFor();
  }

  /** Closes the session after the count; `reason` where there is a difference, `approver` where it is a large one. */
  async confirmClose(reason?: string, approver?: { person: string; pin: string }): Promise<void> {
    if (reason !== undefined) await this.page.getByTestId('difference-reason').fill(reason);
    await this.page.getByTestId('ask-close').click();
    await this.page.getByTestId('confirm-close').click();
    if (approver) await this.approve(approver.person, approver.pin);
    await this.zReport.waitFor();
  }

  /** Leaves the Z report; the register is closed then. */
  async leaveZReport(): Promise<void> {
    await this.page.getByTestId('leave-z-report').click();
    await this.page.getByTestId('float-input').waitFor();
  }

  /** Takes a percentage off the whole basket; `sku` names the line it comes off instead. */
  async discount(percent: string, reason: string, sku?: string): Promise<void> {
    if (sku === undefined) await this.page.getByTestId('basket-discount').click();
    else {
      await this.line(sku).click();
      await this.page.getByTestId('line-discount').click();
    }
    await this.page.getByTestId('discount-value').fill(percent);
    await this.page.getByTestId('discount-reason').fill(reason);
    await this.page.getByTestId('apply-discount').click();
  }

  /** Parks the basket under a name. */
  async park(name: string): Promise<void> {
    await this.page.getByTestId('parked-button').click();
    await this.page.getByTestId('parked-name').fill(name);
    await this.page.getByTestId('park-basket').click();
    await this.page.getByTestId('parked-dialog').waitFor({ state: 'detached' });
  }

  /** Resumes the basket that was parked under a name. */
  async resume(name: string): Promise<void> {
    await this.page.getByTestId('parked-button').click();
    await this.page.getByTestId('parked-row').filter({ hasText: name }).getByTestId('resume-basket').click();
    await this.page.getByTestId('parked-dialog').waitFor({ state: 'detached' });
  }

  /** Asks to void a receipt of this session. */
  async voidReceipt(receipt: string, reason: string): Promise<void> {
    await this.menu('journal');
    await this.page.getByTestId('journal-row').filter({ hasText: receipt }).click();
    await this.page.getByTestId('journal-void').click();
    await this.page.getByTestId('void-reason').fill(reason);
    await this.page.getByTestId('confirm-void').click();
  }

  /** Opens the customers and looks for some; the search has the focus. */
  async findCustomer(words: string): Promise<void> {
    await this.page.keyboard.press('F3');
    await this.page.getByTestId('customer-search').fill(words);
    await this.page.getByTestId('customer-found').first().waitFor();
  }

  /** Opens what the till knows of a customer. */
  async openCustomer(words: string): Promise<void> {
    await this.findCustomer(words);
    await this.page.getByTestId('customer-details').first().click();
    await this.page.getByTestId('history-horizon').waitFor();
  }
}
