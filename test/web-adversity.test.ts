import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { openPage } from './support/browser.ts';
import { until } from './support/server.ts';
import { openWindow, type TestWindow } from './support/window.ts';

/** The window where things are not as they should be: clocks, sessions, eyes, and people in a hurry. */

const rules = 260;
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
    run: seq 40; echo careful >&2
  - name: grouped
    on: push
    branch: grouped
    run: "echo ::group::Numbers; seq 9; echo ::endgroup::; seq 9"
  - name: patient
    on: push
    branch: slow
    run: sleep 300
${Array.from(
  { length: rules },
  (_, n) => `  - name: many-${n}
    on: push
    branch: many
    run: sleep 300
    concurrency: { group: many, limit: 1, busy: skip }
`,
).join('')}`;

describe('the window in adversity', { timeout: 170_000 }, () => {
  let window: TestWindow;
  let page: Page;
  let event: string;
  let run: string;
  before(async () => {
    window = await openWindow(config);
    page = window.page;
    ({ event, run } = await window.deliver('main'));
    await window.deliver('topic');
  });
  after(() => window?.[Symbol.asyncDispose]());

  const row = (of: string): Locator => page.locator(`.event-row a[href="#/events/${of}"]`);

  test('words that were searched for are gone where the whole list is shown, and back where they were', async () => {
    await window.open('#/');
    const words = page.getByPlaceholder('Search deliveries');
    await row(event).waitFor();
    await words.fill('topic');
    await row(event).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Inbox' }).click();
    await row(event).waitFor();
    await until(async () => (await words.inputValue()) === '', 'the field to be empty');
    await page.goto(`${window.server.adminUrl}/#/?q=topic`);
    await until(async () => (await words.inputValue()) === 'topic', 'the field to say what the list shows');
  });

  test('who comes back from an event is at its row', async () => {
    await window.open('#/');
    const link = row(event);
    await link.focus();
    await page.keyboard.press('Enter');
    await page.locator('.rule-card').first().waitFor();
    await page.goBack();
    const isFocused = () => link.evaluate(link => link === document.activeElement);
    await until(isFocused, 'the row to have the focus');
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.locator('.run-row').first().waitFor();
    assert.equal(await page.evaluate('document.activeElement.matches(".row-link")'), false);
  });

  test('an event leads to the others of its repository', async () => {
    await window.open(`#/events/${event}`);
    await page.getByRole('link', { name: 'acme/widgets', exact: true }).click();
    await row(event).waitFor();
    assert.equal(await page.getByLabel('Repository').inputValue(), 'acme/widgets');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Repository').waitFor({ state: 'detached' });
  });

  test('what is chosen while somebody types is not undone by what they typed', async () => {
    await window.open('#/runs');
    await page.getByPlaceholder('Search runs').fill('unit');
    await page.getByLabel('State').selectOption('finished');
    await page.waitForURL(url => url.hash.includes('q=unit'));
    assert.match(new URL(page.url()).hash, /state=finished/);
  });

  test('times are the server’s, whatever the clock of this computer says', async () => {
    const { run } = await window.deliver('slow');
    for (const aheadMs of [3_600_000, -3_600_000]) {
      await using other = await window.another();
      await other.page.addInitScript(`{
        const Own = Date;
        globalThis.Date = class extends Own {
          constructor(...given) { super(...(given.length === 0 ? [Own.now() + ${aheadMs}] : given)); }
          static now() { return Own.now() + ${aheadMs}; }
        };
      }`);
      await other.page.goto(`${window.server.adminUrl}/#/`);
      await other.page
        .locator('.row-time')
        .first()
        .filter({ hasText: /now|^\d+ min/ })
        .waitFor();
      await other.page.goto(`${window.server.adminUrl}/#/runs/${run}`);
      const took = other.page.locator('.duration');
      await took.filter({ hasText: /^([1-9]|\d\d)(\.\d)? s|min/ }).waitFor();
      assert.doesNotMatch((await took.textContent()) ?? '', /h/);
      assert.deepEqual(other.troubles, []);
    }
    await window.server.api(`/api/runs/${run}/cancel`, { method: 'POST', body: '{}' });
  });

  test('an event of more runs than are told of at once is asked about once', async () => {
    const { event, run } = await window.deliver('many');
    await using other = await window.another();
    let asked = 0;
    other.page.on('request', request => {
      if (request.url().includes(`event=${event}`)) asked += 1;
    });
    await other.page.goto(`${window.server.adminUrl}/#/`);
    const its = other.page.locator('.event-row', { has: other.page.locator(`a[href="#/events/${event}"]`) });
    await its.getByText(`+${rules - 4}`).waitFor();
    // Each of these has the list read again.
    for (const branch of ['a', 'b', 'c']) {
      const { event } = await window.deliver(branch);
      await other.page.locator(`a[href="#/events/${event}"]`).waitFor();
    }
    assert.ok(asked <= 1, `it was asked about ${asked} times`);
    await window.server.api(`/api/runs/${run}/cancel`, { method: 'POST', body: '{}' });
  });

  test('words that run from right to left begin where they begin, and end where there is no room', async () => {
    const title = `שלום ${'very long subject '.repeat(30)}`;
    const { event } = await window.deliver('rtl', payload => ({
      ...payload,
      commits: payload.commits.map(commit => ({ ...commit, message: title })),
    }));
    await window.open('#/');
    await row(event).waitFor();
    const details = page
      .locator('.event-row', { has: page.locator(`a[href="#/events/${event}"]`) })
      .locator('.event-row-details');
    const [box, last] = [details, details.locator('bdi').last()];
    assert.match((await last.textContent()) ?? '', /^שלום/);
    const [outer, inner] = await Promise.all([box.boundingBox(), last.boundingBox()]);
    assert.ok(outer && inner && inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width + 1);
    assert.equal(await styleOf(last, 'direction'), 'rtl');
  });

  test('who signs out in one tab is signed out in all', async () => {
    const { url } = await window.server.api<{ url: string }>('/api/sign-in-links', {
      method: 'POST',
      body: '{}',
    });
    await using one = await openPage(window.browser, window.server.adminUrl);
    await one.page.goto(url);
    const two = await one.page.context().newPage();
    await two.goto(`${window.server.adminUrl}/#/insights`);
    for (const tab of [one.page, two]) await tab.locator('.header-connection', { hasText: 'live' }).waitFor();
    await two.getByRole('button', { name: 'Sign out' }).click();
    for (const tab of [one.page, two]) await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('whose token is revoked is told that the session has ended, and heard to be elsewhere', async () => {
    const { token } = await window.server.api<{ token: string }>('/api/tokens', {
      method: 'POST',
      body: JSON.stringify({ name: 'short-lived' }),
    });
    await using other = await openPage(window.browser, window.server.adminUrl);
    await other.page.goto(`${window.server.adminUrl}/#/rules/unit`);
    const form = other.page.locator('.sign-in');
    await form.getByText('with the token that they began with').waitFor();
    assert.equal(await form.getByText('This session has ended').count(), 0);
    await other.page.getByLabel('Token').fill(token);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.locator('.rule-card').first().waitFor();
    await window.server.api('/api/tokens/short-lived', { method: 'DELETE' });
    await form.getByText('This session has ended').waitFor();
    const focused = () => other.page.evaluate('document.activeElement.localName');
    await until(async () => (await focused()) === 'main', 'what is shown instead to have the focus');
  });

  test('who has to sign in again is where they were', async () => {
    await using other = await window.another();
    await other.page.goto(`${window.server.adminUrl}/#/rules/unit`);
    await other.page.locator('.rule-card').first().waitFor();
    // As when its twelve hours are over.
    await other.page.context().clearCookies();
    await other.page.reload();
    await other.page.getByLabel('Token').fill(window.server.token);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByRole('heading', { name: 'unit' }).first().waitFor();
  });

  test('a line of a log is linked to with keys alone, and a range of them', async () => {
    await window.open(`#/runs/${run}`);
    await page.locator('.log-stderr').waitFor();
    await page.locator('.run-words', { hasText: 'success' }).waitFor();
    await page.keyboard.press('l');
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    await until(async () => String(await focused()).startsWith('Line '), 'a line to have the focus');
    const from = Number(String(await focused()).slice('Line '.length));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(url => url.hash.endsWith(`#L${from + 1}`));
    for (let n = 0; n < 3; n += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Enter');
    await page.waitForURL(url => url.hash.endsWith(`#L${from + 1}-L${from + 4}`));
    assert.equal(await page.locator('.log-marked').count(), 4);
    assert.equal(page.context().pages().length, 1);
  });

  test('a line keeps the focus when it turns out to be in a section that is folded, or the title of one', async () => {
    const { run } = await window.deliver('grouped');
    await using other = await window.another();
    const slow = other.page;
    const known = Promise.withResolvers<void>();
    await slow.route('**/log/marks*', async route => {
      await known.promise;
      await route.continue();
    });
    await slow.goto(`${window.server.adminUrl}/#/runs/${run}`);
    await slow.locator('.run-words', { hasText: 'success' }).waitFor();
    const title = slow.locator('.log-line', { hasText: 'Numbers' });
    await title.waitFor();
    await slow.locator('.log-lines').focus();
    await slow.keyboard.press('Home');
    await slow.keyboard.press('l');
    const focused = async () =>
      Number(
        String(await slow.evaluate('document.activeElement.getAttribute("aria-label")')).slice(
          'Line '.length,
        ),
      );
    await until(async () => (await focused()) === 1, 'the first line to have the focus');
    const start = Number(await title.getAttribute('data-seq'));
    for (let line = 1; line < start + 2; line += 1) await slow.keyboard.press('ArrowDown');
    assert.equal(await focused(), start + 2);
    for (let line = 0; line < 2; line += 1) await slow.keyboard.press('ArrowUp');
    assert.equal(await focused(), start);
    known.resolve();
    await title.locator('.log-section').waitFor();
    assert.equal(await focused(), start);
    // What somebody has been at is not folded away behind them.
    await slow.keyboard.press('ArrowDown');
    assert.equal(await focused(), start + 1);
  });

  test('a store that does not say who is signed in leaves nobody before an empty window', async () => {
    await using other = await window.another();
    const over = Promise.withResolvers<void>();
    await other.page.route('**/api/session', async route => {
      await over.promise;
      await route.abort();
    });
    await other.page.goto(`${window.server.adminUrl}/#/runs/${run}`);
    await other.page.locator('.run-words', { hasText: 'success' }).waitFor();
    over.resolve();
  });

  test('what is told by a ground or a border is told in everybody’s colours', async () => {
    await using other = await window.another({ forcedColors: 'active' });
    await other.page.goto(`${window.server.adminUrl}/#/runs/${run}#L7`);
    await other.page.locator('.log-marked').waitFor();
    const look = (selector: string, property: string) =>
      styleOf(other.page.locator(selector).first(), property);
    const border = (selector: string) => look(selector, 'border-inline-start-color');
    const plain = await border('.log-stdout:not(.log-marked)');
    assert.notEqual(await border('.log-marked'), plain);
    assert.notEqual(await border('.log-stderr'), plain);
    const under = (selector: string) => look(selector, 'border-block-end-color');
    assert.notEqual(
      await under('.header-nav a[aria-current]'),
      await under('.header-nav a:not([aria-current])'),
    );
    assert.notEqual(await look('.timeline-run', 'background-color'), await look('.page', 'background-color'));
  });

  test('a run on paper has its log, and nothing to press', async () => {
    await using other = await window.another();
    await other.page.goto(`${window.server.adminUrl}/#/runs/${run}`);
    await other.page.locator('.log-stderr').waitFor();
    await other.page.emulateMedia({ media: 'print' });
    for (const selector of ['.header', '.log-tools', '.page-head .actions'])
      await other.page.locator(selector).waitFor({ state: 'hidden' });
    const [shown, whole] = await other.page
      .locator('.log-lines')
      .evaluate(box => [box.clientHeight, box.scrollHeight]);
    assert.equal(shown, whole);
  });

  test('an empty inbox names the address and the secret’s place of every forge', async () => {
    await using empty = await openWindow(`
version: 1
data: ./data
sources:
  gitlab: { token: "\${env:HOOK_SECRET}" }
  gitea: { secret: "\${env:HOOK_SECRET}" }
`);
    const inbox = empty.page.locator('.empty-inbox');
    for (const forge of ['gitlab', 'gitea'])
      await inbox.getByText(`${empty.server.publicUrl}/${forge}`).waitFor();
    await inbox.getByText('token: "${env:GITLAB_WEBHOOK_TOKEN}"').waitFor();
    await inbox.getByText('secret: "${env:GITEA_WEBHOOK_SECRET}"').waitFor();
    await inbox.getByText('once sources: has a github: as below').waitFor();
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});

/** What is asked of a page is answered in it. */
declare const document: { readonly activeElement: unknown };
declare function getComputedStyle(element: unknown): { getPropertyValue(name: string): string };

const styleOf = (element: Locator, property: string): Promise<string> =>
  element.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
