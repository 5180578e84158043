import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** The folders beside `app` that join type checking: one tsconfig serves the whole product. */
const programs = ['model', 'sync-relay', 'reports-indexer', 'hardware-bridge', 'tests'];

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html' }),
    files: { src: 'app', assets: 'app/static' },
    // Every server serves the same build from its own root, so paths stay absolute.
    paths: { relative: false },
    typescript: {
      config: (config) => ({
        ...config,
        include: [...config.include, ...programs.map((folder) => `../${folder}/**/*.ts`)],
      }),
    },
  },
};
