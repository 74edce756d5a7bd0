import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandRule, type House, openHouse } from '../../../test/support/doors/open-house.ts';
import type { EventId, RunId } from '../../domain/id.ts';

interface Paged<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}
interface Admitted {
  readonly event: EventId;
  readonly runs: readonly RunId[];
}

const repo = {
  forge: 'github',
  name: 'acme/app',
  url: 'https://github.com/acme/app.git',
  defaultBranch: 'main',
};
const push = { repo, ref: 'refs/heads/main', branch: 'main', after: 'a'.repeat(40), action: 'updated' };

describe('the admin API', { timeout: 60_000 }, () => {
  let house: House;
  before(async () => {
    house = await openHouse();
  });
  after(() => house[Symbol.asyncDispose]());

  const ok = async <Answer>(path: string, init?: Parameters<House['api']>[1]): Promise<Answer> => {
    const response = await house.api(path, init);
    const text = await response.text();
    assert.ok(response.ok, `${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  };
  const deliver = async (event: Parameters<House['deliver']>[0] = push): Promise<Admitted> =>
    (await (await house.deliver(event)).json()) as Admitted;
  const problem = async (path: string, init?: Parameters<House['api']>[1]) => {
    const response = await house.api(path, init);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    return (await response.json()) as { status: number; detail: string; code: string };
  };

  test('an event is shown with what arrived, what it means, and why each rule ran or did not', async () => {
    house.rules = [
      commandRule('unit'),
      commandRule('docs', { when: { kind: 'branch', patterns: ['docs'] } }),
    ];
    const { event, runs } = await deliver({ ...push, deliveryId: 'shown' });
    await deliver({ ...push, deliveryId: 'shown' });
    const shown = await ok<Record<string, unknown>>(`/api/events/${event}`);
    const { delivery, verdicts, duplicates, ...rest } = shown;
    const { receivedAt, ...fields } = rest;
    assert.match(String(receivedAt), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(fields, {
      ...push,
      id: event,
      source: 'test',
      type: 'push',
      deliveryId: 'shown',
      before: null,
      commits: [],
      changed: null,
      actor: { id: null, name: null },
    });
    assert.equal((duplicates as { conflict: boolean }[])[0]?.conflict, false);
    const [unit, docs] = verdicts as {
      verdict: string;
      reason: string;
      runs: string[];
      explanation: { seen: unknown };
    }[];
    assert.deepEqual([unit?.verdict, unit?.runs], ['matched', runs]);
    assert.deepEqual(
      [docs?.verdict, docs?.reason, docs?.runs],
      ['not matched', 'branch "main" is none of docs', []],
    );
    assert.equal(docs?.explanation.seen, 'main');
    const { body, bodyEncoding, headers, authentication, peer } = delivery as Record<string, unknown>;
    assert.equal((JSON.parse(String(body)) as { deliveryId: string }).deliveryId, 'shown');
    assert.deepEqual([bodyEncoding, peer], ['utf8', '127.0.0.1']);
    assert.ok((headers as string[][]).some(([name]) => name === 'x-signature'));
    assert.deepEqual(authentication, { result: 'verified', by: 'hmac', secret: '1 of 1' });
    house.rules = [commandRule('unit')];
  });

  test('lists come a page at a time, newest first, without gap or duplicate, and without trees', async () => {
    const made = [];
    for (let count = 0; count < 5; count++) made.unshift((await deliver()).event);
    const seen: string[] = [];
    let after = '';
    do {
      const page = await ok<Paged<{ id: string; verdicts: object[] }>>(`/api/events?limit=2${after}`);
      assert.ok(page.items.length <= 2);
      for (const { verdicts } of page.items)
        for (const verdict of verdicts) assert.ok(!('explanation' in verdict));
      seen.push(...page.items.map(({ id }) => id));
      after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
    } while (after !== '');
    assert.deepEqual(seen.slice(0, 5), made);
    assert.equal(new Set(seen).size, seen.length);
  });

  test('lists are searched for words and verdicts, and go on where a search has stopped', async () => {
    house.rules = [commandRule('lint', { when: { kind: 'branch', patterns: ['wanted'] } })];
    const wanted = await deliver({ ...push, branch: 'wanted', ref: 'refs/heads/wanted' });
    for (let count = 0; count < 8; count++) await deliver();
    house.rules = [commandRule('unit')];
    const found: string[] = [];
    let after = '';
    do {
      const page = await ok<Paged<{ id: string }>>(`/api/events?q=WANTED%20acme&limit=2${after}`);
      found.push(...page.items.map(({ id }) => id));
      after = page.next === null ? '' : `&after=${page.next}`;
    } while (after !== '');
    assert.deepEqual(found, [wanted.event]);
    const matched = await ok<Paged<{ id: string }>>('/api/events?verdict=matched&q=wanted');
    assert.deepEqual(
      matched.items.map(({ id }) => id),
      [wanted.event],
    );
    assert.deepEqual((await ok<Paged<{ id: string }>>('/api/events?verdict=blocked')).items, []);
    const runs = await ok<Paged<{ id: string }>>('/api/runs?q=lint%20wanted');
    assert.deepEqual(
      runs.items.map(({ id }) => id),
      wanted.runs,
    );
    assert.deepEqual((await ok<Paged<{ id: string }>>('/api/runs?rule=lint&outcome=success')).items, []);
  });

  test('how long a rule usually takes is told of its latest runs', async () => {
    house.rules = [commandRule('timed')];
    for (const isEnded of [true, true, false]) {
      const [run] = (await deliver()).runs;
      if (run === undefined) throw new Error('nothing ran');
      if (!isEnded) continue;
      await house.claim(run);
      await house.finish(run, 0);
    }
    house.rules = [commandRule('unit')];
    const { medianMs, runs } = await ok<{ medianMs: number; runs: number }>('/api/rules/timed/durations');
    assert.ok(medianMs >= 0);
    assert.equal(runs, 2);
    assert.deepEqual(Object.keys(await ok('/api/rules/unit/durations')), ['medianMs', 'runs']);
    for (const part of ['durations', 'text'])
      assert.equal((await problem(`/api/rules/nobody/${part}`)).status, 404);
  });

  test('how rules fare, and how much comes in, is told of the latest events and runs', async () => {
    house.rules = [
      commandRule('counted'),
      commandRule('idle', { when: { kind: 'branch', patterns: ['x'] } }),
    ];
    const [run] = (await deliver()).runs;
    if (run === undefined) throw new Error('nothing ran');
    await house.claim(run);
    await house.finish(run, 1);
    await deliver();
    const { events, items } = await ok<{ events: number; items: readonly Record<string, unknown>[] }>(
      '/api/insights/rules',
    );
    assert.ok(events >= 2);
    const [counted, idle] = items;
    assert.deepEqual([counted?.['rule'], counted?.['asked'], counted?.['matched']], ['counted', 2, 2]);
    const latest = counted?.['latest'] as readonly { state: string; outcome: string | null }[];
    assert.deepEqual(
      latest.map(({ state, outcome }) => outcome ?? state),
      ['queued', 'failure'],
    );
    assert.ok(Number(counted?.['medianMs']) >= 0);
    assert.deepEqual(idle, {
      rule: 'idle',
      asked: 2,
      matched: 0,
      lastMatchAt: null,
      medianMs: null,
      latest: [],
    });
    assert.equal((await ok<{ items: unknown[] }>('/api/insights/rules?rule=idle')).items.length, 1);
    house.rules = [commandRule('unit')];

    const { hours } = await ok<{ hours: readonly { at: string; matched: number }[] }>('/api/insights/events');
    assert.equal(hours.length, 48);
    assert.ok(hours.slice(-2).some(({ matched }) => matched >= 2));
  });

  test('"last" is the newest event or run', async () => {
    const { event, runs } = await deliver();
    assert.equal((await ok<{ id: string }>('/api/events/last')).id, event);
    assert.equal((await ok<{ id: string }>('/api/runs/last')).id, runs[0]);
    assert.deepEqual(
      (await ok<Paged<{ id: string }>>('/api/runs?event=last')).items.map(({ id }) => id),
      runs,
    );
  });

  test('a run is shown in every state, with nulls for what the state has not', async () => {
    const { event, runs } = await deliver();
    const run = runs[0] ?? ('' as RunId);
    const { queuedAt, ...queued } = await ok<{ queuedAt: string }>(`/api/runs/${run}`);
    assert.ok(Date.parse(queuedAt) > 0);
    assert.deepEqual(queued, {
      id: run,
      rule: 'unit',
      event,
      state: 'queued',
      outcome: null,
      exitCode: null,
      attempt: 0,
      agent: null,
      startedAt: null,
      finishedAt: null,
      reason: null,
      repo,
      ref: push.ref,
      sha: push.after,
      rerunOf: null,
      adapter: null,
      build: null,
      script: null,
      waits: null,
      work: {
        kind: 'command',
        summary: 'true',
        url: repo.url,
        env: [],
        secrets: [],
        withheld: [],
        isolation: 'none',
        pool: 'local',
        timeoutMs: 60_000,
      },
      logLines: 0,
      actor: { id: null, name: null },
      workflow: null,
      attempts: [],
      reports: [],
    });
    await house.claim(run);
    const running = await ok<Record<string, unknown>>(`/api/runs/${run}`);
    assert.deepEqual([running['state'], running['agent'], running['attempt']], ['running', 'local', 1]);
    const agents = await ok<Paged<{ name: string; running: { run: string }[] }>>('/api/agents');
    assert.deepEqual(
      agents.items.map(({ name, running }) => [name, running.map(({ run }) => run)]),
      [['local', [run]]],
    );
    await house.finish(run, 3);
    const finished = await ok<Record<string, unknown>>(`/api/runs/${run}`);
    assert.deepEqual(
      [finished['state'], finished['outcome'], finished['exitCode'], finished['agent']],
      ['finished', 'failure', 3, 'local'],
    );
    assert.equal((finished['attempts'] as unknown[]).length, 1);
    const { items } = await ok<Paged<Record<string, unknown>>>('/api/runs?state=finished&rule=unit');
    const { attempts: _attempts, reports: _reports, work: _work, logLines: _lines, ...listed } = finished;
    assert.deepEqual(
      items.find(({ id }) => id === run),
      listed,
      'a list says the same of a run as its page',
    );
  });

  test('a finished run can run again, a running one can be cancelled', async () => {
    const run = (await deliver()).runs[0] ?? ('' as RunId);
    assert.equal((await problem(`/api/runs/${run}/rerun`, { method: 'POST' })).status, 409);
    await house.claim(run);
    const cancelling = await ok<{ state: string; reason: string }>(`/api/runs/${run}/cancel`, { body: {} });
    assert.deepEqual([cancelling.state, cancelling.reason], ['running', 'cancelled by admin']);
    await house.finish(run, 0);
    const again = await ok<{ id: string; rerunOf: string }>(`/api/runs/${run}/rerun`, { method: 'POST' });
    assert.equal(again.rerunOf, run);
    const gone = await ok<{ outcome: string }>(`/api/runs/${again.id}/cancel`, { method: 'POST' });
    assert.equal(gone.outcome, 'cancelled');
  });

  test('a blocked run starts after its approval', async () => {
    house.rules = [commandRule('careful', { trust: 'approval' })];
    const run = (await deliver()).runs[0];
    assert.equal((await ok<{ state: string }>(`/api/runs/${run}`)).state, 'blocked');
    const approved = await ok<{ state: string; reason: string }>(`/api/runs/${run}/approve`, {
      method: 'POST',
    });
    assert.deepEqual([approved.state, approved.reason], ['queued', 'approved by admin']);
    await house.api(`/api/runs/${run}/cancel`, { method: 'POST' });
    assert.equal((await problem(`/api/runs/${run}/approve`, { method: 'POST' })).code, 'conflict');
    house.rules = [commandRule('unit')];
  });

  test('a replay is an event of its own; a dry run stores nothing', async () => {
    const { event } = await deliver();
    const dry = await ok<{ event: null; verdicts: { verdict: string; explanation: unknown }[] }>(
      `/api/events/${event}/replay`,
      {
        body: { dryRun: true },
      },
    );
    assert.deepEqual([dry.event, dry.verdicts[0]?.verdict], [null, 'matched']);
    assert.equal((await ok<{ id: string }>('/api/events/last')).id, event);
    const real = await ok<Admitted>(`/api/events/${event}/replay`, { method: 'POST' });
    assert.equal(real.runs.length, 1);
    assert.equal((await ok<{ replayOf: string }>(`/api/events/${real.event}`)).replayOf, event);
  });

  test('rules can be tried before they are in force', async () => {
    const { event } = await deliver();
    const trial = await ok<{ verdicts: { rule: string }[] }>('/api/rules/test', {
      body: { event, rules: 'one\ntwo' },
    });
    assert.deepEqual(
      trial.verdicts.map(({ rule }) => rule),
      ['one', 'two'],
    );
    const now = await ok<{ verdicts: { rule: string }[] }>('/api/rules/test', { body: { event: 'last' } });
    assert.deepEqual(
      now.verdicts.map(({ rule }) => rule),
      ['unit'],
    );
    const broken = await problem('/api/rules/test', { body: { event, rules: '{' } });
    assert.deepEqual([broken.status, broken.detail], [400, 'rules.yaml:1:1: this is not a list of rules']);
  });

  test('a rule is started by hand', async () => {
    await deliver();
    const started = await ok<Admitted>('/api/rules/unit/run', { body: { repo: 'acme/app', ref: 'main' } });
    const shown = await ok<{ type: string; branch: string; actor: { name: string } }>(
      `/api/events/${started.event}`,
    );
    assert.deepEqual([shown.type, shown.branch, shown.actor.name], ['manual', 'main', 'admin']);
    assert.equal((await problem('/api/rules/nothing/run', { method: 'POST' })).status, 404);
    assert.match((await problem('/api/rules/unit/run', { body: { repo: 'who/knows' } })).detail, /clone URL/);
  });

  test('rules are shown in words, without the values of their environment', async () => {
    house.rules = [
      commandRule('shown', {
        env: { KEY: 'value of the environment' },
        secrets: ['TOKEN'],
        action: { kind: 'command', command: { argv: ['echo', "it's"] } },
        when: {
          kind: 'all',
          of: [
            { kind: 'type', oneOf: ['push', 'tag'] },
            {
              kind: 'not',
              of: {
                kind: 'any',
                of: [
                  { kind: 'branch', patterns: ['a'] },
                  { kind: 'paths', patterns: ['b'] },
                ],
              },
            },
          ],
        },
      }),
    ];
    const text = await (await house.api('/api/rules')).text();
    assert.doesNotMatch(text, /value of the environment/);
    const [rule] = (JSON.parse(text) as Paged<Record<string, unknown>>).items;
    assert.deepEqual(rule?.['when'], ['event push or tag', 'not (branch a or changed path b)']);
    assert.deepEqual(rule?.['action'], { kind: 'command', summary: `echo 'it'\\''s'` });
    assert.deepEqual([rule?.['env'], rule?.['secrets']], [['KEY'], ['TOKEN']]);
    house.rules = [commandRule('unit')];
  });

  test('health tells of the store, the queue, the sources and the configuration', async () => {
    const { event } = await deliver();
    const { receivedAt } = await ok<{ receivedAt: string }>(`/api/events/${event}`);
    const health = await ok<Record<string, unknown>>('/api/health');
    assert.deepEqual(
      [health['ok'], health['version'], health['store']],
      [true, '1.2.3', { ok: true, error: null }],
    );
    assert.equal(health['publicUrl'], house.publicUrl);
    assert.deepEqual(health['sources'], [
      { name: 'test', path: '/test', lastEventAt: receivedAt, catchUp: null, streams: [] },
    ]);
    assert.ok((health['queue'] as { queued: number }).queued > 0);
    assert.equal((await ok<{ error: null }>('/api/reload', { method: 'POST' })).error, null);
  });

  test('health answers also while the store does not', async () => {
    await using house = await openHouse();
    await house.store[Symbol.asyncDispose]();
    const health = (await (await house.api('/api/health')).json()) as {
      ok: boolean;
      store: { error: string };
      queue: null;
    };
    assert.deepEqual([health.ok, health.queue], [false, null]);
    assert.ok(health.store.error.length > 0);
  });

  test('refused deliveries are listed with the reason that the sender was not told', async () => {
    await house.deliver({}, { 'x-signature': 'wrong' });
    const find = async () => (await ok<Paged<{ reason: string; body?: unknown }>>('/api/refusals')).items[0];
    const deadline = Date.now() + 10_000;
    while ((await find()) === undefined && Date.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20));
    const refused = await find();
    assert.equal(refused?.reason, 'the signature is wrong');
    assert.equal(refused?.body, undefined);
  });

  test('mistakes are answered with what is wrong and where', async () => {
    for (const [path, detail] of [
      ['/api/events?limit=0', 'query.limit: must be at least 1'],
      ['/api/events?limit=500', 'query.limit: must be at most 200'],
      ['/api/events?limit=many', 'query.limit: must be a whole number'],
      ['/api/events?sate=x', 'query: has no "sate"'],
      ['/api/runs?state=done', 'query.state: must be one of blocked, queued, running, finished'],
      ['/api/feed?cursor=abc', 'query.cursor: must be a whole number: the id of an earlier message'],
      ['/api/feed?cursor=-1', 'query.cursor: must be a whole number: the id of an earlier message'],
      ['/api/runs/last/log?after=1.5', 'query.after: must be a whole number: the id of an earlier message'],
    ] as const)
      assert.equal((await problem(path)).detail, detail, path);
    for (const [body, detail] of [
      [{ event: 5 }, 'body.event: must be a text'],
      [{}, 'body.event: is missing'],
      ['last', 'body: must be an object'],
    ] as const)
      assert.equal((await problem('/api/rules/test', { body })).detail, detail);
    assert.deepEqual((await problem('/api/events/nothing')).detail, '"nothing" is not the id of an event');
    assert.equal((await problem('/api/events/nothing')).code, 'not_found');
    const notJson = await fetch(`${house.adminUrl}/api/rules/test`, {
      method: 'POST',
      body: '{',
      headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
    });
    assert.deepEqual(
      [notJson.status, ((await notJson.json()) as { detail: string }).detail],
      [400, 'the body is not JSON'],
    );
    const form = await house.api('/api/rules/test', { body: {}, headers: { 'content-type': 'text/plain' } });
    assert.equal(form.status, 415);
    const large = await house.api('/api/rules/test', {
      body: { event: 'last', rules: 'x'.repeat(1024 * 1024) },
    });
    assert.equal(large.status, 413);
  });
});
