/** Gives what comes onto the screen the focus, as an attachment: `{@attach focusNow}`. */
export function focusNow(element: HTMLElement): void {
  element.focus();
}
