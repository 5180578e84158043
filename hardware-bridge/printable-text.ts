import { repertoireOf } from './code-pages.ts';

/** Turns any text into text a printer can show, one character per column; only line feeds remain of the control characters. */
export type TextCleaner = (text: string) => string;

/** Plain stand-ins for what compatibility decomposition does not take apart. */
const STAND_INS = new Map<string, string>(
  Object.entries({
    '−': '-',
    '‐': '-',
    '‑': '-',
    '‒': '-',
    '–': '-',
    '—': '-',
    '―': '-',
    '─': '-',
    '│': '|',
    '═': '=',
    '‘': "'",
    '’': "'",
    '‚': "'",
    '“': '"',
    '”': '"',
    '„': '"',
    '«': '"',
    '»': '"',
    '•': '*',
    '·': '.',
    '→': '->',
    '←': '<-',
    '≤': '<=',
    '≥': '>=',
    '≠': '!=',
    '≈': '~',
    '✓': 'v',
    '✗': 'x',
    '×': 'x',
    '÷': '/',
    ł: 'l',
    Ł: 'L',
    đ: 'd',
    Đ: 'D',
    ø: 'o',
    Ø: 'O',
    ı: 'i',
    ħ: 'h',
    ß: 'ss',
    æ: 'ae',
    Æ: 'AE',
    œ: 'oe',
    Œ: 'OE',
    þ: 'th',
    ð: 'd',
    '¡': '!',
    '¿': '?',
    '€': 'EUR',
    '£': 'GBP',
    '¥': 'JPY',
    '₹': 'INR',
    '₽': 'RUB',
    '₺': 'TRY',
    '₴': 'UAH',
    '₪': 'ILS',
    '₩': 'KRW',
    '₦': 'NGN',
    '₱': 'PHP',
    '₫': 'VND',
  }),
);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Makes the cleaner for a code page. Control and format characters go (a product name must never open a drawer), every kind of space becomes a
 * space, and a character outside the page becomes its plain form or, failing that, one `?`.
 */
export function textCleaner(codePage: number): TextCleaner {
  const upper = repertoireOf(codePage);
  const shows = (character: string): boolean => /^[\x20-\x7e]$/.test(character) || upper.has(character);
  return (text) => {
    const plain = text
      .normalize('NFC')
      .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
      .replace(/[\t\p{Zs}]/gu, ' ');
    // Most receipts are ASCII; taking them apart into graphemes would cost more than all the rest.
    if (/^[\n\x20-\x7e]*$/.test(plain)) return plain;
    return [...graphemes.segment(plain)].map(({ segment }) => showable(segment, shows)).join('');
  };
}

function showable(grapheme: string, shows: (character: string) => boolean): string {
  if (grapheme === '\n' || shows(grapheme)) return grapheme;
  const visible = grapheme.replace(/[\p{Cc}\p{Cf}]/gu, '');
  if (visible === '') return '';
  const characters = [...visible].map((character) =>
    shows(character) ? character : (plainForm(character, shows) ?? '?'),
  );
  // A family emoji is five code points and one picture: one question mark is enough.
  return characters.every((character) => character === '?' || character === '')
    ? '?'
    : characters.join('').replaceAll('?', '');
}

function plainForm(character: string, shows: (character: string) => boolean): string | null {
  if (/\p{M}/u.test(character)) return '';
  const standIn = STAND_INS.get(character);
  if (standIn !== undefined) return standIn;
  const base = character.normalize('NFKD').replace(/\p{M}/gu, '');
  const letters = [...base].map((letter) => (shows(letter) ? letter : STAND_INS.get(letter)));
  return base !== '' && letters.every((letter) => letter !== undefined) ? letters.join('') : null;
}
