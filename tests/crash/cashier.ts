import type { Page } from 'playwright';
import { setTimeout as pause } from 'node:timers/promises';
import { TillPage } from '../e2e/pages/till-page.ts';
import { pinOf } from '../support/shop.ts';

/** An article of the demo: what the basket calls it and what is scanned. */
export type Article = { readonly sku: string; readonly code: string };

/** What a customer wants and how they pay; no article twice. */
export type Wish = { readonly articles: readonly Article[]; readonly pays: 'cash' | 'card' };

/** How long a cashier tries before somebody must be called, in milliseconds. */
const PATIENCE_MS = 90_000;
/** How long one act may take to show, in milliseconds; then the cashier looks again. */
const ACT_MS = 4_000;

/** What a cashier sees on the screen. */
type Seen =
  | 'people'
  | 'opening'
  | 'done'
  | 'not-saved'
  | 'paying'
  | 'selling'
  | 'away'
  | 'fault'
  | 'question'
  | 'journal';

const SEEN: readonly (readonly [Seen, string])[] = [
  ['fault', 'journal-fault'],
  ['not-saved', 'not-saved'],
  ['people', 'person-ana'],
  ['opening', 'float-input'],
  ['question', 'paper-question'],
  ['journal', 'journal-view'],
  ['done', 'receipt-number'],
  ['paying', 'amount-due'],
  ['selling', 'barcode-input'],
];

/** What a cashier can find out besides the screen. */
export type Surroundings = {
  /** Whether a whole receipt of this number lies in the printer. */
  readonly cameOut: (receipt: string) => boolean;
  /** Told every number the till shows as done. */
  readonly told: (receipt: string) => void;
};

/** Somebody at the till who knows no more than the screen, the printer and what the customer wants. */
export class Cashier {
  readonly till: TillPage;
  readonly #world: Surroundings;

  constructor(page: Page, world: Surroundings) {
    this.till = new TillPage(page);
    this.#world = world;
  }

  /** Rings up what the customer wants and goes to the payment; each step is told before it is done. */
  async ring({ articles }: Wish): Promise<void> {
    for (const { code } of articles) await this.till.addBySearch(code);
  }

  /** Takes the money. */
  async take({ pays }: Wish): Promise<void> {
    await (pays === 'cash' ? this.till.payCash('50') : this.till.payCard());
  }

  /** Brings a sale to its end from wherever the till stands. `sold` says whether the journal shows it as sold. */
  async finish(wish: Wish, sold: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    let last = '';
    while (Date.now() < end) {
      const seen = await this.#look();
      try {
        if ((await this.#act(seen, wish, sold)) === 'finished') return;
      } catch (cause) {
        // The screen moved on under the cashier's hand; they look again.
        last = `${seen}: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`;
        if (seen === 'fault' || cause instanceof WrongBasket) throw cause;
      }
    }
    throw new Error(`the sale could not be finished; the till shows ${await this.#shown()} (${last})`);
  }

  /** Answers what the till asks about papers, as somebody who looks into the printer. */
  async answerQuestions(): Promise<void> {
    const question = this.till.page.getByTestId('paper-question').first();
    if (!(await question.isVisible())) return;
    const text = (await question.textContent({ timeout: ACT_MS })) ?? '';
    const receipt = /S\d+-R\d+-\d+/.exec(text)?.[0] ?? '';
    const answer = this.#world.cameOut(receipt) ? 'paper-came-out' : 'paper-print-again';
    await question.getByTestId(answer).click({ timeout: ACT_MS });
    await question.waitFor({ state: 'detached', timeout: ACT_MS });
  }

  /** The receipts the till's own journal shows, oldest first. */
  async journal(): Promise<string[]> {
    const { page } = this.till;
    // An earlier look may have left a dialog open when the machine was too slow for it.
    if (await page.locator('[data-dialog-overlay]').first().isVisible()) await page.keyboard.press('Escape');
    await page.getByTestId('register-menu').click({ timeout: ACT_MS });
    await page.getByTestId('journal').click({ timeout: ACT_MS });
    await page.getByTestId('journal-search').waitFor({ timeout: ACT_MS });
    const rows = await page.getByTestId('journal-row').allTextContents();
    await page.keyboard.press('Escape');
    await page.getByTestId('journal-view').waitFor({ state: 'detached', timeout: ACT_MS });
    return rows.map((row) => /S\d+-R\d+-\d+/.exec(row)?.[0] ?? row).sort();
  }

  async #look(): Promise<Seen> {
    for (const [seen, id] of SEEN) if (await this.till.page.getByTestId(id).first().isVisible()) return seen;
    await pause(50);
    return 'away';
  }

  async #act(seen: Seen, wish: Wish, sold: () => Promise<boolean>): Promise<'finished' | 'goes-on'> {
    const { till } = this;
    const { page } = till;
    page.setDefaultTimeout(ACT_MS);
    switch (seen) {
      case 'away':
        return 'goes-on';
      case 'fault':
        throw new Error(`the till will not write: ${await this.#shown()}`);
      case 'people':
        await till.signIn('ana', pinOf('ana'));
        await page.getByTestId('person-ana').waitFor({ state: 'detached' });
        return 'goes-on';
      case 'opening':
        throw new Error('the till asks for a float although its session is open');
      case 'question':
        await this.answerQuestions();
        return 'goes-on';
      case 'journal':
        await page.keyboard.press('Escape');
        return 'goes-on';
      case 'not-saved':
        await page.getByTestId('retry-save').click();
        await page.getByTestId('not-saved').waitFor({ state: 'detached' });
        return 'goes-on';
      case 'done':
        await this.#next();
        return 'finished';
      case 'paying':
        return this.#pay(wish);
      case 'selling':
        return this.#sell(wish, sold);
    }
  }

  async #next(): Promise<void> {
    const number = await this.till.receiptNumber.textContent();
    this.#world.told(/S\d+-R\d+-\d+/.exec(number ?? '')?.[0] ?? '');
    await this.till.newSale();
  }

  async #pay(wish: Wish): Promise<'goes-on'> {
    const { page } = this.till;
    if ((await this.till.payments.count()) === 0) {
      await this.take(wish);
      await this.till.payments.first().waitFor();
      return 'goes-on';
    }
    await page.getByTestId('complete-sale').click();
    await page.getByTestId('complete-sale').waitFor({ state: 'detached' });
    return 'goes-on';
  }

  async #sell(wish: Wish, sold: () => Promise<boolean>): Promise<'finished' | 'goes-on'> {
    const skus = await this.till.lines.evaluateAll((lines) =>
      lines.map((line) => (line as HTMLElement).dataset['sku'] ?? ''),
    );
    if (skus.length === 0 && (await sold())) return 'finished';
    const foreign = skus.filter((sku) => !wish.articles.some((article) => article.sku === sku));
    if (foreign.length > 0) throw new WrongBasket(foreign);
    for (const { sku, code } of wish.articles) {
      if (skus.includes(sku)) continue;
      await this.till.addBySearch(code);
      await this.till.line(sku).waitFor();
    }
    await this.till.startPaying();
    return 'goes-on';
  }

  async #shown(): Promise<string> {
    const text = await this.till.page.locator('body').innerText({ timeout: ACT_MS });
    return JSON.stringify(text.replaceAll(/\s+/g, ' ').slice(0, 400));
  }
}

/** The basket holds what this customer never had: it is another customer's. */
class WrongBasket extends Error {
  constructor(skus: readonly string[]) {
    super(`the basket holds ${skus.join(', ')}, which this customer does not want`);
  }
}
