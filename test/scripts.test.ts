import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { EventDetailJson } from '../src/server/json/event.ts';
import type { RuleJson } from '../src/server/json/rule.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { openHouse, type TestHouse } from './support/house.ts';
import { until } from './support/server.ts';

/** `sources.scripts` in the whole house, beside everything else at the public door. */

const folder = mkdtempSync(join(tmpdir(), 'signalbox-scripts-'));
const token = 'what-callers-show';
const config = `
version: 1
sources:
  scripts:
    dir: ${folder}
    executors: [sh, cat]
    path: /run
    token: "\${env:SCRIPTS_TOKEN}"
    env: { FROM: the rule, ALSO: the rule }
    secrets: API_KEY
    concurrency: { limit: 1, busy: reject }
secrets: { API_KEY: "\${env:API_KEY}" }
rules:
  - { name: other, on: push, run: make }
`;

describe('sources.scripts', { timeout: 60_000 }, () => {
  let house: TestHouse;
  before(async () => {
    writeFileSync(join(folder, 'env.sh'), 'env | sort; pwd; echo "key: $API_KEY"\n');
    writeFileSync(join(folder, 'wait.sh'), `while [ ! -e ${folder}/go ]; do sleep 0.05; done\n`);
    house = await openHouse(config, {
      SCRIPTS_TOKEN: token,
      API_KEY: 'the-key-that-nobody-reads',
      OF_THE_SERVER: 'nobody else’s',
    });
  });
  after(async () => {
    await house?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const call = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(house.publicUrl + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  async function api<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' };
    return (await (await fetch(house.adminUrl + path, { ...init, headers })).json()) as Answer;
  }

  test('is at its path, and leaves the rest of the door as it is', async () => {
    const status = async (path: string, init: RequestInit = {}) =>
      (await fetch(house.publicUrl + path, init)).status;
    assert.equal(await (await fetch(`${house.publicUrl}/run/health`)).text(), 'OK');
    assert.deepEqual(
      await Promise.all(['/', '/healthz', '/v1/health', '/runs'].map(path => status(path))),
      [200, 200, 404, 404],
    );
    const none = await fetch(`${house.publicUrl}/run/none`);
    assert.deepEqual([none.status, await none.text()], [404, 'This page does not exist!\n']);
    assert.equal(await status('/run/list-dist'), 401);
    assert.equal((await call('/run/start', {}, { authorization: `Bearer ${house.token}` })).status, 401);
  });

  test('gives a script a directory of its own, and of the environment what is its own', async () => {
    const body = { executor: 'sh', script: 'env.sh', env_vars: ['FROM=the caller'] };
    const answer = await call('/run/start?wait=1', body);
    const { outcome, output } = (await answer.json()) as { outcome: string; output: string };
    assert.equal(outcome, 'success', output);
    for (const line of ['FROM=the caller', 'ALSO=the rule', 'API_KEY=***', 'key: ***'])
      assert.match(output, new RegExp(`^${line.replaceAll('*', '\\*')}$`, 'm'));
    assert.doesNotMatch(output, /OF_THE_SERVER|nobody-reads/);
    assert.match(output, new RegExp(`^${house.directory}/data/workspaces/`, 'm'));
  });

  test('its rule is one among the others, and every event tells of all of them', async () => {
    const { items } = await api<{ items: RuleJson[] }>('/api/rules');
    const rule = items.find(({ name }) => name === 'scripts');
    assert.deepEqual(rule?.when, ['event script', 'a call of it', 'executor sh or cat']);
    assert.deepEqual(rule?.action, { kind: 'called', summary: 'what the event names' });

    const answer = await call('/run/start?wait=1', { executor: 'cat', script: 'env.sh' });
    const detail = await api<EventDetailJson>(`/api/events/${answer.headers.get('x-signalbox-event')}`);
    assert.deepEqual(
      detail.verdicts.map(({ rule, verdict, reason }) => [rule, verdict, reason]),
      [
        ['other', 'not matched', 'the event is a script call, not a push'],
        ['scripts', 'matched', 'all 3 conditions hold'],
      ],
    );
    assert.equal(detail.verdicts[1]?.explanation.parts[2]?.text, 'executor "cat" is one of sh, cat');
  });

  test('a call can be replayed, and is judged by the rule of today', async () => {
    const answer = await call('/run/start?wait=1', { executor: 'sh', script: 'env.sh' });
    const id = answer.headers.get('x-signalbox-event');
    const again = await api<{ runs: string[] }>(`/api/events/${id}/replay`, { method: 'POST', body: '{}' });
    const run = await until(async () => {
      const found = await api<RunDetailJson>(`/api/runs/${again.runs[0]}`);
      return found.state === 'finished' ? found : undefined;
    }, 'the run to end');
    assert.equal(run.outcome, 'success');
  });

  test('cannot be started by hand: there is nothing to run', async () => {
    const { runs, verdicts } = await api<{ runs: string[]; verdicts: { reason: string }[] }>(
      '/api/rules/scripts/run',
      { method: 'POST', body: '{}' },
    );
    assert.deepEqual([runs, verdicts[1]?.reason], [[], 'the event is a start by hand, not a script call']);
  });

  test('a second call of a busy script is refused, when the configuration says so', async () => {
    const wait = { executor: 'sh', script: 'wait.sh' };
    const first = await call('/run/start', wait);
    assert.equal(first.status, 200);
    const second = await call('/run/start', wait);
    assert.deepEqual(
      [second.status, second.headers.get('retry-after'), await second.text()],
      [503, '1', 'Server capacity exceeded.\n'],
    );
    assert.equal((await call('/run/start?wait=1', { executor: 'sh', script: 'env.sh' })).status, 200);
    writeFileSync(join(folder, 'go'), '');
  });

  test('the same key starts once', async () => {
    const key = { 'idempotency-key': 'once' };
    const body = { executor: 'cat', script: 'once.sh' };
    writeFileSync(join(folder, 'once.sh'), '');
    const [one, two] = [await call('/run/start', body, key), await call('/run/start', body, key)];
    assert.equal(one.headers.get('x-signalbox-run'), two.headers.get('x-signalbox-run'));
    assert.equal(await one.text(), await two.text());
  });
});
