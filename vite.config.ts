import { join } from 'node:path';
import type { UserConfig } from 'vite';

/** Where `npx vite` sends the API's calls while someone works on the window: the admin door of a running server. */
const server = process.env['SIGNALBOX_URL'] ?? 'http://127.0.0.1:8081';

const config: UserConfig = {
  root: join(import.meta.dirname, 'web'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    // `light-dark()`, nesting and `:has()` are used as they are.
    target: ['chrome125', 'firefox128', 'safari18'],
    // The content security policy allows no `data:` address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': server } },
};

// oxlint-disable-next-line import/no-default-export -- this is how Vite reads its configuration
export default config;
