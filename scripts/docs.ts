/** Writes the pages of `docs/` that are generated from the code. A test fails when one of them is out of date. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPage } from './docs/api.ts';
import { cliPage } from './docs/cli.ts';
import { configurationPage } from './docs/configuration.ts';
import { webhookPage } from './docs/webhook.ts';

/** Each generated page, by its name in `docs/`. */
export const pages: Readonly<Record<string, () => string>> = {
  'api.md': apiPage,
  'cli.md': cliPage,
  'configuration.md': configurationPage,
  'webhook.md': webhookPage,
};

if (import.meta.main) {
  const docs = join(import.meta.dirname, '..', 'docs');
  for (const [name, page] of Object.entries(pages)) writeFileSync(join(docs, name), page());
}
