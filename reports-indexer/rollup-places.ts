/** Where and when something that is rolled up was sold. */
export type RollupAt = { readonly day: string; readonly store: string; readonly register: string };

/**
 * The scopes and periods something sold is rolled up under, as RollupTable says them: days of the register and of all, months of the
 * store and of all. rollupSlices reads what this writes.
 */
export function rollupPlaces({
  day,
  store,
  register,
}: RollupAt): readonly (readonly [scope: string, period: string])[] {
  const month = `M${day.slice(0, 7)}`;
  return [
    [`${store}-${register}`, `D${day}`],
    ['', `D${day}`],
    [store, month],
    ['', month],
  ];
}
