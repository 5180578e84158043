import type { PriceChange, PriceRule } from '#model/pricing/price-rule.ts';

/** What a price rule is about, as a person chooses it. */
export type RuleScope = 'all' | 'department' | 'product';

/** A price rule while it is edited: everything as typed, and read as a rule whenever it is asked for. */
export class PriceRuleForm {
  scope = $state<RuleScope>('all');
  product = $state('');
  department = $state('');
  tier = $state('');
  store = $state('');
  from = $state('');
  kind = $state<PriceChange['kind']>('percent');
  value = $state('');
  priority = $state('0');

  /** Begins with a rule as it is, or with nothing. */
  constructor(before: PriceRule | undefined) {
    if (!before) return;
    this.scope =
      before.product !== undefined ? 'product' : before.department !== undefined ? 'department' : 'all';
    this.product = before.product ?? '';
    this.department = before.department ?? '';
    this.tier = before.tier ?? '';
    this.store = before.store ?? '';
    this.from = before.from ?? '';
    this.priority = String(before.priority ?? 0);
    this.kind = before.change.kind;
    this.value = changeText(before.change);
  }

  /**
   * The rule as typed, under an id; undefined while what it is about is not chosen or the priority is no number. What else is
   * wrong the command says.
   */
  rule(id: string): PriceRule | undefined {
    const { scope, product, department, tier, store } = this;
    const priority = /^-?\d{1,6}$/.test(this.priority.trim()) ? Number(this.priority) : undefined;
    if (priority === undefined) return undefined;
    if ((scope === 'product' && product === '') || (scope === 'department' && department === ''))
      return undefined;
    const from = decimal(this.from);
    return {
      id,
      ...(scope === 'product' ? { product } : {}),
      ...(scope === 'department' ? { department } : {}),
      ...(tier === '' ? {} : { tier }),
      ...(store === '' ? {} : { store }),
      ...(from === '' ? {} : { from }),
      ...(priority === 0 ? {} : { priority }),
      change: this.#change(),
    };
  }

  #change(): PriceChange {
    const text = decimal(this.value);
    if (this.kind === 'percent') return { kind: 'percent', percent: text };
    return this.kind === 'amount' ? { kind: 'amount', amount: text } : { kind: 'price', price: text };
  }
}

/** The figure of a change as it is typed. */
export function changeText(change: PriceChange): string {
  if (change.kind === 'percent') return change.percent;
  return change.kind === 'amount' ? change.amount : change.price;
}

/** A figure as people type it, with a point: `12,50` is `12.50`. */
export function decimal(text: string): string {
  return text.trim().replace(',', '.');
}
