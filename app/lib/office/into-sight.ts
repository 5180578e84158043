/** Moves a row that is wider than its place so far that what is marked in it stands in the middle; the page itself stays where it is. */
export function intoSight(marked: HTMLElement): void {
  const row = marked.closest<HTMLElement>('.overflow-x-auto');
  if (!row) return;
  const { left, width } = marked.getBoundingClientRect();
  const frame = row.getBoundingClientRect();
  row.scrollLeft += left + width / 2 - (frame.left + frame.width / 2);
}
