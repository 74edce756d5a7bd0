import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { until } from './support/server.ts';
import { openWindow, type TestWindow } from './support/window.ts';

/** Logs in the window: long ones, growing ones, folded ones. */

const million = 1_000_000;
const middle = 500_000;

const config = `
version: 1
data: ./data
sources:
  github: { secret: "\${env:HOOK_SECRET}" }
git: { allowFile: true }
rules:
  - name: million
    on: push
    branch: million
    run: |
      seq -f 'line %.0f says that the signal shows proceed' 1 ${middle}
      printf 'a Need\\033[31mle\\033[0m in the hay\\n'
      seq -f 'line %.0f says that the signal shows stop' ${middle + 1} ${million - 10}
      echo 'the last needle'
  - name: growing
    on: push
    branch: growing
    run: |
      seq 1 200
      while [ ! -e "$HOME/../stop" ] && [ "$n" != 3000 ]; do n=$((n+1)); echo "tick $n"; sleep 0.05; done
  - name: folded
    on: push
    branch: folded
    run: sh folded.sh
`;

const esc = '\\033';
const folded = `
echo '::group::Install'
seq -f 'package %.0f' 1 30
echo '::endgroup::'
printf 'section_start:1700000000:build[collapsed=true]\\r${esc}[0KBuild it\\n'
echo 'compiling'
printf 'section_end:1700000001:build\\r${esc}[0K\\n'
echo '--- Tests'
echo 'ok 1'
echo '+++ Report'
echo '::error file=src/points.ts,line=41::points are not locked' >&2
seq -f 'more %.0f' 1 300
`;

describe('a log in the window', { timeout: 170_000 }, () => {
  let window: TestWindow;
  let page: Page;
  before(async () => {
    window = await openWindow(config, { 'folded.sh': folded });
    page = window.page;
  });
  after(() => window?.[Symbol.asyncDispose]());

  const line = (seq: number): Locator => page.locator(`.log-line[data-seq="${seq}"]`);
  const finished = (run: string) =>
    until(
      async () => (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).state === 'finished',
      `${run} to be finished`,
      60_000,
    );
  const inSight = (what: Locator) => until(() => isInSight(what), `${String(what)} to be in sight`, 30_000);
  const box = () => page.locator('.log-lines');

  describe('of a million lines', () => {
    let run = '';
    let last = 0;
    before(async () => {
      ({ run } = await window.deliver('million'));
      await finished(run);
      last = (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).logLines;
      assert.ok(last >= million - 10);
    });

    test('is shown at its end, and only a part of it is drawn', async () => {
      await window.open(`#/runs/${run}`);
      await inSight(page.locator('.log-text', { hasText: 'the last needle' }));
      assert.ok((await page.locator('.log-line').count()) <= 300);
    });

    test('is searched from end to end, with counts, and from one hit to the next', async () => {
      await page.keyboard.press('/');
      await page.keyboard.type('needle');
      const hits = page.locator('.log-hits');
      await hits.filter({ hasText: /^2$/ }).waitFor();
      await page.keyboard.press('Shift+Enter');
      await hits.filter({ hasText: /^1 of 2$/ }).waitFor();
      // Its row is drawn before its text has come.
      const found = page.locator('.log-current .log-text', { hasText: 'a Needle in the hay' });
      await inSight(found);
      assert.equal((await found.locator('mark').allTextContents()).join(''), 'Needle');
      await page.keyboard.press('Enter');
      await hits.filter({ hasText: /^2 of 2$/ }).waitFor();
      await inSight(page.locator('.log-current', { hasText: 'the last needle' }));
      await page.keyboard.press('Escape');
      await hits.filter({ hasText: /\d/ }).waitFor({ state: 'detached' });
    });

    test('is opened at any line or lines by their address', async () => {
      await window.open(`#/runs/${run}#L700000-L700003`);
      await inSight(page.locator('.log-marked').first());
      await inSight(page.locator('.log-marked').last());
      assert.equal(await page.locator('.log-marked').count(), 4);
      await line(700_000).getByText('says that the signal shows stop').waitFor();
      await line(700_002).locator('.log-number').click();
      await page.waitForURL(/#L700002$/);
      await line(700_005)
        .locator('.log-number')
        .click({ modifiers: ['Shift'] });
      await page.waitForURL(/#L700002-L700005$/);
    });

    test('is scrolled to its beginning, to its end, anywhere between, and on from there', async () => {
      await box().focus();
      await page.keyboard.press('Home');
      await inSight(line(1));
      await line(5).getByText('says that').waitFor();
      await page.keyboard.press('End');
      await inSight(line(last));
      await box().evaluate(element => element.scrollTo(0, element.scrollHeight / 2));
      const near = page.locator('.log-text', { hasText: /^line (49|50)\d{4} / }).first();
      await near.waitFor();
      const before = await firstInSight(page);
      assert.ok(Math.abs(before - middle) < 20_000, `${before} is not the middle`);
      await box().hover();
      for (let n = 0; n < 40; n += 1) await page.mouse.wheel(0, 300);
      // 12,000 px are some 570 lines: whatever was drawn anew meanwhile, none was left out.
      await until(async () => (await firstInSight(page)) > before + 400, 'the log to move on');
      assert.ok((await firstInSight(page)) < before + 1_000);
      await page.getByRole('button', { name: 'To the end' }).click();
      await inSight(line(last));
    });
  });

  test('follows, stands still when somebody scrolls up, and says how many lines have come', async () => {
    const { run } = await window.deliver('growing');
    await window.open(`#/runs/${run}`);
    await page.getByText('following').waitFor();
    await page.locator('.log-text', { hasText: 'tick 20' }).waitFor();
    await box().hover();
    await page.mouse.wheel(0, -1_500);
    const pill = page.locator('.log-jump', { hasText: /\d+ new lines/ });
    await pill.waitFor();
    const stands = await firstInSight(page);
    const unread = Number.parseInt((await pill.textContent()) ?? '', 10);
    await until(async () => Number.parseInt((await pill.textContent()) ?? '', 10) > unread + 5, 'more lines');
    assert.equal(await firstInSight(page), stands);
    await page.keyboard.press('f');
    await page.getByText('following').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.run-words', { hasText: 'cancelled' }).waitFor();
  });

  test('is folded by the markers of three dialects, and unfolded for what is looked for', async () => {
    const { run } = await window.deliver('folded');
    await finished(run);
    await window.open(`#/runs/${run}`);
    await page.getByRole('button', { name: 'First error' }).waitFor();
    await page.keyboard.press('e');
    const error = page.locator('.log-annotation-error');
    await inSight(error);
    assert.match((await error.textContent()) ?? '', /^error points are not lockedsrc\/points\.ts:41$/);
    await box().focus();
    await page.keyboard.press('Home');
    const title = (name: string) => page.locator('.log-section', { hasText: name });
    for (const [name, isOpen] of [
      ['Install', 'false'],
      ['Build it', 'false'],
      ['Tests', 'false'],
      ['Report', 'true'],
    ] as const)
      assert.equal(await title(name).getAttribute('aria-expanded'), isOpen, name);
    assert.equal(await page.getByText('package 7', { exact: true }).count(), 0);
    await title('Install').click();
    await inSight(page.getByText('package 7', { exact: true }));
    assert.equal(await page.getByText('::endgroup::').count(), 0);

    const install = Number(
      await page.locator('.log-line:has(.log-section)').first().getAttribute('data-seq'),
    );
    await window.open('#/runs');
    await window.open(`#/runs/${run}#L${install + 5}`);
    await inSight(page.locator('.log-marked', { hasText: 'package 5' }));
    await page.keyboard.press('/');
    await page.keyboard.type('compiling');
    await page.locator('.log-hits', { hasText: /^1$/ }).waitFor();
    await page.keyboard.press('Enter');

    await inSight(page.locator('.log-current', { hasText: 'compiling' }));
  });

  test('is shown as somebody likes it, also the next time, and saved as it was printed', async () => {
    await page.getByLabel('Times of the lines').selectOption('elapsed');
    await page
      .locator('.log-time', { hasText: /\d ms|\d s/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Wrap' }).click();
    await page.reload();
    await page.locator('.log-times-elapsed:not(.log-wraps)').waitFor();
    await page.getByRole('button', { name: 'Wrap' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Raw' }).click();
    const saved = readFileSync(await (await saving).path(), 'utf8');
    assert.ok(saved.includes('::group::Install\npackage 1\n'));
    assert.ok(saved.includes('section_start:1700000000:build[collapsed=true]\r\u001b[0KBuild it\n'));
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});

interface Box {
  readonly y: number;
  readonly height: number;
}

/** The first line of which something is in sight. */
function firstInSight(page: Page): Promise<number> {
  return page.locator('.log-lines').evaluate(box => {
    const { top } = box.getBoundingClientRect();
    const shown = [...box.querySelectorAll('.log-line')].find(
      row => row.getBoundingClientRect().bottom > top + 1,
    );
    return Number(shown?.getAttribute('data-seq'));
  });
}

/** Whether a line of the log lies within the log's own scrolling box. */
async function isInSight(line: Locator): Promise<boolean> {
  const [inner, outer] = await Promise.all(
    [line, line.page().locator('.log-lines')].map(each =>
      each
        .evaluate(element => element.getBoundingClientRect().toJSON() as Box, null, { timeout: 5_000 })
        .catch(() => null),
    ),
  );
  if (!inner || !outer) return false;
  return inner.y >= outer.y - 1 && inner.y + inner.height <= outer.y + outer.height + 1;
}
