import { pino } from 'pino';
import { NewVersion } from './new-version.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { browserSurroundings } from './surroundings.ts';

const log = pino({ name: 'till', level: 'info' });

/** Hands a sentence to whoever reads the browser's log; people at the till see their own words on the screen. */
export function reportToConsole(sentence: string): void {
  log.warn(sentence);
}

/** The one browser this page runs in, with what the person chose for it. */
export const surroundings = browserSurroundings(
  { lasting: localStorage, tab: sessionStorage },
  reportToConsole,
);

/** Language, theme and sounds of this device. */
export const preferences = new Preferences(surroundings, navigator.language);

/** A newer version of the app, when one is on this device. */
export const newVersion = new NewVersion({
  workers: 'serviceWorker' in navigator ? navigator.serviceWorker : undefined,
  reload: () => location.reload(),
  every: (milliseconds, ask) => setInterval(ask, milliseconds),
  report: reportToConsole,
});
