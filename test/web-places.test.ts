import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { fits, violations } from './support/audit.ts';
import { until } from './support/server.ts';
import { strangeMarkup } from './support/strange-markup.ts';
import { openWindow, type TestWindow } from './support/window.ts';

/** The window's pages about the house itself: for everybody, and before names that want to be more. */

const image = '"><img src=x onerror=alert(1)> \u202e';
const hostileBranch = '"><img/src=x/onerror=alert(1)>';

const config = `
version: 1
data: ./data
sources:
  github: { secret: "\${env:HOOK_SECRET}" }
git: { allowFile: true }
limits: { runs: 1 }
rules:
  - name: unit
    on: push
    branch: main
    run: "true"
  - name: broken
    on: push
    run: exit 3
  - name: hostile
    on: push
    branch: ["**/src*/**", ${JSON.stringify(image)}]
    run: ${JSON.stringify(`: ${image}`)}
`;

describe('the window about the house', { timeout: 170_000 }, () => {
  let window: TestWindow;
  let page: Page;
  let event: string;
  before(async () => {
    window = await openWindow(config);
    page = window.page;
    ({ event } = await window.deliver('main'));
    const { run } = await window.deliver(hostileBranch);
    const isOver = async () =>
      (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).state === 'finished';
    await until(isOver, 'the first runs');
    await fetch(`${window.server.publicUrl}/github`, { method: 'POST', body: '{}' });
  });
  after(() => window?.[Symbol.asyncDispose]());

  const ruleAt = (name: string): string => `#/rules/${encodeURIComponent(name)}`;
  /** Each page, and what is there once it has all it is going to show. */
  const places = (): readonly (readonly [hash: string, last: string])[] => [
    ['#/rules', '.outcome-stop'],
    [ruleAt('broken'), '.rule-card'],
    [ruleAt('hostile'), '.rule-card'],
    [ruleAt(image), '.rule-gone'],
  ];

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390])
      test(`nobody is shut out, and names stay names (${colorScheme}, ${width} px)`, async () => {
        await using other = await window.another({
          colorScheme,
          viewport: { width, height: 900 },
          reducedMotion: 'reduce',
        });
        for (const [hash, last] of places()) {
          await other.page.goto(`${window.server.adminUrl}/${hash}`);
          await other.page.locator(last).first().waitFor();
          await other.page.locator('.header-connection', { hasText: 'live' }).waitFor();
          for (const summary of await other.page.locator('main summary').all()) await summary.click();
          await fits(other.page, hash);
          assert.deepEqual(await violations(other.page), [], hash);
          assert.deepEqual(await strangeMarkup(other.page), [], hash);
        }
        assert.deepEqual(other.troubles, []);
      });

  test('rules are listed with how they have fared, and found by words', async () => {
    await page.keyboard.press('u');
    const row = page.locator('.rule-row', { hasText: 'broken' });
    await row.getByRole('img', { name: '2 failure' }).waitFor();
    await row.getByText('100 % of 2').waitFor();
    await page.locator('.rule-row', { hasText: 'unit' }).getByText('50 % of 2').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('branch main');
    await row.waitFor({ state: 'detached' });
    await page.locator('.rule-row .row-link').click();
    await page.getByRole('heading', { name: 'unit', exact: true }).first().waitFor();
  });

  test('a rule is tried with any stored event, as it is and as it could be', async () => {
    await window.open(`${ruleAt('unit')}?event=${event}`);
    const answer = page.locator('.try-rule-answer');
    await answer.getByText('branch "main" matches main').waitFor();
    await page.getByLabel('Search events').fill('img');
    await answer.getByText('not matched').waitFor();
    const text = page.getByLabel('The rule, in YAML');
    await text.fill((await text.inputValue()).replace('branch: main', "branch: '**'"));
    await answer.getByText('matched', { exact: true }).waitFor();
  });

  test('a rule that is gone is said to be', async () => {
    await window.open('#/rules/nobody');
    await page.getByText('No rule of this name is in force').waitFor();
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});
