import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

/** What the pages are built with. */
const pages = () => [
  tailwindcss(),
  paraglideVitePlugin({
    project: './app/project.inlang',
    outdir: './app/lib/paraglide',
    emitTsDeclarations: true,
    strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
  }),
  sveltekit(),
];

// Tests take the Svelte compiler alone: they need no routes, and must not write the messages anew while others read them.
const testing = {
  plugins: [svelte()],
  resolve: { alias: { $lib: new URL('./app/lib', import.meta.url).pathname }, conditions: ['browser'] },
};

export default defineConfig(({ mode }) => ({
  ...(mode === 'test' ? testing : { plugins: pages() }),
  worker: { format: 'es' },
  build: { target: 'es2022' },
  test: {
    include: ['tests/**/*.test.ts'],
    environment: 'node',
    // Two cores: more workers only make the browsers and child processes of the tests slower.
    maxWorkers: 2,
    // Longer than any wait of a test: where something does not come, the wait says what it was.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // PATIENCE of tests/support/patience.ts, for waits that name no time of their own.
    expect: { poll: { timeout: 30_000 } },
  },
}));
