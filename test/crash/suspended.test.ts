import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/server.ts';
import { adminApi, type RunJson } from './api.ts';
import { openArena } from './arena.ts';
import { readEffects } from './effects.ts';
import { startLife } from './life.ts';
import { postPush } from './post.ts';
import { crashRule, effect, leaseMs, serverEnv } from './rules.ts';

/** Longer than every lease, and than what the server forgives. */
const suspendedMs = 2.5 * leaseMs;

test('A81: a server that was stopped for longer than the lease ends what it had begun, and begins nothing twice', {
  timeout: 60_000,
}, async () => {
  await using arena = await openArena([
    crashRule({ name: 'over-meanwhile', job: `${effect}; sleep 1; echo done`, retryLost: 0 }),
    crashRule({ name: 'outlasts-it', job: `${effect}; sleep ${suspendedMs / 1000 + 2}; echo done` }),
  ]);
  await using life = startLife(arena.directory, serverEnv);
  const doors = await life.opened;
  assert.ok(doors, life.output());
  const { sha, url } = arena.repository;
  const posted = await postPush(doors.public, { deliveryId: 'one', branch: 'several', sha, url });
  assert.ok(posted.result === 'acknowledged');
  const { runs } = posted.delivery;
  assert.equal(runs.length, 2);
  await until(() => readEffects(arena.effects).size === 2, 'both jobs to be under way');

  life.signal('SIGSTOP');
  await sleep(suspendedMs);
  life.signal('SIGCONT');

  const api = adminApi(arena.directory, doors);
  const ended = await until(async () => {
    const runs = await api.all<RunJson>('/api/runs');
    return runs.every(({ state }) => state === 'finished') ? runs : undefined;
  }, 'both runs to end');
  for (const { id, rule, outcome, attempt, reason } of ended) {
    assert.deepEqual({ outcome, attempt, reason }, { outcome: 'success', attempt: 1, reason: null }, rule);
    assert.deepEqual(readEffects(arena.effects).get(id), [1], rule);
    assert.ok(
      (await api.log(id)).some(({ text }) => text === 'done'),
      rule,
    );
  }
});
