import { overwriteGetLocale, type Locale } from '$lib/paraglide/runtime.js';
import type { Surroundings } from './surroundings.ts';

/** How the screen looks; `system` follows the device. */
export const THEMES = ['system', 'light', 'dark', 'contrast', 'contrast-dark'] as const;
/** How the screen looks. */
export type Theme = (typeof THEMES)[number];

/** What a device asks for: a dark screen, and edges and colours that stand out. */
export type DeviceLook = { readonly dark: boolean; readonly contrast: boolean };

/** The look a page has: as chosen, else as the device asks, where more contrast may be dark too. */
export function shownLook(theme: Theme, { dark, contrast }: DeviceLook): Exclude<Theme, 'system'> {
  if (theme !== 'system') return theme;
  if (contrast) return dark ? 'contrast-dark' : 'contrast';
  return dark ? 'dark' : 'light';
}

/** What a person chooses for this device: language, theme and sounds. Kept as notes, shown at once everywhere. */
export class Preferences {
  #language = $state<Locale>('en');
  #theme = $state<Theme>('system');
  #sounds = $state(true);
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings, browserLanguage: string) {
    this.#surroundings = surroundings;
    const language = surroundings.readNote('language') ?? browserLanguage.slice(0, 2);
    this.#language = language === 'es' ? 'es' : 'en';
    const theme = THEMES.find((name) => name === surroundings.readNote('theme'));
    this.#theme = theme ?? 'system';
    this.#sounds = surroundings.readNote('sounds') !== 'off';
    overwriteGetLocale(() => this.#language);
  }

  /** The language every text is shown in. */
  get language(): Locale {
    return this.#language;
  }

  /** Changes the language for this device; every text follows at once. */
  set language(language: Locale) {
    this.#language = language;
    this.#surroundings.writeNote('language', language);
  }

  /** The theme as chosen. */
  get theme(): Theme {
    return this.#theme;
  }

  /** Changes the theme. */
  set theme(theme: Theme) {
    this.#theme = theme;
    this.#surroundings.writeNote('theme', theme);
  }

  /** Whether the till makes sounds. */
  get sounds(): boolean {
    return this.#sounds;
  }

  /** Turns the sounds on or off. */
  set sounds(on: boolean) {
    this.#sounds = on;
    this.#surroundings.writeNote('sounds', on ? 'on' : 'off');
  }
}
