/** A quantity text (rule M4) as thousandths, the whole number the database adds up: `-0.345` → -345. */
export function toThousandths(quantity: string): number {
  const point = quantity.indexOf('.');
  if (point < 0) return Number(quantity) * 1000;
  const whole = quantity.slice(0, point);
  const fraction = Number(quantity.slice(point + 1).padEnd(3, '0'));
  return Number(whole) * 1000 + (quantity.startsWith('-') ? -fraction : fraction);
}

/** Thousandths as quantity text, without zeros at the end: 2500 → `2.5`. Exact, as `addQuantity` writes it. */
export function fromThousandths(thousandths: number): string {
  const size = Math.abs(thousandths);
  const fraction = String(size % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const text = `${Math.floor(size / 1000)}${fraction === '' ? '' : `.${fraction}`}`;
  return thousandths < 0 ? `-${text}` : text;
}
