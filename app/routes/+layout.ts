import { preloadCode } from '$app/navigation';
import { surroundings } from '$lib/browser.svelte.ts';
import { rememberedRole } from '$lib/program-config.ts';

export const ssr = false;
export const prerender = false;

/** A till's own screens load while the first page still asks what this device is. */
export function load({ url }: { readonly url: URL }): void {
  if (url.pathname === '/' && rememberedRole(surroundings.readNote) === 'till') void preloadCode('/till');
}
