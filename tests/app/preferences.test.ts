import { describe, expect, test } from 'vitest';
import { Preferences, shownLook, THEMES } from '../../app/lib/preferences.svelte.ts';
import { HeldSurroundings } from './till/till-fixture.ts';

describe('how a screen looks', () => {
  test.each([
    [{ dark: false, contrast: false }, 'light'],
    [{ dark: true, contrast: false }, 'dark'],
    [{ dark: false, contrast: true }, 'contrast'],
    [{ dark: true, contrast: true }, 'contrast-dark'],
  ] as const)('follows a device that asks for %o', (device, look) => {
    expect(shownLook('system', device)).toBe(look);
  });

  test('is what was chosen, whatever the device asks for', () => {
    const chosen = THEMES.filter((theme) => theme !== 'system');
    expect(chosen.map((theme) => shownLook(theme, { dark: true, contrast: true }))).toEqual(chosen);
    expect(chosen.map((theme) => shownLook(theme, { dark: false, contrast: false }))).toEqual(chosen);
  });

  test('is chosen once for the device: the next page finds it', () => {
    const surroundings = new HeldSurroundings();
    new Preferences(surroundings, 'es-ES').theme = 'contrast-dark';
    expect(new Preferences(surroundings, 'es-ES').theme).toBe('contrast-dark');
  });

  test('is as the device asks where the note says what no version of the app knows', () => {
    const surroundings = new HeldSurroundings();
    surroundings.writeNote('theme', 'sepia');
    expect(new Preferences(surroundings, 'es-ES').theme).toBe('system');
  });
});
