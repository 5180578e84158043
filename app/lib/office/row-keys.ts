/** Attached to a table body: arrow keys, Home and End move the focus between its rows; Enter follows the row's own link. */
export function rowKeys(body: HTMLElement): () => void {
  const move = (event: KeyboardEvent): void => {
    const links = [...body.querySelectorAll<HTMLElement>('tr a')];
    const here = links.findIndex((link) => link === document.activeElement);
    const next = nextRow(event.key, here, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  };
  body.addEventListener('keydown', move);
  return () => body.removeEventListener('keydown', move);
}

/** The row a key leads to from row `here` of `count`; undefined when the key is not for moving. Stops at both ends. */
export function nextRow(key: string, here: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case 'ArrowDown':
      return Math.min(here + 1, count - 1);
    case 'ArrowUp':
      return Math.max(here - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
