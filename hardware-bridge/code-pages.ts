import { CharacterSet } from 'node-thermal-printer';

/**
 * The code pages that both sides agree on: the n of ESC t n, the encoder's name for it, and the web platform's name, from which we learn
 * what the page can show. Pages the platform cannot decode (437, 850, 852, 858) are left out: we could not tell what they would print.
 */
const PAGES = new Map<number, { readonly set: CharacterSet; readonly label: string }>([
  [15, { set: CharacterSet.ISO8859_7_GREEK, label: 'iso-8859-7' }],
  [16, { set: CharacterSet.WPC1252, label: 'windows-1252' }],
  [17, { set: CharacterSet.PC866_CYRILLIC2, label: 'ibm866' }],
  [39, { set: CharacterSet.ISO8859_2_LATIN2, label: 'iso-8859-2' }],
  [40, { set: CharacterSet.ISO8859_15_LATIN9, label: 'iso-8859-15' }],
  [45, { set: CharacterSet.WPC1250_LATIN2, label: 'windows-1250' }],
  [46, { set: CharacterSet.WPC1251_CYRILLIC, label: 'windows-1251' }],
  [47, { set: CharacterSet.WPC1253_GREEK, label: 'windows-1253' }],
  [48, { set: CharacterSet.WPC1254_TURKISH, label: 'windows-1254' }],
  [51, { set: CharacterSet.WPC1257_BALTIC_RIM, label: 'windows-1257' }],
]);

/** The numbers of the code pages the bridge can use. */
export const knownCodePages: readonly number[] = [...PAGES.keys()];

/** Whether the bridge can use this n of ESC t n. */
export function isKnownCodePage(codePage: number): boolean {
  return PAGES.has(codePage);
}

/** The encoder's name of a known code page. */
export function characterSetOf(codePage: number): CharacterSet {
  return PAGES.get(codePage)?.set ?? CharacterSet.WPC1252;
}

/** The characters above ASCII that a known code page shows, without control characters, no-break space and soft hyphen. */
export function repertoireOf(codePage: number): ReadonlySet<string> {
  const decoder = new TextDecoder(PAGES.get(codePage)?.label ?? 'windows-1252');
  const upperHalf = decoder.decode(Uint8Array.from({ length: 128 }, (_, index) => 128 + index));
  return new Set(
    [...upperHalf].filter((character) => !/[\u0080-\u00a0\u00ad\ufffd\p{M}\p{Cf}]/u.test(character)),
  );
}

/** The bytes of a text in a known code page, one for each character; what the page does not have is a question mark. */
export function encodeText(text: string, codePage: number): number[] {
  const decoder = new TextDecoder(PAGES.get(codePage)?.label ?? 'windows-1252');
  const upperHalf = decoder.decode(Uint8Array.from({ length: 128 }, (_, index) => 128 + index));
  return [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0x3f;
    const upper = upperHalf.indexOf(character);
    if (code < 128) return code;
    return upper < 0 ? 0x3f : 128 + upper;
  });
}
