import { WedgeReader } from './wedge.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Listens for a keyboard scanner on the whole page, whatever has the focus. The characters of a scan that went into a field
 * are taken out again before the code is handed on, so a barcode never stays in a money field. Gives back the function
 * that stops it.
 */
export function listenForScans(page: Window, scanned: (code: string) => void): () => void {
  const reader = new WedgeReader();
  let before: { field: Field; value: string } | undefined;
  let isRunning = false;
  // The first key may bring the focus into a field; what it types lands there only afterwards.
  const follow = ({ target }: FocusEvent) => {
    if (isRunning) before ??= fieldNow(target);
  };
  const hear = (event: KeyboardEvent) => {
    const isSeparator = event.ctrlKey && event.key === ']';
    if ((event.ctrlKey && !isSeparator) || event.metaKey || event.altKey || event.isComposing) return;
    const { code, began } = reader.hear({ key: event.key, at: event.timeStamp, ctrl: event.ctrlKey });
    if (began) before = fieldNow(page.document.activeElement);
    isRunning = code === undefined && (began || isRunning);
    // A PIN typed at speed looks like a scan; what goes into that field is nobody else's business.
    if (code === undefined || before?.field.type === 'password') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (before) restore(before);
    scanned(code);
  };
  page.addEventListener('keydown', hear, { capture: true });
  page.addEventListener('focusin', follow);
  return () => {
    page.removeEventListener('keydown', hear, { capture: true });
    page.removeEventListener('focusin', follow);
  };
}

function fieldNow(element: EventTarget | null): { field: Field; value: string } | undefined {
  const isField = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
  return isField ? { field: element, value: element.value } : undefined;
}

function restore({ field, value }: { field: Field; value: string }): void {
  field.value = value;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
