import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import type { RunDetail } from '../web/wire.ts';
import { openPage } from './support/browser.ts';
import { githubRequest, pullRequest } from './support/github-payloads.ts';
import { until } from './support/server.ts';
import { hookSecret, openWindow, type TestWindow } from './support/window.ts';

/** The window in a real browser, before the real program. */

/** What someone may write into a branch or a log who wants the window to do something. */
const hostileBranch = '"><img/src=x/onerror=alert(1)>';
const hostileText = '<script>alert(1)</script> <img src=x onerror=alert(2)>';
const lines = 12_000;

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
    run: |
      cat hostile.txt
      printf '\\033[31mred\\033[0m and \\033]8;;javascript:alert(3)\\033\\\\a link\\033]8;;\\033\\\\\\n'
      echo careful >&2
      echo last
  - name: long
    on: push
    branch: long
    run: seq ${lines}
  - name: patient
    on: push
    branch: slow
    run: echo begun; sleep 300
  - name: release
    on: push
    branch: ["release/*"]
    run: "true"
`;

describe('the window', { timeout: 110_000 }, () => {
  let window: TestWindow;
  let page: Page;
  before(async () => {
    window = await openWindow(config, { 'hostile.txt': `${hostileText}\nbidi \u202e here\n` });
    page = window.page;
  });
  after(() => window?.[Symbol.asyncDispose]());

  const deliver: TestWindow['deliver'] = (...push) => window.deliver(...push);
  const open: TestWindow['open'] = hash => window.open(hash);
  const row = (event: string) =>
    page.locator('.event-row', { has: page.locator(`a[href="#/events/${event}"]`) });
  /** Elements that only data could have made, and attributes that only data could have set. */
  const planted = () =>
    page
      .locator('main :is(img, script, iframe, object, embed, link, style, base, form)')
      .or(page.locator('xpath=//main//*[@*[starts-with(name(), "on") or contains(., "javascript:")]]'))
      .count();

  test('asks who is there before it shows anything', async () => {
    await using stranger = await openPage(window.browser, window.server.adminUrl);
    await stranger.page.goto(window.server.adminUrl);
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await stranger.page.locator('nav').count(), 0);
    await stranger.page.getByLabel('Token').fill('sbx_wröng');
    await stranger.page.getByRole('button', { name: 'Sign in' }).click();
    await stranger.page.getByText('is not valid').waitFor();
    await stranger.page.getByLabel('Token').fill(window.server.token);
    await stranger.page.getByRole('button', { name: 'Sign in' }).click();
    await stranger.page.getByRole('navigation').waitFor();
    await stranger.page.getByRole('button', { name: 'Sign out' }).click();
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await stranger.page.reload();
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('teaches how the first event comes', async () => {
    await page.getByText('signalbox send github.push').waitFor();
    await page.getByText(`${window.server.publicUrl}/github`).waitFor();
  });

  test('shows an event when it arrives, and its run turning green, without being touched', async () => {
    let loaded = 0;
    page.on('load', () => {
      loaded += 1;
    });
    const { event, run } = await deliver('main');
    await row(event).waitFor();
    await row(event).getByText('4 rules: 1 ran, 3 not').waitFor();
    await page.locator(`.run-chip[href="#/runs/${run}"] [aria-label="success"]`).waitFor();
    assert.equal(loaded, 0);
  });

  test('says why a rule did not run, and with which value', async () => {
    const { event } = await deliver('topic');
    await row(event).locator('.row-link').click();
    const card = page.locator('.rule-card', {
      has: page.getByRole('heading', { name: 'release', exact: true }),
    });
    assert.equal(await card.locator('.verdict').textContent(), 'not matched');
    const decisive = await card.locator('.explanation-decisive').textContent();
    assert.match(decisive ?? '', /branch "topic".*release\/\*/);
  });

  test('shows what the rules would answer now without running anything, and runs them when told to', async () => {
    const before = await window.server.api<{ items: readonly unknown[] }>('/api/events');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.locator('.dry-run').getByText('release').waitFor();
    const then = await window.server.api<{ items: readonly unknown[] }>('/api/events');
    assert.equal(then.items.length, before.items.length);

    const original = page.url();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.waitForURL(url => url.href !== original);
    await page.getByText('Replay of').waitFor();
  });

  test('shows the whole log of a run, in its colours, as text', async () => {
    const { run } = await deliver('main');
    await open(`#/runs/${run}`);
    await page.locator('.run-words', { hasText: 'success' }).waitFor();
    await page.locator('.log-stdout', { hasText: 'last' }).waitFor();
    assert.equal(await page.locator('.log-stderr .log-text').textContent(), 'careful');
    assert.equal(await page.locator('.ansi-red').textContent(), 'red');
    const log = (await page.locator('.log-stdout .log-text').allTextContents()).join('\n');
    assert.ok(log.includes(hostileText));
    assert.ok(log.includes('bidi ⟦U+202E⟧ here'));
    assert.ok(log.includes('red and a link'));
    assert.equal(await planted(), 0);

    const detail: RunDetail = await window.server.api<RunDetailJson>(`/api/runs/${run}`);
    assert.equal(await page.locator('h1').textContent(), detail.rule);
  });

  test('follows a long log to its end, keeps few lines, and finds any line by its address', async () => {
    const { run } = await deliver('long');
    await open(`#/runs/${run}`);
    const last = page.locator('.log-stdout', { hasText: new RegExp(`^\\d+${lines}$`) });
    await last.waitFor();
    await page.locator('.run-words', { hasText: 'success' }).waitFor();
    await until(() => isInSight(last), 'the last line to be in sight');
    assert.ok((await page.locator('.log-line').count()) <= 5_000);

    await open(`#/runs/${run}#L42`);
    const marked = page.locator('.log-marked');
    await marked.waitFor();
    assert.equal(await marked.getAttribute('data-seq'), '42');
    await until(() => isInSight(marked), 'the marked line to be in sight');
    await page.getByRole('button', { name: 'To the end' }).click();
    await last.waitFor();
    await until(() => isInSight(last), 'the last line to be in sight');
  });

  test('cancels a run, and starts it again', async () => {
    const { run } = await deliver('slow');
    await open(`#/runs/${run}`);
    await page.locator('.log-stdout', { hasText: 'begun' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.run-words', { hasText: 'cancelled' }).waitFor();
    await page.getByRole('button', { name: 'Rerun' }).click();
    await page.getByText('Rerun of').waitFor();
    await page.locator('.log-stdout', { hasText: 'begun' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.run-words', { hasText: 'cancelled' }).waitFor();
  });

  test('A77: a log that is opened by its address is saved, not shown', async () => {
    const { run } = await deliver('main');
    await until(
      async () => (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).state === 'finished',
      run,
    );
    await using other = await window.another();
    const saved = other.page.waitForEvent('download');
    await other.page.goto(`${window.server.adminUrl}/api/runs/${run}/log`).catch(() => undefined);
    assert.equal((await saved).suggestedFilename(), `${run}.ndjson`);
    assert.equal(other.page.url(), 'about:blank');
  });

  test('treats names from outside as text wherever they stand', async () => {
    const { event } = await deliver(hostileBranch);
    await open('#/');
    await row(event).waitFor();
    assert.ok((await row(event).textContent())?.includes(hostileBranch));
    assert.equal(await planted(), 0);
    await row(event).locator('.row-link').click();
    await page.locator('.rule-card').first().waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.locator('.json-toggle', { hasText: 'body' }).waitFor();
    assert.equal(await planted(), 0);
    await page.getByRole('button', { name: 'Text' }).click();
    await page.locator('.raw-body').waitFor();
    assert.equal(await planted(), 0);
  });

  test('hears everything that happened while the line was cut', async () => {
    await using line = await openLine(window.server.adminUrl);
    const storageState = await page.context().storageState();
    await using other = await openPage(window.browser, line.url, { storageState });
    await other.page.goto(line.url);
    const connection = other.page.locator('.header-connection');
    await connection.filter({ hasText: 'live' }).waitFor();

    line.cut();
    await connection.filter({ hasText: 'reconnecting' }).waitFor();
    const { event } = await deliver('meanwhile');
    line.mend();
    await other.page.locator(`a[href="#/events/${event}"]`).waitFor();
    await connection.filter({ hasText: 'live' }).waitFor();
  });

  test('what was asked for while the line was cut is there when it is mended', async () => {
    const { run } = await deliver('main');
    await using line = await openLine(window.server.adminUrl);
    const storageState = await page.context().storageState();
    await using other = await openPage(window.browser, line.url, { storageState });
    await other.page.goto(line.url);
    const connection = other.page.locator('.header-connection');
    await connection.filter({ hasText: 'live' }).waitFor();

    line.cut();
    await connection.filter({ hasText: 'reconnecting' }).waitFor();
    await other.page.goto(`${line.url}/#/runs/${run}`);
    await other.page.getByRole('alert').getByText('does not answer').waitFor();
    line.mend();
    await other.page.locator('.run-words').waitFor();
  });

  test('a patch from a fork names the fork; where nobody knows it, nothing is said of its end', async () => {
    for (const [fork, said] of [
      ['stranger/widgets', 'in the fork stranger/widgets'],
      [null, 'outside the repository'],
    ] as const) {
      const head = { ref: 'lamps', sha: window.repository.sha };
      const payload = pullRequest({
        name: 'acme/widgets',
        url: window.repository.url,
        base: 'main',
        head,
        fork,
      });
      const { body, headers } = githubRequest('pull_request', payload, hookSecret);
      const answer = await fetch(`${window.server.publicUrl}/github`, { method: 'POST', body, headers });
      await open(`#/events/${answer.headers.get('x-signalbox-event')}`);
      await page.getByText(`from lamps ${said}`).waitFor();
      assert.equal(await page.getByText('(deleted)').count(), 0);
    }
  });

  test('A33: a broken configuration is shown on every page until it is mended; so is what waits for a restart', async () => {
    const file = join(window.server.directory, 'signalbox.yaml');
    const reload = async (text: string) => {
      writeFileSync(file, text);
      const headers = { authorization: `Bearer ${window.server.token}` };
      await fetch(`${window.server.adminUrl}/api/reload`, { method: 'POST', headers });
      await page.reload();
      await page.getByRole('navigation').waitFor();
    };
    await open('#/runs');
    await reload(`${config}  - { name: broken, on: push }\n`);
    const notice = page.getByRole('alert');
    await notice.getByText('could not be read again').waitFor();
    await notice.getByText('rules[4]: does nothing').waitFor();
    await reload(`${config}limits: { runs: 7 }\n`);
    await page.getByText('in force after a restart only: limits.runs').waitFor();
    assert.equal(await notice.count(), 0);
    await reload(config);
    await page.locator('.header-connection', { hasText: 'live' }).waitFor();
    assert.equal(await page.locator('.config-notice').count(), 0);
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});

/** Whether a line of the log lies within the log's own scrolling box. */
async function isInSight(line: Locator): Promise<boolean> {
  const [inner, outer] = await Promise.all(
    [line, line.page().locator('.log-lines')].map(each => each.boundingBox()),
  );
  if (!inner || !outer) return false;
  return inner.y >= outer.y - 1 && inner.y + inner.height <= outer.y + outer.height + 1;
}

interface Line extends AsyncDisposable {
  readonly url: string;
  /** Ends every connection, and lets no new one through. */
  cut(): void;
  mend(): void;
}

/** A line to a server that can be cut. */
async function openLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let whole = true;
  const relay = createServer(near => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      socket.pipe(other);
    }
    return undefined;
  });
  const cut = () => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      whole = true;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      relay.close();
      await once(relay, 'close');
    },
  };
}
