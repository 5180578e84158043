/** A scan the driver makes: the code a scanner types, and the article whose line must then be seen. */
export type DriverScan = { readonly code: string; readonly sku: string };

/** Milliseconds since the navigation began: when the till could be signed in to, sold at, and showed its first scan. */
export type ColdStart = { readonly ready: number; readonly selling: number; readonly scanned: number };

/** What the driver does in the page of a till, as fast as the page goes. Times in milliseconds. */
export type TillDriver = {
  /** The start of this page, from its address to the line of the first scan, painted. */
  readonly coldStart: Promise<ColdStart>;
  /** From a scanner's Enter to the painted line. */
  scan(scan: DriverScan): Promise<number>;
  /** From a key in the search field to painted results: to the frame after theirs, for no browser tells when text that changed was painted. */
  search(text: string): Promise<number>;
  /** From the press that completes a paid sale to its receipt. */
  sell(): Promise<number>;
  /** Long tasks of the page so far, for whoever looks for the cause of a slow one. */
  readonly longTasks: number[];
};

declare global {
  var tillDriver: TillDriver;
}

/** Puts the driver into a page before anything else runs there; given to playwright as it is, so it uses nothing outside but what installPainted put there. */
export function installDriver({
  person,
  pin,
  first,
}: {
  person: string;
  pin: string;
  first: DriverScan;
}): void {
  const find = <Kind extends HTMLElement>(testid: string) =>
    document.querySelector<Kind>(`[data-testid="${testid}"]`);
  /** Resolves as soon as the page holds what is looked for: within the very task that put it there. */
  const seen = <Kind>(look: (records: readonly MutationRecord[]) => Kind | null | undefined | false) =>
    new Promise<Kind>((resolve) => {
      const check = (records: readonly MutationRecord[]) => {
        const found = look(records);
        if (!found) return;
        observer.disconnect();
        resolve(found);
      };
      const observer = new MutationObserver(check);
      observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
      check([]);
    });
  const click = async (testid: string) => {
    const button = await seen(() => {
      const there = find<HTMLButtonElement>(testid);
      return there && !there.disabled ? there : undefined;
    });
    button.click();
  };
  const press = (key: string) =>
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    );
  /** Looks at what just changed alone: looking through a basket of 600 lines would be measured with the till. */
  const touched = (records: readonly MutationRecord[], sku: string) => {
    const line = `[data-touched][data-sku="${sku}"]`;
    for (const { addedNodes, target } of records)
      for (const node of [target, ...addedNodes]) {
        if (!(node instanceof Element)) continue;
        const found = node.matches(line) ? node : node !== target && node.querySelector(line);
        if (found) return found;
      }
    return undefined;
  };
  const scanned = async ({ code, sku }: DriverScan) => {
    for (const key of code) press(key);
    const began = performance.now();
    press('Enter');
    const shown = await globalThis.painted(await seen((records) => touched(records, sku)));
    return { began, shown };
  };
  const scan = async (one: DriverScan) => {
    const { began, shown } = await scanned(one);
    return shown - began;
  };
  const start = async (): Promise<ColdStart> => {
    await click(`person-${person}`);
    const ready = performance.now();
    for (const digit of pin) await click(`pin-digit-${digit}`);
    await click('sign-in');
    await seen(() => find('barcode-input'));
    const selling = performance.now();
    const { shown } = await scanned(first);
    return { ready, selling, scanned: shown };
  };
  const search = async (text: string) => {
    const field = await seen(() => find<HTMLInputElement>('barcode-input'));
    const before = document.querySelector('[data-testid="search-result"]');
    const began = performance.now();
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    if (text !== '') await seen(() => find('search-result') !== null || before === null);
    await globalThis.nextFrame();
    return performance.now() - began;
  };
  const sell = async () => {
    await click('pay-button');
    await click('cash-payment');
    await click('add-payment');
    await seen(() => !find<HTMLButtonElement>('complete-sale')?.disabled && find('complete-sale'));
    await globalThis.nextFrame();
    const began = performance.now();
    await click('complete-sale');
    await seen(() => find('receipt-number'));
    const taken = performance.now() - began;
    await click('new-sale-button');
    await seen(() => find('barcode-input'));
    return taken;
  };
  const longTasks: number[] = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration));
  }).observe({ type: 'longtask', buffered: true });
  const begun = new Promise<void>((resolve) => {
    document.addEventListener('readystatechange', () => resolve(), { once: true });
  });
  globalThis.tillDriver = { coldStart: begun.then(start), scan, search, sell, longTasks };
}
