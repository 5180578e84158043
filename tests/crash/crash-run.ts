import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { pinOf } from '../support/shop.ts';
import { Cashier, type Wish } from './cashier.ts';
import { foundCrashShop, startCrashShop, type CrashShop } from './crash-shop.ts';
import { brokenPromises, receiptsOnPaper } from './oracles.ts';
import { AT_PRINTER, isMessageOf, type Plan, type Victim } from './plan.ts';
import type { Fate, Passing } from './tripwire.ts';

/** How long everything may take to be equal everywhere after a crash, in milliseconds. */
const SETTLE_MS = 45_000;
/** How long the page of a till that just started may take to come, in milliseconds. */
const COME_UP_MS = 60_000;

/** A shop with a browser at its till, and the crashes that hit it. */
export class CrashRun {
  readonly shop: CrashShop;
  readonly #profile: string;
  readonly #wishes: Wish[] = [];
  readonly #told = new Set<string>();
  #browser: TestBrowser | undefined;
  #cashier: Cashier | undefined;
  /** How often a machine had to be started again because it did not come up at the first try. */
  secondStarts = 0;

  private constructor(shop: CrashShop, profile: string) {
    this.shop = shop;
    this.#profile = profile;
  }

  /** Starts a shop in a folder, founded there or a copy of `founded`, and opens the session of its till. */
  static async begin(folder: string, founded?: string): Promise<CrashRun> {
    if (founded === undefined) await foundCrashShop(folder);
    else await cp(founded, folder, { recursive: true });
    const shop = await startCrashShop(folder);
    const run = new CrashRun(shop, join(folder, 'browser'));
    try {
      await run.openBrowser();
      const { till } = run.cashier;
      till.page.setDefaultTimeout(COME_UP_MS);
      const code = till.page.getByTestId('set-up-code');
      await code.fill(shop.code);
      await code.press('Enter');
      await till.signIn('ana', pinOf('ana'));
      await till.openSession('100');
      return run;
    } catch (cause) {
      await run.end();
      throw cause;
    }
  }

  /** Who works the till now. */
  get cashier(): Cashier {
    if (!this.#cashier) throw new Error('the browser is not open');
    return this.#cashier;
  }

  /** How many sales there must be by now. */
  get receipts(): number {
    return this.#wishes.length;
  }

  /** One crash in the middle of a sale, and a sale after it. Resolves when every promise is kept; throws what is broken. */
  async round(plan: Plan): Promise<void> {
    this.#wishes.push(plan.wish);
    await this.#sellUntilStruck(plan);
    await this.#recover(plan);
    await this.cashier.finish(plan.wish, () => this.#isSold());
    this.#wishes.push(plan.after);
    await this.cashier.finish(plan.after, () => this.#isSold());
    await this.#settled();
  }

  /** Ends browser and shop. */
  async end(): Promise<void> {
    await this.killBrowser();
    await this.shop.stop();
  }

  async #sellUntilStruck(plan: Plan): Promise<void> {
    const hit = { struck: false, armed: false };
    let skip = plan.skip;
    const strike = () => {
      if (!hit.struck) this.#strike(plan);
      hit.struck = true;
    };
    const look = (passing: Passing): Fate => {
      if (!hit.armed || hit.struck || !isMessageOf(plan.step, passing) || skip-- > 0) return 'passes';
      if (!plan.arrives || plan.delay === 0) strike();
      else setTimeout(strike, plan.delay);
      return plan.arrives ? 'passes' : 'is-lost';
    };
    (AT_PRINTER.has(plan.step) ? this.shop.paper : this.shop.page).look = look;
    const at = async (step: Plan['step'], act: () => Promise<unknown>) => {
      const doing = act();
      if (plan.step === step) {
        // It may fail before it is awaited below, and a rejection nobody waits for ends the process.
        doing.catch(() => undefined);
        await pause(plan.delay);
        strike();
      }
      await doing;
    };
    try {
      await this.#sale(plan.wish, at, () => (hit.armed = true));
      // What waits for the printer comes after the cashier is done.
      for (let wait = 0; AT_PRINTER.has(plan.step) && !hit.struck && wait < 40; wait++) await pause(50);
    } catch (cause) {
      // A page that is gone or stands still is what a crash looks like; without one it is a fault of the till.
      if (!hit.struck) throw cause;
    } finally {
      this.shop.page.look = undefined;
      this.shop.paper.look = undefined;
    }
    strike();
  }

  async #sale(
    wish: Wish,
    at: (step: Plan['step'], act: () => Promise<unknown>) => Promise<void>,
    arm: () => void,
  ): Promise<void> {
    const { cashier } = this;
    const { till } = cashier;
    till.page.setDefaultTimeout(5_000);
    await at('ringing', () => cashier.ring(wish));
    await at('to-payment', () => till.startPaying());
    await at('taking', () => cashier.take(wish));
    await till.payments.first().waitFor();
    arm();
    await at('completing', () => till.page.getByTestId('complete-sale').click());
    await till.receiptNumber.waitFor();
    this.#told.add(/S\d+-R\d+-\d+/.exec((await till.receiptNumber.textContent()) ?? '')?.[0] ?? '');
    await at('done', async () => undefined);
    await at('next-sale', () => till.newSale());
  }

  #strike({ victim, printerToo }: Plan): void {
    const { office, till, printer } = this.shop;
    const kill: Readonly<Record<Victim, () => unknown>> = {
      browser: () => this.killBrowser(),
      relay: () => till.kill('relay'),
      bridge: () => till.kill('bridge'),
      indexer: () => office.kill('reports'),
      'office-relay': () => office.kill('relay'),
      office: () => office.powerCut(),
      supervisor: () => till.killSupervisor(),
      power: () => {
        till.powerCut();
        void this.killBrowser();
        if (printerToo) void printer.setFaults({ off: true });
      },
    };
    kill[victim]();
  }

  /** Ends every process of the browser at once. */
  async killBrowser(): Promise<void> {
    await this.#browser?.kill();
  }

  async #recover({ victim }: Plan): Promise<void> {
    const { office, till, printer } = this.shop;
    if (victim === 'office') {
      await office.gone();
      this.secondStarts += (await office.start()) - 1;
    }
    if (victim === 'power' || victim === 'supervisor') {
      await till.gone();
      await printer.setFaults({ off: false });
      this.secondStarts += (await till.start()) - 1;
    }
    if (victim === 'power' || victim === 'browser') {
      await this.killBrowser();
      await this.openBrowser();
    }
  }

  /** Starts the browser of the till on its profile. */
  async openBrowser(): Promise<void> {
    this.#browser = await launchBrowser(this.#profile);
    const page = this.#browser.context.pages()[0] ?? (await this.#browser.context.newPage());
    await page.setViewportSize({ width: 1024, height: 768 });
    const { shop } = this;
    this.#cashier = new Cashier(page, {
      cameOut: (receipt) => receiptsOnPaper(shop.papers).some((paper) => paper.receipt === receipt),
      told: (receipt) => this.#told.add(receipt),
    });
    await page.goto(shop.url, { timeout: COME_UP_MS });
  }

  /** Whether the last customer's sale is in the till's journal already. */
  async #isSold(): Promise<boolean> {
    return (await this.cashier.journal()).length >= this.#wishes.length;
  }

  async #settled(): Promise<void> {
    const end = Date.now() + SETTLE_MS;
    for (;;) {
      await this.cashier.answerQuestions();
      const broken = await this.#broken();
      if (broken.length === 0) return;
      if (Date.now() > end) throw new Error(broken.join('\n  '));
      await pause(150);
    }
  }

  async #broken(): Promise<readonly string[]> {
    try {
      const journal = await this.cashier.journal();
      return await brokenPromises(this.shop, { wishes: this.#wishes, told: this.#told, journal });
    } catch (cause) {
      // A program that is being started again does not answer yet.
      return [cause instanceof Error ? cause.message : String(cause)];
    }
  }
}
