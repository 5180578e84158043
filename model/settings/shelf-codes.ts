import type { MeasureRule } from '../catalog/measure-code.ts';
import { REGION_MEASURE_RULES } from '../catalog/measure-regions.ts';
import { settingsOf, sourceOf, type SettingsPlace } from './settings-of.ts';

/** Who has a say in what a store's codes with a measure mean. */
export type ShelfCodeSources = {
  readonly organization: SettingsPlace;
  readonly store: SettingsPlace;
  /** The patterns the store's document has held since its foundation; undefined where it has none. */
  readonly patterns: readonly MeasureRule[] | undefined;
  /** The country the store is in, two capital letters; undefined where nobody knows. */
  readonly country: string | undefined;
};

/**
 * How a store reads codes with a measure (rule B4): by the country its own setting names, else by its own patterns, else by the
 * country the organization's setting names, else by its own country. A setting that says "none" is one.
 */
export function shelfRules(sources: ShelfCodeSources): readonly MeasureRule[] {
  const { organization, store, patterns, country } = sources;
  // A store's entry without a value says "as the organization" and hides the patterns with it.
  const isSaid = Object.hasOwn(store.written, 'shelfCodes');
  if (!isSaid && patterns) return patterns;
  const isDefault = sourceOf('shelfCodes', organization, store) === 'default';
  const named = isDefault ? country : settingsOf(organization, store).shelfCodes;
  return REGION_MEASURE_RULES.get(named ?? '') ?? [];
}
