import { formatMoney, type Minor } from '#model/money/money.ts';
import { labelsOf } from '#model/receipt/labels.ts';
import type { PoleText } from '#model/receipt/pole-text.ts';
import { m } from '$lib/paraglide/messages.js';
import type { ShownSale } from './shown-sale.ts';

type PoleLine = PoleText['lines'][number];

/** What the two lines of a pole display say of a sale: the line touched last, the total, the change (rule P8). */
export function poleWords(sale: ShownSale): PoleText {
  const labels = labelsOf(sale.language);
  const money = (amount: Minor) => formatMoney(amount, sale.currency, sale.locale);
  const total = {
    left: sale.total < 0 ? labels.totalBack : labels.total,
    right: money(Math.abs(sale.total)),
  };
  const lines = (first: PoleLine, second: PoleLine): PoleText => ({ lines: [first, second] });
  if (sale.phase === 'idle') return lines({ left: sale.store }, { left: sale.slides[0] ?? '' });
  if (sale.training) return lines({ left: labels.training }, total);
  const change = { left: labels.change, right: money(sale.change) };
  if (sale.phase === 'done') {
    const thanks = { left: m.display_thanks({}, { locale: sale.language }) };
    return lines(total, sale.change > 0 && sale.total >= 0 ? change : thanks);
  }
  if (sale.phase === 'paying') {
    const rest = { left: m.display_rest({}, { locale: sale.language }), right: money(sale.due) };
    if (sale.due !== 0 && sale.payments.length > 0) return lines(total, rest);
    return lines(total, sale.change > 0 ? change : { left: '' });
  }
  const touched = sale.lines[sale.touched.index] ?? sale.lines.at(-1);
  return lines({ left: touched?.name ?? '', right: money(touched?.amount ?? 0) }, total);
}
