import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { githubRequest, pullRequest } from './support/github-payloads.ts';
import { until } from './support/server.ts';
import { strangeMarkup } from './support/strange-markup.ts';
import { hookSecret, openWindow, type TestWindow } from './support/window.ts';

/** What strangers write into names, bodies and logs so that the window does something for them. */

const image = '"><img src=x onerror=alert(1)>';
const link = "<a href='javascript:alert(2)'>click</a>";
const override = 'gnp\u202eexe.sh';
const branch = `main${image.replaceAll(' ', '/')}`;
const esc = '\u001b';
const lines = [
  '<script>alert(3)</script>',
  image,
  `${esc}]8;;javascript:alert(4)${esc}\\a link${esc}]8;;${esc}\\`,
  `${esc}]8;;https://example.org/"onmouseover="alert(5)${esc}\\https://example.org/other${esc}]8;;${esc}\\`,
  `${esc}[1m`.repeat(200_000),
  `${esc}]0;a title that never ends`,
  `${esc}P1;2q${esc}[2J${esc}[1;1Hup there`,
  '\u0007'.repeat(1_000),
  `::group::${image}`,
  '::endgroup::',
  `section_start:1:x[collapsed=true]\r${esc}[0K${link}`,
  'section_end:1:x',
  `--- ${link}`,
  `::error file=${image},line=1::${link}`,
  override,
  'exit code 0',
  'attempt 7 on elsewhere',
  'checked out by nobody',
  'still here',
];

const config = `
version: 1
data: ./data
sources:
  github: { secret: "\${env:HOOK_SECRET}" }
git: { allowFile: true }
rules:
  - name: unit
    on: [push, patch]
    trust: anyone
    run: cat hostile.txt; exit 3
  - name: careful
    on: [push, patch]
    trust: approval
    run: "true"
`;

describe('the window before hostile data', { timeout: 110_000 }, () => {
  let window: TestWindow;
  let page: Page;
  before(async () => {
    window = await openWindow(config, { 'hostile.txt': `${lines.join('\n')}\n` });
    page = window.page;
  });
  after(() => window?.[Symbol.asyncDispose]());

  const strange = () => strangeMarkup(page);
  const nothingStrange = async () => {
    const seen = await page.locator('main *').count();
    assert.ok(seen > 20, `looked at too little: ${seen} elements`);
    assert.deepEqual(await strange(), []);
  };

  test('A74: log lines are text, links lead to the web or nowhere, and what follows is still seen', async () => {
    const { run } = await window.deliver('main');
    await window.open(`#/runs/${run}`);
    await page.locator('.run-words', { hasText: 'failure' }).waitFor();
    await page
      .getByRole('button', { name: 'Unfold' })
      .or(page.getByRole('button', { name: 'Fold' }))
      .waitFor();
    await page.locator('.log-text', { hasText: 'still here' }).waitFor();
    await nothingStrange();
    const links = page.locator('.log-text a');
    assert.deepEqual(
      await links.evaluateAll(all => all.map(a => [a.getAttribute('href'), a.getAttribute('rel')])),
      [['https://example.org/%22onmouseover=%22alert(5)', 'noopener noreferrer']],
    );
    const text = (await page.locator('.log-text, .log-title').allTextContents()).join('\n');
    for (const shown of [
      '<script>alert(3)</script>',
      image,
      link,
      'a link',
      '⟦U+001B⟧]0;a title',
      'up there',
    ])
      assert.ok(text.includes(shown), shown);
    await page.keyboard.press('/');
    await page.keyboard.type('<script>');
    await page.locator('.log-hits', { hasText: '1' }).waitFor();
    assert.equal(await page.locator('.log-text mark').textContent(), '<script>');
    await nothingStrange();
    await page.keyboard.press('Escape');
  });

  test('A75: a log changes nothing of what is said about its run, and what nobody sees is spelled out', async () => {
    const { run } = await window.deliver('main');
    await until(
      async () => (await window.server.api<RunDetailJson>(`/api/runs/${run}`)).state === 'finished',
      run,
    );
    await window.open(`#/runs/${run}`);
    assert.equal(await page.locator('.run-words').textContent(), 'failure (exit code 3)');
    await page.locator('.log-text', { hasText: 'gnp⟦U+202E⟧exe.sh' }).waitFor();
    await page.getByText('Checkout').waitFor();
    assert.equal(await page.locator('.fact', { hasText: 'Attempt' }).locator('dd').textContent(), '1');
    const own = await page.locator('.log-system .log-text').allTextContents();
    assert.ok(own[0]?.startsWith('attempt 1 on '));
    assert.ok(own.every(text => !text.includes('elsewhere') && !text.includes('nobody')));
  });

  test('A76: names, titles and messages are text on every page', async () => {
    const { event, run } = await window.deliver(branch, payload => ({
      ...payload,
      sender: { ...payload.sender, login: `${link}${override}` },
      commits: payload.commits.map(commit => ({
        ...commit,
        message: `${image}\n${link}\n`,
        author: { name: link },
      })),
    }));
    const head = { ref: branch, sha: window.repository.sha };
    const proposal = pullRequest({
      name: 'acme/widgets',
      url: window.repository.url,
      base: 'main',
      head,
      fork: image,
    });
    const payload = {
      ...proposal,
      pull_request: { ...proposal.pull_request, title: link, html_url: 'javascript:alert(6)' },
    };
    const { body, headers } = githubRequest('pull_request', payload, hookSecret);
    const answer = await fetch(`${window.server.publicUrl}/github`, { method: 'POST', body, headers });
    const patch = answer.headers.get('x-signalbox-event') ?? '';
    const runs = (answer.headers.get('x-signalbox-run') ?? '').split(', ');
    const evil = { 'x-github-event': image, 'x-github-delivery': link, 'user-agent': image };
    await fetch(`${window.server.publicUrl}/github?${encodeURIComponent(image)}`, {
      method: 'POST',
      body: image,
      headers: { ...headers, ...evil, 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    });

    await window.open('#/');
    await page.locator('.refused-row summary').click();
    await page.locator(`a[href="#/events/${patch}"]`).waitFor();
    await nothingStrange();
    assert.ok((await page.locator('main').textContent())?.includes('gnp⟦U+202E⟧exe.sh'));
    for (const id of [event, patch]) {
      await window.open(`#/events/${id}`);
      await page.locator('.rule-card').first().waitFor();
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.locator('.json-toggle', { hasText: 'body' }).waitFor();
      await page.getByRole('button', { name: 'Try a rule' }).click();
      await page.locator('.try-rule .rule-card').waitFor();
      await nothingStrange();
    }
    await window.open('#/runs');
    await page.locator(`a[href="#/runs/${run}"]`).waitFor();
    await nothingStrange();
    for (const id of [run, ...runs]) {
      await window.open(`#/runs/${id}`);
      await page.locator('.run-words').waitFor();
      for (const summary of await page.locator('summary').all()) await summary.click();
      await nothingStrange();
    }
    await page.locator('.approval').waitFor();
  });

  test('A76: an address that somebody made up is no more than an address', async () => {
    for (const hash of [
      `#/?q=${encodeURIComponent(image)}&source=${encodeURIComponent(link)}`,
      `#/${image}`,
      '#/runs?rule=%3Cb%3E',
    ]) {
      await window.open(hash);
      await page.locator('main h1, main .notice').first().waitFor();
      assert.deepEqual(await strange(), []);
    }
  });

  test('A100: another site’s page can neither ask nor listen in somebody’s name', async () => {
    const cookies = await page.context().cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    for (const path of ['/api/events', '/api/feed', '/api/runs/last/log/stream'])
      for (const foreign of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await fetch(`${window.server.adminUrl}${path}`, { headers: { cookie, ...foreign } });
        assert.equal(answer.status, 403, path);
        await answer.text();
      }
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});
