import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { fits } from './support/audit.ts';
import { until } from './support/server.ts';
import { openWindow, type TestWindow } from './support/window.ts';

/** What matters first is seen first, on any screen, and nothing is cut off or moves away. */

const long = 'lint-and-integration-tests-with-a-name-as-long-as-names-may-be-x';
const gone = 'd'.repeat(40);
const folder = mkdtempSync(join(tmpdir(), 'signalbox-scripts-'));

const config = `
version: 1
data: ./data
sources:
  github: { secret: "\${env:HOOK_SECRET}" }
  scripts: { dir: ${folder}, executors: [sh], auth: none }
git: { allowFile: true }
limits: { runs: 1 }
rules:
  - name: ${long}
    on: push
    branch: [main, other]
    run: "true"
${[1, 2, 3, 4].map(n => `  - name: good-${n}\n    on: push\n    branch: main\n    run: "true"\n`).join('')}
  - name: bad
    on: push
    branch: main
    run: exit 3
  - name: deploy
    on: push
    branch: guarded
    trust: approval
    run: "true"
  - name: patient
    on: push
    branch: slow
    run: sleep 300
`;

describe('the window at a glance', { timeout: 170_000 }, () => {
  let window: TestWindow;
  let page: Page;
  let event: string;
  let run: string;
  before(async () => {
    writeFileSync(join(folder, 'tidy.sh'), 'echo tidy\n');
    window = await openWindow(config);
    page = window.page;
    ({ event, run } = await window.deliver('main'));
    const ended = async () => {
      const { items } = await window.server.api<{ items: readonly RunDetailJson[] }>(
        `/api/runs?event=${event}&state=finished`,
      );
      return items.length === 6;
    };
    await until(ended, 'the runs of the first event');
  });
  after(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const narrow = async (hash: string, last: string, check: (page: Page) => Promise<void>) => {
    for (const width of [360, 1024]) {
      await using other = await window.another({ viewport: { width, height: 800 } });
      await other.page.goto(`${window.server.adminUrl}/${hash}`);
      await other.page.locator(last).first().waitFor();
      await check(other.page);
      assert.deepEqual(other.troubles, []);
    }
  };

  test('a badge with a long name is no wider than its place', () =>
    narrow(`#/rules/${long}`, '.badge-facts p', async page => {
      await page.locator('.badge-facts img').evaluate(image => image.decode());
      await fits(page, 'a rule');
    }));

  test('a reason with a long word in it is broken where there is no room', async () => {
    const { run } = await window.deliver('other', payload => ({
      ...payload,
      after: gone,
      head_commit: { ...payload.head_commit, id: gone },
    }));
    await narrow(`#/runs/${run}`, '.run-words >> text=is no longer on the remote', page =>
      fits(page, 'a run'),
    );
  });

  test('a run says where and when beside how it stands, also where its facts are far below', () =>
    narrow(`#/runs/${run}`, '.run-words', async page => {
      const head = page.locator('.run-head');
      await head.getByText('acme/widgets').waitFor();
      await head.getByText('main', { exact: true }).waitFor();
      await head.getByText(/^ended (just now|\d+ min ago)$/).waitFor();
    }));

  test('what failed of an event is seen before its rules are read, and in its row though it came last', async () => {
    await window.open('#/');
    const row = page.locator('.event-row', { has: page.locator(`a[href="#/events/${event}"]`) });
    await row.locator('.run-chip', { hasText: 'bad' }).getByLabel('failure').waitFor();
    await row.getByText('+2').waitFor();
    await window.open(`#/events/${event}`);
    const chips = page.locator('.event-runs .run-chip');
    await chips.filter({ hasText: 'bad' }).getByLabel('failure').waitFor();
    assert.equal(await chips.count(), 6);
  });

  test('all that failed is one choice away, in whichever way it failed', async () => {
    await window.open('#/runs');
    await page.locator('.run-row', { hasText: 'good-1' }).waitFor();
    await page.getByLabel('Outcome').selectOption('any that failed');
    await page.locator('.run-row', { hasText: 'good-1' }).waitFor({ state: 'detached' });
    await page.locator('.run-row', { hasText: 'failure (exit code 3)' }).waitFor();
    await page.locator('.run-row', { hasText: `commit ${gone}` }).waitFor();
  });

  test('a run that waits says for what on its own page, and goes by what has changed', async () => {
    const { run: first } = await window.deliver('slow');
    const { run: second } = await window.deliver('slow');
    await window.open(`#/runs/${second}`);
    const words = page.locator('.run-words');
    await words.filter({ hasText: 'pool local' }).waitFor();
    // The feed tells nothing of this run when a pool is paused.
    await window.server.api('/api/pools/local/pause', { method: 'POST', body: '{"reason":"new disks"}' });
    await words.filter({ hasText: 'new disks' }).waitFor();
    await page.getByRole('link', { name: 'Why it was planned' }).waitFor();
    await window.server.api('/api/pools/local/resume', { method: 'POST', body: '{}' });
    for (const run of [second, first])
      await window.server.api(`/api/runs/${run}/cancel`, { method: 'POST', body: '{}' });
    await words.filter({ hasText: 'cancelled' }).waitFor();
  });

  test('the button that approves does not move away when the event has come', async () => {
    const { run } = await window.deliver('guarded');
    await using other = await window.another();
    const known = Promise.withResolvers<void>();
    await other.page.route('**/api/events/*', async route => {
      await known.promise;
      await route.continue();
    });
    await other.page.goto(`${window.server.adminUrl}/#/runs/${run}`);
    await other.page.getByRole('heading', { name: 'Waits for your approval' }).waitFor();
    const approve = other.page.getByRole('button', { name: 'Approve this run' });
    assert.equal(await approve.count(), 0);
    known.resolve();
    await approve.waitFor();
    await other.page.locator('.approval', { hasText: 'acme/widgets' }).waitFor();
  });

  test('who looks at what may be old is told so, and since when, until the server is back', async () => {
    await using other = await window.another();
    await other.page.goto(`${window.server.adminUrl}/#/`);
    await other.page.locator('.header-connection', { hasText: 'live' }).waitFor();
    await other.page.route('**/api/feed*', route => route.abort());
    await other.page.reload();
    await other.page.locator('.away-notice', { hasText: /since \d+ \w+, \d\d:\d\d/ }).waitFor();
    await other.page.unroute('**/api/feed*');
    await other.page.locator('.away-notice').waitFor({ state: 'detached' });
    await other.page.locator('.header-connection', { hasText: 'live' }).waitFor();
  });

  test('a call says what was called, and is found by it', async () => {
    const answer = await fetch(`${window.server.publicUrl}/v1/start?wait=1`, {
      method: 'POST',
      body: JSON.stringify({ executor: 'sh', script: 'tidy.sh', args: ['all of it', '-v'] }),
    });
    const event = answer.headers.get('x-signalbox-event');
    assert.equal(answer.status, 200, await answer.text());
    await window.open('#/?q=tidy.sh');
    await page.locator('.event-row', { hasText: 'tidy.sh' }).locator('.row-link').click();
    await page.waitForURL(url => url.hash === `#/events/${event}`);
    await page.locator('.fact', { hasText: 'Called' }).getByText('tidy.sh "all of it" -v').waitFor();
  });

  test('a ref of hundreds of letters takes two lines, and is told in full among the facts', async () => {
    const branch = 'a-name-without-an-end-'.repeat(12);
    const { event } = await window.deliver(branch);
    await narrow(`#/events/${event}`, '.rule-card', async page => {
      const place = await page
        .locator('h1 .headline-place')
        .evaluate(place => [
          place.clientHeight / Number.parseFloat(getComputedStyle(place).getPropertyValue('line-height')),
        ]);
      assert.ok((place[0] ?? 0) < 2.5, `${place[0]} lines`);
      await page.locator('.fact', { hasText: 'Ref' }).getByText(`refs/heads/${branch}`).waitFor();
    });
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});

/** What is asked of a page is answered in it. */
declare function getComputedStyle(element: unknown): { getPropertyValue(name: string): string };
