import type { Page } from 'playwright';

/** How long a screen may take to come, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * A walk through screens: gives the name of each one once it is there, and goes on when it is asked for the next. Whoever
 * follows it looks at the page in between.
 */
export type Walk = AsyncGenerator<string, void, undefined>;

/** Waits until a place is on the screen. */
export async function reached(page: Page, testid: string): Promise<void> {
  await page.getByTestId(testid).first().waitFor({ timeout: PATIENCE_MS });
}

/** Touches a place. */
export async function touch(page: Page, testid: string): Promise<void> {
  await page.getByTestId(testid).first().click({ timeout: PATIENCE_MS });
}

/** Touches a place and waits for the one it leads to. */
export async function lead(page: Page, from: string, to: string): Promise<void> {
  await touch(page, from);
  await reached(page, to);
}

/** Closes what lies on top and waits until it is gone. */
export async function leave(page: Page, testid: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByTestId(testid).first().waitFor({ state: 'detached', timeout: PATIENCE_MS });
}

/** Follows a walk to its end; rejects with the name of the last screen when the next one could not be reached. */
export async function follow(walk: Walk, look: (screen: string) => Promise<void>): Promise<void> {
  let last = 'the start';
  try {
    for await (const screen of walk) {
      last = screen;
      await look(screen);
    }
  } catch (cause) {
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n\n');
    throw new Error(`The screen after ${last} could not be reached: ${why}`, { cause });
  }
}
