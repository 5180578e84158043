import { createContext } from 'svelte';
import type { Figures } from './figures.ts';
import type { Till } from './till.svelte.ts';
import type { TillView } from './view.svelte.ts';

/** What every screen of the till works with. `figures` is read anew at each use, so a change at HQ shows at once. */
export type TillContext = { readonly till: Till; readonly view: TillView; readonly figures: Figures };

const [get, set] = createContext<TillContext>();

/** The till this screen belongs to. */
export const useTill = get;
/** Gives the till to all screens below. */
export const provideTill = set;
