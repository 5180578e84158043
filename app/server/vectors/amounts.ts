import { Exact, currencyExponent, minorToDecimal, type Minor } from '#model/money/money.ts';
import { VectorFault, asCount, asDecimal, asText, firstOf, type JsonObject } from './vector.ts';

/** Amounts of an example in minor units of its currency, and back; two decimals where no currency is named. */
export type Purse = {
  readonly currency: string;
  readonly minor: (value: unknown, name: string) => Minor;
  readonly major: (amount: Minor) => InstanceType<typeof Exact>;
};

/** The currency an example is in. */
export function purseOf(inputs: JsonObject): Purse {
  const currency = inputs['currency'] === undefined ? 'XXX' : asText(inputs['currency'], 'the currency');
  const unit = new Exact(10).pow(currencyExponent(currency));
  return {
    currency,
    major: (amount) => new Exact(minorToDecimal(amount, currency)),
    minor: (value, name) => {
      const amount = asDecimal(value, name).times(unit);
      if (!amount.isInteger())
        throw new VectorFault(`${name} has more decimals than its currency: ${String(value)}.`);
      // Rule M1; shares of a larger amount could not add up to it.
      if (!Number.isSafeInteger(amount.toNumber()))
        throw new VectorFault(`${name} is too large for an amount: ${String(value)}.`);
      return amount.toNumber();
    },
  };
}

/** The smallest unit amounts are rounded to: as the example says, else its currency's. */
export function stepOf(inputs: JsonObject): InstanceType<typeof Exact> {
  const given = firstOf(inputs, 'rounding_step', 'currency_step');
  if (given !== undefined && given !== null) {
    const step = asDecimal(given, 'the rounding step');
    if (!step.isPositive() || step.isZero()) throw new VectorFault('The rounding step should be above zero.');
    return step;
  }
  const decimals = firstOf(inputs, 'decimals', 'currency_decimals');
  if (decimals !== undefined) return new Exact(10).pow(-asCount(decimals, 'decimals'));
  return new Exact(10).pow(-currencyExponent(purseOf(inputs).currency));
}
