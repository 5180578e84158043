/** One choice of a list, with its name in a language. */
export type Named = { readonly code: string; readonly name: string };

/** Codes that Intl names though nobody has a shop there. */
const NO_COUNTRY = ['EU', 'EZ', 'UN', 'XA', 'XB', 'QO', 'ZZ'];
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The countries by name, as the browser knows them. */
export function countries(language: string): readonly Named[] {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
  const named = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).flatMap((code) => {
    const name = names.of(code);
    // A code that was given up stands for the country that took its place.
    const isCurrent = name !== undefined && new Intl.Locale(`und-${code}`).region === code;
    return isCurrent && !NO_COUNTRY.includes(code) ? [{ code, name }] : [];
  });
  return named.sort((a, b) => a.name.localeCompare(b.name, language));
}

/** The currencies by name, as the browser knows them. */
export function currencies(language: string): readonly Named[] {
  const names = new Intl.DisplayNames(language, { type: 'currency' });
  return Intl.supportedValuesOf('currency')
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
}
