import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { fits, violations } from './support/audit.ts';
import { openPage } from './support/browser.ts';
import { until } from './support/server.ts';
import { openWindow, type TestWindow } from './support/window.ts';

/** The window for everybody: by keyboard, by ear, in light and dark, on a phone, over a slow line. */

const root = join(import.meta.dirname, '..');

const config = `
version: 1
data: ./data
sources:
  github: { secret: "\${env:HOOK_SECRET}" }
git: { allowFile: true }
rules:
  - name: unit
    on: push
    branch: main
    run: sh colors.sh
  - name: deploy
    on: push
    trust: approval
    run: ./deploy
`;
const colors = `
echo '::group::Colours'
for n in 30 31 32 33 34 35 36 37 90 91 92 93 94 95 96 97; do printf "\\033[\${n}mcolour $n\\033[0m \\033[2;\${n}mdim\\033[0m\\n"; done
for n in 40 41 42 43 44 45 46 47 100 101 102 103 104 105 106 107; do printf "\\033[\${n}mground $n\\033[0m\\n"; done
printf '\\033[7minverse\\033[0m \\033[7;31minverse red\\033[0m\\n'
echo '::endgroup::'
echo careful >&2
echo '::error file=a.ts,line=3::no'
`;

describe('the window for everybody', { timeout: 170_000 }, () => {
  let window: TestWindow;
  let hashes: readonly (readonly [name: string, hash: string])[];
  before(async () => {
    window = await openWindow(config, { 'colors.sh': colors });
    const { event, run } = await window.deliver('main');
    await until(
      async () => (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).state === 'finished',
      run,
    );
    const { items } = await window.server.api<{ items: readonly { id: string }[] }>(
      '/api/runs?state=blocked',
    );
    await fetch(`${window.server.publicUrl}/github`, { method: 'POST', body: '{}' });
    hashes = [
      ['inbox', '#/'],
      ['event', `#/events/${event}`],
      ['runs', '#/runs'],
      ['run', `#/runs/${run}#L7-L45`],
      ['approval', `#/runs/${items[0]?.id}`],
    ];
  });
  after(() => window?.[Symbol.asyncDispose]());

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390])
      test(`nobody is shut out (${colorScheme}, ${width} px)`, async () => {
        await using other = await window.another({
          colorScheme,
          viewport: { width, height: 900 },
          reducedMotion: 'reduce',
        });
        const { page } = other;
        for (const [name, hash] of hashes) {
          await page.goto(`${window.server.adminUrl}/${hash}`);
          await shown(page, name);
          await fits(page, name);
          assert.deepEqual(await violations(page), [], name);
        }
        await using stranger = await openPage(window.browser, window.server.adminUrl, { colorScheme });
        await stranger.page.goto(window.server.adminUrl);
        await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor();
        assert.deepEqual(await violations(stranger.page), [], 'sign in');
        assert.deepEqual(stranger.troubles, [], 'sign in');
      });

  test('everything is reached by keys', async () => {
    const { page } = window;
    await window.open('#/');
    await page.locator('.event-row').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.locator('.row-link:focus, summary:focus').waitFor();
    await page.locator('.event-row .row-link').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.rule-card').first().waitFor();
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Search this list').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    await page.keyboard.type('deploy');
    await page.waitForURL(/q=deploy/);
    await page.locator('.run-row', { hasText: 'unit' }).waitFor({ state: 'detached' });
    await page.locator('.run-row', { hasText: 'deploy' }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('.run-row', { hasText: 'unit' }).waitFor();
    await page.getByLabel('Outcome').selectOption('success');
    await page.locator('.run-row', { hasText: 'deploy' }).waitFor({ state: 'detached' });
  });

  test('what is approved is shown, and runs when it is', async () => {
    const { page } = window;
    await window.open(hashes.at(-1)?.[1] ?? '');
    const approval = page.locator('.approval');
    await approval.getByText('./deploy').waitFor();
    await approval.getByText('none: it sees this machine').waitFor();
    await page.getByRole('button', { name: 'Approve this run' }).click();
    await page.locator('.run-words', { hasText: 'failure' }).waitFor();
    assert.equal(await approval.count(), 0);
  });

  test('a rule that is written is answered while it is written', async () => {
    const { page } = window;
    await window.open(hashes[1]?.[1] ?? '');
    await page.getByRole('button', { name: 'Edit a copy of unit' }).click();
    const text = page.getByLabel('The rule, in YAML');
    await until(async () => (await text.inputValue()).includes('run: sh colors.sh'), 'the rule’s own text');
    const answer = page.locator('.try-rule-answer');
    await answer.getByText('matched', { exact: true }).waitFor();
    await text.fill((await text.inputValue()).replace('branch: main', 'branch: other'));
    await answer.getByText('not matched').waitFor();
    await answer.locator('.explanation-decisive', { hasText: 'other' }).waitFor();
    await text.fill('- name: x\n  on: push\n  brnach: main\n  run: x');
    await answer.getByText('did you mean "branch"?').waitFor();
  });

  test('it is small: under 120 kB over the line', () => {
    const files = globSync('dist/web/**/*.{html,js,css,svg}', { cwd: root });
    const bytes = files.map(file => gzipSync(readFileSync(join(root, file))).length);
    assert.ok(files.length >= 3, 'looked at too little');
    const total = bytes.reduce((sum, each) => sum + each, 0);
    assert.ok(total < 120_000, `${total} bytes`);
  });

  test('had no error, and spoke with nobody else', () => {
    // A broken rule that is being written is refused, and browsers note every refusal.
    const troubles = window.opened.troubles.filter(trouble => !trouble.includes('status of 400'));
    assert.deepEqual(troubles, []);
  });
});

/** Waits until a page has all it is going to show. */
async function shown(page: Page, name: string): Promise<void> {
  const last = {
    inbox: '.refused-row',
    event: '.rule-card',
    runs: '.run-row',
    run: '.log-marked',
    approval: '.approval .actions',
  };
  await page
    .locator(last[name as keyof typeof last])
    .first()
    .waitFor();
  await page.locator('.header-connection', { hasText: 'live' }).waitFor();
  if (name === 'event') for (const summary of await page.locator('summary').all()) await summary.click();
  if (name === 'run') await page.locator('.ansi-bright-white').first().waitFor();
}
