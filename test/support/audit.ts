import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing is cut off at the side. */
export async function fits(page: Page, name: string): Promise<void> {
  const [inner, outer] = await page.locator('html').evaluate(html => [html.scrollWidth, html.clientWidth]);
  assert.ok((inner ?? 0) <= (outer ?? 0), `${name} is ${inner} px wide on a screen of ${outer} px`);
}

/** What axe finds fault with, in few words. It is evaluated, not loaded: the page's policy would not let it in. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
