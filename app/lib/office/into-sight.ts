/**
 * Moves a row that is wider than its place so far that what is marked in it stands in the middle, again whenever the place gets another
 * width; the page itself stays where it is. For `{@attach}`: gives back what ends it.
 */
export function intoSight(marked: HTMLElement): (() => void) | undefined {
  const row = marked.closest<HTMLElement>('.overflow-x-auto');
  if (!row) return undefined;
  let width = 0;
  const watch = new ResizeObserver(() => {
    // Not when it only grew higher: somebody may have moved it meanwhile.
    if (row.clientWidth === width) return;
    width = row.clientWidth;
    centre(marked, row);
  });
  watch.observe(row);
  return () => watch.disconnect();
}

function centre(marked: HTMLElement, row: HTMLElement): void {
  const { left, width } = marked.getBoundingClientRect();
  const frame = row.getBoundingClientRect();
  row.scrollLeft += left + width / 2 - (frame.left + frame.width / 2);
}
