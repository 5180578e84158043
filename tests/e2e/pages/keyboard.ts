import type { Page } from 'playwright';
import { vi } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';

/** As many presses as the longest way over a screen takes. */
const MOST_PRESSES = 80;

/** What has the focus: its stable name, or what it is, and whether the eye sees that it has it. */
export type Focus = { readonly name: string; readonly inDialog: boolean; readonly visible: boolean };

/** Reads what has the focus now. */
export function focusOf(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const focusColour = document.createElement('i');
    focusColour.style.color = 'var(--focus)';
    document.body.append(focusColour);
    const { color } = getComputedStyle(focusColour);
    focusColour.remove();
    const outlined = [null, '::after'].some((part) => {
      const style = getComputedStyle(element, part);
      return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
    });
    // A field within a frame of its own, as an amount beside its currency, shows it by the frame.
    const framed = [element, element.parentElement ?? element].some(
      (one) => getComputedStyle(one).borderTopColor === color,
    );
    return {
      name: element.getAttribute('data-testid') ?? element.tagName,
      inDialog: element.closest('[role="dialog"]') !== null,
      visible: outlined || framed,
    };
  });
}

/** A person without a mouse: goes with Tab and sees where the focus is. */
export class Keyboard {
  readonly #page: Page;
  /** Where the focus was and could not be seen. */
  readonly unseen: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** Presses keys one after the other: `F9`, `Enter`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  /** Types into what has the focus, as slowly as a person. */
  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text, { delay: 60 });
  }

  /** Goes on with Tab until a place has the focus. */
  async tabTo(testid: string): Promise<void> {
    await this.#page.getByTestId(testid).first().waitFor();
    for (let i = 0; i < MOST_PRESSES; i++) {
      const focus = await focusOf(this.#page);
      if (!focus.visible && focus.name !== 'BODY') this.unseen.push(focus.name);
      if (focus.name === testid) return;
      await this.press('Tab');
    }
    throw new Error(`${testid} is not reached with ${MOST_PRESSES} presses of Tab`);
  }

  /** Goes to a place and presses Enter there. */
  async enter(testid: string): Promise<void> {
    await this.tabTo(testid);
    await this.press('Enter');
  }

  /** Waits until a dialog is gone and something else has the focus: with nothing in focus a person begins at the top again. */
  async leftBehind(dialog: string): Promise<string> {
    await this.#page.getByTestId(dialog).waitFor({ state: 'detached' });
    return vi.waitFor(async () => {
      const { name } = await focusOf(this.#page);
      if (name === 'BODY') throw new Error(`nothing has the focus after ${dialog}`);
      return name;
    }, PATIENCE);
  }

  /** The places Tab leads to, `presses` of them from here. */
  async around(presses: number): Promise<readonly Focus[]> {
    const places: Focus[] = [];
    for (let i = 0; i < presses; i++) {
      await this.press('Tab');
      places.push(await focusOf(this.#page));
    }
    return places;
  }
}
