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
    branch: [main, '"*/**']
    run: exit 3
  - name: patient
    on: push
    branch: "slow/**"
    run: sleep 300
  - name: careful
    on: push
    branch: main
    trust: approval
    run: "true"
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
    await window.deliver('slow/1');
    await window.deliver(`slow/${hostileBranch}`);
    await fetch(`${window.server.publicUrl}/github`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
  });
  after(() => window?.[Symbol.asyncDispose]());

  const clipboard = async () => String(await page.evaluate('navigator.clipboard.readText()'));
  const ruleAt = (name: string): string => `#/rules/${encodeURIComponent(name)}`;
  /** Each page, and what is there once it has all it is going to show. */
  const places = (): readonly (readonly [hash: string, last: string])[] => [
    ['#/rules', '.outcome-stop'],
    [ruleAt('broken'), '.rule-card'],
    [ruleAt('hostile'), '.rule-card'],
    [ruleAt(image), '.rule-gone'],
    ['#/insights', '.chart-pass'],
    ['#/insights?rule=broken', '.chart-fail'],
    ['#/insights?rule=nobody', '.charts p'],
    ['#/settings', '.tokens li'],
    ['#/queue', '.waiting .run-row'],
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

  test('what is touched with a finger is not smaller than it', async () => {
    await using phone = await window.another({
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    for (const [hash, last] of [...places(), [`#/events/${event}`, '.rule-card'] as const]) {
      await phone.page.goto(`${window.server.adminUrl}/${hash}`);
      await phone.page.locator(last).first().waitFor();
      const touched = phone.page.locator('a.button, a[aria-current], select, .field, button:not(.json *)');
      const heights = await touched.evaluateAll(all =>
        all.map(each => [each.textContent, each.getBoundingClientRect().height] as const),
      );
      assert.ok(heights.length > 2, 'looked at too little');
      assert.deepEqual(
        heights.filter(([, height]) => height > 0 && height < 40),
        [],
        hash,
      );
    }
  });

  test('rules are listed with how they have fared, and found by words', async () => {
    await page.keyboard.press('u');
    const row = page.locator('.rule-row', { hasText: 'broken' });
    await row.getByRole('img', { name: '2 failure' }).waitFor();
    await row.getByText('50 % of 4').waitFor();
    await page.locator('.rule-row', { hasText: 'unit' }).getByText('25 % of 4').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('unit');
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

  test('a rule begins with an event that was its own, and gives its badge away', async () => {
    await window.open(ruleAt('careful'));
    await page.locator('.try-rule-answer').getByText('blocked', { exact: true }).waitFor();
    const badge = page.getByAltText('badge of careful');
    await until(
      () => badge.evaluate(image => Number(Reflect.get(image, 'naturalWidth')) > 0),
      'the badge to be drawn',
    );
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy Markdown' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const { adminUrl } = window.server;
    assert.equal(
      await clipboard(),
      `[![careful](${adminUrl}/badge/careful.svg)](${adminUrl}/#/rules/careful)`,
    );
    assert.equal(await page.getByRole('link', { name: 'cc.xml' }).getAttribute('href'), '/cc.xml');
  });

  test('a run that failed shows so in its tab, is done by hand, and is started again with its event', async () => {
    const { items } = await window.server.api<{ items: readonly { id: string; event: string }[] }>(
      '/api/runs?rule=broken&outcome=failure',
    );
    const failed = items.find(run => run.event === event);
    const icon = () => page.locator('link[rel="icon"]').getAttribute('href');
    await window.open(`#/runs/${failed?.id}`);
    await page.locator('.run-words', { hasText: 'failure' }).waitFor();
    assert.equal(await icon(), '/favicon-stop.svg');
    assert.match(await page.title(), /^failure: broken/);
    await page.getByText('What it runs').click();
    await page.getByRole('button', { name: 'Copy commands' }).click();
    const commands = await clipboard();
    assert.ok(commands.endsWith(`git checkout ${window.repository.sha}\nexit 3\n`), commands);
    await page.getByRole('link', { name: 'Why it ran' }).click();
    await page.getByRole('button', { name: 'Rerun 1 failed' }).click();
    await page.getByRole('button', { name: 'Rerun 1 failed' }).waitFor({ state: 'detached' });
    await window.open('#/queue');
    await page.locator('.waiting .run-row', { hasText: 'broken' }).waitFor();
    assert.equal(await icon(), '/favicon.svg');
  });

  test('who waits says for what, and begins when there is room', async () => {
    await window.open('#/');
    await page.keyboard.press('q');
    const agent = page.locator('.agent-card', { hasText: 'local' });
    await agent.getByText('1 of 1 taken').waitFor();
    await agent.locator('.run-row', { hasText: 'slow/1' }).waitFor();
    await page.locator('.waiting', { hasText: 'approval' }).getByText('careful').waitFor();
    await page
      .locator('.waiting .run-row', { hasText: 'the only slot of pool local is busy' })
      .first()
      .waitFor();
    const [first] = (await window.server.api<{ items: readonly { id: string }[] }>('/api/runs?state=running'))
      .items;
    await window.server.api(`/api/runs/${first?.id}/cancel`, { method: 'POST', body: '{}' });
    await agent.locator('.run-row', { hasText: 'slow/1' }).waitFor({ state: 'detached' });
  });

  test('insights are drawn, and written down for whoever does not see them', async () => {
    await page.keyboard.press('s');
    await page.locator('.pass-rate', { hasText: /; [2-9] failed/ }).waitFor();
    const durations = page.locator('.chart', { has: page.getByRole('heading', { name: 'Durations' }) });
    assert.ok((await durations.locator('.chart-fail').count()) >= 2);
    await durations.getByText('As a table').click();
    await durations.getByRole('cell', { name: 'failure' }).first().waitFor();
    await durations.locator('.chart-point').first().click();
    await page.locator('.run-words').waitFor();
    await page.goBack();
    const hours = page.locator('.chart', { has: page.getByRole('heading', { name: 'Events per hour' }) });
    await hours.locator('.chart-held').first().waitFor();
    await hours.getByText('As a table').click();
    assert.equal(await hours.getByRole('row').count(), 49);
    const rules = page.locator('.chart', { has: page.getByRole('heading', { name: 'By rule' }) });
    await rules.getByRole('row', { name: /^broken [2-9] [2-9] 0 %/ }).waitFor();
    await page.getByLabel('Rule', { exact: true }).selectOption('unit');
    await page.getByText('100 %').waitFor();
  });

  test('settings say what was refused and why, and give and end tokens', async () => {
    await page.keyboard.press(',');
    await page.getByText('All is well').waitFor();
    const source = page.locator('.settings-part', { has: page.getByRole('heading', { name: 'github' }) });
    await source.getByText('x-hub-signature-256').waitFor();
    await page.getByText('1 run on this server').waitFor();
    await page.getByText('30 days, with deliveries and runs').waitFor();
    await page.getByLabel('Name of a new token').fill('laptop');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const token = (await page.locator('.token-made code').textContent()) ?? '';
    const ask = () =>
      fetch(`${window.server.adminUrl}/api/health`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await ask()).status, 200);
    await page.getByRole('button', { name: 'Revoke laptop' }).click();
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByRole('button', { name: 'Revoke laptop' }).waitFor({ state: 'detached' });
    assert.equal((await ask()).status, 401);
    await page.getByRole('button', { name: 'Read it again' }).click();
    await page.getByText('All is well').waitFor();
  });

  test('a rule that is gone is said to be', async () => {
    await window.open('#/rules/nobody');
    await page.getByText('No rule of this name is in force').waitFor();
  });

  test('had no error, and spoke with nobody else', () => {
    assert.deepEqual(window.opened.troubles, []);
  });
});
