/** What a scale says: a weight that stands, in kilograms as decimal text, or why there is none. */
export type ScaleReading =
  | { readonly kind: 'stable'; readonly kilograms: string }
  | { readonly kind: 'moving' }
  | { readonly kind: 'away' };

/** A scale beside the till. Where a till has none, weights are typed. */
export type Scale = {
  /** Reads the weight that lies on it now. Never rejects: a scale that does not answer is `away`. */
  read(): Promise<ScaleReading>;
};
