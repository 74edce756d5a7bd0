import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the built pages are: beside the built command line, or in a checkout's `dist/`; undefined when they were not built. */
export function uiDirectory(): string | undefined {
  return ['../web', '../../dist/web']
    .map(path => fileURLToPath(new URL(path, import.meta.url)))
    .find(path => existsSync(`${path}/index.html`));
}
