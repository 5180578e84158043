import { parseAmount } from '#model/money/money.ts';
import type { PriceChange } from '#model/pricing/price-rule.ts';
import type { Scope, Special, SpecialEffect } from '#model/pricing/special.ts';
import { typedAmount } from './setting-words.ts';

/** What a special does, as a person chooses it: `mix` is "buy some of these, get some of those". */
export type SpecialKind = 'units' | 'off' | 'off-amount' | 'set' | 'buy-get' | 'mix';
/** What a special by unit does to a price. */
export type ChangeKind = PriceChange['kind'];
/** A step of a special by unit, as typed. */
export type TypedStep = { readonly from: string; readonly value: string };

/** A special while it is edited: everything as typed, and read as a special whenever it is asked for. */
export class SpecialForm {
  readonly #currency: string;
  readonly #before: Special | undefined;
  name = $state('');
  kind = $state<SpecialKind>('off');
  changeKind = $state<ChangeKind>('percent');
  value = $state('');
  steps = $state<readonly TypedStep[]>([]);
  quantity = $state('3');
  buy = $state('2');
  get = $state('1');
  percent = $state('100');
  scope = $state.raw<Scope>({});
  reward = $state.raw<Scope>({});
  stores = $state<readonly string[]>([]);
  tiers = $state<readonly string[]>([]);
  firstDay = $state('');
  lastDay = $state('');
  weekdays = $state<readonly number[]>([]);
  fromTime = $state('');
  untilTime = $state('');
  coupon = $state('');
  minimum = $state('');
  most = $state('');
  times = $state('');
  priority = $state('0');
  stacks = $state(false);

  /** Begins with a special as it is, or with nothing. */
  constructor(currency: string, before: Special | undefined) {
    this.#currency = currency;
    this.#before = before;
    if (before) this.#fill(before);
  }

  /** The special as typed, under an id; undefined while a number is none. What else is wrong the command says. */
  special(id: string): Special | undefined {
    const effect = this.#effect();
    const minimum = this.#optionalAmount(this.minimum);
    const most = this.#optionalAmount(this.most);
    const times = this.times.trim() === '' ? null : wholeNumber(this.times);
    const priority = /^-?\d{1,6}$/.test(this.priority.trim()) ? Number(this.priority) : undefined;
    if (
      !effect ||
      minimum === undefined ||
      most === undefined ||
      times === undefined ||
      priority === undefined
    )
      return undefined;
    return {
      id,
      name: this.name.trim(),
      priority,
      stacks: this.stacks,
      scope: this.scope,
      effect,
      ...(this.coupon.trim() === '' ? {} : { coupon: this.coupon.trim() }),
      ...(this.tiers.length === 0 ? {} : { tiers: [...this.tiers] }),
      ...(this.stores.length === 0 ? {} : { stores: [...this.stores] }),
      ...(minimum === null ? {} : { minimum }),
      ...(most === null ? {} : { most }),
      ...(times === null ? {} : { times }),
      ...this.#when(),
      ...(this.#before?.off ? { off: true } : {}),
    };
  }

  #when(): Pick<Special, 'firstDay' | 'lastDay' | 'weekdays' | 'fromTime' | 'untilTime'> {
    const { firstDay, lastDay, weekdays, fromTime, untilTime } = this;
    return {
      ...(firstDay === '' ? {} : { firstDay }),
      ...(lastDay === '' ? {} : { lastDay }),
      ...(weekdays.length === 0 || weekdays.length === 7 ? {} : { weekdays: weekdays.toSorted() }),
      ...(fromTime === '' ? {} : { fromTime }),
      ...(untilTime === '' ? {} : { untilTime }),
    };
  }

  #effect(): SpecialEffect | undefined {
    switch (this.kind) {
      case 'units':
        return this.#unitsEffect();
      case 'off': {
        const percent = percentText(this.value);
        return percent === undefined ? undefined : { kind: 'off', percent };
      }
      case 'off-amount': {
        const amount = this.#amount(this.value);
        return amount === undefined ? undefined : { kind: 'off-amount', amount };
      }
      case 'set': {
        const quantity = wholeNumber(this.quantity);
        const price = this.#amount(this.value);
        return quantity === undefined || price === undefined ? undefined : { kind: 'set', quantity, price };
      }
      case 'buy-get':
      case 'mix':
        return this.#buyGet();
    }
  }

  #unitsEffect(): SpecialEffect | undefined {
    const change = this.value.trim() === '' ? null : this.#change(this.value);
    const steps = this.steps.map(({ from, value }) => ({ from: decimal(from), change: this.#change(value) }));
    if (change === undefined || steps.some((step) => !step.change || step.from === '')) return undefined;
    const read = steps.flatMap(({ from, change: each }) => (each ? [{ from, change: each }] : []));
    return {
      kind: 'units',
      ...(change === null ? {} : { change }),
      ...(read.length === 0 ? {} : { steps: read }),
    };
  }

  #buyGet(): SpecialEffect | undefined {
    const buy = wholeNumber(this.buy);
    const get = wholeNumber(this.get);
    const percent = percentText(this.percent);
    if (buy === undefined || get === undefined || percent === undefined) return undefined;
    return { kind: 'buy-get', buy, get, percent, ...(this.kind === 'mix' ? { reward: this.reward } : {}) };
  }

  #change(text: string): PriceChange | undefined {
    const clean = decimal(text);
    if (this.changeKind === 'percent') {
      const percent = percentText(text);
      return percent === undefined ? undefined : { kind: 'percent', percent };
    }
    if (!/^\d{1,7}(?:\.\d{1,4})?$/.test(clean)) return undefined;
    const amount = String(Number(clean));
    return this.changeKind === 'amount' ? { kind: 'amount', amount } : { kind: 'price', price: amount };
  }

  #amount(text: string): number | undefined {
    const amount = parseAmount(text, this.#currency);
    return amount.ok && amount.value >= 0 ? amount.value : undefined;
  }

  /** Null for an empty field. */
  #optionalAmount(text: string): number | null | undefined {
    return text.trim() === '' ? null : this.#amount(text);
  }

  #fill(special: Special): void {
    const { name, priority, stacks, scope, stores = [], tiers = [], weekdays = [] } = special;
    Object.assign(this, { name, stacks, scope, stores, tiers, weekdays, priority: String(priority) });
    this.firstDay = special.firstDay ?? '';
    this.lastDay = special.lastDay ?? '';
    this.fromTime = special.fromTime ?? '';
    this.untilTime = special.untilTime ?? '';
    this.coupon = special.coupon ?? '';
    this.minimum = typedAmount(special.minimum, this.#currency);
    this.most = typedAmount(special.most, this.#currency);
    this.times = special.times === undefined ? '' : String(special.times);
    this.#fillEffect(special.effect);
  }

  #fillEffect(effect: SpecialEffect): void {
    this.kind = effect.kind === 'buy-get' && effect.reward ? 'mix' : effect.kind;
    if (effect.kind === 'off') this.value = effect.percent;
    else if (effect.kind === 'off-amount') this.value = typedAmount(effect.amount, this.#currency);
    else if (effect.kind === 'set') {
      this.quantity = String(effect.quantity);
      this.value = typedAmount(effect.price, this.#currency);
    } else if (effect.kind === 'buy-get') {
      this.buy = String(effect.buy);
      this.get = String(effect.get);
      this.percent = effect.percent;
      this.reward = effect.reward ?? {};
    } else {
      this.changeKind = (effect.change ?? effect.steps?.[0]?.change)?.kind ?? 'percent';
      this.value = effect.change ? valueOf(effect.change) : '';
      this.steps = (effect.steps ?? []).map(({ from, change }) => ({ from, value: valueOf(change) }));
    }
  }
}

function valueOf(change: PriceChange): string {
  if (change.kind === 'percent') return change.percent;
  return change.kind === 'amount' ? change.amount : change.price;
}

function decimal(text: string): string {
  return text.trim().replace(',', '.');
}

function percentText(text: string): string | undefined {
  const clean = decimal(text);
  return /^\d{1,3}(?:\.\d{1,4})?$/.test(clean) && Number(clean) <= 100 ? String(Number(clean)) : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) > 0 ? Number(text) : undefined;
}
