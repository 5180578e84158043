import { m } from '$lib/paraglide/messages.js';
import type { Till } from './till.svelte.ts';
import type { TillView } from './view.svelte.ts';

/** The keys of the till and what they do, as the sheet lists them. */
export const SHORTCUTS: readonly { readonly keys: string; readonly what: () => string }[] = [
  { keys: 'F2', what: () => m.shortcut_search() },
  { keys: '↑ ↓', what: () => m.shortcut_results() },
  { keys: 'F4', what: () => m.shortcut_pay() },
  { keys: 'F8', what: () => m.shortcut_exact() },
  { keys: 'F3', what: () => m.shortcut_customer() },
  { keys: 'F6', what: () => m.shortcut_quantity() },
  { keys: 'Del', what: () => m.shortcut_remove() },
  { keys: 'Ctrl Z', what: () => m.shortcut_undo() },
  { keys: 'F1', what: () => m.shortcut_coupon() },
  { keys: 'Ctrl D', what: () => m.shortcut_discount() },
  { keys: 'Ctrl P', what: () => m.shortcut_park() },
  { keys: 'Ctrl I', what: () => m.shortcut_info() },
  { keys: 'F7', what: () => m.shortcut_refund() },
  { keys: 'F9', what: () => m.shortcut_menu() },
  { keys: 'F10', what: () => m.shortcut_new() },
  { keys: '?', what: () => m.shortcut_help() },
  { keys: 'Esc', what: () => m.shortcut_escape() },
];

type Act = (till: Till, view: TillView) => void;

/** Finds the element a shortcut means; the screens mark it with the name tests use too. */
function element(testid: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
}

const lastLine = (till: Till) => {
  const { index } = till.sale.touched;
  const count = till.sale.basket.lines.length;
  return index >= 0 && index < count ? index : count - 1;
};

const FUNCTION_KEYS: Record<string, Act> = {
  F2: () => element('barcode-input')?.focus(),
  F3: (till, view) => {
    if (!till.sale.paying) view.openPanel('customer');
  },
  F4: () => (element('pay-button') ?? element('complete-sale'))?.click(),
  F6: (till, view) => {
    if (!till.sale.paying && lastLine(till) >= 0) view.openLine(lastLine(till));
  },
  F1: (till, view) => {
    if (!till.sale.paying && till.sale.basket.lines.length > 0) view.openPanel('coupon');
  },
  F7: (till, view) => {
    if (!till.sale.paying && till.staff.may('sale.refund') !== 'refused') view.openPanel('refund');
  },
  F8: (till, view) => {
    if (!till.sale.paying) view.show(till.sale.startPaying());
    // The first offer is the exact amount; it is there once the payment screen is.
    queueMicrotask(() => element('quick-cash')?.click());
  },
  F9: (till, view) => {
    if (!till.sale.paying) view.openPanel('register-menu');
  },
  F10: (till) => till.nextSale(),
};

const SELLING_KEYS: Record<string, Act> = {
  Delete: (till, view) => {
    if (lastLine(till) >= 0) view.show(till.sale.remove(lastLine(till)));
  },
  '?': (_till, view) => view.openPanel('shortcuts'),
};

const CONTROL_KEYS: Record<string, Act> = {
  // A bare letter begins a search.
  i: (till, view) => {
    const product = till.shop.product(till.sale.basket.lines[lastLine(till)]?.product ?? '');
    if (product && !till.sale.paying) view.articles.openInfo(product);
  },
  d: (till, view) => {
    const isAllowed = till.staff.may('sale.discount') !== 'refused';
    if (isAllowed && !till.sale.paying && till.sale.basket.lines.length > 0) view.openPrice('discount');
  },
  p: (till, view) => {
    const { lines } = till.sale.basket;
    if (!till.sale.paying && (lines.length > 0 || till.parked.baskets.length > 0)) view.openParked();
  },
  z: (till) => void till.sale.undoRemove(),
};

/** The keys that do something here, as {@link SHORTCUTS} writes them; the search field itself knows ↑ and ↓. */
export function boundKeys(): string[] {
  const words: Record<string, string> = { Delete: 'Del' };
  return [
    ...Object.keys(FUNCTION_KEYS),
    ...Object.keys(SELLING_KEYS).map((key) => words[key] ?? key),
    ...Object.keys(CONTROL_KEYS).map((key) => `Ctrl ${key.toUpperCase()}`),
    'Esc',
  ];
}

/** Carries out a shortcut while nothing lies over the selling, payment or done screen. True when the key was one. */
export function pressShortcut(event: KeyboardEvent, till: Till, view: TillView): boolean {
  const covered = view.panel !== undefined || view.line !== undefined || view.closing;
  if (covered || !till.open || till.staff.approvals.request !== undefined) return false;
  const typing = event.target instanceof HTMLInputElement && event.target.value !== '';
  const act = actOf(event, typing);
  if (!act || event.repeat) return false;
  event.preventDefault();
  act(till, view);
  return true;
}

function actOf(event: KeyboardEvent, typing: boolean): Act | undefined {
  if (event.altKey || event.metaKey) return undefined;
  // What was typed in a field is undone by the field itself.
  if (event.ctrlKey) return event.key === 'z' && typing ? undefined : CONTROL_KEYS[event.key];
  if (event.key === 'Escape') return escape;
  const act = FUNCTION_KEYS[event.key] ?? (typing ? undefined : SELLING_KEYS[event.key]);
  // Looked for last: a scanner sends a dozen keys with each code, and finding an element costs more than all else here.
  return act && event.key in SELLING_KEYS && !isSelling() ? undefined : act;
}

const isSelling = () => element('barcode-input') !== null || element('new-sale-button') !== null;

const escape: Act = (till, view) => {
  if (till.finished) till.nextSale();
  else if (till.sale.paying) view.show(till.sale.stopPaying());
  else view.calm();
};
