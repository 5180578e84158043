/** What a tile without a picture shows: the first letters of the first two words, `WM` for “White metal lantern”. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const letters = words.length > 1 ? words.slice(0, 2).map(([first = '']) => first) : [...(words[0] ?? '')];
  return letters.slice(0, 2).join('').toLocaleUpperCase();
}
