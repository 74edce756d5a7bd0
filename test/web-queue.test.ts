import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { fits, violations } from './support/audit.ts';
import { until } from './support/server.ts';
import { strangeMarkup } from './support/strange-markup.ts';
import { openWindow, type TestWindow } from './support/window.ts';

/** Pausing pools and draining agents on the queue's page, by mouse and by keyboard. */

const reason = '"><img src=x onerror=alert(1)> new disks';

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
  - name: patient
    on: push
    branch: slow
    run: sleep 300
`;

describe('the queue in the window', { timeout: 170_000 }, () => {
  let window: TestWindow;
  let page: Page;
  before(async () => {
    window = await openWindow(config);
    page = window.page;
    await window.open('#/queue');
  });
  after(() => window?.[Symbol.asyncDispose]());

  const pool = () => page.locator('.pool', { hasText: 'local' });
  const agent = () => page.locator('.agent-card', { hasText: 'local' });
  const state = async (run: string) => (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).state;
  const looksGood = async (where: string) => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1440, 390]) {
        await using other = await window.another({
          colorScheme,
          viewport: { width, height: 900 },
          reducedMotion: 'reduce',
        });
        await other.page.goto(`${window.server.adminUrl}/#/queue`);
        await other.page.locator('.pool').first().waitFor();
        await other.page.locator('.header-connection', { hasText: 'live' }).waitFor();
        const ask = other.page.getByRole('button', { name: /^Pause everything/ });
        if ((await ask.count()) > 0) await ask.click();
        await fits(other.page, where);
        assert.deepEqual(await violations(other.page), [], `${where}, ${colorScheme}, ${width}`);
        assert.deepEqual(await strangeMarkup(other.page), [], where);
        assert.deepEqual(other.troubles, []);
      }
  };

  test('a pool is paused for a reason that every run that waits shows, and goes on, seen by all who watch', async () => {
    await using other = await window.another();
    await other.page.goto(`${window.server.adminUrl}/#/queue`);
    await pool().getByRole('button', { name: 'Pause local…' }).click();
    await page.getByLabel('Why? Pause local').fill(reason);
    await pool().getByRole('button', { name: 'Pause local' }).click();
    await pool().getByText('Paused by admin').waitFor();
    await other.page.locator('.pool', { hasText: 'new disks' }).getByText('Paused by admin').waitFor();
    const { run } = await window.deliver('main');
    await page
      .locator('.waiting .run-row', { hasText: /pool local is paused by admin since .* new disks/ })
      .waitFor();
    await pool().getByText('1 run waits').waitFor();
    await looksGood('paused');
    await pool().getByRole('button', { name: 'Resume local' }).click();
    await until(async () => (await state(run)) === 'finished', 'the run to end');
    await page.getByText('Nothing is queued').waitFor();
    await other.page.getByRole('button', { name: 'Pause local…' }).waitFor();
    assert.deepEqual(other.troubles, []);
  });

  test('everything is paused by the keyboard alone; Escape leaves it', async () => {
    const ask = page.getByRole('button', { name: 'Pause everything…' });
    await ask.focus();
    await page.keyboard.press('Enter');
    const why = page.getByLabel('Why? Pause everything');
    await why.waitFor();
    await page.keyboard.press('Escape');
    await why.waitFor({ state: 'detached' });
    // The button is under the finger again.
    await page.keyboard.press('Enter');
    await why.waitFor();
    await page.keyboard.type('upgrade');
    await page.keyboard.press('Enter');
    await page.getByText('Everything is paused by admin').waitFor();
    const { run } = await window.deliver('main');
    await page.locator('.waiting .run-row', { hasText: 'everything is paused by admin' }).waitFor();
    const resume = page.getByRole('button', { name: 'Resume everything' });
    await resume.focus();
    await page.keyboard.press('Enter');
    await until(async () => (await state(run)) === 'finished', 'the run to end');
    await ask.waitFor();
  });

  test('an agent drains what it has, is drained, and takes runs again', async () => {
    const { run } = await window.deliver('slow');
    await until(async () => (await state(run)) === 'running', 'the run to begin');
    await agent().getByRole('button', { name: 'Drain local…' }).click();
    await page.getByLabel('Why? Drain local').fill('hot');
    await agent().getByRole('button', { name: 'Drain local' }).click();
    await agent().getByText('Drained by admin').waitFor();
    await agent()
      .getByText(/^draining/)
      .waitFor();
    await window.server.api(`/api/runs/${run}/cancel`, { method: 'POST', body: '{}' });
    await agent()
      .getByText(/^drained/)
      .waitFor();
    const next = await window.deliver('main');
    await page
      .locator('.waiting .run-row', { hasText: /agent local is drained by admin since .*: hot/ })
      .waitFor();
    await looksGood('drained');
    await agent().getByRole('button', { name: 'Undrain local' }).click();
    await until(async () => (await state(next.run)) === 'finished', 'the run to end');
    await agent()
      .getByText(/^online/)
      .waitFor();
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});
