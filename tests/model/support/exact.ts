/** A second opinion on tax arithmetic: rational numbers of big integers, sharing nothing with the model. */
export type Rational = { readonly top: bigint; readonly bottom: bigint };

export function rational(decimal: string | number): Rational {
  const [whole = '', decimals = ''] = String(decimal).split('.');
  return { top: BigInt(whole + decimals), bottom: 10n ** BigInt(decimals.length) };
}

export function plus(a: Rational, b: Rational): Rational {
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom };
}

export function times(a: Rational, b: Rational): Rational {
  return { top: a.top * b.top, bottom: a.bottom * b.bottom };
}

export function over(a: Rational, b: Rational): Rational {
  const sign = b.top < 0n ? -1n : 1n;
  return { top: sign * a.top * b.bottom, bottom: sign * a.bottom * b.top };
}

/** Rounds half away from zero to a whole number. */
export function round({ top, bottom }: Rational): number {
  const size = top < 0n ? -top : top;
  const rounded = (2n * size + bottom) / (2n * bottom);
  return Number(top < 0n && rounded !== 0n ? -rounded : rounded);
}
